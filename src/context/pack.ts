import { Readable } from 'node:stream';
import { constants, crc32, createGzip } from 'node:zlib';
import type { Entry } from '../inventory/inventory.ts';
import { contextTime, type SummedEntry } from './context-time.ts';
import { endMark, entryHeader, headerLength, isPlain, padding, paddingLength, type TarEntry } from './tar-writer.ts';

/** The context tar: decided in full before its first byte, the same bytes for the same input. */

/** A file that goes in beside the project's own, or in place of one. */
export interface AddedFile {
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
}

/** Fills a buffer with the content of a file of the project, from an offset on. */
type ReadContent = (path: string, from: number, target: Buffer) => void;

export interface PackInput {
  /** What is sent of the project: filtered, sorted. */
  readonly entries: readonly Entry[];
  readonly content: ReadContent;
  /** CRC-32 of the content of a file of the project. */
  readonly checksum: (path: string) => number;
  readonly ignoreFile: AddedFile;
  /** The last entry: a tar that is cut cannot build. */
  readonly dockerfile: AddedFile;
}

export interface PackedContext {
  /** Bytes of the tar. */
  readonly length: number;
  /** Each is valid until the next one is asked for. */
  readonly blocks: () => Generator<Buffer>;
}

interface AddedPart {
  readonly entry: TarEntry;
  readonly bytes: Buffer;
}

const added = ({ path, text, mode = 0o644 }: AddedFile): AddedPart => {
  const bytes = Buffer.from(text);
  return { entry: { path, kind: 'file', mode, size: bytes.length }, bytes };
};

/**
 * The added files around the project's own. `docker build -` looks at the first 1,024 bytes, and takes a PAX or GNU
 * header there for a Dockerfile's text: so the ignore file comes first, which is always plain; a folder above it comes
 * right before it.
 */
interface Layout {
  readonly first: readonly AddedPart[];
  readonly own: readonly Entry[];
  readonly last: AddedPart;
}

function layoutOf({ entries, ignoreFile, dockerfile }: PackInput): Layout {
  const plain = isPlain({ path: ignoreFile.path, kind: 'file', mode: 0o644, size: 0 });
  return {
    first: plain ? [added(ignoreFile)] : [],
    own: entries.filter((e) => e.path !== ignoreFile.path && e.path !== dockerfile.path),
    last: added(dockerfile),
  };
}

/** Small pieces are put together: each write costs a turn through the stream, and through zlib six times its price. */
const BLOCK_BYTES = 256 * 1024;

/** Fills one block again and again. */
class BlockWriter {
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #at = 0;

  /** The room that is left of the block, at most so much of it; marked as written. */
  take(bytes: number): Buffer {
    const from = this.#at;
    this.#at = Math.min(BLOCK_BYTES, from + bytes);
    return this.#block.subarray(from, this.#at);
  }

  get isFull(): boolean {
    return this.#at === BLOCK_BYTES;
  }

  /** What has been written, until the writer goes on. */
  flush(): Buffer {
    const written = this.#block.subarray(0, this.#at);
    this.#at = 0;
    return written;
  }
}

/** Writes so many bytes, from a source that fills the buffers that it is given. */
function* write(writer: BlockWriter, length: number, fill: (from: number, target: Buffer) => void): Generator<Buffer> {
  for (let from = 0; from < length;) {
    const target = writer.take(length - from);
    fill(from, target);
    from += target.length;
    if (writer.isFull) yield writer.flush();
  }
}

function* writeBytes(writer: BlockWriter, bytes: Buffer): Generator<Buffer> {
  yield* write(writer, bytes.length, (from, target) => bytes.copy(target, 0, from));
}

function* writeAdded(writer: BlockWriter, { entry, bytes }: AddedPart, time: number): Generator<Buffer> {
  yield* writeBytes(writer, entryHeader(entry, time));
  yield* writeBytes(writer, bytes);
  yield* writeBytes(writer, padding(entry.size));
}

function* blocks({ first, own, last }: Layout, content: ReadContent, time: number): Generator<Buffer> {
  const writer = new BlockWriter();
  for (const part of first) yield* writeAdded(writer, part, time);
  for (const entry of own) {
    yield* writeBytes(writer, entryHeader(entry, time));
    if (entry.size === 0) continue;
    yield* write(writer, entry.size, (from, target) => content(entry.path, from, target));
    yield* writeBytes(writer, padding(entry.size));
  }
  yield* writeAdded(writer, last, time);
  yield* writeBytes(writer, endMark());
  yield writer.flush();
}

const summed = ({ entry, bytes }: AddedPart): SummedEntry => ({ entry, checksum: crc32(bytes) });

const timeOf = ({ first, own, last }: Layout, checksum: PackInput['checksum']): number =>
  contextTime([...first.map(summed), ...own.map((entry) => ({ entry, checksum: checksum(entry.path) })), summed(last)]);

const lengthOf = (entry: TarEntry): number => headerLength(entry) + entry.size + paddingLength(entry.size);

/** Lays a context out. The length is exact; contents are read block by block. */
export function packContext(input: PackInput): PackedContext {
  const layout = layoutOf(input);
  const { first, own, last } = layout;
  let length = endMark().length + lengthOf(last.entry);
  for (const { entry } of first) length += lengthOf(entry);
  for (const entry of own) length += lengthOf(entry);
  const time = timeOf(layout, input.checksum);
  return { length, blocks: () => blocks(layout, input.content, time) };
}

type Blocks = Iterable<Buffer> | AsyncIterable<Buffer>;

async function* copies(blocks: Blocks): AsyncGenerator<Buffer> {
  for await (const block of blocks) yield Buffer.from(block);
}

/** A stream of blocks that are valid until the next one is asked for: it keeps some, so it copies them. */
export const blockStream = (blocks: Blocks): Readable =>
  Readable.from(copies(blocks), { objectMode: false, highWaterMark: BLOCK_BYTES });

/** Level 1: an eighth more bytes than level 6 in less than half the time. */
export const gzipped = (tar: Readable): Readable => {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: BLOCK_BYTES });
  tar.once('error', (error) => gzip.destroy(error));
  gzip.once('close', () => tar.destroy());
  return tar.pipe(gzip);
};

/** A tar of nothing but these files, to be unpacked over a project. */
export function packFiles(files: readonly AddedFile[]): Buffer {
  const parts = files.map(added);
  const time = contextTime(parts.map(summed));
  const pieces = parts.flatMap(({ entry, bytes }) => [entryHeader(entry, time), bytes, padding(bytes.length)]);
  return Buffer.concat([...pieces, endMark()]);
}
