import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { parseIgnore } from '../../src/ignore/parse.ts';
import { ANY_BASE, checkFolder, onOneBase } from '../images/build.ts';
import { engineIsUp, ensureBases, ensureFrontend } from '../images/engine.ts';
import { kitCases, kitFor, kitOfFixture } from '../support/kits.ts';
import { actionlint, cfnLint, compose } from '../support/programs.ts';
import { assertFits, assertKubernetes, fetchedSchemas, schemas } from '../support/schemas.ts';

/**
 * Every file of every kit, read by the tool or the schema that it is for; a file that nothing reads is a fault. Programs
 * and schemas from elsewhere are fetched, so that they are used with REQUIRE_TOOLS=1 only: `npm run test:tools`.
 */

const withTools = process.env['REQUIRE_TOOLS'] === '1';
const NOT_HERE = 'npm run test:tools fetches what it needs';

interface Written {
  /** Where the whole kit lies. */
  readonly folder: string;
  readonly path: string;
  readonly text: string;
  readonly env: NodeJS.ProcessEnv;
}
type Reader = (file: Written) => void | Promise<void>;

const yaml = (text: string): unknown => parse(text, { logLevel: 'silent' }) as unknown;
const documents = (text: string): unknown[] => parseAllDocuments(text).map((d) => d.toJS() as unknown);
const kindOf = (object: unknown): string => {
  const { apiVersion = '', kind = '' } = object as { apiVersion?: string; kind?: string };
  return `${apiVersion} ${kind}`;
};
const EXTERNAL_SECRET = 'external-secrets.io/v1 ExternalSecret';

function succeeds({ folder, env }: Written, [program, ...args]: readonly [string, ...string[]]): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error?.message ?? `${stdout}${stderr}`.slice(-2000)}`);
}

const own: Readonly<Record<string, readonly [RegExp, Reader]>> = {
  'a schema of Compose': [/^compose(\.\w+)?\.yaml$/, ({ text }) => assertFits(schemas.compose(), yaml(text))],
  'a schema of workflows': [/^\.github\//, ({ text }) => assertFits(schemas.github(), yaml(text))],
  'a schema of pipelines': [/^\.gitlab-ci\.yml$/, ({ text }) => assertFits(schemas.gitlab(), yaml(text))],
  'the schemas of the Kubernetes API': [
    /^deploy\/kubernetes\//,
    ({ text }) => {
      for (const object of documents(text)) if (kindOf(object) !== EXTERNAL_SECRET) assertKubernetes(object);
    },
  ],
  'the rules of ignore files': [
    /^\.dockerignore$/,
    ({ text, path }) => assert.deepEqual(parseIgnore(text, path).advice, []),
  ],
  sh: [/\.sh$/, (file) => succeeds(file, ['sh', '-n', file.path])],
};

const fetched: Readonly<Record<string, readonly [RegExp, Reader]>> = {
  'docker build --check': [
    /(^|\/)Dockerfile$/,
    async ({ text }) => {
      const folder = mkdtempSync(join(tmpdir(), 'check-'));
      writeFileSync(join(folder, 'Dockerfile'), onOneBase(text));
      assert.deepEqual(await checkFolder(folder).finally(() => rmSync(folder, { recursive: true })), []);
    },
  ],
  'docker compose config': [
    /^compose(\.\w+)?\.yaml$/,
    (file) => {
      const files = [...new Set(['compose.yaml', file.path])].flatMap((path) => ['-f', path]);
      succeeds(file, [...compose(), ...files, 'config', '--quiet']);
    },
  ],
  'docker compose, as its environment': [
    /^\.env\.example$/,
    (file) => succeeds(file, [...compose(), '--env-file', file.path, 'config', '--no-interpolate', '--quiet']),
  ],
  'docker buildx bake --print': [
    /\.hcl$/,
    (file) => {
      const targets = ['development', 'staging', 'production'];
      succeeds(file, ['docker', 'buildx', 'bake', '--file', file.path, '--print', ...targets]);
    },
  ],
  actionlint: [/^\.github\//, (file) => succeeds(file, [...actionlint, file.path])],
  shellcheck: [/\.sh$/, (file) => succeeds(file, ['shellcheck', file.path])],
  'cfn-lint': [/^deploy\/lambda\/template\.yaml$/, (file) => succeeds(file, [...cfnLint(), file.path])],
  'the definition of ExternalSecret': [
    /^deploy\/kubernetes\/\w+\/secrets\.yaml$/,
    ({ text }) => {
      for (const object of documents(text))
        if (kindOf(object) === EXTERNAL_SECRET) assertFits(fetchedSchemas.externalSecret(), object);
    },
  ],
  'the definition of Knative’s Service': [
    /^deploy\/knative\//,
    ({ text }) => assertFits(fetchedSchemas.knative(), yaml(text)),
  ],
  'the API of Cloud Run': [
    /^deploy\/cloud-run\//,
    ({ text, path }) =>
      assertFits(
        path.endsWith('job.yaml') ? fetchedSchemas.cloudRunJob() : fetchedSchemas.cloudRunService(),
        yaml(text),
      ),
  ],
};

/** Prose, which every reader takes. */
const PROSE = /\.md$/;

const fixtures = readdirSync(new URL('fixtures', import.meta.url));
const kits = {
  ...Object.fromEntries(fixtures.map((name) => [`the fixture ${name}`, kitOfFixture(name)])),
  ...Object.fromEntries(
    Object.entries(kitCases).map(([name, { manifest, files }]) => [name, kitFor(manifest, files ? { files } : {})]),
  ),
};

const root = mkdtempSync(join(tmpdir(), 'kit-readers-'));
after(() => rmSync(root, { recursive: true, force: true }));

describe('every file of a kit', () => {
  before(async () => {
    if (!withTools) return;
    assert.ok(await engineIsUp(), 'there is no Docker engine');
    await ensureFrontend();
    assert.deepEqual(await ensureBases(`FROM ${ANY_BASE}\n`), []);
  });

  for (const [n, [name, { files }]] of Object.entries(kits).entries()) {
    const folder = join(root, String(n));
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    // What is given from outside, and the root of a repository, which actionlint looks for.
    const example = files.find(({ path }) => path === '.env.example')?.text ?? '';
    const given = [...example.matchAll(/^(\w+)=$/gm)].map(([, variable = '']) => [variable, 'x'] as const);
    mkdirSync(join(folder, '.git'), { recursive: true });

    const readBy = (readers: typeof own): void => {
      for (const [reader, [pattern, read]] of Object.entries(readers)) {
        const its = files.filter(({ path }) => pattern.test(path));
        if (its.length === 0) continue;
        test(`of ${name} is read by ${reader}`, { skip: readers === fetched && !withTools && NOT_HERE }, async () => {
          for (const { path, text } of its) {
            try {
              await read({ folder, path, text, env: { ...process.env, ...Object.fromEntries(given) } });
            } catch (error) {
              assert.fail(`${path}: ${error instanceof Error ? error.message : String(error)}`);
            }
          }
        });
      }
    };
    readBy(own);
    readBy(fetched);

    test(`of ${name} has a reader`, () => {
      const patterns = [...Object.values(own), ...Object.values(fetched)].map(([pattern]) => pattern).concat(PROSE);
      const unread = files.map(({ path }) => path).filter((path) => !patterns.some((pattern) => pattern.test(path)));
      assert.deepEqual(unread, []);
    });
  }
});
