/**
 * The parts of Go's standard library that decide how an ignore file is read, where JavaScript's own differ.
 */

/** Go's `unicode.IsSpace`: unlike `trim()`, it holds U+0085 and not U+FEFF. https://pkg.go.dev/unicode#IsSpace */
const SPACE = String.raw`[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const OUTER_SPACE = new RegExp(`^${SPACE}+|${SPACE}+$`, 'gu');

/** https://pkg.go.dev/strings#TrimSpace */
export const trimSpace = (text: string): string => text.replace(OUTER_SPACE, '');

/** https://pkg.go.dev/path/filepath#Clean, for `/` as the separator. */
export function cleanPath(path: string): string {
  if (path === '') return '.';
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push('..');
  }
  const joined = parts.join('/');
  if (rooted) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

/** Where a chunk of a pattern ends: at the next `*` outside brackets; as Go cuts, brackets do not nest. */
function chunkEnd(pattern: readonly string[], start: number): number {
  let inRange = false;
  for (let i = start; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') i++;
    else if (c === '[') inRange = true;
    else if (c === ']') inRange = false;
    else if (c === '*' && !inRange) return i;
  }
  return pattern.length;
}

/** One character of a class, with its escape; the index after it, or undefined for bad syntax. */
function afterClassCharacter(chunk: readonly string[], at: number): number | undefined {
  const c = chunk[at];
  if (c === undefined || c === '-' || c === ']') return undefined;
  const character = c === '\\' ? at + 1 : at;
  return character < chunk.length - 1 ? character + 1 : undefined;
}

/** The index after a class that opens at `at`, or undefined for bad syntax. */
function afterClass(chunk: readonly string[], at: number): number | undefined {
  let i = at + 1;
  if (chunk[i] === '^') i++;
  for (let ranges = 0; ; ranges++) {
    if (chunk[i] === ']' && ranges > 0) return i + 1;
    const low = afterClassCharacter(chunk, i);
    if (low === undefined) return undefined;
    const high = chunk[low] === '-' ? afterClassCharacter(chunk, low + 1) : low;
    if (high === undefined) return undefined;
    i = high;
  }
}

function isWellFormedChunk(chunk: readonly string[]): boolean {
  for (let i = 0; i < chunk.length;) {
    if (chunk[i] === '[') {
      const after = afterClass(chunk, i);
      if (after === undefined) return false;
      i = after;
    } else if (chunk[i] === '\\') {
      if (i + 1 >= chunk.length) return false;
      i += 2;
    } else {
      i++;
    }
  }
  return true;
}

/** Whether `filepath.Match` takes a pattern, rather than answering ErrBadPattern. https://pkg.go.dev/path/filepath#Match */
export function isWellFormedPattern(pattern: string): boolean {
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length;) {
    if (characters[i] === '*') {
      i++;
      continue;
    }
    const end = chunkEnd(characters, i);
    if (!isWellFormedChunk(characters.slice(i, end))) return false;
    i = end;
  }
  return true;
}
