import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodeVersion, readNodeVersion } from '../../../src/languages/javascript/node-version.ts';
import { readPackage } from '../../../src/languages/javascript/package-json.ts';
import { filesOf } from '../../support/inline.ts';
import { treeOf } from '../../support/projects.ts';

describe('a version of Node.js as people write it', () => {
  for (const [text, version] of [
    ['22', '22'],
    ['v22.3.0', '22.3.0'],
    ['v22 # for the old driver', '22'],
    ['lts/*', '24'],
    ['lts/iron', '20'],
    ['jod', '22'],
    ['latest', '26'],
    ['node', '26'],
    ['*', '24'],
    ['>=18', '24'],
    ['>=18 <21', '20'],
    ['^20.10.0 || >=22', '24'],
    ['20.x', '20'],
    ['~22.1.0', '22.1'],
    ['23.5.0', '23.5.0'],
    ['system', undefined],
    ['', undefined],
  ] as const) {
    test(`${text || 'nothing'} is ${version ?? 'none'}`, () => assert.equal(readNodeVersion(text), version));
  }
});

test('without a word of the project, node-sass is for the Node.js of its time, and its own Dockerfile tells', () => {
  const chosen = (json: object, files: Record<string, string> = {}): string => {
    const inventory = treeOf(filesOf({ 'package.json': json, ...files }));
    const pkg = readPackage(inventory, '');
    return nodeVersion(inventory, pkg ? [pkg] : []).version;
  };
  assert.equal(chosen({ devDependencies: { 'node-sass': '^4.12.0' } }), '14');
  assert.equal(chosen({ devDependencies: { 'node-sass': '9.0.0' } }), '20');
  assert.equal(chosen({ devDependencies: { 'node-sass': '^4.12.0' }, engines: { node: '12' } }), '12');
  assert.equal(chosen({}, { Dockerfile: 'FROM node:22.3-alpine AS build\nFROM nginx:1' }), '22');
  assert.equal(chosen({ engines: { node: '>=18' } }, { Dockerfile: 'FROM node:22' }), '24');
  assert.equal(chosen({ devDependencies: { 'node-sass': 'npm:sass' } }), '24');
});

describe('the order of version files', () => {
  const all = {
    'package.json': {
      volta: { node: '20.1.0' },
      devEngines: { runtime: { name: 'node', version: '^22' } },
      engines: { node: '18' },
    },
    '.nvmrc': '22',
    '.node-version': '24.1.0',
    '.tool-versions': 'nodejs 20.2.0\n',
    'mise.toml': '[tools]\nnode = "21"\n',
  };
  const chosen = (...without: readonly (keyof typeof all)[]) => {
    const inventory = treeOf(
      filesOf(Object.fromEntries(Object.entries(all).filter(([file]) => !without.includes(file as keyof typeof all)))),
    );
    const pkg = readPackage(inventory, '');
    return nodeVersion(inventory, pkg ? [pkg] : []);
  };

  test('.nvmrc is first, and the others are said to be beaten', () => {
    const { version, from, rejected } = chosen();
    assert.equal(version, '22');
    assert.deepEqual(from, { file: '.nvmrc', line: 1, why: '.nvmrc says 22' });
    assert.deepEqual(
      rejected.map((r) => r.value),
      ['24.1.0', '20.2.0', '21', '20.1.0', '18'],
    );
  });

  test('each in its turn', () => {
    assert.equal(chosen('.nvmrc').version, '24.1.0');
    assert.equal(chosen('.nvmrc', '.node-version').version, '20.2.0');
    assert.equal(chosen('.nvmrc', '.node-version', '.tool-versions').version, '21');
    assert.equal(chosen('.nvmrc', '.node-version', '.tool-versions', 'mise.toml').version, '20.1.0');
    assert.equal(chosen('.nvmrc', '.node-version', '.tool-versions', 'mise.toml', 'package.json').version, '24');
  });
});
