import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readConfig } from '../../src/config.ts';
import type { Job } from '../../src/http/jobs/job.ts';
import { Threads } from '../../src/http/jobs/threads.ts';
import { sourceLimits } from '../../src/http/source-settings.ts';
import { Problem } from '../../src/problems/problem.ts';
import { createLedger } from '../../src/source/spool-budget.ts';
import { tarOf } from '../support/archives.ts';
import { startService, type TestService } from '../support/service.ts';

/** Large archives are read in threads: nothing of that shows in an answer. */

const MB = 1024 * 1024;

const project = async (bytes: number): Promise<Buffer> =>
  tarOf({
    'index.html': '<p>',
    'assets/large.bin': randomBytes(bytes),
    'assets/twice.bin': Buffer.alloc(5000, 'x'),
    'assets/again.bin': Buffer.alloc(5000, 'x'),
    '.env': 'TOKEN=abc',
  });

async function settled(value: () => unknown, wanted: unknown): Promise<void> {
  for (let i = 0; i < 3000 && value() !== wanted; i++) await wait(10);
  assert.equal(value(), wanted);
}

describe('an archive that is read in a thread', () => {
  let threaded: TestService;
  let plain: TestService;
  let archive: Buffer;
  before(async () => {
    const settings = { SPOOL_MEMORY_BYTES: String(MB), SHUTDOWN_DELAY_MS: '0' };
    threaded = await startService({ ...settings, SOURCE_THREADS: '2' });
    plain = await startService({ ...settings, SOURCE_THREADS: '0' });
    archive = await project(3 * MB);
  });
  after(async () => {
    await threaded.close();
    await plain.close();
  });

  const ask = async (service: TestService, path: string, accept: string, body: Buffer | FormData) => {
    const response = await fetch(`${service.url}${path}`, { method: 'POST', headers: { accept }, body });
    const bytes = Buffer.from(await response.arrayBuffer());
    const { status, headers } = response;
    return {
      status,
      bytes: bytes.toString('base64'),
      headers: ['etag', 'content-type', 'content-length', 'content-security-policy'].map((name) => headers.get(name)),
    };
  };

  for (const [path, accept] of [
    ['/v1/source/context', 'application/x-tar'],
    ['/v1/source/context', 'application/gzip'],
    ['/v1/source/analysis', 'application/json'],
    ['/v1/source/analysis', 'text/html'],
    ['/v1/source/dockerfile', 'text/plain'],
    ['/v1/source/dockerignore?dockerignore=replace', 'application/json'],
    ['/v1/source/manifest', 'application/json'],
    ['/v1/source/kit', 'application/x-tar'],
  ] as const) {
    test(`has the same answer: ${path} as ${accept}`, async () => {
      for (const body of [archive, gzipSync(archive, { level: 1 })]) {
        const answer = await ask(threaded, path, accept, body);
        assert.equal(answer.status, 200);
        assert.deepEqual(answer, await ask(plain, path, accept, body));
      }
      assert.deepEqual(threaded.spooled(), []);
    });
  }

  test('may have its manifest after it, in a form', async () => {
    for (const last of [true, false]) {
      const form = new FormData();
      const manifest = (): void => form.append('manifest', '{"port": 4321}');
      if (!last) manifest();
      form.append('archive', new Blob([new Uint8Array(archive)]), 'project.tar');
      if (last) manifest();
      const { bytes } = await ask(threaded, '/v1/source/dockerfile', 'text/plain', form);
      assert.match(Buffer.from(bytes, 'base64').toString(), /EXPOSE 4321/);
    }
  });

  test('is refused with the same problem', async () => {
    const cut = archive.subarray(0, 2 * MB);
    const answers = [];
    for (const service of [threaded, plain]) {
      const response = await fetch(`${service.url}/v1/source/analysis`, { method: 'POST', body: new Uint8Array(cut) });
      const { instance: _, ...problem } = (await response.json()) as Record<string, unknown>;
      answers.push(problem);
    }
    assert.equal(answers[0]?.['type'], '/problems/invalid-archive');
    assert.deepEqual(answers[0], answers[1]);
  });

  test('leaves nothing when its client goes away, before the answer or in it', async () => {
    const metric = async (): Promise<string> => {
      const { body } = await threaded.app.inject('/metrics');
      return /^dockwright_spool_bytes (\d+)/m.exec(body)?.[1] ?? '';
    };
    const half = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(archive.subarray(0, 2 * MB))),
    });
    const gone = new AbortController();
    const upload = fetch(`${threaded.url}/v1/source/context`, {
      method: 'POST',
      body: half,
      duplex: 'half',
      signal: gone.signal,
    });
    for (let i = 0; i < 3000 && (await metric()) === '0'; i++) await wait(10);
    gone.abort();
    await assert.rejects(upload);

    const response = await fetch(`${threaded.url}/v1/source/context`, {
      method: 'POST',
      body: new Uint8Array(archive),
    });
    await response.body?.cancel();
    for (let i = 0; i < 3000 && (await metric()) !== '0'; i++) await wait(10);
    assert.equal(await metric(), '0');
    assert.deepEqual(threaded.spooled(), []);
  });
});

