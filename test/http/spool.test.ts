import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { file, header, tar } from '../support/raw-tar.ts';

/** Spools still open in a process: they have no name any more. */
const openSpools = (pid: number, directory: string): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      return target.startsWith(directory) ? [target] : [];
    } catch {
      return [];
    }
  });

async function eventually(what: () => boolean): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (what()) return;
    await wait(50);
  }
  assert.fail(what.toString());
}

describe('the spool of the process', { skip: process.platform !== 'linux' }, () => {
  let directory: string;
  let server: ChildProcess;
  let port: number;

  async function start(): Promise<void> {
    port = 20_000 + (process.pid % 20_000);
    server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/server.ts'], {
      env: {
        ...process.env,
        PORT: String(port),
        HOST: '127.0.0.1',
        SPOOL_DIR: directory,
        SPOOL_MEMORY_BYTES: '1000',
        LOG_LEVEL: 'info',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of server.stdout ?? []) if (String(line).includes('listening')) break;
  }

  async function upload(path: string, body: Buffer, length = body.length): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
    socket.write(body);
    return socket;
  }

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dockwright-spool-'));
    writeFileSync(join(directory, 'left.spool'), 'of a crash');
    writeFileSync(join(directory, 'not-ours'), 'of somebody else');
    await start();
  });
  after(async () => {
    if (server.signalCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    rmSync(directory, { recursive: true });
  });
  const spools = (): string[] => openSpools(server.pid ?? 0, directory);

  test('start removes what a crash left, and nothing else', () => {
    assert.deepEqual(readdirSync(directory), ['not-ours']);
  });

  test('an upload in mid-way has a spool that has no name; an abort gives it back', async () => {
    const part = Buffer.concat([file('index.html'), header({ name: 'b', size: 9e6 }), Buffer.alloc(4e6, 'x')]);
    const socket = await upload('/v1/source/context', part, 2e7);
    await eventually(() => spools().length === 1 && readdirSync(directory).join() === 'not-ours');
    socket.destroy();
    await eventually(() => spools().length === 0);
  });

  test('a client that goes away while it is answered leaves nothing', async () => {
    const archive = tar(file('index.html'), file('b', Buffer.alloc(2e7, 'x')));
    const socket = await upload('/v1/source/context', archive);
    await once(socket, 'data');
    socket.destroy();
    await eventually(() => spools().length === 0);
    const early = await upload('/v1/source/context', archive);
    early.destroy();
    await eventually(() => spools().length === 0);
  });

  test('a kill leaves nothing behind', async () => {
    await upload('/v1/source/context', Buffer.concat([header({ name: 'b', size: 9e6 }), Buffer.alloc(4e6, 'x')]), 2e7);
    await eventually(() => spools().length === 1 && readdirSync(directory).join() === 'not-ours');
    server.kill('SIGKILL');
    await once(server, 'exit');
    assert.deepEqual(readdirSync(directory), ['not-ours']);
  });
});
