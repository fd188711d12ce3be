/**
 * Real archives with bytes changed, cut and repeated, sent to the service: `npm run fuzz [-- ROUNDS [SEED]]`. Whatever comes,
 * the answer is 200 or a problem of the sender's, in time, and nothing stays in the spool. A failure names its seed.
 */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { tarOf, zipOf } from '../support/archives.ts';
import { startService } from '../support/service.ts';

const [rounds = '2000', seed = String(Date.now() % 1_000_000_000)] = process.argv.slice(2);
const TIMEOUT_MS = 10_000;

/** Small and repeatable. https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomFrom(start: number): (below: number) => number {
  let state = BigInt(start);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}

const files = {
  'go.mod': 'module example.com/x\n\ngo 1.26\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  'web/index.html': '<h1>hello</h1>',
  '.dockerignore': '*.log\n!keep.log\n',
  'dockwright.yaml': 'port: 8080\n',
  [`${'deep/'.repeat(30)}file`]: 'x',
};
const tar = await tarOf(files, [{ name: 'link', type: 'symlink', linkname: 'main.go' }]);
const originals = [tar, gzipSync(tar), zstdCompressSync(tar), zipOf(files)];

function mutated(original: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(original);
  for (let n = 1 + random(8); n > 0; n -= 1) {
    const at = random(bytes.length);
    const length = 1 + random(64);
    const kind = random(5);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes.fill(random(2) === 0 ? 0 : 255, at, Math.min(bytes.length, at + length));
    else if (kind === 2) bytes = bytes.subarray(0, Math.max(1, at));
    else if (kind === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length), Buffer.of(0)]);
  }
  return bytes;
}

const service = await startService({ LIMIT_INFLATED_BYTES: String(64 * 1024 * 1024), SPOOL_MEMORY_BYTES: '4096' });
const statuses = new Map<number, number>();
const failures: string[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const random = randomFrom(Number(seed) + round);
  const body = new Uint8Array(mutated(originals[round % originals.length] ?? tar, random));
  const path = ['/v1/source/context', '/v1/source/analysis', '/v1/source/manifest'][random(3)] ?? '';
  try {
    const response = await fetch(`${service.url}${path}`, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (response.status >= 500)
      failures.push(`seed ${Number(seed) + round}, format ${round % originals.length}: ${response.status} at ${path}`);
  } catch (error) {
    failures.push(`seed ${Number(seed) + round}, format ${round % originals.length}: ${String(error)} at ${path}`);
  }
}
if (service.spooled().length > 0) failures.push(`left in the spool: ${service.spooled().join(', ')}`);
await service.close();

console.log(`seed ${seed}, ${rounds} mutated archives`);
console.table(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)));
for (const failure of failures) console.log(failure);
console.log(`fuzz: ${failures.length === 0 ? 1 : 0} passed, ${failures.length === 0 ? 0 : 1} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
