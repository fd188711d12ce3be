import type { MessagePort } from 'node:worker_threads';
import { Problem } from '../../problems/problem.ts';
import type { Manifest } from '../../manifest/schema.ts';
import type { JobAnswer } from './job.ts';

/**
 * What a job and its thread say to each other, over a port of the job's own; to close the port is to give the job up.
 * Bytes move in blocks, which change hands without a copy where that can be; the receiver says what it has used, and
 * no more than a window of them is on the way.
 */

/** To the thread. */
export type ToThread =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'used'; readonly bytes: number };

/** From the thread. */
export type FromThread =
  | { readonly kind: 'used'; readonly bytes: number }
  | { readonly kind: 'read'; readonly format: string; readonly entries: number }
  | { readonly kind: 'answer'; readonly answer: WireAnswer }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly failure: WireFailure };

/** An answer whose body, where it is in blocks, follows. */
export interface WireAnswer extends Omit<JobAnswer, 'body' | 'dispose'> {
  readonly body: string | Uint8Array | undefined;
}

export type WireFailure =
  | {
      readonly kind: 'problem';
      readonly slug: Problem['slug'];
      readonly parts: ConstructorParameters<typeof Problem>[1];
    }
  | { readonly kind: 'error'; readonly error: unknown };

/** Bytes that may be on the way. */
const WINDOW_BYTES = 1024 * 1024;
export const BLOCK_BYTES = 256 * 1024;

/** An error as it can be sent; the class of a problem would be lost on the way. */
export function wireFailure(error: unknown): WireFailure {
  if (!(error instanceof Problem)) return { kind: 'error', error };
  const { slug, detail, hint, errors, members, cause } = error;
  return {
    kind: 'problem',
    slug,
    parts: { detail, errors, members, cause, ...(hint === undefined ? {} : { hint }) },
  };
}

export const failureOf = (failure: WireFailure): unknown =>
  failure.kind === 'problem' ? new Problem(failure.slug, failure.parts) : failure.error;

/** The sender's side of the window. */
export class Window {
  #sent = 0;
  #wake: (() => void) | undefined;

  add(bytes: number): void {
    this.#sent += bytes;
  }

  used(bytes: number): void {
    this.#sent -= bytes;
    this.open();
  }

  /** Lets the sender go on, to see that there is nothing more to send for. */
  open(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Resolves when there is room. */
  async room(): Promise<void> {
    if (this.#sent < WINDOW_BYTES) return;
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

/** Sends bytes; a buffer that is nothing but them goes over, and is empty here afterwards. */
export function postBytes(port: MessagePort, bytes: Uint8Array): void {
  const whole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
  port.postMessage({ kind: 'bytes', bytes }, whole ? [bytes.buffer] : []);
}

/** Messages that bring bytes, as they can be read one after the other. */
export class Arrivals {
  #queue: Uint8Array[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  readonly #used: (bytes: number) => void;

  /** `used` hears of what has been taken. */
  constructor(used: (bytes: number) => void) {
    this.#used = used;
  }

  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
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

  async *bytes(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      const next = this.#queue.shift();
      if (next) {
        this.#used(next.byteLength);
        yield Buffer.from(next.buffer as ArrayBuffer, next.byteOffset, next.byteLength);
      } else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