describe('threads', () => {
  const job: Job = {
    work: 'packContext',
    type: 'application/x-tar',
    query: { dockerfile: 'generate' },
  };

  test('what one had is given back, and its jobs are refused, when it ends', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dockwright-threads-'));
    const ledger = createLedger(2);
    const config = readConfig({});
    const open = (): Threads =>
      new Threads(
        { count: 1, heapMiB: 256 },
        { limits: sourceLimits(config), directory, memoryBytes: MB, version: 'test' },
        { total: 1e9, ledger },
      );
    const threads = open();
    const held = threads.open(job, () => undefined);
    const archive = await project(4 * MB);
    const upload = new PassThrough();
    upload.write(archive.subarray(0, 3 * MB));
    const fed = held.feed(upload);
    await settled(() => Number(Atomics.load(ledger, 1)) > MB, true);
    const refused = (error: unknown): boolean => error instanceof Problem && error.slug === 'overloaded';
    await Promise.all([assert.rejects(fed), threads.close()]);
    await assert.rejects(held.finish({}), refused);
    await settled(() => Atomics.load(ledger, 1), 0n);

    const again = threads.open(job, () => undefined);
    await again.feed(Readable.from([archive], { objectMode: false }));
    const { body, length, dispose } = await again.finish({});
    let bytes = 0;
    for await (const block of body as AsyncIterable<Buffer>) bytes += block.length;
    assert.equal(bytes, length);
    dispose();
    await settled(() => Atomics.load(ledger, 1), 0n);
    await threads.close();
    assert.deepEqual(readdirSync(directory), []);
    rmSync(directory, { recursive: true });
  });

  test('use their memory again, also that of jobs that were given up', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dockwright-threads-'));
    const threads = new Threads(
      { count: 1, heapMiB: 256 },
      { limits: sourceLimits(readConfig({})), directory, memoryBytes: MB, version: 'test' },
      { total: 1e9, ledger: createLedger(2) },
    );
    const archive = await project(2 * MB);
    for (const givenUp of [true, false, true, false]) {
      const held = threads.open(job, () => undefined);
      assert.equal(threads.spareLanes, 0);
      const sent = Buffer.from(givenUp ? archive.subarray(0, MB) : archive);
      const upload = Readable.from([sent], { objectMode: false });
      await held.feed(upload);
      if (givenUp) held.cancel();
      else {
        const { body, length, dispose } = await held.finish({});
        const blocks = [];
        for await (const block of body as AsyncIterable<Buffer>) blocks.push(Buffer.from(block));
        assert.equal(Buffer.concat(blocks).length, length);
        dispose();
      }
      await settled(() => threads.spareLanes, 1);
    }
    await threads.close();
    rmSync(directory, { recursive: true });
  });
});
