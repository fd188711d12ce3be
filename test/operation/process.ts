import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tarOf } from '../support/archives.ts';
import { startProcess } from '../support/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'dockwright-process-'));
const settings = { SPOOL_DIR: join(folder, 'spool'), LOG_LEVEL: 'info' };
const site = await tarOf({ 'index.html': '<h1>hello</h1>' });
const upload = async (url: string) => fetch(`${url}/v1/source/context`, { method: 'POST', body: new Uint8Array(site) });

describe('the process', { concurrency: true }, () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('on SIGTERM is unready first, ends the uploads under way, and then itself', async () => {
    const service = await startProcess({ ...settings, SHUTDOWN_DELAY_MS: '3000' });
    const socket = connect(service.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.write(`POST /v1/source/dockerfile HTTP/1.1\r\nHost: x\r\nContent-Length: ${site.length}\r\n\r\n`);
    socket.write(site.subarray(0, 600));
    await wait(50);

    const ended = service.end('SIGTERM');
    const unready = async (): Promise<Response> => {
      const answered = await fetch(`${service.url}/readyz`);
      return answered.status === 200 ? unready() : answered;
    };
    const ready = await unready();
    assert.equal(ready.status, 503);
    assert.equal(ready.headers.get('connection'), 'close');
    assert.equal((await fetch(`${service.url}/livez`)).status, 200);
    assert.equal((await upload(service.url)).status, 200, 'requests that still arrive are answered');

    while ((await fetch(`${service.url}/livez`).catch(() => undefined)) !== undefined) await wait(100);
    socket.write(site.subarray(600));
    assert.equal(await ended, 0);
    assert.match(answer, /^HTTP\/1\.1 200 OK[\s\S]*FROM /);
  });

  test('outlives errors that no request caught, logs and counts them', async () => {
    const faulty = fileURLToPath(new URL('../support/faulty.ts', import.meta.url));
    const service = await startProcess(settings, ['--import', faulty]);
    service.child.kill('SIGUSR2');
    for (let tries = 0; service.log().split('outside of any request').length < 3; tries += 1) {
      assert.ok(tries < 200);
      await wait(20);
    }
    assert.equal((await upload(service.url)).status, 200);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    assert.match(metrics, /^dockwright_faults_total\{kind="uncaughtException"\} 1$/m);
    assert.match(metrics, /^dockwright_faults_total\{kind="unhandledRejection"\} 1$/m);
    assert.match(metrics, /^process_resident_memory_bytes \d+$/m);
    assert.match(service.log(), /a promise that nobody waits for/);
    assert.equal(await service.end(), 0);
  });

  test('says so in its log where it is open to everybody, and not on loopback', async () => {
    const open = await startProcess({ ...settings, HOST: '0.0.0.0' });
    await open.end();
    assert.match(open.log(), /open to everybody/);
    const closed = await startProcess(settings);
    await closed.end();
    assert.doesNotMatch(closed.log(), /open to everybody/);
  });

  test('killed in the middle of an upload, it leaves nothing in the spool', async () => {
    const spool = join(folder, 'killed');
    const service = await startProcess({ ...settings, SPOOL_DIR: spool, SPOOL_MEMORY_BYTES: '1' });
    const large = await tarOf({ 'index.html': 'x'.repeat(4 * 1024 * 1024) });
    const socket = connect(service.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST /v1/context HTTP/1.1\r\nHost: x\r\nContent-Length: ${large.length}\r\n\r\n`);
    socket.write(large.subarray(0, 3 * 1024 * 1024));
    const inUse = async (): Promise<number> =>
      Number(/^dockwright_spool_bytes (\d+)$/m.exec(await (await fetch(`${service.url}/metrics`)).text())?.[1]);
    for (let tries = 0; (await inUse()) < 1024 * 1024; tries += 1) {
      assert.ok(tries < 200);
      await wait(20);
    }
    assert.equal(await service.end('SIGKILL'), 'SIGKILL');
    assert.deepEqual(readdirSync(spool), []);
  });

  test('whose spool folder is gone makes it again', async () => {
    const spool = join(folder, 'gone');
    const service = await startProcess({ ...settings, SPOOL_DIR: spool, SPOOL_MEMORY_BYTES: '1' });
    assert.equal((await upload(service.url)).status, 200);
    rmSync(spool, { recursive: true });
    assert.equal((await upload(service.url)).status, 200);
    assert.equal(await service.end(), 0);
  });

  test('that cannot start says why, with every fault at once', async () => {
    await assert.rejects(
      startProcess({ ...settings, LOG_LEVEL: 'loud', LIMIT_ENTRIES: '-1' }),
      /LOG_LEVEL[\s\S]*LIMIT_ENTRIES|LIMIT_ENTRIES[\s\S]*LOG_LEVEL/,
    );
    await assert.rejects(startProcess({ ...settings, ACCESS_TOKENS: 'ci:plain' }), /name:sha256/);
  });
});
