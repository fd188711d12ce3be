import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { fileOf, GO_SERVICE, kitFor } from '../support/kits.ts';

type Files = Readonly<Record<string, string>>;
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The development stage of the Dockerfile, and what Compose does on an edit. */
function development(files: Files, manifest: object = {}): { stage: string; watch: Record<string, unknown> } {
  const kit = kitFor(manifest, { files });
  const stages = fileOf(kit, 'Dockerfile').split(/^(?=FROM )/m);
  const { services } = parse(fileOf(kit, 'compose.development.yaml'), { logLevel: 'silent' }) as {
    services: { app: { develop: { watch: Record<string, unknown>[] } } };
  };
  return {
    stage: stages.find((text) => / AS development$/m.test(text)) ?? '',
    watch: services.app.develop.watch[0] ?? {},
  };
}

const node = (scripts: Record<string, string>, more: object = {}): Files => ({
  'package.json': json({ name: 'tides', version: '1.0.0', scripts, ...more }),
  'server.js': "require('node:http').createServer().listen(process.env.PORT);\n",
});
const express = { dependencies: { express: '^5.0.0' }, devDependencies: { nodemon: '^3.0.0' } };

describe('while a project of Node.js is worked on', () => {
  test('its script runs on all that is installed, with the source put beside it', () => {
    const { stage, watch } = development(node({ start: 'node server.js', dev: 'nodemon server.js' }, express));
    assert.match(stage, /^FROM dependencies AS development\nCOPY \. \.\/\n/);
    assert.match(stage, /NODE_ENV="development"/);
    assert.match(stage, /USER 10001:10001\nCMD \["npm", "run", "dev"\]/);
    assert.deepEqual([watch['action'], watch['path'], watch['target']], ['sync', '.', '/app']);
  });

  test('without one, Node.js itself watches', () => {
    const { stage } = development(node({ start: 'node server.js' }));
    assert.match(stage, /^FROM runtime AS development\n[^]*CMD \["node", "--watch", "server\.js"\]/);
  });

  test('what a build makes is built anew', () => {
    const { stage, watch } = development({
      ...node({ start: 'node dist/server.js', build: 'tsc' }, { devDependencies: { typescript: '^5.9.0' } }),
      'tsconfig.json': json({ compilerOptions: { outDir: 'dist' } }),
    });
    assert.match(stage, /^FROM runtime AS development\n\n/);
    assert.equal(watch['action'], 'rebuild');
  });

  test('a server of the build’s own is told where to listen', () => {
    const { stage, watch } = development(
      {
        ...node({ dev: 'vite', build: 'vite build' }, { devDependencies: { vite: '^7.1.0' } }),
        'index.html': '<script type="module" src="/server.js"></script>\n',
      },
      { port: 8090 },
    );
    assert.match(stage, /CMD \["npm", "run", "dev", "--", "--host", "0\.0\.0\.0", "--port", "8090"\]/);
    assert.equal(watch['action'], 'sync');
  });

  test('a member of a workspace is started in its own folder, and the whole workspace is followed', () => {
    const { stage, watch } = development(
      {
        'package.json': json({ name: 'shop', private: true, workspaces: ['apps/*'] }),
        'apps/api/package.json': json({
          name: 'api',
          scripts: { start: 'node server.js', dev: 'node --watch server.js' },
          dependencies: { express: '^5.0.0' },
        }),
        'apps/api/server.js': node({})['server.js'] ?? '',
      },
      { app: 'apps/api' },
    );
    assert.match(stage, /COPY \. \.\/\n[^]*WORKDIR \/app\/apps\/api\n[^]*CMD \["npm", "run", "dev"\]/);
    assert.deepEqual([watch['path'], watch['target']], ['.', '/app']);
  });
});

