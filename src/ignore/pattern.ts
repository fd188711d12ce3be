import { RE2JS } from 're2js';
import { remembered } from './remembered.ts';

/**
 * One pattern against one path, as moby/patternmatcher has it: equality, a prefix, a suffix, or a regular
 * expression of the RE2 dialect, which runs in linear time whatever the pattern.
 * https://github.com/moby/patternmatcher
 */

type Test = (path: string) => boolean;

/** A pattern that is ready to be used. */
export interface CompiledPattern {
  readonly test: Test;
  /** What a test of a path costs, in steps of which a comparison of texts is one. */
  readonly cost: (path: string) => number;
}

interface Compiled {
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'regexp';
  readonly expression: string;
}

/** What is escaped for the regular expression. `{`, `}`, `|` and `^` are not: in Docker they are live, too. */
const ESCAPED = new Set(['.', '+', '(', ')', '$']);

function translate(pattern: string): Compiled {
  const characters = Array.from(pattern);
  let kind: Compiled['kind'] = 'exact';
  let expression = '^';
  let first = true;
  for (let i = 0; i < characters.length; first = false) {
    const c = characters[i++] ?? '';
    if (c === '*' && characters[i] === '*') {
      i++;
      if (characters[i] === '/') i++;
      if (i < characters.length) {
        expression += '(.*/)?';
        kind = 'regexp';
      } else if (kind === 'exact') {
        kind = 'prefix';
      } else {
        expression += '.*';
        kind = 'regexp';
      }
      if (first) kind = 'suffix';
    } else if (c === '*' || c === '?') {
      expression += c === '*' ? '[^/]*' : '[^/]';
      kind = 'regexp';
    } else if (ESCAPED.has(c)) {
      expression += `\\${c}`;
    } else if (c === '\\') {
      const next = characters[i++];
      expression += next === undefined ? '\\' : `\\${next}`;
      if (next !== undefined) kind = 'regexp';
    } else {
      expression += c;
      if (c === '[' || c === ']') kind = 'regexp';
    }
  }
  return { kind, expression: `${expression}$` };
}

/** `head*tail`, at the root or at any depth, and no other syntax: the same answers as the regular expression, faster. */
function simpleGlob(pattern: string): Test | undefined {
  const found = /^(\*\*\/)?([^*?[\]\\{}|^]*)\*([^*?[\]\\{}|^/]*)$/.exec(pattern);
  if (!found) return undefined;
  const [, anywhere, head = '', tail = ''] = found;
  const fixed = head.length + tail.length;
  if (anywhere === undefined) {
    return (path) =>
      path.length >= fixed && path.startsWith(head) && path.endsWith(tail) && !path.includes('/', head.length);
  }
  if (head === '') return (path) => path.endsWith(tail);
  if (head.includes('/')) return undefined;
  return (path) => {
    if (!path.endsWith(tail)) return false;
    const name = path.lastIndexOf('/') + 1;
    return path.length - name >= fixed && path.startsWith(head, name);
  };
}

/** The literal text that everything has to begin with that a pattern fits; '' where its syntax leaves that open. */
const literalHead = (pattern: string): string =>
  /[{}|^\\]/.test(pattern) ? '' : (/^[^*?[\]]*/.exec(pattern)?.[0] ?? '');

const cheap = (test: Test): CompiledPattern => ({ test, cost: () => 1 });

/** What begins otherwise is told by a comparison; the expression itself takes ten and more, by measurement. */
function regularExpression(expression: string, head: string): CompiledPattern {
  const compiled = RE2JS.compile(expression);
  return {
    test: (path) => path.startsWith(head) && compiled.test(path),
    cost: (path) => (path.startsWith(head) ? 10 + (path.length >> 3) : 1),
  };
}

/** A test for a cleaned pattern. Throws RE2's syntax error for what only fails when it is compiled. */
export const compilePattern = remembered((pattern: string): CompiledPattern => {
  // The expression is made by a scanner that drops a byte order mark; the other kinds compare the text with it.
  const scanned = pattern.replace(/^\uFEFF/, '');
  const { kind, expression } = translate(scanned);
  if (kind === 'exact') return cheap((path) => path === pattern);
  if (kind === 'prefix') {
    const prefix = pattern.slice(0, -2);
    return cheap((path) => path.startsWith(prefix));
  }
  if (kind === 'suffix') {
    const suffix = pattern.slice(2);
    return cheap((path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1)));
  }
  const simple = simpleGlob(scanned);
  return simple ? cheap(simple) : regularExpression(expression, literalHead(scanned));
});
