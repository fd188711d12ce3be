import { constants } from 'node:fs';
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Problem } from '../problems/problem.ts';

/** The bytes that all spools of the process may take at once. */
export interface SpoolBudget {
  /** Takes bytes from the budget. Throws `overloaded` where there are not as many. */
  take(bytes: number): void;
  give(bytes: number): void;
  readonly used: number;
}

export function createSpoolBudget(total: number): SpoolBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > total) {
        throw new Problem('overloaded', {
          detail: 'The room for uploads is used up.',
          hint: 'Try again in a few seconds; SPOOL_BYTES sets the room.',
        });
      }
      used += bytes;
    },
    give(bytes) {
      used -= bytes;
    },
    get used() {
      return used;
    },
  };
}

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

const READ_BYTES = 256 * 1024;
const SMALL_BYTES = READ_BYTES / 4;
const WRITE_BYTES = 1024 * 1024;

/**
 * Contents of one upload, one after the other, readable in any order. Small ones stay in memory; larger ones go to
 * a file that is unlinked as soon as it is open, so that nothing is left behind by an abort or a crash.
 */
export class Spool {
  readonly #options: SpoolOptions;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #length = 0;
  #file: FileHandle | undefined;
  #memory: Buffer | undefined;
  /** What was read last, and more: small contents that lie side by side take one read for all of them. */
  #window: { readonly start: number; readonly bytes: Buffer } | undefined;
  #lastEnd = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Bytes so far: the offset of what is appended next. */
  get length(): number {
    return this.#length;
  }

  /** Appends bytes, which must not change afterwards. Throws `overloaded`. */
  append(bytes: Buffer): void {
    this.#options.budget.take(bytes.length);
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#length += bytes.length;
  }

  /** Writes to disk what memory should not hold; to be awaited between chunks. */
  async settle(): Promise<void> {
    if (this.#file ? this.#pendingBytes < WRITE_BYTES : this.#length <= this.#options.memoryBytes) return;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const block = Buffer.concat(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    try {
      this.#file ??= await this.#create();
      // A write may be short: on a disk that is about to be full, for one.
      for (let at = 0; at < block.length;) at += (await this.#file.write(block, at)).bytesWritten;
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

  async #create(): Promise<FileHandle> {
    await mkdir(this.#options.directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    const path = join(this.#options.directory, `${randomUUID()}.spool`);
    const file = await open(
      path,
      constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      PRIVATE_FILE,
    );
    // Another process that starts now may have removed it already.
    await rm(path, { force: true });
    return file;
  }

  /** All has been appended. */
  async seal(): Promise<void> {
    if (this.#file) await this.#flush();
    else this.#memory = Buffer.concat(this.#pending);
    this.#pending = [];
  }

  /** The bytes from an offset on, in slices; after `seal`. */
  async *read(offset: number, length: number): AsyncGenerator<Buffer> {
    if (this.#memory) {
      if (length > 0) yield this.#memory.subarray(offset, offset + length);
      return;
    }
    if (length <= SMALL_BYTES) {
      if (length > 0) yield this.#inWindow(offset, length) ?? (await this.#readWindow(offset, length));
      return;
    }
    for (let at = offset; at < offset + length;) {
      const want = Math.min(READ_BYTES, offset + length - at);
      const { bytesRead, buffer } = await this.#handle().read(Buffer.allocUnsafe(want), 0, want, at);
      if (bytesRead === 0) throw new Error('the spool is shorter than what was written to it');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  #inWindow(offset: number, length: number): Buffer | undefined {
    if (!this.#window) return undefined;
    const { start, bytes } = this.#window;
    const from = offset - start;
    if (from < 0 || from + length > bytes.length) return undefined;
    this.#lastEnd = offset + length;
    return bytes.subarray(from, from + length);
  }

  async #readWindow(offset: number, length: number): Promise<Buffer> {
    // Read ahead only where reading goes forward: in another order, each window would serve one content.
    const forward = offset >= this.#lastEnd && offset - this.#lastEnd <= READ_BYTES;
    this.#lastEnd = offset + length;
    const want = forward ? Math.min(READ_BYTES, this.#length - offset) : length;
    const { bytesRead, buffer } = await this.#handle().read(Buffer.allocUnsafe(want), 0, want, offset);
    if (bytesRead < length) throw new Error('the spool is shorter than what was written to it');
    if (forward) this.#window = { start: offset, bytes: buffer.subarray(0, bytesRead) };
    return buffer.subarray(0, length);
  }

  /** The whole, for readers that need random access: bytes, or the descriptor of the file. */
  whole(): Buffer | number {
    return this.#memory ?? this.#handle().fd;
  }

  #handle(): FileHandle {
    if (!this.#file) throw new Error('the spool is closed');
    return this.#file;
  }

  /** Gives everything back; may be called again. */
  async dispose(): Promise<void> {
    this.#options.budget.give(this.#length);
    this.#length = 0;
    this.#pending = [];
    this.#memory = undefined;
    this.#window = undefined;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
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
