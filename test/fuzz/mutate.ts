import { gzipSync, zstdCompressSync } from 'node:zlib';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tarOf, zipOf as storedZipOf } from '../support/archives.ts';
import { readFixtures } from '../support/fixtures.ts';
import { base256, END, entry, file, folder, hardlink, long, pax, symlink } from '../support/raw-tar.ts';
import { zipOf } from '../support/zips.ts';
import { hostile } from './hostile.ts';

/** Archives of every format and of every fixture, and what may happen to their bytes. All of it follows from a seed. */

type Random = (below: number) => number;

interface Original {
  readonly name: string;
  /** A tar, whose checksums can be made right again after a mutation, or any other bytes. */
  readonly bytes: Buffer;
  readonly isTar: boolean;
}

const FIXTURE_FILE_BYTES = 32 * 1024;
const FIXTURE_BYTES = 128 * 1024;
const BLOCK = 512;

const small = {
  'go.mod': 'module example.com/x\n\ngo 1.26\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  'web/index.html': '<h1>hello</h1>',
  '.dockerignore': '*.log\n!keep.log\n',
  'dockwright.yaml': 'port: 8080\n',
  [`${'deep/'.repeat(30)}file`]: 'x',
};

/** What a tar may hold besides plain files. */
const odd = Buffer.concat([
  folder('web/'),
  pax({ path: 'web/index.html', size: '5', mtime: '1.5' }),
  file('short', 'hello'),
  pax({ comment: 'all of them' }, 'g'),
  long('L', `${'long/'.repeat(40)}name`),
  file('cut', 'x'),
  long('K', 'web/index.html'),
  symlink('link', 'cut'),
  hardlink('hard', 'web/index.html'),
  symlink('out', '../../etc/passwd'),
  entry({ name: 'large', size: base256(3n, 12), body: 'abc' }),
  entry({ name: 'old', magic: '', body: 'v7' }),
  entry({ name: 'signed', checksum: 'signed', body: 'x' }),
  file('index.html', '<h1>hello</h1>'),
  entry({ name: 'Procfile', body: 'web: ./run --port $PORT\nrelease: ./migrate\n' }),
  entry({ name: 'Makefile', body: 'all:\n\ttrue\n' }),
  END,
]);

const deflated = zipOf([
  { name: 'index.html', data: Buffer.from('<h1>hello</h1>'.repeat(50)) },
  { name: 'folder/', mode: 0o040755 },
  { name: 'link', data: Buffer.from('index.html'), mode: 0o120777 },
  { name: 'package.json', data: Buffer.from('{"scripts": {"start": "node a.js"}, "engines": {"node": "24"}}') },
  { name: 'a.js', data: Buffer.from('console.log(1)\n') },
]);

/** Its texts; what is large or binary is left out, for most mutations would hit that. */
async function fixtureTar(source: string): Promise<Buffer> {
  const files: Record<string, Buffer> = {};
  let total = 0;
  for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
    const found = statSync(join(source, path));
    if (!found.isFile() || found.size > FIXTURE_FILE_BYTES || total + found.size > FIXTURE_BYTES) continue;
    files[path] = readFileSync(join(source, path));
    total += found.size;
  }
  return tarOf(files);
}

const smallTar = await tarOf(small, [{ name: 'link', type: 'symlink', linkname: 'main.go' }]);
const originals: readonly Original[] = [
  { name: 'small tar', bytes: smallTar, isTar: true },
  { name: 'odd tar', bytes: odd, isTar: true },
  { name: 'stored zip', bytes: storedZipOf(small), isTar: false },
  { name: 'deflated zip', bytes: deflated, isTar: false },
];
const fixtures = await Promise.all(
  readFixtures().map(async ({ source }): Promise<Original> => ({
    name: 'fixture',
    bytes: await fixtureTar(source),
    isTar: true,
  })),
);

/** Of many members, as parallel writers make them. */
const inParts = (bytes: Buffer, compress: (part: Buffer) => Buffer): Buffer => {
  const half = Math.floor(bytes.length / 2);
  return Buffer.concat([compress(bytes.subarray(0, half)), compress(bytes.subarray(half))]);
};

const wrappings: readonly (readonly [name: string, wrap: (bytes: Buffer) => Buffer])[] = [
  ['', (bytes) => bytes],
  [', gzip', (bytes) => gzipSync(bytes, { level: 1 })],
  [', gzip in parts', (bytes) => inParts(bytes, (part) => gzipSync(part, { level: 1 }))],
  [', zstd', (bytes) => zstdCompressSync(bytes)],
  [', zstd in parts', (bytes) => inParts(bytes, (part) => zstdCompressSync(part))],
];

function mutated(original: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(original);
  for (let n = 1 + random(6); n > 0; n -= 1) {
    const at = random(bytes.length);
    const length = 1 + random(64);
    const kind = random(5) === 0 ? random(5) : 5;
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes.fill(random(2) === 0 ? 0 : 255, at, Math.min(bytes.length, at + length));
    else if (kind === 2) bytes = bytes.subarray(0, Math.max(1, at));
    else if (kind === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length), Buffer.of(0)]);
    // Over what is there, so that all that follows stays in its place.
    else Buffer.from(hostile[random(hostile.length)] ?? '').copy(bytes, at);
  }
  return bytes;
}

/** Else nearly every mutation of a header would end at its checksum. */
function withChecksums(bytes: Buffer): Buffer {
  for (let at = 0; at + BLOCK <= bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.toString('latin1', 257, 262) !== 'ustar') continue;
    block.fill(' ', 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return bytes;
}

const BOUNDARY = 'dockwright-fuzz';
const asForm = (archive: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="manifest"\r\n\r\n{"port": 9000}\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="archive"; filename="a"\r\n\r\n`,
    ),
    archive,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);

export interface MutatedArchive {
  readonly name: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export function mutatedArchive(random: Random): MutatedArchive {
  const from = random(2) === 0 ? originals : fixtures;
  const { name, bytes, isTar } = from[random(from.length)] as Original;
  const inside = random(4) > 0;
  const changed = inside ? mutated(bytes, random) : bytes;
  const right = inside && isTar && random(4) > 0 ? withChecksums(changed) : changed;
  const [suffix, wrap] = (isTar ? wrappings[random(wrappings.length)] : wrappings[0]) as (typeof wrappings)[number];
  const wrapped = inside ? wrap(right) : mutated(wrap(right), random);
  if (random(8) > 0) return { name: `${name}${suffix}`, body: wrapped, headers: {} };
  const form = asForm(wrapped);
  return {
    name: 'form',
    body: random(2) === 0 ? form : mutated(form, random),
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  };
}
