import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBuild } from '../../src/generate/build.ts';
import { inlineInventory } from '../../src/inventory/inventory.ts';
import { fitsAny } from '../../src/languages/python/constraint.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import { tableOf } from '../../src/plan/table.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { problemOf } from '../support/projects.ts';

/** Found by `npm run fuzz`. */

const templates = loadTemplates();
const dockerfileOf = (manifest: object): string => {
  const read = parseManifest(JSON.stringify(manifest), 'it');
  const tools = { templates, version: 'test' };
  return makeBuild({ tree: inlineInventory(read.files), manifest: read, dockerfile: 'generate' }, tools).dockerfile
    .text;
};

test('names that every object has are no entries of a table', () => {
  const table = tableOf({ own: 1 });
  assert.deepEqual([table['own'], table['constructor'], table['__proto__']], [1, undefined, undefined]);
});

test('a project may be full of them', () => {
  const start = { scripts: { start: 'constructor a.js' } };
  const files = { 'package.json': JSON.stringify(start), '.nvmrc': 'constructor\n', 'a.js': '' };
  assert.match(dockerfileOf({ files }), /^FROM /m);
});

test('a version with a line break in a project file is as good as none', () => {
  const npm = { name: 'x', version: 'EOF\nRUN id', main: 'a.js' };
  const text = dockerfileOf({ files: { 'package.json': JSON.stringify(npm), 'a.js': '' } });
  assert.doesNotMatch(text, /RUN id|image\.version/);
});

test('a pattern that only fails when it is used is no fault while it is not', () => {
  assert.match(dockerfileOf({ language: 'static', context: { exclude: ['C:\\x'] } }), /^FROM /m);
});

test('what is no version fits no constraint', () => {
  assert.equal(fitsAny('null', ['>=3.11']), false);
  assert.equal(fitsAny('3.12.1', ['>=3.11']), true);
});

test('a blank in a path that a here-document is written to is refused by the schema', () => {
  for (const manifest of [
    { run: { volumes: [{ path: 'a b' }] } },
    { entrypoint: { render: [{ template: 'a', to: '/etc/a b' }] } },
  ])
    assert.equal(problemOf(() => dockerfileOf({ language: 'static', ...manifest }))?.slug, 'invalid-manifest');
});
