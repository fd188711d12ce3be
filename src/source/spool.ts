import { closeSync, constants, mkdirSync, openSync, readSync, rmSync, writeSync, writevSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Problem } from '../problems/problem.ts';
import type { SpoolBudget } from './spool-budget.ts';

export interface SpoolOptions {
  readonly directory: string;
  /** Held in memory up to this; beyond it, in a file. */
  readonly memoryBytes: number;
  readonly budget: SpoolBudget;
}

const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;
const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String((error as { code?: unknown }).code));

/** Linux takes this many pieces in one write. */
const MAX_PIECES = 1024;
const WINDOW_BYTES = 256 * 1024;

/**
 * The bytes of one upload, readable in any order. Few stay in memory; more go to a file that is unlinked as soon as it
 * is open, so that nothing is left behind by an abort or a crash. Files are written and read without turns of the event
 * loop: they are in the page cache, where a turn takes ten times as long as the copy. Large uploads have a thread.
 */
export class Spool {
  readonly #options: SpoolOptions;
  #pieces: Buffer[] = [];
  #length = 0;
  #file: number | undefined;
  #memory: Buffer | undefined;
  /** What was read last, and more: small contents that lie side by side take one read for all of them. */
  #window = Buffer.alloc(0);
  #windowStart = 0;
  #lastEnd = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Bytes so far: the offset of what is appended next. */
  get length(): number {
    return this.#length;
  }

  /** Appends a copy of the bytes. Throws `overloaded`. */
  append(bytes: Buffer): void {
    this.#options.budget.take(bytes.length);
    this.#length += bytes.length;
    if (this.#file === undefined) this.#pieces.push(Buffer.from(bytes));
    if (this.#length <= this.#options.memoryBytes) return;
    try {
      if (this.#file === undefined) this.#spill();
      else writeAll(this.#file, bytes);
    } catch (error) {
      throw isFull(error)
        ? new Problem('overloaded', {
            detail: 'The disk for uploads is full.',
            hint: 'Try again in a few seconds; SPOOL_DIR says where uploads are kept.',
            cause: error,
          })
        : error;
    }
  }

  #spill(): void {
    this.#file = this.#create();
    for (let i = 0; i < this.#pieces.length; i += MAX_PIECES) {
      const pieces = this.#pieces.slice(i, i + MAX_PIECES);
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      const written = writevSync(this.#file, pieces);
      // A write may be short: on a disk that is about to be full, for one.
      if (written < bytes) writeAll(this.#file, Buffer.concat(pieces).subarray(written));
    }
    this.#pieces = [];
  }

  #create(): number {
    mkdirSync(this.#options.directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    const path = join(this.#options.directory, `${randomUUID()}.spool`);
    const file = openSync(
      path,
      constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      PRIVATE_FILE,
    );
    // Another process that starts now may have removed it already.
    rmSync(path, { force: true });
    return file;
  }

  /** All has been appended. */
  seal(): void {
    if (this.#file === undefined) this.#memory = Buffer.concat(this.#pieces);
    this.#pieces = [];
  }

  /** Fills a buffer with the bytes from an offset on; after `seal`. */
  read(offset: number, target: Buffer): void {
    if (this.#memory) this.#memory.copy(target, 0, offset, offset + target.length);
    else if (!this.#fromWindow(offset, target)) this.#fromFile(offset, target);
    this.#lastEnd = offset + target.length;
  }

  #fromWindow(offset: number, target: Buffer): boolean {
    const from = offset - this.#windowStart;
    if (from < 0 || from + target.length > this.#window.length) return false;
    this.#window.copy(target, 0, from, from + target.length);
    return true;
  }

  #fromFile(offset: number, target: Buffer): void {
    // Read ahead only where reading goes forward: in another order, each window would serve one content.
    const forward = offset >= this.#lastEnd && offset - this.#lastEnd <= WINDOW_BYTES;
    if (!forward || target.length >= WINDOW_BYTES) {
      readAll(this.#handle(), offset, target);
      return;
    }
    const want = Math.min(WINDOW_BYTES, this.#length - offset);
    const window = Buffer.allocUnsafe(want);
    readAll(this.#handle(), offset, window);
    this.#window = window;
    this.#windowStart = offset;
    window.copy(target, 0, 0, target.length);
  }

  /** The whole, for readers that need random access: bytes, or the descriptor of the file. */
  whole(): Buffer | number {
    return this.#memory ?? this.#handle();
  }

  #handle(): number {
    if (this.#file === undefined) throw new Error('the spool is closed');
    return this.#file;
  }

  /** Gives everything back; may be called again. */
  dispose(): void {
    this.#options.budget.give(this.#length);
    this.#length = 0;
    this.#pieces = [];
    this.#memory = undefined;
    this.#window = Buffer.alloc(0);
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function readAll(file: number, offset: number, target: Buffer): void {
  for (let at = 0; at < target.length;) {
    const read = readSync(file, target, at, target.length - at, offset + at);
    if (read === 0) throw new Error('the spool is shorter than what was written to it');
    at += read;
  }
}

/** Removes what an earlier process may have left between opening a file and unlinking it. */
export async function cleanSpoolDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  const names = await readdir(directory);
  await Promise.all(
    names.filter((name) => name.endsWith('.spool')).map(async (name) => rm(join(directory, name), { force: true })),
  );
}
