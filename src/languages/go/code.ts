import type { Evidence } from '../../plan/plan.ts';
import type { Reach } from './reach.ts';
import { lineAt, readCode, type Literal } from './source-file.ts';

/** A file of a program with its comments blanked, for looking for calls and strings. */
export interface Code {
  readonly path: string;
  readonly code: string;
  readonly literals: readonly Literal[];
}

/** The code of a program: the files of its main package first, as `reachOf` orders them. */
export const codeOf = (reach: Reach): Code[] => reach.files.map(({ path, text }) => ({ path, ...readCode(text) }));

export interface Hit {
  readonly groups: readonly (string | undefined)[];
  readonly from: Evidence;
}

/** Every match of a pattern (with the flag g), in order, with the line that it stands in. */
export function hitsOf(code: readonly Code[], pattern: RegExp, why: string): Hit[] {
  return code.flatMap((file) =>
    [...file.code.matchAll(pattern)].map((match) => ({
      groups: match,
      from: { file: file.path, line: lineAt(file.code, match.index), why },
    })),
  );
}
