import { Problem } from '../problems/problem.ts';

/** One bound on what is sent: its value, and the setting that changes it. */
interface Limit {
  readonly name: string;
  readonly value: number;
  readonly setting: string;
}

export interface SourceLimits {
  /** Bytes of the upload as sent. */
  readonly upload: Limit;
  /** Bytes after decompression. */
  readonly inflated: Limit;
  /** Decompressed bytes for each byte sent, beyond the first 16 MiB. */
  readonly ratio: Limit;
  readonly entries: Limit;
  /** Bytes of one path. */
  readonly path: Limit;
  /** Bytes of one text file that are kept. */
  readonly text: Limit;
  /** Bytes of all kept text together. */
  readonly allText: Limit;
}

/** The ratio is looked at beyond this: small archives of repetitive text are no attack. */
export const RATIO_FREE_BYTES = 16 * 1024 * 1024;
/** What file systems take; not a matter of taste, so no setting. */
export const MAX_COMPONENT_BYTES = 255;
export const MAX_DEPTH = 256;
/** Bytes of all paths and link targets together; the most entries with paths of 300 bytes have fewer. Held in memory, so no setting. */
const MAX_ALL_PATHS = 64 * 1024 * 1024;
/** How often a folder may turn out to be a file: each time, all that was below it has to be looked for. */
const MAX_REPLACED_FOLDERS = 100;

export const fixedLimits = {
  allPaths: { name: 'all path bytes', value: MAX_ALL_PATHS, setting: 'nothing' },
  replacedFolders: { name: 'replaced folders', value: MAX_REPLACED_FOLDERS, setting: 'nothing' },
} as const;

export function exceeded(limit: Limit, what: string, hint: string): Problem {
  return new Problem('limit-exceeded', {
    detail: `${what}; the limit is ${limit.value}.`,
    hint: `${hint} The limit is set by ${limit.setting}.`,
    members: { limit },
  });
}
