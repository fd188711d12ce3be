import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { isKeptText, readersFor } from '../../src/generate/kept-text.ts';
import { languages } from '../../src/languages/index.ts';

const FIXTURES = new URL('../fixtures/', import.meta.url);
const paths = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/^.*\/source\//, ''));
const ENDINGS = 'js mjs cjs jsx ts mts cts tsx css scss less md map svg png ico ttf py go rs java kt cs php rb'.split(
  ' ',
);

test('the ending of a path never hides a file from a language that reads it', () => {
  const folders = ['', 'src/', 'app/', 'config/', 'lib/a/', 'cmd/x/'];
  const names = [...new Set(paths.map((p) => p.slice(p.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')))];
  const tried = [
    ...paths,
    ...folders.flatMap((folder) => names.flatMap((name) => ENDINGS.map((ending) => `${folder}${name}.${ending}`))),
  ];
  for (const path of tried)
    assert.equal(
      readersFor(path).some((reads) => reads(path)),
      languages.some((language) => language.readsText(path)),
      path,
    );
});

test('what others wrote or a build made is not read', () => {
  assert.equal(isKeptText('node_modules/a/package.json'), false);
  assert.equal(isKeptText('package.json'), true);
});
