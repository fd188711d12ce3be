import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const SERVER = 'Deno.serve({ port: 9000 }, () => new Response("hi"));\n';
const config = (value: object): string => JSON.stringify(value, null, 2);
const commandOf = (files: Readonly<Record<string, string>>): unknown => projectOf(files).merged.manifest.command;
const runtimeOf = (files: Readonly<Record<string, string>>): unknown =>
  projectOf({ 'deno.json': '{}', 'main.ts': SERVER, ...files }).merged.manifest.runtime;

describe('deno: detection', () => {
  test('a module that uses Deno’s API is enough; settings of deno beside a package.json are not', () => {
    assert.equal(projectOf({ 'main.ts': SERVER }).language.id, 'deno');
    assert.equal(projectOf({ 'deno.jsonc': '{ /* empty */ }', 'mod.ts': 'export {};\n' }).language.id, 'deno');
  });

  test('a broken deno.json is named', () => {
    const problem = problemOf(() => projectOf({ 'deno.json': '{ "tasks": ', 'main.ts': SERVER }));
    assert.equal(problem?.slug, 'broken-file');
    assert.match(problem?.detail ?? '', /deno\.json/);
  });
});

describe('deno: versions', () => {
  test('version files in their order, as full versions, which is how the images are tagged', () => {
    assert.equal(runtimeOf({ '.deno-version': 'v2.2.2\n', '.tool-versions': 'deno 2.4.0\n' }), '2.2.2');
    assert.match(String(runtimeOf({ '.tool-versions': 'deno 2\n' })), /^2\.\d+\.\d+$/);
    assert.match(String(runtimeOf({ 'mise.toml': '[tools]\ndeno = "latest"\n' })), /^\d+\.\d+\.\d+$/);
    assert.match(String(runtimeOf({})), /^\d+\.\d+\.\d+$/);
  });
});

describe('deno: start', () => {
  test('a program that is fetched is fetched by the build, and the server of files is told its port', () => {
    for (const server of ['https://deno.land/std@0.157.0/http/file_server.ts', 'jsr:@std/http@1/file-server']) {
      const text = dockerfileOf({
        'deno.json': config({
          tasks: { build: 'deno run -A npm:vite build', serve: `deno run --allow-net -R ${server} dist/` },
        }),
        'src/main.ts': SERVER,
      });
      assert.match(text, new RegExp(`deno cache ${server}\n`));
      assert.match(text, /EXPOSE 8000/);
      assert.ok(
        text.includes(`exec deno run --cached-only --allow-net -R ${server} dist/ --port \\"\${PORT:-8000}\\""`),
        text,
      );
    }
    const tool = dockerfileOf({ 'deno.json': config({ tasks: { start: 'deno run -A npm:cowsay hi' } }) });
    assert.match(tool, /deno cache npm:cowsay/);
    assert.match(tool, /CMD \["deno", "run", "--cached-only", "-A", "npm:cowsay", "hi"\]/);
  });

  test('an Apollo server of its own listens', () => {
    const main =
      "import { startStandaloneServer } from 'npm:@apollo/server/standalone';\nawait startStandaloneServer(s, { listen: { port: 4100 } });\n";
    assert.equal(projectOf({ 'deno.json': '{}', 'main.ts': main }).merged.manifest.port, 4100);
  });

  test('the real command behind the task, without what only development wants', () => {
    const tasks = { start: 'deno task run', run: 'deno run --watch --allow-net=:8000 -R main.ts' };
    assert.deepEqual(commandOf({ 'deno.json': config({ tasks }), 'main.ts': SERVER }), [
      'deno',
      'run',
      '--cached-only',
      '--allow-net=:8000',
      '-R',
      'main.ts',
    ]);
  });

  test('a start that watches gives way to a preview; what it builds first is built in the image', () => {
    const tasks = {
      start: 'deno run -A --watch=static/,routes/ dev.ts',
      build: 'deno run -A dev.ts build',
      preview: 'deno task build && deno run -A main.ts',
    };
    const files = { 'deno.json': config({ tasks }), 'main.ts': 'import { start } from "$fresh/server.ts";\n' };
    assert.deepEqual(commandOf(files), ['deno', 'run', '--cached-only', '-A', 'main.ts']);
    assert.match(dockerfileOf(files), /RUN \["deno", "task", "build"\]/);
    assert.equal(projectOf(files).merged.manifest.framework, 'fresh');
  });

  test('permissions of the development task are those of the program', () => {
    const tasks = { dev: 'deno run --watch --allow-net main.ts' };
    const files = { 'deno.json': config({ tasks }), 'main.ts': SERVER };
    assert.deepEqual(commandOf(files), ['deno', 'run', '--cached-only', '--allow-net', 'main.ts']);
    assert.deepEqual(adviceOf(files), []);
    assert.deepEqual(adviceOf({ 'deno.json': '{}', 'main.ts': SERVER }), ['all-permissions']);
  });

  test('a default export with fetch is served by deno serve, on PORT', () => {
    const files = { 'main.ts': 'import "jsr:@std/path";\nexport default { fetch: () => new Response("x") };\n' };
    assert.deepEqual(commandOf(files), [
      '/bin/sh',
      '-c',
      'exec deno serve --port "${PORT:-8000}" --cached-only --allow-all main.ts',
    ]);
  });

  test('nothing to start is a problem that says what would settle it', () => {
    assert.equal(problemOf(() => dockerfileOf({ 'deno.json': '{}' }))?.slug, 'no-start-command');
  });

  test('a cycle of tasks ends', () => {
    const tasks = { start: 'deno task again', again: 'deno task start' };
    assert.equal(problemOf(() => dockerfileOf({ 'deno.json': config({ tasks }) }))?.slug, 'no-start-command');
  });
});

