/**
 * The kit unpacked over projects of Python, Node and Java, as users do it: built with bake, started with Compose, asked:
 *
 *   npm run test:images:kit            all of them
 *   npm run test:images:kit -- NAME…   those fixtures
 *
 * Exit status 1 when one fails; 69 when there is no engine, or no Compose for it, to be had.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readFixtures, type Fixture } from '../support/fixtures.ts';
import { startService, type TestService } from '../support/service.ts';
import { docker, engineIsUp, ensureBases, ensureFrontend, run } from './engine.ts';

const NO_TOOLS = 69;
const LANGUAGES = ['python', 'node', 'java'];
const READY_SECONDS = 90;

/** The first fixture of a language that serves something here. */
function fixtureOf(language: string, fixtures: readonly Fixture[]): Fixture | undefined {
  return fixtures.find(
    ({ name, run: { byReading, http = [] } }) =>
      name.startsWith(`${language}-`) && byReading === undefined && http.some(({ status }) => status === 200),
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Sends the project, and unpacks what comes back over it. */
async function unpackKit({ url }: TestService, { request }: Fixture, folder: string): Promise<void> {
  const archive = join(folder, '..', 'project.tar');
  const kit = join(folder, '..', 'kit.tar');
  await run('tar', ['cf', archive, '-C', folder, '.']);
  const form = new FormData();
  form.set('manifest', JSON.stringify(request));
  form.set('archive', new Blob([new Uint8Array(readFileSync(archive))]), 'project.tar');
  const headers = { accept: 'application/x-tar' };
  const answer = await fetch(`${url}/v1/source/kit`, { method: 'POST', body: form, headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  writeFileSync(kit, Buffer.from(await answer.arrayBuffer()));
  const { code, text } = await run('tar', ['xf', kit, '-C', folder]);
  if (code !== 0) throw new Error(text);
}

async function ask(port: number, path: string, text: string | undefined): Promise<string | undefined> {
  let fault = 'nothing answers';
  for (let second = 0; second < READY_SECONDS; second++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) });
      const body = await answer.text();
      if (answer.status === 200 && (text === undefined || body.includes(text))) return undefined;
      fault = `${answer.status} ${body.slice(0, 300)}`;
    } catch (error) {
      fault = String(error);
    }
    await wait(1000);
  }
  return `GET ${path}: ${fault}`;
}

async function prove(service: TestService, fixture: Fixture): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), 'kit-'));
  const folder = join(home, 'project');
  const project = `kit-test-${fixture.name}`;
  const tag = 'kit-test';
  const compose = async (...args: readonly string[]) =>
    docker(['compose', '--project-name', project, '-f', 'compose.yaml', '-f', 'compose.production.yaml', ...args], {
      cwd: folder,
    });
  let image: string | undefined;
  try {
    cpSync(fixture.source, folder, { recursive: true });
    await unpackKit(service, fixture, folder);
    const missing = await ensureBases(readFileSync(join(folder, 'Dockerfile'), 'utf8'));
    if (missing.length > 0) return [`no base image ${missing.join(', ')}`];

    process.env['TAGS'] = tag;
    process.env['TAG'] = tag;
    const host = ['--allow', 'network.host', '--set', '*.network=host'];
    const built = await docker(
      ['buildx', 'bake', '--file', 'docker-bake.hcl', '--progress=plain', ...host, 'production'],
      {
        cwd: folder,
      },
    );
    if (built.code !== 0) return [`bake fails:\n${built.text.slice(-2500)}`];

    const port = await freePort();
    process.env['HOST_PORT'] = String(port);
    // One replica takes the port that is asked for; production has two by default, on a range of their own.
    const override = join(folder, 'compose.test.yaml');
    writeFileSync(
      override,
      `services:\n  app:\n    ports: !override ["127.0.0.1:${port}:${await containerPort(folder)}"]\n`,
    );
    const up = await compose('-f', 'compose.test.yaml', 'up', '--detach', '--no-build', '--scale', 'app=1');
    image = (await compose('config', '--images')).out.trim().split('\n')[0];
    if (up.code !== 0) return [`compose up fails:\n${up.text.slice(-2000)}`];
    const asked = fixture.run.http?.find(({ status }) => status === 200);
    const fault = await ask(port, asked?.path ?? '/', asked?.text);
    if (fault === undefined) return [];
    return [fault, (await compose('logs', '--tail', '40')).text];
  } finally {
    await compose('down', '--volumes', '--timeout', '5');
    if (image !== undefined) await docker(['rmi', '-f', image]);
    rmSync(home, { recursive: true, force: true });
  }
}

/** The port that compose.yaml publishes, as the container has it. */
async function containerPort(folder: string): Promise<string> {
  const { out } = await docker(['compose', '-f', 'compose.yaml', 'config', '--format', 'json'], { cwd: folder });
  const config = JSON.parse(out) as { services: { app: { ports?: { target: number }[] } } };
  return String(config.services.app.ports?.[0]?.target ?? 8080);
}

if (!(await engineIsUp())) {
  console.error('There is no Docker engine to test kits with.');
  process.exit(NO_TOOLS);
}
if ((await docker(['compose', 'version'])).code !== 0) {
  console.error('The Docker client has no Compose plugin.');
  process.exit(NO_TOOLS);
}
await ensureFrontend();
const names = process.argv.slice(2);
const all = readFixtures();
const fixtures =
  names.length > 0
    ? all.filter(({ name }) => names.includes(name))
    : LANGUAGES.map((language) => fixtureOf(language, all)).filter((fixture) => fixture !== undefined);
const service = await startService();
let failed = 0;
for (const fixture of fixtures) {
  const began = performance.now();
  const faults = await prove(service, fixture).catch((error: unknown) => [String(error)]);
  if (faults.length > 0) failed++;
  console.log(
    `${faults.length === 0 ? 'ok  ' : 'FAIL'} kit of ${fixture.name}  ${Math.round((performance.now() - began) / 1000)} s`,
  );
  for (const fault of faults) console.log(`     ${fault.replaceAll('\n', '\n     ')}`);
}
await service.close();
console.log(`${fixtures.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
