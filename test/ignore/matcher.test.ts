import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { filterEntries } from '../../src/ignore/filter.ts';
import { createMatcher } from '../../src/ignore/matcher.ts';
import { parseIgnore } from '../../src/ignore/parse.ts';
import { compilePattern } from '../../src/ignore/pattern.ts';
import { createInventory } from '../../src/inventory/inventory.ts';
import { Problem } from '../../src/problems/problem.ts';
import { inventoryOf } from '../support/directory.ts';
import { slowMatch, slowWalk, type SlowTree } from '../support/slow-ignore.ts';

const name = fc.constantFrom('a', 'b', 'c', 'ab', 'a.c', '.a', 'cab', 'b-c');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const piece = fc.constantFrom(
  'a',
  'b',
  'c',
  'ab',
  '.',
  '*',
  '**',
  '?',
  '/',
  '/',
  '[a-b]',
  '[^a]',
  '[bc]',
  '\\*',
  '-',
  '+',
);
const pattern = fc
  .oneof(
    fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
    path,
    path.map((p) => `**/${p}`),
    path.map((p) => `${p}/**`),
    name.map((n) => `**/*${n}`),
    fc.tuple(name, name).map(([a, b]) => `**/${a}*${b}`),
  )
  .filter((text) => {
    try {
      // One with three stars in a row is none that people write, and Docker reads it as two and one.
      return !text.includes('***') && parseIgnore(`${text}\n!${text}`).patterns.length === 2;
    } catch {
      return false;
    }
  });
const list = fc.array(fc.tuple(fc.boolean(), pattern), { minLength: 1, maxLength: 6 });

function treeOf(paths: readonly string[]): SlowTree {
  const root = new Map<string, SlowTree | undefined>();
  for (const whole of paths) {
    let folder = root;
    const parts = whole.split('/');
    for (const [i, part] of parts.entries()) {
      const last = i === parts.length - 1;
      if (last) folder.set(part, folder.get(part));
      else {
        const inside = (folder.get(part) ?? new Map()) as Map<string, SlowTree | undefined>;
        folder.set(part, inside);
        folder = inside;
      }
    }
  }
  return root;
}

/** Without files that are folders to others. */
const files = fc
  .uniqueArray(path, { minLength: 1, maxLength: 12 })
  .map((paths) => paths.filter((p) => !paths.some((other) => other.startsWith(`${p}/`))));

const lines = (patterns: readonly (readonly [boolean, string])[]): string =>
  patterns.map(([negated, text]) => `${negated ? '!' : ''}${text}`).join('\n');

describe('the matcher', () => {
  test('answers for one pattern and one path as the slow one does', () => {
    fc.assert(
      fc.property(pattern, path, (text, candidate) => {
        const [parsed] = parseIgnore(text).patterns;
        if (!parsed) return;
        assert.equal(compilePattern(parsed.text).test(candidate), slowMatch(parsed.text, candidate));
      }),
      { numRuns: 2000 },
    );
  });

  test('answers for a list and a tree as the slow walk does', () => {
    fc.assert(
      fc.property(list, files, (patterns, paths) => {
        const parsed = parseIgnore(lines(patterns)).patterns;
        const { entries } = createInventory(paths.map((p) => ({ path: p, kind: 'file', size: 1, mode: 0o644 })));
        const { kept, ignored } = filterEntries(entries, createMatcher(parsed));
        assert.deepEqual(
          kept.map((e) => e.path),
          slowWalk(parsed, treeOf(paths)),
        );
        assert.equal(kept.length + ignored.length, entries.length);
      }),
      { numRuns: 1000 },
    );
  });

  test('answers in any order of asking', () => {
    fc.assert(
      fc.property(list, files, (patterns, paths) => {
        const parsed = parseIgnore(lines(patterns)).patterns;
        const matcher = createMatcher(parsed);
        const forward = paths.map((p) => createMatcher(parsed).decide(p));
        assert.deepEqual(
          [...paths].reverse().map((p) => matcher.decide(p)),
          forward.reverse(),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('leaves of a folder on disk what a walk of that folder leaves', () => {
    const read = (directory: string): SlowTree =>
      new Map(
        readdirSync(directory, { withFileTypes: true }).map((e) => [
          e.name,
          e.isDirectory() ? read(join(directory, e.name)) : undefined,
        ]),
      );
    fc.assert(
      fc.property(list, files, (patterns, paths) => {
        const root = mkdtempSync(join(tmpdir(), 'dockwright-walk-'));
        try {
          for (const p of paths) {
            mkdirSync(join(root, dirname(p)), { recursive: true });
            writeFileSync(join(root, p), 'x');
          }
          const parsed = parseIgnore(lines(patterns)).patterns;
          const { kept } = filterEntries(inventoryOf(root).entries, createMatcher(parsed));
          assert.deepEqual(
            kept.map((e) => e.path),
            slowWalk(parsed, read(root)),
          );
        } finally {
          rmSync(root, { recursive: true });
        }
      }),
      { numRuns: 30 },
    );
  });

  test('takes time in proportion to a pattern that is made to take long', () => {
    const started = performance.now();
    for (const text of ['*a'.repeat(8) + 'b', '**/'.repeat(10) + 'x*', '**/a/'.repeat(6) + 'b'])
      for (const p of ['a'.repeat(60), 'a/'.repeat(40) + 'c']) createMatcher(parseIgnore(text).patterns).decide(p);
    assert.ok(performance.now() - started < 2000);
  });

  test('gives up on lists whose work has no end', () => {
    const many = Array.from({ length: 900 }, (_, i) => `*x${i}*y`).join('\n');
    const entries = Array.from({ length: 3000 }, (_, i) => ({
      path: `f${i}`,
      kind: 'file' as const,
      size: 1,
      mode: 0o644,
    }));
    assert.throws(
      () => filterEntries(entries, createMatcher(parseIgnore(many).patterns, 1_000_000)),
      (error) => error instanceof Problem && error.slug === 'limit-exceeded',
    );
  });
});
