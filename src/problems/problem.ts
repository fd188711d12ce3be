import { problemTypes, type ProblemSlug } from './catalogue.ts';

/** One fault inside the input: a JSON pointer (RFC 6901) into the manifest or query, or a file and line. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

interface ProblemParts {
  /** What was wrong and where, in one or two sentences. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly errors?: readonly Fault[];
  /** Further members of the problem document (RFC 9457, section 3.2), e.g. `limit` or `candidates`. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error that is answered to the client as a problem document; everything else thrown is a 500. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly slug: ProblemSlug;
  readonly detail: string;
  readonly hint: string | undefined;
  readonly errors: readonly Fault[];
  readonly members: Readonly<Record<string, unknown>>;

  constructor(slug: ProblemSlug, { detail, hint, errors = [], members = {}, cause }: ProblemParts) {
    super(`${problemTypes[slug].title}: ${detail}`, { cause });
    this.slug = slug;
    this.detail = detail;
    this.hint = hint;
    this.errors = errors;
    this.members = members;
  }

  get status(): number {
    return problemTypes[this.slug].status;
  }
}
