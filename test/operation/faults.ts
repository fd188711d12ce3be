import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { tarOf } from '../support/archives.ts';
import { startProcess } from '../support/process.ts';

/** What docs/production.md says of faults, where it takes a process to see it. */

const MiB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'dockwright-faults-'));
const mounts: string[] = [];
const settings = { SPOOL_DIR: join(folder, 'spool'), SPOOL_MEMORY_BYTES: '1', LOG_LEVEL: 'warn' };
const small = await tarOf({ 'index.html': '<h1>hello</h1>' });
const large = await tarOf({ 'index.html': 'x'.repeat(24 * MiB) });

const upload = async (url: string, body: Buffer) =>
  fetch(`${url}/v1/source/context`, { method: 'POST', body: new Uint8Array(body) });

const metric = async (url: string, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    assert.ok(tries < 600, 'it did not come to that in time');
    await wait(50);
  }
}

/** A client that talks by hand. */
async function talk(port: number, length: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`POST /v1/source/context HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
  return socket;
}

function smallDisk(): string | undefined {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'dockwright-test', disk], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  mounts.push(disk);
  return disk;
}

describe('a fault', { concurrency: true }, () => {
  after(() => {
    for (const mount of mounts) execFileSync('umount', [mount]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function isFullAndGoesOn(more: Record<string, string>, limits?: string): Promise<void> {
    const service = await startProcess({ ...settings, ...more }, [], limits);
    const full = await upload(service.url, large);
    const problem = (await full.json()) as { type: string };
    assert.deepEqual([full.status, problem.type], [503, '/problems/overloaded']);
    assert.ok(Number(full.headers.get('retry-after')) > 0);
    assert.equal((await upload(service.url, small)).status, 200);
    assert.equal(await metric(service.url, 'dockwright_spool_bytes'), 0);
    assert.equal(await service.end(), 0);
  }

  const disk = smallDisk();
  test(
    'disk full: 503 with Retry-After, and the next upload is fine',
    { skip: disk === undefined && 'may not mount' },
    async () => isFullAndGoesOn({ SPOOL_DIR: join(disk ?? '', 'spool') }),
  );

  test('a file may not grow: the same', async () =>
    // In blocks of 512 bytes. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
    isFullAndGoesOn({ SPOOL_DIR: join(folder, 'grown') }, 'ulimit -f 8192'));

  test('the spool folder goes away in mid-request: that request and the next are answered', async () => {
    const spool = join(folder, 'gone');
    const service = await startProcess({ ...settings, SPOOL_DIR: spool });
    const socket = await talk(service.port, large.length);
    let head = '';
    socket.on('data', (chunk: Buffer) => (head ||= chunk.toString('latin1')));
    socket.write(large.subarray(0, 20 * MiB));
    await until(async () => (await metric(service.url, 'dockwright_spool_bytes')) > 10 * MiB);
    rmSync(spool, { recursive: true });
    socket.write(large.subarray(20 * MiB));
    await until(async () => Promise.resolve(head !== ''));
    assert.match(head, /^HTTP\/1\.1 200 /);
    socket.destroy();
    const next = await upload(service.url, large);
    assert.equal(next.status, 200);
    // Read to its end, which the service waits for.
    await next.arrayBuffer();
    assert.equal(await service.end(), 0);
  });

  test('a client that never reads is cut, and nothing of it is kept', async () => {
    const service = await startProcess({ ...settings, SPOOL_DIR: join(folder, 'unread'), LIMIT_IDLE_SECONDS: '2' });
    const socket = await talk(service.port, large.length);
    socket.pause();
    socket.write(large);
    await until(async () => (await metric(service.url, 'dockwright_spool_bytes')) > 20 * MiB);
    const before = await metric(service.url, 'process_resident_memory_bytes');
    await until(async () => (await metric(service.url, 'dockwright_spool_bytes')) === 0);
    assert.ok((await metric(service.url, 'process_resident_memory_bytes')) - before < 64 * MiB);
    assert.equal(await metric(service.url, 'dockwright_uploads\\{state="running"\\}'), 0);
    socket.destroy();
    assert.equal(await service.end(), 0);
  });

  test('a client that reads too slowly is cut when the whole has taken too long', async () => {
    const slow = { SPOOL_DIR: join(folder, 'slow'), LIMIT_REQUEST_SECONDS: '3' };
    const service = await startProcess({ ...settings, ...slow });
    const socket = await talk(service.port, large.length);
    socket.write(large);
    const closed = once(socket, 'close');
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 200);
    });
    await until(async () => (await metric(service.url, 'dockwright_spool_bytes')) > 20 * MiB);
    await until(async () => (await metric(service.url, 'dockwright_spool_bytes')) === 0);
    socket.destroy();
    await closed;
    assert.ok(bytes < large.length);
    assert.equal(await service.end(), 0);
  });

  test('a client that sends a byte a second is told so when the whole has taken too long', async () => {
    const service = await startProcess({ ...settings, LIMIT_REQUEST_SECONDS: '3' });
    const socket = await talk(service.port, small.length);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    let sent = 0;
    const timer = setInterval(() => socket.write(small.subarray(sent, ++sent)), 1000);
    await once(socket, 'close');
    clearInterval(timer);
    assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*\/problems\/request-timeout/);
    assert.equal(await metric(service.url, 'dockwright_spool_bytes'), 0);
    assert.equal(await service.end(), 0);
  });
});
