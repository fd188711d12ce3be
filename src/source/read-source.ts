import { createHash, type Hash } from 'node:crypto';
import type { Inventory } from '../inventory/inventory.ts';
import { Problem } from '../problems/problem.ts';
import { inflate, type Meter } from './decompress.ts';
import { exceeded, type SourceLimits } from './limits.ts';
import { isTar, sniff, type Format } from './sniff.ts';
import { Spool, type SpoolOptions } from './spool.ts';
import { BLOCK } from './tar-header.ts';
import { TarScanner } from './tar-scanner.ts';
import { TreeBuilder, type BuiltTree, type Notice, type TreeOptions } from './tree-builder.ts';
import { readZip } from './zip.ts';

/** A request body becomes a checked archive: its tree, the text of its key files, and, when asked for, its contents. */

export interface ReadOptions extends TreeOptions {
  readonly spool: SpoolOptions;
}

export interface Source {
  readonly format: Format;
  readonly inventory: Inventory;
  readonly notices: readonly Notice[];
  /** SHA-256 of the bytes that were sent. */
  readonly digest: string;
  /** SHA-256 of larger files by path, with `contents: 'digest'`. */
  readonly digests: ReadonlyMap<string, string>;
  /** Fills a buffer with the content of a regular file from an offset on, with `contents: 'spool'`. */
  readonly content: (path: string, from: number, target: Buffer) => void;
  /** CRC-32 of the content of a regular file, with `contents: 'spool'`. */
  readonly checksum: (path: string) => number;
  /** Gives memory and disk back; may be called again. */
  dispose(): void;
}

/** Counts, hashes and bounds what is sent. */
async function* received(
  body: AsyncIterable<Buffer>,
  meter: Meter,
  hash: Hash,
  limits: SourceLimits,
): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    meter.sent += chunk.length;
    if (meter.sent > limits.upload.value) {
      throw exceeded(
        limits.upload,
        `The upload has more than ${limits.upload.value} bytes`,
        'Leave out what the build does not need (tar --exclude=.git --exclude=node_modules …).',
      );
    }
    hash.update(chunk);
    yield chunk;
  }
}

/** The first bytes, for a look, and all of them again. */
async function peek(
  bytes: AsyncGenerator<Buffer>,
  length: number,
): Promise<{ head: Buffer; all: AsyncGenerator<Buffer> }> {
  let head = Buffer.alloc(0);
  while (head.length < length) {
    const next = await bytes.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* again(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    yield* bytes;
  }
  return { head, all: again() };
}

const notTar = (format: Format): Problem =>
  new Problem('unsupported-archive', {
    detail: `The ${format} stream holds no tar.`,
    hint: 'Compress a tar of the project: tar cz . | curl -T - …',
  });

async function readTar(
  bytes: AsyncGenerator<Buffer>,
  format: Format,
  builder: TreeBuilder,
  spool: Spool | undefined,
): Promise<void> {
  const { head, all } = await peek(bytes, BLOCK);
  if (format !== 'tar' && head.length > 0 && !isTar(head)) {
    await bytes.return(undefined);
    throw notTar(format);
  }
  const scanner = new TarScanner(builder);
  for await (const chunk of all) {
    spool?.append(chunk);
    scanner.write(chunk);
  }
  scanner.finish();
}

async function spoolRaw(bytes: AsyncGenerator<Buffer>, spool: Spool): Promise<void> {
  for await (const chunk of bytes) spool.append(chunk);
  spool.seal();
}

/**
 * Reads an archive from a stream: tar, gzip or zstd of a tar, or zip, told by its first bytes; a chunk of it is not looked at
 * any more when the next one is asked for. Rejects with a problem
 * (`unsupported-archive`, `invalid-archive`, `unsafe-archive`, `empty-archive`, `limit-exceeded`, `overloaded`), or with the stream's own error; then nothing is kept. What it resolves with has to be disposed of.
 */
export async function readSource(body: AsyncIterable<Buffer>, options: ReadOptions): Promise<Source> {
  const { limits } = options;
  const spool = new Spool(options.spool);
  const raw = new Spool(options.spool);
  const hash = createHash('sha256');
  const meter: Meter = { sent: 0, inflated: 0 };
  const bytes = received(body, meter, hash, limits);
  try {
    const builder = new TreeBuilder(options);
    const contents = options.contents === 'spool' ? spool : undefined;
    const { head, all } = await peek(bytes, BLOCK);
    const format = sniff(head);
    if (format === 'zip') {
      await spoolRaw(all, raw);
      await readZip(raw, builder, limits, contents);
    } else {
      await readTar(inflate(all, format, meter, limits), format, builder, contents);
    }
    const built = builder.finish();
    spool.seal();
    return sourceOf(format, built, spool, hash.digest('hex'));
  } catch (error) {
    spool.dispose();
    throw error;
  } finally {
    // Not awaited, for it may be waiting for the sender.
    void bytes.return(undefined);
    raw.dispose();
  }
}

function sourceOf(
  format: Format,
  { inventory, notices, offsetOf, checksumOf, digests }: BuiltTree,
  spool: Spool,
  digest: string,
): Source {
  return {
    format,
    inventory,
    notices,
    digest,
    digests,
    content: (path, from, target) => spool.read(offsetOf(path) + from, target),
    checksum: checksumOf,
    dispose: () => spool.dispose(),
  };
}
