import { joinPath, parentOf } from '../../inventory/inventory.ts';
import { takesPart } from './constraint.ts';

/** One Go file, read as far as its imports. */
export interface SourceFile {
  readonly path: string;
  /** The name in the package clause; undefined where the text was not kept or has none. */
  readonly package: string | undefined;
  readonly imports: readonly string[];
  /** The comment above `import "C"`, where C code and `#cgo` lines stand; undefined without that import. */
  readonly cgo: string | undefined;
  /** Whether it takes part in a build for Linux, with and without cgo. */
  readonly takesPart: { readonly withCgo: boolean; readonly withoutCgo: boolean };
  readonly hasMain: boolean;
  readonly text: string;
}

/** White space, a line comment, or a block comment. Sticky patterns only: none can look back and try again. */
const GAP = /(?:\s+|;|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const PACKAGE = /package\s+([A-Za-z_]\w*)/y;
const IMPORT = /import\b[ \t]*(\()?/y;
const SPEC = /(?:[\w.]+[ \t]+)?(?:"([^"\n]*)"|`([^`\n]*)`)/y;

function take(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

const gapAt = (text: string, at: number): string => take(GAP, text, at)?.[0] ?? '';

function importsFrom(text: string, start: number): { imports: string[]; cgo: string | undefined } {
  const imports: string[] = [];
  let cgo: string | undefined;
  let at = start;
  for (;;) {
    let above = gapAt(text, at);
    const opens = take(IMPORT, text, at + above.length);
    if (!opens) return { imports, cgo };
    at += above.length + opens[0].length;
    const many = opens[1] !== undefined;
    for (let more = true; more; more = many) {
      const gap = gapAt(text, at);
      const spec = take(SPEC, text, at + gap.length);
      at += gap.length;
      if (!spec) break;
      at += spec[0].length;
      above = many ? above + gap : above;
      const path = spec[1] ?? spec[2] ?? '';
      if (path === 'C') cgo = above;
      else if (path !== '') imports.push(path);
    }
    if (many && text[at] === ')') at++;
  }
}

/** Reads a file's header and imports. The text may be cut off; an absent one gives a file without a package. */
export function readSource(path: string, text: string | undefined): SourceFile {
  const gap = gapAt(text ?? '', 0);
  const clause = take(PACKAGE, text ?? '', gap.length);
  const { imports, cgo } =
    clause && text !== undefined ? importsFrom(text, gap.length + clause[0].length) : { imports: [], cgo: undefined };
  return {
    path,
    package: clause?.[1],
    imports,
    cgo,
    takesPart: { withCgo: takesPart(gap, true), withoutCgo: cgo === undefined && takesPart(gap, false) },
    hasMain: text !== undefined && /^func\s+main\s*\(\s*\)/m.test(text),
    text: text ?? '',
  };
}

/** Comments, strings and runes of Go, for `readCode`. */
export const GO_TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`|'(?:[^'\\\n]|\\.)+'/g;

/** The patterns of `//go:embed` lines. https://pkg.go.dev/embed */
export function embedsOf(text: string): string[] {
  return [...text.matchAll(/^[ \t]*\/\/go:embed[ \t]+(.+)$/gm)].flatMap(({ 1: patterns = '' }) =>
    [...patterns.matchAll(/"([^"]*)"|`([^`]*)`|(\S+)/g)].map((m) => (m[1] ?? m[2] ?? m[3] ?? '').replace(/^all:/, '')),
  );
}

/** What they name, below the scope's root, without the glob parts. */
export const embeddedPlaces = ({ path, text }: Pick<SourceFile, 'path' | 'text'>): string[] =>
  embedsOf(text).map((pattern) => joinPath(parentOf(path), pattern.replace(/\/?[^/]*[*?[].*$/, '').replace(/\/$/, '')));
