import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf } from '../../support/inline.ts';
import { dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

type Files = Readonly<Record<string, unknown>>;

const handler = 'export default {\n  async fetch(request) {\n    return new Response("hi");\n  },\n};\n';
const project = (files: Files, scripts: Files = { start: 'wrangler dev' }) =>
  filesOf({ 'package.json': { scripts, devDependencies: { wrangler: '4' } }, 'src/index.ts': handler, ...files });
const command = (files: Files, scripts?: Files): unknown => projectOf(project(files, scripts)).merged.manifest.command;
const problem = (files: Files, scripts?: Files): string =>
  problemOf(() => dockerfileOf(project(files, scripts)))?.detail ?? '';
const SRVX = ['node', '/opt/srvx/node_modules/srvx/bin/srvx.mjs', '--prod', 'src/index.ts'];

test('a worker that is a handler and no more is served by srvx', () => {
  const config = '{\n  // "d1_databases": [],\n  "main": "./src/index.ts", "vars": { "A": "1" } }';
  for (const scripts of [{ start: 'wrangler dev' }, { dev: 'wrangler dev', deploy: 'wrangler deploy' }]) {
    assert.deepEqual(command({ 'wrangler.jsonc': config }, scripts), SRVX);
    assert.deepEqual(command({ 'wrangler.toml': '# [ai]\nname = "a"\nmain = "src/index.ts"\n' }, scripts), SRVX);
  }
});

test('one that needs what only its platform has is told so', () => {
  for (const [file, config, needs] of [
    ['wrangler.json', '{ "main": "src/index.ts", "kv_namespaces": [] }', 'kv_namespaces'],
    ['wrangler.jsonc', '{ "main": "src/index.ts",\n  "ai": { "binding": "AI" } }', 'ai'],
    ['wrangler.toml', 'main = "src/index.ts"\n[[d1_databases]]\nbinding = "DB"\n', 'd1_databases'],
    ['wrangler.toml', 'main = "src/index.ts"\n[env.production.browser]\nbinding = "B"\n', 'browser'],
  ] as const)
    assert.match(problem({ [file]: config }), new RegExp(`needs ${needs};`));
  const imports = {
    'wrangler.json': '{ "main": "src/index.ts" }',
    'src/index.ts': `import { x } from 'cloudflare:workers';\n${handler}`,
  };
  assert.match(problem(imports), /needs cloudflare:workers/);
});

test('what has a server of its own, or is files alone, is served', () => {
  const config = { 'wrangler.json': '{ "main": "src/index.ts", "kv_namespaces": [] }', 'server.js': '' };
  assert.deepEqual(command(config, { start: 'node server.js' }), ['node', 'server.js']);
  const site = dockerfileOf(
    project({ 'wrangler.json': '{ "assets": { "directory": "./public" } }', 'public/index.html': '' }),
  );
  assert.match(site, /COPY public\/ \/srv\//);
  const vite = dockerfileOf(
    filesOf({
      'package.json': {
        scripts: { build: 'vite build' },
        devDependencies: { vite: '7', '@cloudflare/vite-plugin': '1' },
      },
      'vite.config.ts': 'export default { plugins: [cloudflare()] };',
      'index.html': '',
      'wrangler.json': '{ "main": "src/index.ts" }',
    }),
  );
  assert.match(vite, /\/app\/dist\/client\/ \/srv\//);
  const rendered = {
    'package.json': { devDependencies: { vite: '7', '@cloudflare/vite-plugin': '1', '@react-router/dev': '7' } },
    'vite.config.ts': 'export default { plugins: [cloudflare()] };',
    'wrangler.json': '{ "main": "src/index.ts" }',
  };
  assert.match(problem(rendered), /describes a worker of Cloudflare;/);
});

test('a handler that is exported is served on Node.js without a configuration as well', () => {
  assert.deepEqual(projectOf(filesOf({ 'package.json': {}, 'src/index.ts': handler })).merged.manifest.command, SRVX);
});
