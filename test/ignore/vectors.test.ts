import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createInventory } from '../../src/inventory/inventory.ts';
import { filterEntries } from '../../src/ignore/filter.ts';
import { createMatcher } from '../../src/ignore/matcher.ts';
import { parseIgnore } from '../../src/ignore/parse.ts';
import { Problem } from '../../src/problems/problem.ts';

interface Vector {
  readonly id: string;
  readonly patterns: readonly string[];
  readonly tree: readonly string[];
  readonly included?: readonly string[];
  readonly includedDirs?: readonly string[];
  readonly emptied?: readonly string[];
  readonly error?: string;
  readonly errorKind?: 'parse' | 'match' | 'transport';
}

const vectors = JSON.parse(
  readFileSync(new URL('../vectors/dockerignore.json', import.meta.url), 'utf8'),
) as readonly Vector[];

function run({ patterns, tree }: Vector) {
  const list = parseIgnore(patterns.join('\n'));
  const { entries } = createInventory(tree.map((path) => ({ path, kind: 'file', size: 1, mode: 0o644 })));
  const { kept, emptied } = filterEntries(entries, createMatcher(list.patterns));
  const paths = (kind: string) => kept.filter((e) => e.kind === kind).map((e) => e.path);
  return { list, files: paths('file'), directories: paths('directory'), emptied: [...emptied] };
}

describe('ignore lists, as a real engine answered', () => {
  for (const vector of vectors) {
    test(`${vector.id}: ${JSON.stringify(vector.patterns)}`, () => {
      if (vector.errorKind === 'parse' || vector.errorKind === 'match') {
        assert.throws(
          () => run(vector),
          (error) => error instanceof Problem && error.slug === 'invalid-dockerignore',
        );
        return;
      }
      const { list, files, directories, emptied } = run(vector);
      if (vector.errorKind === 'transport') {
        assert.ok(list.advice.some((a) => a.code === 'ignore-transport'));
        return;
      }
      assert.deepEqual(files, [...(vector.included ?? [])].sort());
      assert.deepEqual(directories, [...(vector.includedDirs ?? [])].sort());
      assert.deepEqual(emptied, [...(vector.emptied ?? [])].sort());
    });
  }
});
