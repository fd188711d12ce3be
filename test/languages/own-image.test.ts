import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { officialLine, ownImages } from '../../src/languages/own-image.ts';
import { inlineInventory } from '../../src/inventory/inventory.ts';

describe('the release that a project’s own Dockerfile is built on', () => {
  const lines = (dockerfile: string): string[] =>
    ownImages(inlineInventory({ Dockerfile: dockerfile }), '', officialLine('ruby', 2)).map(({ text }) => text);

  test('is in the tag, with the ARGs before it, and the last stage first', () => {
    assert.deepEqual(lines('FROM ruby:3.2.1-slim'), ['3.2']);
    assert.deepEqual(
      lines('ARG V=3.4.1\nFROM ruby:3.3 AS a\nFROM --platform=linux/amd64 docker.io/library/ruby:$V-slim AS b\nFROM b'),
      ['3.4', '3.3'],
    );
    assert.deepEqual(lines('FROM localhost:5000/ruby:${V:-3.1}@sha256:abc'), ['3.1']);
  });

  test('is not in other images, nor in tags that name none', () => {
    assert.deepEqual(lines('FROM node:20\nFROM ruby:latest\nFROM ruby\nFROM ruby:3\nFROM ruby:$V\nFROM jruby:9.4'), []);
  });
});