describe('deno: lockfile', () => {
  const imports = { '@std/path': 'jsr:@std/path@^1', hono: 'npm:hono@^4' };
  const lock = (...dependencies: string[]): string => config({ version: '5', workspace: { dependencies } });
  const files = { 'deno.json': config({ imports, tasks: { start: 'deno run -A main.ts' } }), 'main.ts': SERVER };

  test('a lockfile that fits is frozen', () => {
    const locked = { ...files, 'deno.lock': lock('jsr:@std/path@1', 'npm:hono@4') };
    assert.match(dockerfileOf(locked), /COPY deno\.json deno\.lock \.\/\nRUN deno install --frozen\n/);
    assert.deepEqual(adviceOf(locked), []);
  });

  test('one that drifted or lacks is not, and it is said', () => {
    const drifted = { ...files, 'deno.lock': lock('npm:hono@4') };
    assert.match(dockerfileOf(drifted), /RUN deno install\n/);
    assert.deepEqual(adviceOf(drifted), ['drifted-lockfile']);
    assert.deepEqual(adviceOf(files), ['missing-lockfile']);
  });
});

describe('deno: serving', () => {
  test('the port of the source, of the command, or the usual one', () => {
    const port = (text: string, start = 'deno run -A main.ts'): unknown =>
      projectOf({ 'deno.json': config({ tasks: { start } }), 'main.ts': text }).merged.manifest.port;
    assert.equal(port(SERVER), 9000);
    assert.equal(port('Deno.serve({ port: Number(Deno.env.get("PORT") ?? 3001) }, f);\n'), 3001);
    assert.equal(port('Deno.serve(() => new Response());\n'), 8000);
    assert.equal(port('export default { fetch };\n', 'deno serve --port=4001 -A main.ts'), 4001);
    assert.equal(port('console.log("done");\n'), undefined);
  });

  test('a member of a workspace is built from the workspace', () => {
    const files = {
      'deno.json': config({ workspace: ['./api', './lib'] }),
      'api/deno.json': config({ tasks: { start: 'deno run -A main.ts' }, imports: { hono: 'npm:hono@4' } }),
      'api/main.ts': SERVER,
      'lib/deno.json': config({ name: '@x/lib', exports: './mod.ts' }),
      'lib/mod.ts': 'export const x = 1;\n',
    };
    const text = dockerfileOf(files, { app: 'api' });
    assert.match(text, /COPY api\/deno\.json \.\/api\/\nCOPY lib\/deno\.json \.\/lib\//);
    assert.match(text, /WORKDIR \/app\/api\nCOPY \. \/app\/\nRUN deno cache main\.ts/);
  });
});
