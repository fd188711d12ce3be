import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createGzip } from 'node:zlib';
import { entryHeader, padding } from '../src/context/tar-writer.ts';

/** The archives of the benchmarks: made from numbers alone, so that every run has the same. */

/** A small generator of numbers; https://en.wikipedia.org/wiki/Linear_congruential_generator */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
}

const WORDS =
  'const export import from function return await async if else for of new this value path name entry tree file folder size bytes string number true false undefined'.split(
    ' ',
  );

/** Text that compresses as source does. */
function sourceText(bytes: number, next: () => number): Buffer {
  let text = '';
  while (text.length < bytes) {
    const n = next();
    text += `${WORDS[n % WORDS.length] ?? ''}${n % 5 === 0 ? `_${(n >>> 8).toString(36)}` : ''}${n % 11 === 0 ? ';\n' : ' '}`;
  }
  return Buffer.from(text.slice(0, bytes));
}

function noise(bytes: number, next: () => number): Buffer {
  const block = Buffer.allocUnsafe(bytes);
  for (let i = 0; i + 4 <= bytes; i += 4) block.writeUInt32LE(next(), i);
  return block;
}

interface FileOf {
  readonly path: string;
  readonly content: Buffer;
}

/** So many small files, a third of them below node_modules, and large ones that do not compress. */
export function* projectFiles(small: number, large: number, largeBytes: number): Generator<FileOf> {
  const next = numbers(1);
  const pool = sourceText(4_000_000, next);
  yield { path: 'index.html', content: Buffer.from('<!doctype html>\n') };
  // What the naive loop drops by itself.
  yield { path: '.dockerignore', content: Buffer.from('node_modules\n') };
  for (let i = 0; i < small; i++) {
    const n = next();
    const size = 200 + (n % 2600) + (n % 97 === 0 ? 30_000 : 0);
    const at = next() % (pool.length - size);
    const folder = i % 10 < 3 ? `node_modules/package-${i % 400}` : `src/part-${i % 300}`;
    yield { path: `${folder}/module-${i}.js`, content: pool.subarray(at, at + size) };
  }
  for (let i = 0; i < large; i++) yield { path: `assets/large-${i}.bin`, content: noise(largeBytes, next) };
}

function* tarBlocks(files: Iterable<FileOf>): Generator<Buffer> {
  for (const { path, content } of files) {
    yield entryHeader({ path, kind: 'file', mode: 0o644, size: content.length }, 0);
    yield content;
    yield padding(content.length);
  }
  yield Buffer.alloc(1024);
}

/** Writes a tar as gzip; resolves with the bytes of the tar. */
export async function writeGzip(target: string, files: Iterable<FileOf>): Promise<number> {
  const gzip = createGzip({ level: 1 });
  const file = gzip.pipe(createWriteStream(target));
  let pending: Buffer[] = [];
  let length = 0;
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const block = Buffer.concat(pending);
    pending = [];
    length = 0;
    bytes += block.length;
    if (!gzip.write(block)) await once(gzip, 'drain');
  };
  for (const block of tarBlocks(files)) {
    pending.push(block);
    length += block.length;
    if (length > 1 << 18) await flush();
  }
  await flush();
  gzip.end();
  await once(file, 'close');
  return bytes;
}
