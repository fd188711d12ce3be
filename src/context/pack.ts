import { Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { Entry } from '../inventory/inventory.ts';
import { endMark, entryHeader, headerLength, isPlain, padding, paddingLength, type TarEntry } from './tar-writer.ts';

/** The context tar: decided in full before its first byte, the same bytes for the same input. */

/** A file that goes in beside the project's own, or in place of one. */
export interface AddedFile {
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
}

export interface PackInput {
  /** What is sent of the project: filtered, sorted. */
  readonly entries: readonly Entry[];
  readonly content: (path: string) => AsyncIterable<Buffer>;
  readonly ignoreFile: AddedFile;
  /** The last entry: a tar that is cut cannot build. */
  readonly dockerfile: AddedFile;
}

export interface PackedContext {
  /** Bytes of the tar. */
  readonly length: number;
  readonly tar: () => Readable;
}

/** Its header is made when it is written: those of all entries at once would be most of the memory. */
interface Part {
  readonly entry: TarEntry;
  readonly content: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

const added = ({ path, text, mode = 0o644 }: AddedFile): Part => {
  const bytes = Buffer.from(text);
  return { entry: { path, kind: 'file', mode, size: bytes.length }, content: () => [bytes] };
};

/**
 * `docker build -` looks at the first 1,024 bytes, and takes a PAX or GNU header there for a Dockerfile's text: so the
 * ignore file comes first, which is always plain; a folder above it comes right before it.
 */
function partsOf({ entries, content, ignoreFile, dockerfile }: PackInput): Part[] {
  const replaced = new Set([ignoreFile.path, dockerfile.path]);
  const first = isPlain({ path: ignoreFile.path, kind: 'file', mode: 0o644, size: 0 }) ? [added(ignoreFile)] : [];
  const own = entries
    .filter((e) => !replaced.has(e.path))
    .map((entry): Part => ({ entry, content: () => content(entry.path) }));
  return [...first, ...own, added(dockerfile)];
}

/** Small pieces are put together: each write costs a turn through the stream, and through zlib six times its price. */
const BLOCK_BYTES = 256 * 1024;

async function* blocks(parts: readonly Part[]): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let bytes = 0;
  const take = (piece: Buffer): boolean => {
    pending.push(piece);
    bytes += piece.length;
    return bytes >= BLOCK_BYTES;
  };
  const join = (): Buffer => {
    const block = pending.length === 1 && pending[0] ? pending[0] : Buffer.concat(pending, bytes);
    pending = [];
    bytes = 0;
    return block;
  };
  for (const { entry, content } of parts) {
    if (take(entryHeader(entry))) yield join();
    if (entry.size === 0) continue;
    for await (const piece of content()) if (take(piece)) yield join();
    if (take(padding(entry.size))) yield join();
  }
  take(endMark());
  yield join();
}

/** Lays a context out. The length is exact; the stream reads contents as it goes. */
export function packContext(input: PackInput): PackedContext {
  const parts = partsOf(input);
  const length = parts.reduce(
    (sum, { entry }) => sum + headerLength(entry) + entry.size + paddingLength(entry.size),
    endMark().length,
  );
  return { length, tar: () => Readable.from(blocks(parts), { objectMode: false, highWaterMark: BLOCK_BYTES }) };
}

/** Level 1: an eighth more bytes than level 6 in less than half the time. */
export const gzipped = (tar: Readable): Readable => {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: BLOCK_BYTES });
  tar.once('error', (error) => gzip.destroy(error));
  gzip.once('close', () => tar.destroy());
  return tar.pipe(gzip);
};

/** A tar of nothing but these files, to be unpacked over a project. */
export function packFiles(files: readonly AddedFile[]): Buffer {
  const pieces = files.flatMap(({ path, text, mode = 0o644 }) => {
    const bytes = Buffer.from(text);
    return [entryHeader({ path, kind: 'file', mode, size: bytes.length }), bytes, padding(bytes.length)];
  });
  return Buffer.concat([...pieces, endMark()]);
}
