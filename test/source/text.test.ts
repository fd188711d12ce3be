import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../src/source/text.ts';

const mark = '\uFEFF';
const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test('a file in UTF-16 that says so is read as text, whichever byte comes first', () => {
  assert.equal(textOf(Buffer.from(`${mark}Flask==3.1\r\n`, 'utf16le')), 'Flask==3.1\r\n');
  assert.equal(textOf(bigEndian(`${mark}Flask==3.1\r\n`)), 'Flask==3.1\r\n');
});

test('half a character at the end of a file that was cut off is left out', () => {
  assert.equal(textOf(Buffer.from(`${mark}ab`, 'utf16le').subarray(0, -1)), 'a');
  assert.equal(textOf(bigEndian(`${mark}ab`).subarray(0, -1)), 'a');
});

test('all else is UTF-8, with its mark left to those who read it', () => {
  assert.equal(textOf(Buffer.from('é')), 'é');
  assert.equal(textOf(Buffer.from(`${mark}{}`)), `${mark}{}`);
  assert.equal(textOf(Buffer.alloc(0)), '');
});
