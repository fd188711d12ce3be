/**
 * Ignore lists as Docker has them, written for reading and not for speed: one character at a time, one folder after
 * the other. What the fast matcher is held against.
 */

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'name' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'rest' }
  | { readonly kind: 'class'; readonly fits: (c: string) => boolean };

function classAt(pattern: string, at: number): { readonly token: Token; readonly next: number } {
  const end = pattern.indexOf(']', at + 2);
  const body = pattern.slice(at + 1, end);
  const negated = body.startsWith('^');
  const members = negated ? body.slice(1) : body;
  const within = (c: string): boolean => {
    for (let i = 0; i < members.length; i++) {
      const low = members[i] ?? '';
      if (members[i + 1] === '-') {
        if (c >= low && c <= (members[i + 2] ?? '')) return true;
        i += 2;
      } else if (c === low) {
        return true;
      }
    }
    return false;
  };
  return { token: { kind: 'class', fits: (c) => within(c) !== negated }, next: end + 1 };
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length;) {
    if (pattern.startsWith('**', i)) {
      i += pattern[i + 2] === '/' ? 3 : 2;
      tokens.push({ kind: i >= pattern.length ? 'rest' : 'folders' });
    } else if (pattern[i] === '*') {
      tokens.push({ kind: 'name' });
      i++;
    } else if (pattern[i] === '?') {
      tokens.push({ kind: 'one' });
      i++;
    } else if (pattern[i] === '[') {
      const { token, next } = classAt(pattern, i);
      tokens.push(token);
      i = next;
    } else {
      const escaped = pattern[i] === '\\';
      tokens.push({ kind: 'text', text: pattern[escaped ? i + 1 : i] ?? '' });
      i += escaped ? 2 : 1;
    }
  }
  return tokens;
}

function fits(tokens: readonly Token[], path: string): boolean {
  const [token, ...later] = tokens;
  if (!token) return path === '';
  const [c = ''] = path;
  const rest = path.slice(1);
  if (token.kind === 'rest') return true;
  if (token.kind === 'text') return c === token.text && fits(later, rest);
  if (token.kind === 'one') return c !== '' && c !== '/' && fits(later, rest);
  if (token.kind === 'class') return c !== '' && token.fits(c) && fits(later, rest);
  if (token.kind === 'name') return fits(later, path) || (c !== '' && c !== '/' && fits(tokens, rest));
  if (fits(later, path)) return true;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    if (fits(later, path.slice(slash + 1))) return true;
  return false;
}

/** One pattern against one path; a pattern that is `**` and plain text, or plain text and `**`, is the end or the begin. */
export function slowMatch(pattern: string, path: string): boolean {
  const plain = (text: string): boolean => !/[*?[\]\\]/.test(text);
  if (pattern.startsWith('**') && plain(pattern.slice(2))) {
    const end = pattern.slice(2);
    return path.endsWith(end) || (end.startsWith('/') && path === end.slice(1));
  }
  return fits(tokensOf(pattern), path);
}

export interface SlowPattern {
  readonly text: string;
  readonly negated: boolean;
}

/** A folder: its names, with a folder for each that is one. */
export type SlowTree = ReadonlyMap<string, SlowTree | undefined>;

/** Files and folders that are sent, by a walk that hands each folder's matches on to what lies in it. */
export function slowWalk(patterns: readonly SlowPattern[], tree: SlowTree): string[] {
  const sent = new Set<string>();
  const exceptions = patterns.filter((p) => p.negated).map((p) => p.text.replace(/\/\*\*$/, '').replace(/\/\*$/, ''));
  const mayComeBack = (folder: string): boolean =>
    exceptions.some((e) => /[*?[\]^\\]/.test(e)) || exceptions.some((e) => `${e}/`.startsWith(`${folder}/`));

  const visit = (folder: SlowTree, above: string, inherited: readonly boolean[]): void => {
    for (const [name, inside] of folder) {
      const path = above === '' ? name : `${above}/${name}`;
      let ignored = false;
      const holds = patterns.map(({ text, negated }, i) => {
        const matters = negated === ignored;
        const hit = inherited[i] === true || (matters && slowMatch(text, path));
        if (hit) ignored = !negated;
        return hit;
      });
      if (!ignored) {
        sent.add(path);
        for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
          sent.add(path.slice(0, slash));
      }
      if (inside && (!ignored || mayComeBack(path))) visit(inside, path, holds);
    }
  };
  visit(
    tree,
    '',
    patterns.map(() => false),
  );
  return [...sent].sort();
}
