/**
 * Generates a client from openapi/openapi.json with the tool that each language's people use, compiles it, and has it
 * make a round trip against the running service: `npm run test:clients [-- LANGUAGE…]`. docs/clients.md shows the same files.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tarOf } from '../support/archives.ts';
import { startProcess } from '../support/process.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const document = fileURLToPath(new URL('../../openapi/openapi.json', import.meta.url));

interface Client {
  readonly needs: readonly string[];
  /** One after the other, in a copy of the client's folder that has openapi.json in it. */
  readonly steps: readonly (readonly string[])[];
}

const OAPI_CODEGEN = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';
const python = join('venv', 'bin', 'python');

const clients: Readonly<Record<string, Client>> = {
  // In a folder of its own: openapi-typescript needs TypeScript 5 as a library, the project has 7.
  typescript: {
    needs: ['npm', 'npx'],
    steps: [
      [
        'npm',
        'install',
        '--no-audit',
        '--no-fund',
        '--silent',
        'openapi-typescript@7.13.0',
        'openapi-fetch@0.17.0',
        'typescript@5.9.3',
        '@types/node@24',
      ],
      ['npx', 'openapi-typescript', 'openapi.json', '-o', 'schema.ts'],
      [
        'npx',
        'tsc',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--target',
        'es2023',
        '--module',
        'nodenext',
        '--skipLibCheck',
        'main.ts',
      ],
      ['node', 'main.js'],
    ],
  },
  python: {
    needs: ['python3'],
    steps: [
      ['python3', '-m', 'venv', 'venv'],
      [
        python,
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        'openapi-python-client==0.29.1',
        'mypy==1.18.2',
      ],
      [
        python,
        '-m',
        'openapi_python_client',
        'generate',
        '--path',
        'openapi.json',
        '--config',
        'config.yml',
        '--meta',
        'none',
        '--output-path',
        'dockwright_client',
      ],
      [python, '-m', 'mypy', '--ignore-missing-imports', '--follow-imports=silent', 'main.py'],
      [python, 'main.py'],
    ],
  },
  go: {
    needs: ['go'],
    steps: [
      [
        'go',
        'run',
        OAPI_CODEGEN,
        '-generate',
        'types,client',
        '-package',
        'dockwright',
        '-o',
        'dockwright/dockwright.gen.go',
        'openapi.json',
      ],
      ['go', 'mod', 'tidy'],
      ['go', 'vet', './...'],
      ['go', 'run', '.'],
    ],
  },
  java: {
    needs: ['mvn', 'java'],
    steps: [['mvn', '-q', '-B', '-ntp', 'compile', 'exec:java']],
  },
};

const expected = /^dockerfile: true [1-9]\d*\ncontext: true\nproblem: \/problems\/no-language 422 true$/im;

async function missing(tools: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    tools.map(async (tool) =>
      run('which', [tool]).then(
        () => true,
        () => false,
      ),
    ),
  );
  return tools.filter((_, index) => !found[index]);
}

async function roundTrip(name: string, { steps }: Client, url: string, archive: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `dockwright-${name}-`));
  try {
    cpSync(join(here, name), folder, { recursive: true });
    cpSync(document, join(folder, 'openapi.json'));
    if (name === 'typescript') writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
    if (name === 'go') await run('mkdir', [join(folder, 'dockwright')]);
    const env = { ...process.env, DOCKWRIGHT_URL: url, ARCHIVE: archive, GOFLAGS: '-mod=mod' };
    let printed = '';
    for (const [command = '', ...args] of steps) {
      printed = (
        await run(command.includes('/') ? join(folder, command) : command, args, {
          cwd: folder,
          env,
          maxBuffer: 64 << 20,
        })
      ).stdout;
    }
    if (!expected.test(printed)) throw new Error(`the client printed:\n${printed}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2);
const chosen = Object.entries(clients).filter(([name]) => asked.length === 0 || asked.includes(name));
const work = mkdtempSync(join(tmpdir(), 'dockwright-clients-'));
const archive = join(work, 'project.tar');
writeFileSync(archive, await tarOf({ 'index.html': '<h1>hello</h1>' }));
const service = await startProcess({ LOG_LEVEL: 'warn', SPOOL_DIR: join(work, 'spool') });
let failed = 0;

for (const [name, client] of chosen) {
  const absent = await missing(client.needs);
  const before = performance.now();
  try {
    if (absent.length > 0) throw new Error(`not on this machine: ${absent.join(', ')}`);
    if (!existsSync(join(here, name))) throw new Error('the client has no folder');
    await roundTrip(name, client, service.url, archive);
    console.log(`✔ ${name} (${Math.round((performance.now() - before) / 1000)} s)`);
  } catch (error) {
    failed += 1;
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    console.log(`✖ ${name}: ${message}\n${`${stdout}\n${stderr}`.slice(-4000)}`);
  }
}
await service.end();
rmSync(work, { recursive: true, force: true });
console.log(`clients: ${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
