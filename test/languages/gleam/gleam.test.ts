import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const toml = (...lines: string[]): string => ['name = "shop"', 'version = "1.0.0"', ...lines, ''].join('\n');
const manifestOf = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest;

describe('gleam', () => {
  test('a shipment for Erlang, by the compiler that is asked for', () => {
    const files = { 'gleam.toml': toml(), 'manifest.toml': 'packages = []\n', '.tool-versions': 'gleam 1.13.0\n' };
    const text = dockerfileOf(files);
    assert.match(text, /COPY --from=ghcr\.io\/gleam-lang\/gleam:v1\.13\.0-scratch \/bin\/gleam/);
    assert.match(text, /COPY gleam\.toml manifest\.toml \.\/\nRUN gleam deps download\nCOPY \. \.\//);
    assert.match(text, /CMD \["\/app\/entrypoint\.sh", "run"\]/);
    assert.deepEqual(adviceOf(files), []);
  });

  test('the minimum of gleam.toml, where it is newer than what is taken otherwise', () => {
    assert.equal(manifestOf({ 'gleam.toml': toml('gleam = ">= 9.1.0"') }).runtime, '9.1.0');
    assert.match(String(manifestOf({ 'gleam.toml': toml('gleam = ">= 1.0.0"') }).runtime), /^1\.\d+\.\d+$/);
  });

  test('a web server among the packages makes a service', () => {
    const files = {
      'gleam.toml': toml('[dependencies]', 'mist = ">= 1.0.0"'),
      'src/shop.gleam': 'mist.new(h) |> mist.port(3333)\n',
    };
    assert.deepEqual([manifestOf(files).workload, manifestOf(files).port], ['service', 3333]);
  });

  test('JavaScript runs on Node.js', () => {
    assert.match(dockerfileOf({ 'gleam.toml': toml('target = "javascript"') }), /FROM node:[^\n]* AS runtime/);
  });

  test('a name that is no name is refused', () => {
    assert.equal(problemOf(() => dockerfileOf({ 'gleam.toml': 'name = "../x"\n' }))?.slug, 'broken-file');
  });
});
