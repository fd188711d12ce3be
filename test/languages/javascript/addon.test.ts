import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filesOf } from '../../support/inline.ts';
import { dockerfileOf } from '../../support/projects.ts';

const dockerfile = (json: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>> = {}): string =>
  dockerfileOf(
    filesOf({
      'package.json': { main: 'index.js', ...json },
      'index.js': '',
      'binding.gyp': '{}',
      'src/own.c': '',
      ...files,
    }),
  );
const GYP = /RUN npm exec -c 'node-gyp rebuild'/;

describe('an addon of the project’s own', () => {
  test('is compiled once its source is there, as an install of the package would', () => {
    for (const text of [dockerfile({}), dockerfile({ dependencies: { bindings: '^1.5.0' } })]) {
      assert.match(text, /FROM node:\d+-trixie AS/);
      assert.match(text, /npm_config_nodedir="\/usr\/local"[^]*COPY \. \.\/[^]*RUN npm exec -c 'node-gyp rebuild'/);
      assert.match(text, /COPY --from=build/);
      assert.match(text, /FROM node:\d+-trixie-slim AS runtime/);
    }
  });

  test('of a member of the workspace is compiled in its folder', () => {
    const text = dockerfileOf(
      filesOf({
        'package.json': { main: 'index.js', workspaces: ['packages/*'] },
        'index.js': '',
        'packages/own/package.json': { name: 'own' },
        'packages/own/binding.gyp': '{}',
      }),
    );
    assert.match(text, /\(cd packages\/own && npm exec -c 'node-gyp rebuild'\)/);
  });

  test('is left to the script that the package names, or to nobody where it says so', () => {
    const named = dockerfile({ scripts: { install: 'node-gyp rebuild --release' } });
    assert.doesNotMatch(named, GYP);
    assert.match(named, /RUN npm run install/);
    assert.doesNotMatch(dockerfile({ gypfile: false }), GYP);
    assert.doesNotMatch(dockerfile({ scripts: { preinstall: 'node check.js' } }), GYP);
  });

  test('that CMake makes brings CMake', () => {
    const text = dockerfile({ scripts: { install: 'cmake-js compile' }, dependencies: { 'cmake-js': '^7' } });
    assert.match(text, /apt-get install -y --no-install-recommends cmake/);
    assert.match(text, /FROM node:\d+-trixie AS dependencies/);
  });

  test('a loader of prebuilt binaries compiles nothing', () => {
    const text = dockerfileOf(
      filesOf({ 'package.json': { main: 'i.js', scripts: { install: 'node-gyp-build' } }, 'i.js': '' }),
    );
    assert.match(text, /FROM node:\d+-trixie-slim AS build/);
  });

  test('and those of dependencies find the headers of the image, with pnpm by a name that it hands on', () => {
    const compiled = (manager: string): string =>
      dockerfileOf(
        filesOf({
          'package.json': { main: 'i.js', packageManager: manager, dependencies: { 'better-sqlite3': '^13' } },
          'i.js': '',
        }),
      );
    assert.match(compiled('pnpm@11.1.2'), /npm_config_nodedir="\/usr\/local" \\\n\s+NPM_CONFIG_NODEDIR="\/usr\/local"/);
    assert.match(compiled('npm@11.0.0'), /npm_config_nodedir="\/usr\/local"\n/);
  });
});
