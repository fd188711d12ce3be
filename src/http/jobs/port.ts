import type { Manifest } from '../../manifest/schema.ts';
import { Problem } from '../../problems/problem.ts';
import type { JobAnswer } from './job.ts';
import type { Filled } from './lane.ts';

/**
 * What a job and its thread say to each other, over a port of the job's own; to close the port is to give the job up.
 * Bytes move through two lanes of shared memory; the messages say where they are.
 */

/** To the thread. */
export type ToThread =
  | { readonly kind: 'bytes'; readonly filled: Filled }
  | { readonly kind: 'end' }
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'used'; readonly block: number };

/** From the thread. */
export type FromThread =
  | { readonly kind: 'used'; readonly block: number }
  | { readonly kind: 'read'; readonly format: string; readonly entries: number }
  | { readonly kind: 'answer'; readonly answer: WireAnswer }
  | { readonly kind: 'bytes'; readonly filled: Filled }
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
