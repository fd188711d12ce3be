import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { engineIsUp } from '../images/engine.ts';
import { fileOf, GO_SERVICE, kitFor } from '../support/kits.ts';
import { actionlint, compose } from '../support/programs.ts';

/**
 * Hostile values, read back by the tools that the files are for. A tool that this machine lacks is skipped, and said;
 * with REQUIRE_TOOLS=1 (`npm run test:tools`) it is fetched, or the test fails.
 */

const HOSTILE = [
  '${HOME}',
  '$$',
  '$(id)',
  '${{ x }}',
  '%{for x in y}',
  '$%{',
  '"',
  "'",
  '\\',
  '`id`',
  'a: b',
  '# x',
  '!x',
  'yes',
  ' x ',
  '{{x}}',
  'ä ☃',
  '$${X}',
  '%%{',
  '\\${x}',
];
const named = (prefix: string) => Object.fromEntries(HOSTILE.map((text, i) => [`${prefix}${i}`, text]));

const kit = kitFor(
  {
    name: 'orders',
    version: '1.2.0',
    image: { name: 'registry.example.com/shop/orders', platforms: ['linux/amd64'], variant: 'slim' },
    run: {
      env: named('VALUE'),
      secrets: ['DB_PASSWORD'],
      volumes: [{ path: 'data' }, { path: 'config', access: 'read' }],
    },
    build: { args: named('ARGUMENT'), secrets: ['npm-token'] },
    entrypoint: {
      required: ['DATABASE_URL'],
      steps: ['orders -migrate'],
      render: [{ template: 'config/a.conf', to: '/run/orders/a.conf' }],
    },
    processes: { worker: ['orders', ...HOSTILE] },
    environments: { production: { deploy: { replicas: 2 } } },
  },
  { files: { ...GO_SERVICE, 'config/a.conf': 'x=${X}\n' } },
);

const folder = mkdtempSync(join(tmpdir(), 'kit-tools-'));
after(() => rmSync(folder, { recursive: true, force: true }));
for (const [path, text] of [...kit.files.map((f) => [f.path, f.text] as const), ...Object.entries(GO_SERVICE)]) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
// actionlint looks for the root of a repository.
mkdirSync(join(folder, '.git'), { recursive: true });

const required = process.env['REQUIRE_TOOLS'] === '1';
// Points the client at its plugins.
if (required) assert.ok(await engineIsUp(), 'there is no Docker engine');
const env = { ...process.env, DB_PASSWORD: 'x', DATABASE_URL: 'y', NPM_TOKEN: 'z' };
function run(program: string, ...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
}

/** Why a tool's test is skipped; false where the tool is there. */
function lacks(program: string, ...version: readonly string[]): string | false {
  if (required || run(program, ...version).status === 0) return false;
  return `${[program, ...version.slice(0, -1)].join(' ')} is not on this machine`;
}

