import type { Evidence } from '../plan/plan.ts';

/** Source text to look for calls and strings in: comments are blanked, so that places stay, and strings are listed. */

/** A string in the code, and where it stands. */
export interface Literal {
  readonly value: string;
  readonly index: number;
}

export interface Code {
  readonly path: string;
  readonly code: string;
  readonly literals: readonly Literal[];
}

/**
 * What has to be told apart, for languages that write comments as C does: comments, strings (a group each), and
 * characters, which may hold a quote. Each alternative begins with another character: none can look back for long.
 */
export const C_LIKE = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"((?:[^"\\\n]|\\.)*)"|'(?:[^'\\\n]|\\.)'/g;

/** `tokens` has the flag g; its first group that matched is a string's content. */
export function readCode(path: string, text: string, tokens: RegExp): Code {
  const literals: Literal[] = [];
  const code = text.replaceAll(tokens, (token: string, ...groups: readonly unknown[]) => {
    const at = groups.findIndex((g) => typeof g === 'number');
    const value = groups.slice(0, at).find((g) => g !== undefined);
    if (typeof value === 'string') literals.push({ value, index: Number(groups[at]) });
    return token.startsWith('/') || token.startsWith('#') ? token.replaceAll(/[^\n]/g, ' ') : token;
  });
  return { path, code, literals };
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

export interface Hit {
  readonly groups: RegExpMatchArray;
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
