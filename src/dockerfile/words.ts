import type { NeededPath } from '../ignore/needed.ts';

/** Instructions of a Dockerfile as the builder reads them: lines joined, flags, words; quotes and variables, then globs. */

export interface Flag {
  readonly name: string;
  readonly value: string;
}

/** The instruction that begins at a line (from 0), without the line breaks that are escaped in it. */
export function logicalLine(lines: readonly string[], start: number, escape: string): string {
  let joined = '';
  for (let i = start; i < lines.length; i++) {
    const line = (lines[i] ?? '').trimEnd();
    if (i > start && /^\s*(#|$)/.test(line)) continue;
    if (!line.endsWith(escape)) return joined + line;
    joined += line.slice(0, -1);
  }
  return joined;
}

function jsonWords(text: string): string[] | undefined {
  // Asked for every RUN and COPY: an exception takes longer than all the rest.
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Flags and words of an instruction; the words of a JSON list are its strings. */
export function splitInstruction(line: string): { readonly flags: readonly Flag[]; readonly words: readonly string[] } {
  let rest = line.trim().replace(/^\S+\s*/, '');
  const flags: Flag[] = [];
  for (let found = /^--([\w-]+)(?:=(\S*))?(?:\s+|$)/.exec(rest); found;) {
    flags.push({ name: found[1] ?? '', value: found[2] ?? '' });
    rest = rest.slice(found[0].length);
    found = /^--([\w-]+)(?:=(\S*))?(?:\s+|$)/.exec(rest);
  }
  return { flags, words: jsonWords(rest) ?? rest.split(/\s+/).filter((word) => word !== '') };
}

type Resolve = (variable: string) => string | undefined;

const VARIABLE = /^\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/;

interface Expanded {
  readonly text: string;
  readonly length: number;
}

function variableAt(word: string, resolve: Resolve): Expanded | undefined {
  const found = VARIABLE.exec(word);
  if (!found) return undefined;
  const [whole, bare, braced, operator, other = ''] = found;
  const value = resolve(bare ?? braced ?? '');
  if (operator === '+') return { text: value ? other : '', length: whole.length };
  const text = operator === '-' && !value ? other : value;
  return text === undefined ? undefined : { text, length: whole.length };
}

/**
 * What a word stands for; undefined where a variable in it is only known when the image is built.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function expandWord(word: string, resolve: Resolve, escape = '\\'): string | undefined {
  let text = '';
  let quote = '';
  for (let i = 0; i < word.length;) {
    const c = word[i] ?? '';
    const escapes = c === escape && quote !== "'" && (quote === '' || /[\\"$]/.test(word[i + 1] ?? ''));
    if (escapes) {
      text += word[i + 1] ?? '';
      i += 2;
    } else if (c === quote || (quote === '' && /["']/.test(c))) {
      quote = quote === '' ? c : '';
      i++;
    } else if (c === '$' && quote !== "'") {
      const variable = variableAt(word.slice(i), resolve);
      if (!variable) return undefined;
      text += variable.text;
      i += variable.length;
    } else {
      text += c;
      i++;
    }
  }
  return text;
}

/** A source that is no path of the context: a URL, a git repository, a here-document. */
const isElsewhere = (source: string): boolean => /^<<|^[a-z+]+:\/\/|^git@/.test(source);

/** An expanded source as a path or a pattern; a backslash that is left takes the meaning of what follows it away. */
export function neededPath(source: string): NeededPath | undefined {
  if (isElsewhere(source)) return undefined;
  const glob = /[*?[]/.test(source.replaceAll(/\\./g, ''));
  return { path: glob ? source : source.replaceAll(/\\(.)/g, '$1'), glob };
}
