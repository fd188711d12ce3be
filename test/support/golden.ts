import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';

const updating = process.env['UPDATE_GOLDEN'] === '1';

function difference(expected: string, actual: string): string {
  const [a, b] = [expected.split('\n'), actual.split('\n')];
  const rows = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).filter((i) => a[i] !== b[i]);
  return rows
    .slice(0, 20)
    .map((i) => `  ${i + 1}\n    - ${a[i] ?? '(no line)'}\n    + ${b[i] ?? '(no line)'}`)
    .join('\n');
}

/** Holds a text against the file that keeps what it has to be; `UPDATE_GOLDEN=1` writes the file anew. */
export function golden(path: string, actual: string): void {
  if (updating) return writeFileSync(path, actual);
  assert.ok(existsSync(path), `${path} is missing; UPDATE_GOLDEN=1 makes it`);
  const expected = readFileSync(path, 'utf8');
  if (expected !== actual)
    assert.fail(`${path} differs (UPDATE_GOLDEN=1 accepts it):\n${difference(expected, actual)}`);
}
