/**
 * Small requests: a manifest against a bare route of the same framework, a small project against an empty upload and
 * against a generator that is run as a process, and small requests beside large ones.
 *
 *   npm run bench:requests            all of it; or: -- manifest, -- project, -- peer, -- beside
 */
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, writeGzip } from './context-archives.ts';
import { peer } from './peer.ts';
import { folder, send, startBare, startService, stop, type Answer, type Service } from './service.ts';
import { smallArchive } from './small-project.ts';
import { median, percentile } from './statistics.ts';

const SECONDS = Number(process.env['SECONDS'] ?? 5);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const CALLERS = 16;

/** Requests a second of so many callers, each of which waits for its answer. */
async function rate(call: () => Promise<Answer>, seconds = SECONDS): Promise<number> {
  const began = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (performance.now() - began < seconds * 1000) {
        await call();
        count++;
      }
    }),
  );
  return count / ((performance.now() - began) / 1000);
}

const json = { 'content-type': 'application/json' };

/** A manifest; with another `name` for each `serial`, as long as the others. */
const manifestOf = (serial: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      name: `orders-${String(serial).padStart(7, '0')}`,
      language: 'node',
      port: 3000,
      files: {
        'package.json': JSON.stringify({
          name: 'orders',
          scripts: { start: 'node server.js' },
          engines: { node: '24' },
        }),
        'package-lock.json': JSON.stringify({ name: 'orders', lockfileVersion: 3, packages: { '': {} } }),
        'server.js': 'require("http").createServer((q, r) => r.end("ok")).listen(process.env.PORT)',
      },
    }),
  );

const MANIFEST = manifestOf(0);

async function manifest(ours: Service, bare: Service): Promise<void> {
  let serial = 0;
  const make = async (body: Buffer): Promise<Answer> => send(ours, '/v1/manifest/dockerfile', body, undefined, json);
  const { bytes } = await make(MANIFEST);
  const ways = {
    'bare Fastify route': async () => send(bare, `/json?bytes=${bytes}`, MANIFEST, undefined, json),
    'manifest → Dockerfile, the same manifest': async () => make(MANIFEST),
    'manifest → Dockerfile, each another': async () => make(manifestOf(++serial)),
  };
  for (const way of Object.values(ways)) await rate(way, 2);
  const rates = new Map<string, number[]>();
  for (let i = 0; i < ROUNDS; i++)
    for (const [name, way] of Object.entries(ways)) rates.set(name, [...(rates.get(name) ?? []), await rate(way)]);
  console.log(
    `\nA manifest of ${MANIFEST.length} bytes to a Dockerfile of ${bytes}, ${CALLERS} callers. Median of ${ROUNDS}.\n`,
  );
  console.log('| way | requests a second | ratio | wanted |\n| --- | ---: | ---: | ---: |');
  const [base = []] = rates.values();
  for (const [name, all] of rates) {
    const ratio = all === base ? '| |' : `| ${(median(all) / median(base)).toFixed(2)} | 0.5 |`;
    console.log(`| ${name} | ${median(all).toFixed(0)} ${ratio}`);
  }
}

async function project(ours: Service, bare: Service): Promise<void> {
  const archive = smallArchive();
  const ways = {
    'an upload that is dropped, bare Fastify': async () => send(bare, '/upload', archive),
    'source/dockerfile': async () => send(ours, '/v1/source/dockerfile', archive),
    'source/context': async () => send(ours, '/v1/source/context', archive),
    'source/analysis': async () => send(ours, '/v1/source/analysis', archive),
  };
  console.log(`\nA project of 30 files (${archive.length} bytes of gzip), one request after the other.\n`);
  console.log(
    '| way | p50 ms | p99 ms | p50 above | wanted | p99 above | wanted |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  );
  const times = new Map<string, number[]>();
  for (const way of Object.values(ways)) for (let i = 0; i < 300; i++) await way();
  for (let round = 0; round < 400; round++)
    for (const [name, way] of Object.entries(ways)) times.set(name, [...(times.get(name) ?? []), (await way()).ms]);
  const [base = []] = times.values();
  for (const [name, all] of times) {
    const [p50, p99] = [median(all), percentile(all, 0.99)];
    const above =
      all === base
        ? '| | | |'
        : `| ${(p50 - median(base)).toFixed(1)} | 5 | ${(p99 - percentile(base, 0.99)).toFixed(1)} | 25`;
    console.log(`| ${name} | ${p50.toFixed(1)} | ${p99.toFixed(1)} ${above} |`);
  }
}

/** Large uploads at once, and what they leave to small requests. */
async function beside(ours: Service): Promise<void> {
  const archive = join(folder, 'beside.tar.gz');
  const bytes = await writeGzip(archive, projectFiles(8000, 4, 5_000_000));
  const { size } = statSync(archive);
  const upload = async (): Promise<Answer> => send(ours, '/v1/source/context', createReadStream(archive), size);
  await upload();
  console.log(
    `\nUploads of ${Math.round(bytes / 1e6)} MB of tar at once, to source/context, and small requests (a manifest) all the while.\n`,
  );
  console.log(
    '| uploads at once | MB/s of tar, all together | against one | small requests: p50 ms | p99 ms | wanted |\n| ---: | ---: | ---: | ---: | ---: | ---: |',
  );
  let one = 0;
  for (const count of [1, 2, 4, 8, 16, 32, 64]) {
    const stopped = new AbortController();
    const small: number[] = [];
    const asking = (async () => {
      while (!stopped.signal.aborted) {
        small.push((await send(ours, '/v1/manifest/dockerfile', MANIFEST, undefined, json)).ms);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const began = performance.now();
    const each = Math.max(1, Math.round(16 / count));
    await Promise.all(
      Array.from({ length: count }, async () => {
        for (let i = 0; i < each; i++) await upload();
      }),
    );
    const rateOf = (bytes * count * each) / 1e6 / ((performance.now() - began) / 1000);
    stopped.abort();
    await asking;
    one ||= rateOf;
    console.log(
      `| ${count} | ${rateOf.toFixed(0)} | ${(rateOf / one).toFixed(2)} | ${median(small).toFixed(1)} | ${percentile(small, 0.99).toFixed(1)} | 100 |`,
    );
  }
}

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const ours = await startService();
const bare = await startBare();
if (wants('manifest')) await manifest(ours, bare);
if (wants('project')) await project(ours, bare);
if (wants('peer')) await peer(ours);
if (wants('beside')) await beside(ours);
await stop(ours);
await stop(bare);
process.exit(0);
