import { Problem } from '../problems/problem.ts';
import type { Advice } from '../plan/plan.ts';
import { cleanPath, isWellFormedPattern, trimSpace } from './go-path.ts';
import { remembered } from './remembered.ts';

/** Reading an ignore file into patterns, as `ignorefile.ReadAll` and `patternmatcher.New` do together. */

export interface Pattern {
  /** From 1. */
  readonly line: number;
  /** The line as it stands in the file. */
  readonly raw: string;
  /** Cleaned, without the `!`. */
  readonly text: string;
  /** Re-includes what an earlier pattern left out. */
  readonly negated: boolean;
}

export interface IgnoreList {
  readonly patterns: readonly Pattern[];
  /** What is legal but means something else than it seems to. */
  readonly advice: readonly Advice[];
}

/** Docker's own scanner fails on a longer line. https://pkg.go.dev/bufio#MaxScanTokenSize */
const MAX_LINE_BYTES = 65_535;
/** Ours: the work is patterns times paths. */
const MAX_PATTERNS = 10_000;

function broken(file: string, line: number, detail: string, hint: string): Problem {
  const where = `${file}:${line}`;
  return new Problem('invalid-dockerignore', {
    detail: `${where}: ${detail}.`,
    hint,
    errors: [{ pointer: where, detail }],
  });
}

interface CleanLine {
  /** Cleaned; '' where the line means nothing. */
  readonly text: string;
  readonly negated: boolean;
  readonly fault?: 'no-pattern' | 'malformed';
}

const cleanLine = remembered((raw: string): CleanLine => {
  const trimmed = trimSpace(raw);
  const negated = trimmed.startsWith('!');
  const bare = negated ? trimSpace(trimmed.slice(1)) : trimmed;
  const cleaned = bare === '' ? '' : cleanPath(bare);
  const anchored = cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
  // The list is cleaned once more with the `!` in front, where "!/" becomes "!" and is refused.
  if (negated && (anchored === '' || anchored === '/')) return { text: '', negated, fault: 'no-pattern' };
  const text = trimSpace(anchored);
  return { text, negated, ...(text === '' || isWellFormedPattern(text) ? {} : { fault: 'malformed' as const }) };
});

function patternOf(raw: string, line: number, file: string): Pattern | undefined {
  if (raw === '' || raw.startsWith('#')) return undefined;
  const { text, negated, fault } = cleanLine(raw);
  if (fault === 'no-pattern')
    throw broken(file, line, '"!" without a pattern', 'Name what to include again, or remove the line.');
  if (text === '') return undefined;
  if (fault === 'malformed') {
    throw broken(
      file,
      line,
      `the pattern "${trimSpace(raw)}" has an open bracket, an empty class or a backslash at its end`,
      'Close the class, or write the character as [x].',
    );
  }
  return { line, raw, text, negated };
}

/** Patterns that Docker takes and that do not do what they look like. */
function adviceFor({ line, raw, text }: Pattern, file: string): Advice[] {
  const shown = trimSpace(raw);
  const wild = /[*?[\]\\]/.test(text);
  const notes: [boolean, string, string][] = [
    [
      /\[!/.test(text),
      'ignore-class-negation',
      `"${shown}": [!x] is not a negation here, it matches "!" and "x". Write [^x].`,
    ],
    [
      wild && /[{}|^]/.test(text.replaceAll(/\[\^/g, '[')),
      'ignore-live-characters',
      `"${shown}": {, }, | and ^ act as in a regular expression when the pattern has a wildcard. Write them as [{] and so on.`,
    ],
    [
      /\\[A-Za-z0-9]/.test(text),
      'ignore-letter-escape',
      `"${shown}": a backslash before a letter is a class of the regular expression, not the letter.`,
    ],
    [
      /^\*\*[^/*]/.test(text),
      'ignore-suffix',
      `"${shown}": without a slash after **, this matches every path that ends so.`,
    ],
    [
      /[\t\r]/.test(text),
      'ignore-transport',
      `"${shown}": a tab or carriage return inside a pattern makes a local docker build fail.`,
    ],
  ];
  return notes.filter(([applies]) => applies).map(([, code, detail]) => ({ code, detail, file, line }));
}

function decode(bytes: string | Uint8Array, file: string): string {
  if (typeof bytes === 'string') return bytes;
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw broken(file, 1, 'the file is UTF-16', 'Save it as UTF-8.');
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/**
 * Parses an ignore file. Throws `invalid-dockerignore` with file and line where Docker would refuse the build, and
 * `limit-exceeded` for more patterns than are taken.
 */
export function parseIgnore(content: string | Uint8Array, file = '.dockerignore'): IgnoreList {
  const lines = decode(content, file)
    .replace(/^\uFEFF/, '')
    .split('\n');
  const patterns: Pattern[] = [];
  for (const [i, full] of lines.entries()) {
    const raw = full.endsWith('\r') ? full.slice(0, -1) : full;
    if (full.length > MAX_LINE_BYTES / 4 && Buffer.byteLength(full) > MAX_LINE_BYTES) {
      throw broken(file, i + 1, `the line is longer than ${MAX_LINE_BYTES} bytes`, 'Split it into several patterns.');
    }
    const pattern = patternOf(raw, i + 1, file);
    if (pattern) patterns.push(pattern);
  }
  if (patterns.length > MAX_PATTERNS) {
    throw new Problem('limit-exceeded', {
      detail: `${file} has ${patterns.length} patterns; ${MAX_PATTERNS} are taken.`,
      hint: 'Ignore folders instead of single files.',
      members: { limit: { name: 'patterns', value: MAX_PATTERNS } },
    });
  }
  return {
    patterns,
    get advice() {
      return patterns.flatMap((p) => adviceFor(p, file));
    },
  };
}

/** One pattern by itself; undefined for what means nothing. Throws `invalid-dockerignore`. */
export const parsePattern = remembered((raw: string): Pattern | undefined => parseIgnore(raw).patterns[0]);
