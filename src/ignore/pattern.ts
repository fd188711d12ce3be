import { RE2JS } from 're2js';

/**
 * One pattern against one path, as moby/patternmatcher has it: equality, a prefix, a suffix, or a regular
 * expression of the RE2 dialect, which runs in linear time whatever the pattern.
 * https://github.com/moby/patternmatcher
 */

type Test = (path: string) => boolean;

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

/** `literal*literal` or `**` + `/*literal` with one star and no other syntax: the same answers as the regular expression, faster. */
function simpleGlob(pattern: string): Test | undefined {
  const found = /^(\*\*\/)?([^*?[\]\\{}|^]*)\*([^*?[\]\\{}|^/]*)$/.exec(pattern);
  if (!found) return undefined;
  const [, anywhere, head = '', tail = ''] = found;
  const fixed = head.length + tail.length;
  if (anywhere === undefined) {
    return (path) =>
      path.length >= fixed && path.startsWith(head) && path.endsWith(tail) && !path.includes('/', head.length);
  }
  if (head !== '') return undefined;
  return (path) => path.endsWith(tail);
}

function regularExpression(expression: string): Test {
  const compiled = RE2JS.compile(expression);
  return (path) => compiled.test(path);
}

/** A test for a cleaned pattern. Throws RE2's syntax error for what only fails when it is compiled. */
export function compilePattern(pattern: string): Test {
  // The expression is made by a scanner that drops a byte order mark; the other kinds compare the text with it.
  const scanned = pattern.replace(/^\uFEFF/, '');
  const { kind, expression } = translate(scanned);
  if (kind === 'exact') return (path) => path === pattern;
  if (kind === 'prefix') {
    const prefix = pattern.slice(0, -2);
    return (path) => path.startsWith(prefix);
  }
  if (kind === 'suffix') {
    const suffix = pattern.slice(2);
    return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
  }
  return simpleGlob(scanned) ?? regularExpression(expression);
}
