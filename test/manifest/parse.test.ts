import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkManifest, parseManifest } from '../../src/manifest/parse.ts';
import { Problem } from '../../src/problems/problem.ts';

const faults = (value: unknown): [string, string][] => {
  try {
    checkManifest(value, 'the manifest');
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.slug, 'invalid-manifest');
    return error.errors.map((e) => [e.pointer, e.detail]);
  }
  return [];
};

describe('the manifest', () => {
  test('is read from YAML and from JSON', () => {
    assert.deepEqual(parseManifest('name: a\nport: 80', 'x'), { name: 'a', port: 80 });
    assert.deepEqual(parseManifest('{"name": "a"}', 'x'), { name: 'a' });
    assert.deepEqual(parseManifest('', 'x'), {});
  });

  test('an unknown field is pointed at', () => {
    assert.deepEqual(faults({ nme: 'x' }), [['/nme', 'is not a known field']]);
    assert.deepEqual(faults({ run: { pakages: [] } }), [['/run/pakages', 'is not a known field']]);
  });

  test('broken YAML names the line', () => {
    assert.throws(
      () => parseManifest('name: "a', 'dockwright.yaml'),
      /dockwright\.yaml is neither JSON nor YAML: line 1, column 9/,
    );
  });

  test('an alias bomb is refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefgh'.charAt(i)},`.repeat(9)}]`),
    ].join('\n');
    assert.throws(() => parseManifest(bomb, 'x'), Problem);
  });

  const hostile: readonly [string, unknown][] = [
    ['a line break in an environment value', { run: { env: { A: 'x\nRUN y' } } }],
    ['a line separator in a command', { command: ['a\u2028b'] }],
    ['a shell word as a package', { run: { packages: ['curl; rm -rf /'] } }],
    ['an option as a package', { run: { packages: ['--allow-downgrades'] } }],
    ['a path that climbs out', { app: '../x' }],
    ['an absolute path', { run: { volumes: [{ path: '/etc' }] } }],
    ['root as the user', { run: { user: 0 } }],
    ['an image with a blank', { image: { base: 'a b' } }],
    ['a label name with an equals sign', { image: { labels: { 'a=b': 'c' } } }],
    ['an environment name that is none', { run: { env: { 'A B': 'c' } } }],
    ['a health path with a quote', { health: { path: '/a"b' } }],
    ['a runtime with a blank', { runtime: '3.14 AS x' }],
  ];
  for (const [what, manifest] of hostile) {
    test(`${what} is refused`, () => assert.ok(faults(manifest).length > 0));
  }
});