describe('shell', () => {
  const entrypoint = /<<"EOF" \/usr\/local\/bin\/docker-entrypoint\.sh\n([^]*?)\nEOF\n/.exec(
    fileOf(kit, 'Dockerfile'),
  )?.[1];
  const scripts = {
    'deploy/docker-tags.sh': fileOf(kit, 'deploy/docker-tags.sh'),
    'docker-entrypoint.sh': `${entrypoint ?? ''}\n`,
  };
  for (const [path, text] of Object.entries(scripts)) {
    test(`${path} is read by sh`, () => {
      writeFileSync(join(folder, path), text);
      assert.match(text, /^#!\/bin\/sh\n/);
      const { status, stderr } = run('sh', '-n', path);
      assert.equal(status, 0, stderr);
    });
    test(`${path} satisfies shellcheck`, { skip: lacks('shellcheck', '--version') }, () => {
      const { status, stdout } = run('shellcheck', path);
      assert.equal(status, 0, stdout);
    });
  }
});

describe('docker compose config', { skip: lacks('docker', 'compose', 'version') }, () => {
  interface Service {
    readonly environment: Record<string, string>;
    readonly build: { readonly args: Record<string, string>; readonly target: string };
    readonly command?: readonly string[];
  }
  const [program, ...before] = required ? compose() : ['docker', 'compose'];
  const config = (...files: readonly string[]): Record<string, Service> => {
    const { status, stdout, stderr } = run(
      program ?? '',
      ...before,
      ...files.flatMap((f) => ['-f', f]),
      'config',
      '--format',
      'json',
      '--no-interpolate=false',
    );
    assert.equal(status, 0, stderr);
    return (JSON.parse(stdout) as { services: Record<string, Service> }).services;
  };
  /** What is printed can be read again, so that each dollar is two. */
  const printed = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([k, v]) => [k, v.replaceAll('$', () => '$$')]));

  test('reads every value as it is', () => {
    const { app, worker } = config('compose.yaml');
    assert.deepEqual(app?.environment, {
      ...printed(named('VALUE')),
      DB_PASSWORD: 'x',
      DATABASE_URL: 'y',
      PORT: '8080',
    });
    assert.deepEqual(app?.build.args, printed(named('ARGUMENT')));
    assert.deepEqual(worker?.command, ['orders', ...HOSTILE.map((text) => text.replaceAll('$', () => '$$'))]);
  });

  test('reads the override of every environment', () => {
    for (const environment of ['development', 'staging', 'production'])
      assert.equal(config('compose.yaml', `compose.${environment}.yaml`)['app']?.build.target, environment);
  });

  test('starts nothing without its secrets', () => {
    const { DB_PASSWORD: _, ...rest } = env;
    const { status, stderr } = spawnSync(program ?? '', [...before, '-f', 'compose.yaml', 'config'], {
      cwd: folder,
      env: rest,
      encoding: 'utf8',
    });
    assert.notEqual(status, 0);
    assert.match(stderr, /DB_PASSWORD/);
  });
});

describe('docker buildx bake --print', { skip: lacks('docker', 'buildx', 'version') }, () => {
  interface Target {
    readonly args: Record<string, string>;
    readonly tags: readonly string[];
    readonly target: string;
    readonly [field: string]: unknown;
  }
  const print = (extra: Record<string, string> = {}, ...targets: readonly string[]): Record<string, Target> => {
    const { status, stdout, stderr } = spawnSync(
      'docker',
      ['buildx', 'bake', '--file', 'docker-bake.hcl', '--print', ...targets],
      {
        cwd: folder,
        env: { ...env, ...extra },
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
    return (JSON.parse(stdout) as { target: Record<string, Target> }).target;
  };

  test('reads every value as it is', () => {
    // What is printed is a bake file again, in which `${` and `%{` are written twice.
    const read = Object.fromEntries(
      Object.entries(print()['production']?.args ?? {}).map(([k, v]) => [k, v.replaceAll(/([$%])\1\{/g, '$1{')]),
    );
    assert.deepEqual(read, named('ARGUMENT'));
  });

  test('takes its variables from the environment', () => {
    const { production } = print({
      TAGS: 'v1.2.0 v1.2',
      PLATFORMS: 'linux/amd64 linux/arm64',
      NO_CACHE: 'true',
      ATTEST: 'true',
      CACHE_FROM: 'type=registry,ref=r.example.com/c',
      CACHE_TO: 'type=inline',
    });
    assert.deepEqual(production?.tags, [
      'registry.example.com/shop/orders:v1.2.0',
      'registry.example.com/shop/orders:v1.2',
    ]);
    assert.deepEqual(production?.['platforms'], ['linux/amd64', 'linux/arm64']);
    assert.equal(production?.['no-cache'], true);
    assert.equal((production?.['attest'] as unknown[] | undefined)?.length, 2);
    assert.equal((production?.['secret'] as unknown[] | undefined)?.length, 1);
  });

  test('has a target for each environment', () => {
    assert.deepEqual(Object.keys(print({}, 'development', 'staging', 'production')).sort(), [
      'development',
      'production',
      'staging',
    ]);
  });
});

describe('actionlint', { skip: !required && 'npm run test:tools fetches it' }, () => {
  test('has nothing to say of the workflow', () => {
    const { status, stdout, stderr } = run(...actionlint, '.github/workflows/image.yml');
    assert.equal(status, 0, stdout + stderr);
  });
});
