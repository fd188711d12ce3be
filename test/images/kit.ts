/**
 * The kit unpacked over projects, as users do it: built with bake, started with Compose, asked; then its development
 * target, built and started by Compose, asked again after an edit.
 *
 *   npm run test:images:kit            all of them
 *   npm run test:images:kit -- NAME…   those fixtures
 *
 * Exit status 1 when one fails; 69 when there is no engine to be had.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'yaml';
import { readFixtures, type Fixture } from '../support/fixtures.ts';
import { compose } from '../support/programs.ts';
import { startService, type TestService } from '../support/service.ts';
import { docker, engineIsUp, ensureBases, ensureFrontend, run, type Done } from './engine.ts';

const NO_ENGINE = 69;
const READY_SECONDS = 90;
const TAG = 'kit-test';

/** What is changed in the source while the development target runs, and what it answers then. */
interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const KITS: Readonly<Record<string, Edit | undefined>> = {
  'node-npm': { file: 'server.js', from: 'Husum', to: 'Cuxhaven' },
  'node-vite': { file: 'index.html', from: 'Chart room', to: 'Map room' },
  'python-uv-fastapi': { file: 'weather/routes.py', from: 'overcast', to: 'clear' },
  'go-server': { file: 'main.go', from: '06:12', to: '07:30' },
  'java-maven': undefined,
};

async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function must({ code, text }: Done, what: string): void {
  if (code !== 0) throw new Error(`${what} fails:\n${text.slice(-2500)}`);
}

/** Sends the project, and unpacks what comes back over it. */
async function unpackKit({ url }: TestService, { request }: Fixture, folder: string): Promise<void> {
  const archive = join(folder, '..', 'project.tar');
  const kit = join(folder, '..', 'kit.tar');
  must(await run('tar', ['cf', archive, '-C', folder, '.']), 'tar');
  const form = new FormData();
  form.set('manifest', JSON.stringify(request));
  form.set('archive', new Blob([new Uint8Array(readFileSync(archive))]), 'project.tar');
  const headers = { accept: 'application/x-tar' };
  const answer = await fetch(`${url}/v1/source/kit`, { method: 'POST', body: form, headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  writeFileSync(kit, Buffer.from(await answer.arrayBuffer()));
  must(await run('tar', ['xf', kit, '-C', folder]), 'unpacking the kit');
}

async function ask(port: number, path: string, text: string): Promise<void> {
  let fault = 'nothing answers';
  for (let second = 0; second < READY_SECONDS; second++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) });
      const body = await answer.text();
      if (answer.status === 200 && body.includes(text)) return;
      fault = `${answer.status} ${body.slice(0, 300)}`;
    } catch (error) {
      fault = String(error);
    }
    await wait(1000);
  }
  throw new Error(`GET ${path}: ${fault}`);
}

interface Started {
  readonly environment: string;
  /** Arguments of `compose up`. */
  readonly up: readonly string[];
  /** With the container up and its port on this machine. */
  readonly proves: (port: number, composed: (...args: readonly string[]) => Promise<Done>) => Promise<void>;
}

/** Starts an environment with Compose, and takes it down again whatever happens. */
async function withCompose(folder: string, project: string, { environment, up, proves }: Started): Promise<void> {
  const [program, ...before] = compose();
  const files = ['compose.yaml', `compose.${environment}.yaml`, 'compose.test.yaml'].flatMap((file) => ['-f', file]);
  const composed = async (...args: readonly string[]): Promise<Done> =>
    run(program, [...before, '--project-name', project, ...files, ...args], { cwd: folder });
  const { services } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'), { logLevel: 'silent' }) as {
    services: { app: { ports: [string] } };
  };
  const inside = services.app.ports[0].split(':').at(-1) ?? '';
  const port = await freePort();
  // One replica on a port that is free here, and builds that reach this machine's network.
  writeFileSync(
    join(folder, 'compose.test.yaml'),
    `services:\n  app:\n    build: { network: host }\n    ports: !override ["127.0.0.1:${port}:${inside}"]\n`,
  );
  try {
    must(await composed('up', '--detach', '--scale', 'app=1', ...up), `compose up of ${environment}`);
    await proves(port, composed).catch(async (error: unknown) => {
      throw new Error(`${environment}: ${String(error)}\n${(await composed('logs', '--tail', '40')).text}`);
    });
  } finally {
    await composed('down', '--volumes', '--timeout', '5', '--rmi', 'all');
  }
}

async function proveProduction(folder: string, project: string, path: string, text: string): Promise<void> {
  const host = ['--allow', 'network.host', '--set', '*.network=host'];
  const bake = ['buildx', 'bake', '--file', 'docker-bake.hcl', '--progress=plain', ...host, 'production'];
  must(await docker(bake, { cwd: folder }), 'bake');
  await withCompose(folder, project, {
    environment: 'production',
    up: ['--no-build'],
    proves: async (port) => ask(port, path, text),
  });
}

async function proveDevelopment(folder: string, project: string, path: string, edit: Edit): Promise<void> {
  const file = join(folder, edit.file);
  const { services } = parse(readFileSync(join(folder, 'compose.development.yaml'), 'utf8'), {
    logLevel: 'silent',
  }) as {
    services: { app: { develop: { watch: { action: string; target?: string }[] } } };
  };
  const [watch] = services.app.develop.watch;
  await withCompose(folder, project, {
    environment: 'development',
    up: ['--build'],
    proves: async (port, composed) => {
      await ask(port, path, edit.from);
      writeFileSync(file, readFileSync(file, 'utf8').replace(edit.from, edit.to));
      // What `--watch` does on an edit; that itself runs programs in the container, which not every engine here can.
      must(
        await composed('cp', file, `app:${watch?.target ?? ''}/${edit.file}`),
        'putting the edit into the container',
      );
      if (watch?.action === 'sync+restart') must(await composed('restart', 'app'), 'the restart');
      await ask(port, path, edit.to);
    },
  });
}

async function prove(service: TestService, fixture: Fixture): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'kit-'));
  const folder = join(home, 'project');
  const project = `kit-test-${fixture.name}`;
  try {
    cpSync(fixture.source, folder, { recursive: true });
    await unpackKit(service, fixture, folder);
    const missing = await ensureBases(readFileSync(join(folder, 'Dockerfile'), 'utf8'));
    if (missing.length > 0) throw new Error(`no base image ${missing.join(', ')}`);
    const { path = '/', text = '' } = fixture.run.http?.find(({ status }) => status === 200) ?? {};
    await proveProduction(folder, project, path, text);
    const edit = KITS[fixture.name];
    if (edit) await proveDevelopment(folder, project, path, edit);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

if (!(await engineIsUp())) {
  console.error('There is no Docker engine to test kits with.');
  process.exit(NO_ENGINE);
}
await ensureFrontend();
process.env['TAGS'] = TAG;
process.env['TAG'] = TAG;
const names = process.argv.slice(2);
const fixtures = readFixtures().filter(({ name }) =>
  names.length > 0 ? names.includes(name) : Object.hasOwn(KITS, name),
);
const service = await startService();
let failed = 0;
for (const fixture of fixtures) {
  const began = performance.now();
  const fault = await prove(service, fixture).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (fault !== undefined) failed++;
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${fault === undefined ? 'ok  ' : 'FAIL'} kit of ${fixture.name}  ${seconds} s`);
  if (fault !== undefined) console.log(`     ${fault.replaceAll('\n', '\n     ')}`);
}
await service.close();
console.log(`${fixtures.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
