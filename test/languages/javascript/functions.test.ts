import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf } from '../../support/inline.ts';
import { dockerfileOf, projectOf } from '../../support/projects.ts';

type Files = Readonly<Record<string, unknown>>;

const dependencies = { '@google-cloud/functions-framework': '^4' };
const served = (files: Files) => {
  const { manifest } = projectOf(filesOf(files)).merged;
  return { command: manifest.command, port: manifest.port, workload: manifest.workload };
};
const serving = (...argv: readonly string[]) => ({
  command: ['functions-framework', ...argv],
  port: 8080,
  workload: 'service',
});

test('Functions Framework: the function that is registered, or exported', () => {
  for (const [code, argv] of [
    ["functions.http('greet', (req, res) => res.send('hi'));", ['--target=greet']],
    ['exports.greet = (req, res) => res.send("hi");', ['--target=greet']],
    ['export async function greet(req, res) {}', ['--target=greet']],
    ['module.exports = { greet, bid };', ['--target=greet']],
    ['exports.__esModule = true;\nexports.greet = void 0;', ['--target=greet']],
    ['exports.function = () => {};', []],
  ] as const)
    for (const file of ['index.js', 'function.js'])
      assert.deepEqual(served({ 'package.json': { dependencies }, [file]: code }), serving(...argv), code);
});

test('Functions Framework: what main names, from its source', () => {
  const files = {
    'package.json': { main: 'dist/api.js', scripts: { build: 'tsc' }, dependencies },
    'src/api.ts': "ff.cloudEvent('store', async (event) => {});",
    'src/index.ts': "ff.http('other', () => {});",
  };
  assert.deepEqual(served(files), serving('--target=store'));
});

test('Functions Framework: what a start script says goes first, and so does a server of the project’s own', () => {
  const start = 'functions-framework --target=other';
  assert.deepEqual(
    served({ 'package.json': { scripts: { start }, dependencies }, 'index.js': 'exports.greet = () => {};' }),
    serving('--target=other'),
  );
  assert.deepEqual(
    served({ 'package.json': { dependencies }, 'index.js': 'exports.a = 1;\napp.listen(5000)' }).command,
    ['node', 'index.js'],
  );
});

test('a build script of a platform is run, and what it compiles beside its source is the program', () => {
  const files = (scripts: Files, options: Files = {}) =>
    filesOf({
      'package.json': { scripts, dependencies: { polka: '1' }, devDependencies: { typescript: '5' } },
      'tsconfig.json': { compilerOptions: { target: 'es2022', ...options } },
      'server.ts': 'app.listen(3000)',
    });
  const beside = dockerfileOf(files({ 'gcp-build': 'tsc -p .' }));
  assert.match(beside, /RUN npm run gcp-build/);
  assert.match(beside, /CMD \["node", "server\.js"\]/);
  assert.match(dockerfileOf(files({ postinstall: 'tsc' })), /CMD \["node", "server\.js"\]/);
  assert.match(dockerfileOf(files({ build: 'tsc --noEmit' })), /CMD \["node", "server\.ts"\]/);
  assert.match(dockerfileOf(files({ build: 'tsc' }, { outDir: 'out' })), /CMD \["node", "out\/server\.js"\]/);
});
