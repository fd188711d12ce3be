import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerfileOf } from '../../support/projects.ts';

const server = (starts: string): string =>
  `import { ${/^\w+/.exec(starts)?.[0] ?? ''} } from 'node:child_process';\nimport { createServer } from 'node:http';\n${starts};\ncreateServer().listen(3000);\n`;

const dockerfile = (starts: string, files: Readonly<Record<string, string>> = {}): string =>
  dockerfileOf({
    'package.json': '{"type":"module","scripts":{"start":"node server.js"}}',
    'server.js': server(starts),
    ...files,
  });

describe('runtimes of other languages that a program in JavaScript starts', () => {
  test('Python, in the version and with the packages that the project’s files name', () => {
    const text = dockerfile("spawn('python3', ['a.py'])", {
      'requirements.txt': 'psycopg2==2.9.10\n',
      '.python-version': '3.12\n',
    });
    assert.match(text, /^FROM python:3\.12-trixie AS python$/m);
    assert.match(text, /^FROM python:3\.12-slim-trixie AS runtime$/m);
    assert.match(text, /install -y --no-install-recommends [\w -]*libatomic1 libpq5/);
    assert.match(text, /^COPY --from=node:24-trixie-slim \/usr\/local\/bin\/node \/usr\/local\/bin\/node$/m);
    assert.match(text, /^COPY --from=python [^\n]*\/app\/\.venv\/ \/app\/\.venv\/$/m);
    assert.match(text, /PATH="\/app\/\.venv\/bin:\/usr/);
    assert.match(text, /^CMD \["node", "server\.js"\]$/m);
  });

  test('Python alone, where nothing is installed for it', () => {
    const text = dockerfile("execSync('python tell.py')");
    assert.match(text, /^FROM python:3\.\d+-slim-trixie AS runtime$/m);
    assert.doesNotMatch(text, /\.venv/);
  });

  test('npm comes along where it is called', () => {
    const text = dockerfile("execSync('python tell.py'); execSync('npx tell')");
    assert.match(text, /^COPY --from=node:24-trixie-slim \/usr\/local\/lib\/node_modules\/npm\/ /m);
    assert.match(text, /npx-cli\.js \/usr\/local\/bin\/npx/);
    assert.doesNotMatch(dockerfile("execSync('python tell.py')"), /node_modules\/npm/);
  });

  test('by a package that starts it, and on Bun', () => {
    const text = dockerfileOf({
      'package.json': '{"scripts":{"start":"bun run server.ts"},"dependencies":{"python-shell":"^5.0.0"}}',
      'bun.lock': '{}',
      'server.ts': 'Bun.serve({ port: 3000, fetch: () => new Response("a") });\n',
      'requirements.txt': 'numpy==2.3.0\n',
    });
    assert.match(text, /^FROM python:3\.\d+-slim-trixie AS runtime$/m);
    assert.match(text, /^COPY --from=oven\/bun:1-slim \/usr\/local\/bin\/bun \/usr\/local\/bin\/bun$/m);
  });

  test('named by a version manager, where the command is in a variable', () => {
    const files = { 'mise.toml': '[tools]\ngo = "1.25"\nnode = "24"\n' };
    const text = dockerfile("const run = (c) => execSync(c); run('go version')", files);
    assert.match(text, /^COPY --from=golang:1\.25[\w-]* \/usr\/local\/go\/ \/usr\/local\/go\/$/m);
    assert.match(text, /PATH="\/usr\/local\/go\/bin:/);
    assert.match(text, /^FROM node:24-trixie-slim AS runtime$/m);
    assert.doesNotMatch(dockerfile("const run = (c) => execSync(c); run('go version')"), /golang/);
    assert.doesNotMatch(dockerfile("const say = (c) => console.log(c); say('go version')", files), /golang/);
  });

  test('none, where a file of Python is there and nothing starts it', () => {
    const text = dockerfile("exec('ffmpeg -i a')", { 'requirements.txt': 'numpy==2.3.0\n' });
    assert.match(text, /^FROM node:24-trixie-slim AS runtime$/m);
    assert.doesNotMatch(text, /python/);
  });
});
