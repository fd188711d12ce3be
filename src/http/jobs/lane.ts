import { setImmediate as turn } from 'node:timers/promises';

/**
 * One direction between a job and its thread: a few blocks of memory that both see, used again and again. Buffers that
 * change hands would count as growth of both heaps, which the collector then marks anew some thirty times for an
 * archive of 400 MB.
 */

export const BLOCK_BYTES = 256 * 1024;
const BLOCKS = 4;

/** What the sender says of a block: its place, and how much of it is filled. */
export interface Filled {
  readonly block: number;
  readonly length: number;
}

export const laneMemory = (): SharedArrayBuffer => new SharedArrayBuffer(BLOCKS * BLOCK_BYTES);

const blockAt = (memory: SharedArrayBuffer, block: number, length: number): Buffer =>
  Buffer.from(memory, block * BLOCK_BYTES, length);

/** Fills blocks, as far as the receiver has given them back. */
export class LaneSender {
  readonly #memory: SharedArrayBuffer;
  readonly #send: (filled: Filled) => void;
  readonly #free = Array.from({ length: BLOCKS }, (_, block) => block);
  #block: { readonly place: number; readonly bytes: Buffer } | undefined;
  #at = 0;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(memory: SharedArrayBuffer, send: (filled: Filled) => void) {
    this.#memory = memory;
    this.#send = send;
  }

  /** Copies bytes, and sends each block that is full. Resolves with false when the lane has been closed. */
  async write(bytes: Buffer): Promise<boolean> {
    for (let from = 0; from < bytes.length;) {
      const block = (this.#block ??= await this.#next());
      // The memory may be another's by now.
      if (!block || this.#closed) return false;
      const copied = bytes.copy(block.bytes, this.#at, from);
      from += copied;
      this.#at += copied;
      if (this.#at === BLOCK_BYTES) this.flush();
    }
    return !this.#closed;
  }

  async #next(): Promise<{ readonly place: number; readonly bytes: Buffer } | undefined> {
    while (this.#free.length === 0 && !this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    const place = this.#closed ? undefined : this.#free.pop();
    return place === undefined ? undefined : { place, bytes: blockAt(this.#memory, place, BLOCK_BYTES) };
  }

  /** Sends what is filled so far. */
  flush(): void {
    if (!this.#block || this.#at === 0 || this.#closed) return;
    this.#send({ block: this.#block.place, length: this.#at });
    this.#block = undefined;
    this.#at = 0;
  }

  /** The receiver has read a block. */
  used(block: number): void {
    this.#free.push(block);
    this.#open();
  }

  /** Nothing more is wanted. */
  close(): void {
    this.#closed = true;
    this.#open();
  }

  #open(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** Blocks that arrive, to be read one after the other. */
export class LaneReceiver {
  readonly #memory: SharedArrayBuffer;
  readonly #used: (block: number) => void;
  readonly #queue: Filled[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** `used` hears of a block that has been read. */
  constructor(memory: SharedArrayBuffer, used: (block: number) => void) {
    this.#memory = memory;
    this.#used = used;
  }

  push(filled: Filled): void {
    this.#queue.push(filled);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  /** Each is valid until the next one is asked for. */
  async *blocks(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      const next = this.#queue.shift();
      if (next) {
        yield blockAt(this.#memory, next.block, next.length);
        this.#used(next.block);
        // Where the reader is as fast as the sender, nothing else would have its turn.
        if (this.#queue.length > 0) await turn();
      } else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
