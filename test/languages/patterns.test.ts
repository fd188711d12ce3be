import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/**
 * Where `^` is the start of any line, `\s*` behind it is tried from each of many blank lines over all that follow: the
 * square of their number. `[ \t]*` stays in its line.
 */
test('no pattern over lines takes time by the square of blank lines', () => {
  const crossing = /\^\\s[*+].*\/[a-z]*m[a-z]*[\s.,);]/;
  const found = globSync('src/**/*.ts').flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, i) => (crossing.test(line) && !line.includes(String.raw`json\s*$/`) ? [`${file}:${i + 1}`] : [])),
  );
  assert.deepEqual(found, []);
});