describe('while a project of Python is worked on', () => {
  const python = (requirements: string, source: string): Files => ({
    'requirements.txt': requirements,
    'main.py': source,
  });

  test('uvicorn reloads, in a line of the shell too, and with one worker', () => {
    const files = python('fastapi==0.120.0\nuvicorn==0.38.0\n', 'from fastapi import FastAPI\napp = FastAPI()\n');
    const command = 'uvicorn main:app --workers 4 --port "$PORT"';
    const { stage, watch } = development(files, { command });
    assert.match(stage, /CMD \["\/bin\/sh", "-c", "exec uvicorn --reload main:app --port \\"\$PORT\\""\]/);
    assert.equal(watch['action'], 'sync');
  });

  test('gunicorn reloads', () => {
    const files = python('flask==3.1.0\ngunicorn==23.0.0\n', 'from flask import Flask\napp = Flask(__name__)\n');
    assert.match(development(files).stage, /CMD \["gunicorn", "--reload", /);
  });

  test('a script of package.json is none of its business', () => {
    const files = python('flask==3.1.0\ngunicorn==23.0.0\n', 'from flask import Flask\napp = Flask(__name__)\n');
    const both = { ...files, 'package.json': json({ scripts: { dev: 'tailwindcss --watch', build: 'tailwindcss' } }) };
    assert.match(development(both, { language: 'python' }).stage, /CMD \["gunicorn", "--reload", /);
  });
});

describe('while a project of Go is worked on', () => {
  test('its first start fetches and compiles nothing, and secrets of the build are at hand', () => {
    const { stage, watch } = development(GO_SERVICE, { build: { secrets: ['goproxy'], packages: ['make'] } });
    assert.match(stage, /USER 65532:65532\nRUN --mount=type=secret,id=goproxy,env=GOPROXY \\\n\s+\["go", "build"/);
    assert.match(stage, /CMD \["go", "run", "\."\]/);
    assert.doesNotMatch(stage, /apt-get/);
    assert.equal(watch['action'], 'sync+restart');
  });
});

describe('while a project of Rust is worked on', () => {
  test('Cargo keeps what it fetches and builds where the user may write', () => {
    const { stage } = development({
      'Cargo.toml': '[package]\nname = "board"\nversion = "1.0.0"\nedition = "2024"\n',
      'src/main.rs': 'fn main() {}\n',
    });
    assert.match(stage, /CARGO_HOME="\/home\/dev\/\.cargo" \\\n\s+CARGO_TARGET_DIR="\/home\/dev\/target"/);
    assert.match(stage, /RUN \["cargo", "build", "--bin", "board"\]\nCMD \["cargo", "run", "--bin", "board"\]/);
  });
});

describe('the targets of the environments', () => {
  const targets = (manifest: object, files: Files): Map<string, string> =>
    new Map(
      [...fileOf(kitFor(manifest, { files }), 'Dockerfile').matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(
        ([, base = '', name = '']) => [name, base],
      ),
    );

  test('are the images for them, whatever a stage of the build is called', () => {
    const found = targets({}, node({ start: 'node server.js' }, express));
    assert.equal(found.get('production'), 'runtime');
    assert.equal(found.get('production-stage'), 'dependencies');
    assert.equal([...found.keys()].at(-1), 'production');
  });

  test('may have the name of a stage', () => {
    const files = node({ start: 'node server.js' }, express);
    const environments = { runtime: {}, dependencies: { run: { env: { A: 'b' } } } };
    const found = targets({ environments }, files);
    assert.equal(found.get('production'), 'runtime-stage');
    assert.equal(found.get('runtime'), 'runtime-stage');
    assert.equal(found.get('dependencies'), 'runtime-stage');
    assert.match(fileOf(kitFor({ environments }, { files }), 'Dockerfile'), /^COPY --from=production-stage /m);
  });
});

test('a project of Maven without Spring Boot has no plugin that runs it: it is built anew', () => {
  const { stage, watch } = development({
    'pom.xml':
      '<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>tides</artifactId><version>1</version><build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest><mainClass>tides.Main</mainClass></manifest></archive></configuration></plugin></plugins></build></project>\n',
    'src/main/java/tides/Main.java':
      'package tides;\n\npublic class Main {\n  public static void main(String[] args) {}\n}\n',
  });
  assert.doesNotMatch(stage, /spring-boot/);
  assert.equal(watch['action'], 'rebuild');
});
