import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { file, header } from '../support/raw-tar.ts';
import { startService, type TestService } from '../support/service.ts';

/** An answer that comes while the upload is still under way has to arrive: every one of them, with any client. */

const TRIES = 200;
const AT_ONCE = 4;
const MB = 1024 * 1024;

const rest = Buffer.concat([header({ name: 'large', size: 1.5 * MB }), Buffer.alloc(1.5 * MB, 'x')]);
const zipped = gzipSync(Buffer.concat([file('a'), Buffer.alloc(1.5 * MB, 'y')]), { level: 0 });
zipped.fill(0xff, 100_000, 100_400);

const bodies: readonly {
  readonly what: string;
  readonly status: number;
  readonly body: Buffer;
  readonly form?: boolean;
}[] = [
  { what: 'climbs out', status: 422, body: Buffer.concat([file('../a'), rest]) },
  { what: 'too large', status: 413, body: Buffer.concat([file('a'), rest, rest]) },
  { what: 'damaged', status: 400, body: zipped },
  { what: 'no archive', status: 415, body: Buffer.alloc(1.5 * MB, 'text ') },
  { what: 'climbs out, as a form', status: 422, body: Buffer.concat([file('../a'), rest]), form: true },
];

describe('an answer before the upload has ended', () => {
  let service: TestService;
  let folder: string;
  before(async () => {
    service = await startService({ LIMIT_UPLOAD_BYTES: String(2 * MB) });
    folder = mkdtempSync(join(tmpdir(), 'dockwright-early-'));
    for (const { what, body } of bodies) writeFileSync(join(folder, what), body);
  });
  after(async () => {
    await service.close();
    rmSync(folder, { recursive: true });
  });

  /** Statuses that did not come, of so many tries. */
  async function lost(attempt: (index: number) => Promise<number>): Promise<string[]> {
    const missing: string[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < TRIES; i = next++) {
        const { what, status } = bodies[i % bodies.length] ?? { what: '', status: 0 };
        const got = await attempt(i);
        if (got !== status) missing.push(`${what}: ${got}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return missing;
  }

  test('reaches curl, with and without a length, 200 times out of 200', async () => {
    const missing = await lost(async (i) => {
      const { what, form } = bodies[i % bodies.length] ?? { what: '' };
      const path = join(folder, what);
      const how = form ? ['-F', `archive=@"${path}"`] : ['-X', 'POST', '-T', path];
      const args = ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Expect:', ...how];
      if (i % 2 === 0 && !form) args.push('-H', 'Transfer-Encoding: chunked');
      const child = spawn('curl', [...args, `${service.url}/v1/source/context`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      for await (const chunk of child.stdout) out += String(chunk);
      return Number(out);
    });
    assert.deepEqual(missing, []);
  });

  test('reaches fetch, 200 times out of 200', async () => {
    const missing = await lost(async (i) => {
      const { body, form } = bodies[i % bodies.length] ?? { body: Buffer.alloc(0) };
      const data = new FormData();
      const bytes = new Uint8Array(body);
      if (form) data.set('archive', new Blob([bytes]), 'a.tar');
      const answer = await fetch(`${service.url}/v1/source/context`, { method: 'POST', body: form ? data : bytes });
      const problem = (await answer.json()) as { status: number };
      return problem.status === answer.status ? answer.status : -1;
    });
    assert.deepEqual(missing, []);
    assert.deepEqual(service.spooled(), []);
  });
});

test('an upload that its client gives up leaves no timer running', async (t) => {
  const set = t.mock.method(globalThis, 'setInterval');
  const cleared = t.mock.method(globalThis, 'clearInterval');
  const service = await startService();
  for (const path of ['/v1/source/context', '/v1/source/analysis', '/v1/manifest/dockerfile']) {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n`);
    socket.write(rest.subarray(0, 4096));
    await wait(50);
    socket.destroy();
    await wait(100);
  }
  await service.close();
  const ended = new Set(cleared.mock.calls.map(({ arguments: [timer] }) => timer));
  assert.deepEqual(
    set.mock.calls.filter(({ result }) => !ended.has(result)).map(({ stack }) => stack.stack),
    [],
  );
});

test('a client that does not end its upload after its answer is cut, long before all of it has come', async () => {
  const service = await startService({ LIMIT_UPLOAD_BYTES: '1000' });
  const { port } = service.app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  const closed = new Promise((resolve) => void socket.once('close', resolve));
  socket.write(`POST /v1/source/context HTTP/1.1\r\nHost: x\r\nContent-Length: ${1024 * MB}\r\n\r\n`);
  const piece = Buffer.alloc(MB, 'x');
  let sent = 0;
  while (sent < 200 && !socket.destroyed) {
    const room = socket.write(piece);
    sent += 1;
    if (!room) await Promise.race([new Promise((resolve) => void socket.once('drain', resolve)), closed]);
  }
  assert.ok(sent < 100, `${sent} MB were taken`);
  await service.close();
});
