/**
 * The service's own image: built, started with a read-only root and no capability, asked for a context, and stopped.
 *
 *   npm run test:images:service
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fixturesRoot, readFixtures } from '../support/fixtures.ts';
import { contextOf } from './build.ts';
import { docker, engineIsUp, ensureBases, ensureFrontend, run, type Done } from './engine.ts';

const IMAGE = 'dockwright-test/service';
const root = new URL('../../', import.meta.url).pathname;

async function ok(done: Promise<Done>): Promise<string> {
  const { code, out, text } = await done;
  assert.equal(code, 0, text.slice(-3000));
  return out.trim();
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const up = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) return;
    await wait(200);
  }
  assert.fail(`nothing answers at ${url}`);
}

if (!(await engineIsUp())) process.exit(69);
await ensureFrontend();
assert.deepEqual(await ensureBases(readFileSync(`${root}Dockerfile`, 'utf8')), []);
assert.doesNotMatch((await docker(['build', '--check', root])).text, /WARNING/);
await ok(docker(['build', '--network=host', '-t', IMAGE, root]));
const id = await ok(docker(['run', '-d', '--read-only', '--cap-drop=ALL', '-p', '127.0.0.1::8080', IMAGE]));
try {
  const port = /:(\d+)$/m.exec(await ok(docker(['port', id, '8080'])))?.[1] ?? '';
  const url = `http://127.0.0.1:${port}`;
  await ready(url);
  assert.equal(await ok(docker(['inspect', '-f', '{{.Config.User}}', id])), '10001:10001');
  const fixture = readFixtures().find(({ name }) => name === 'static-site');
  assert.ok(fixture, `${fixturesRoot}static-site is missing`);
  const context = await contextOf({ url }, fixture.source, fixture);
  const names = await ok(run('tar', ['t'], { input: context }));
  assert.match(names, /^\.dockerignore\n[^]*index\.html\n[^]*Dockerfile$/);
  await ok(docker(['stop', '-t', '8', id]));
  assert.equal(await ok(docker(['inspect', '-f', '{{.State.ExitCode}}', id])), '0', 'it did not end on SIGTERM');
  const size = Number(await ok(docker(['image', 'inspect', '-f', '{{.Size}}', IMAGE])));
  console.log(`ok   the service's own image  ${Math.round(size / 1e6)} MB`);
} catch (error) {
  console.log((await docker(['logs', '--tail', '40', id])).text);
  throw error;
} finally {
  await docker(['rm', '-f', '-v', id]);
  await docker(['rmi', '-f', IMAGE]);
}
