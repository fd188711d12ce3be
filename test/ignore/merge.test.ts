import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { generateIgnore, type GeneratedIgnore } from '../../src/ignore/generate.ts';
import { mergeIgnore, ownLines } from '../../src/ignore/merge.ts';
import { createInventory } from '../../src/inventory/inventory.ts';

const generated = (...patterns: string[]): GeneratedIgnore =>
  generateIgnore(
    patterns.map((pattern) => ({ pattern, purpose: 'cache', why: 'it is made anew' })),
    createInventory([], new Map()),
    [],
  );
const patternsOf = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('our block in an ignore file of the project', () => {
  const ours = generated('a', 'b');

  test('stands behind the project’s own lines, without what they have already', () => {
    const merged = mergeIgnore('b\nc', ours, 'merge');
    assert.ok(merged.startsWith('b\nc\n\n# --- added by dockwright'));
    assert.deepEqual(patternsOf(merged), ['b', 'c', 'a']);
  });

  test('changes nothing when it is made again', () => {
    for (const own of ['c\n', 'c', '', 'c\r\n']) {
      const merged = mergeIgnore(own, ours, 'merge');
      assert.equal(mergeIgnore(merged, ours, 'merge'), merged);
    }
  });

  test('is replaced by the new one, and lines that were written below it are kept', () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const edited = mergeIgnore('c\n', ours, 'merge').replaceAll('\n', lineEnd) + `d${lineEnd}`;
      assert.equal(ownLines(edited).replaceAll('\r', '').trimEnd(), 'c\nd');
      assert.deepEqual(patternsOf(mergeIgnore(edited, generated('x'), 'merge').replaceAll('\r', '')), ['c', 'd', 'x']);
    }
  });

  test('takes back nothing that the project includes again', () => {
    assert.deepEqual(patternsOf(mergeIgnore('!keep/this\n!b\n', generated('keep', 'b', 'a'), 'merge')), [
      '!keep/this',
      '!b',
      'a',
    ]);
  });

  test('includes again what its own patterns would take, below what the project includes', () => {
    assert.deepEqual(patternsOf(mergeIgnore('!docs\n', generated('*.md', '!docs/a.md'), 'merge')), [
      '!docs',
      '*.md',
      '!docs/a.md',
    ]);
  });

  test('is not made where there is nothing to add, and not asked for', () => {
    assert.equal(mergeIgnore('a\nb\n', ours, 'merge'), 'a\nb\n');
    assert.equal(mergeIgnore('c\n', ours, 'keep'), 'c\n');
    assert.deepEqual(patternsOf(mergeIgnore('c\n', ours, 'replace')), ['a', 'b']);
  });
});
