/**
 * Contexts and analyses: how fast against a naive loop, against gunzip and against tar on disk, and in how much memory.
 *
 *   npm run bench:context             all of it; takes some minutes and 10 GB of the disk for temporary files
 *   npm run bench:context -- speed    or: memory, which draws docs/growth.svg too
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { entry, header } from '../test/support/raw-tar.ts';
import { projectFiles, writeGzip } from './context-archives.ts';
import { growthPlot, type GrowthPoint } from './growth-plot.ts';
import { FLAGS, folder, NODE, send, startService, stop } from './service.ts';
import { median } from './statistics.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const MB = 1e6;
const here = new URL('./', import.meta.url).pathname;
const MIB = 1024 ** 2;

function child(script: string, archive: string): number {
  return Number(execFileSync(NODE, [...FLAGS, join(here, script), archive], { encoding: 'utf8' }));
}

function tarOnDisk(archive: string): number {
  const target = join(folder, 'unpacked');
  mkdirSync(target);
  const began = performance.now();
  execFileSync('sh', [
    '-c',
    `tar xzf '${archive}' -C '${target}' && tar c -C '${target}' --exclude=node_modules . > /dev/null && cat /dev/null`,
  ]);
  const ms = performance.now() - began;
  rmSync(target, { recursive: true });
  return ms;
}

async function speed(): Promise<void> {
  const archive = join(folder, 'project.tar.gz');
  const bytes = await writeGzip(archive, projectFiles(60_000, 20, 12_000_000));
  const packed = statSync(archive).size;
  console.log(
    `\nOne gzip of ${Math.round(packed / MB)} MB, ${Math.round(bytes / MB)} MB of tar: 60,000 small files and 20 large, a third below node_modules. Median of ${ROUNDS}.\n`,
  );
  const service = await startService();
  const ways: Readonly<Record<string, () => Promise<number> | number>> = {
    'gunzip alone, Node’s own': () => child('context-gunzip.ts', archive),
    'source/analysis': async () => (await send(service, '/v1/source/analysis', createReadStream(archive), packed)).ms,
    'naive tar-stream loop, no HTTP': () => child('context-naive.ts', archive),
    'source/context': async () => (await send(service, '/v1/source/context', createReadStream(archive), packed)).ms,
    'tar xzf, then tar c, on disk': () => tarOnDisk(archive),
  };
  const times = new Map(Object.keys(ways).map((name): [string, number[]] => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, way] of Object.entries(ways)) times.get(name)?.push(await way());
  await stop(service);
  const mbps = (name: string): number => bytes / MB / (median(times.get(name) ?? []) / 1000);
  const compared: Readonly<Record<string, readonly [string, number][]>> = {
    'source/analysis': [['gunzip alone, Node’s own', 0.8]],
    'source/context': [
      ['naive tar-stream loop, no HTTP', 1],
      ['tar xzf, then tar c, on disk', 1],
    ],
  };
  console.log('| way | MB/s of tar | against | ratio | wanted |\n| --- | ---: | --- | ---: | ---: |');
  for (const name of Object.keys(ways)) {
    const [first, ...others] = compared[name] ?? [];
    const against = (of: readonly [string, number] | undefined): string =>
      of ? `${of[0]} | ${(mbps(name) / mbps(of[0])).toFixed(2)} | ${of[1]}` : '| |';
    console.log(`| ${name} | ${mbps(name).toFixed(0)} | ${against(first)} |`);
    for (const other of others) console.log(`| | | ${against(other)} |`);
  }
}

const rssOf = (pid: number): number => {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) * 1024;
};

function* large(bytes: number): Generator<Buffer> {
  const block = Buffer.alloc(1 << 20, 'large file\n');
  yield entry({ name: 'index.html', body: '<p>' });
  for (let left = bytes, i = 0; left > 0; i++) {
    const size = Math.min(left, 64 << 20);
    yield header({ name: `large-${i}`, size });
    for (let at = 0; at < size; at += block.length) yield block;
    left -= size;
  }
  yield Buffer.alloc(1024);
}

function* many(entries: number): Generator<Buffer> {
  const body = Buffer.concat([Buffer.from('x'.repeat(100)), Buffer.alloc(412)]);
  let pending: Buffer[] = [header({ name: 'index.html', size: 100 }), body];
  for (let i = 1; i < entries; i++) {
    pending.push(header({ name: `packages/part-${i % 2000}/src/module-${i}.js`, size: 100 }), body);
    if (pending.length < 1000) continue;
    yield Buffer.concat(pending);
    pending = [];
  }
  yield Buffer.concat([...pending, Buffer.alloc(1024)]);
}

async function memory(): Promise<void> {
  console.log('\nResident memory of the service above its idle, at the most; a new process for each.\n');
  console.log('| upload | operation | seconds | MiB above idle | wanted |\n| --- | --- | ---: | ---: | ---: |');
  const uploads: readonly (readonly [GrowthPoint['by'], number, () => Generator<Buffer>])[] = [
    ...[10, 100, 512, 4096].map((size) => ['MiB', size, () => large(size * MIB)] as const),
    ...[1000, 10_000, 100_000, 200_000].map((size) => ['entries', size, () => many(size)] as const),
  ];
  const points: GrowthPoint[] = [];
  for (const [by, size, blocks] of uploads) {
    for (const path of ['/v1/source/context', '/v1/source/analysis']) {
      const service = await startService();
      const pid = service.child.pid ?? 0;
      await send(service, path, Readable.from(many(20)));
      const idle = rssOf(pid);
      let most = idle;
      const timer = setInterval(() => (most = Math.max(most, rssOf(pid))), 10);
      const { ms } = await send(service, path, Readable.from(blocks(), { objectMode: false, highWaterMark: 1 << 20 }));
      clearInterval(timer);
      const point = { by, size, operation: path.slice(4), seconds: ms / 1000, mib: (most - idle) / MIB };
      points.push(point);
      console.log(
        `| a tar of ${size.toLocaleString('en')} ${by} | ${point.operation} | ${point.seconds.toFixed(1)} | ${Math.round(point.mib)} | 256 |`,
      );
      await stop(service);
    }
  }
  writeFileSync(join(here, '../docs/growth.svg'), growthPlot(points));
}

const wanted = process.argv.slice(2);
if (wanted.length === 0 || wanted.includes('speed')) await speed();
if (wanted.length === 0 || wanted.includes('memory')) await memory();
process.exit(0);
