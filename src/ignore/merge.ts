import type { IgnoreMode } from '../manifest/schema.ts';
import { groupedLines, type GeneratedIgnore } from './generate.ts';
import { createMatcher } from './matcher.ts';
import { parseIgnore, parsePattern } from './parse.ts';

const BEGIN = '# --- added by dockwright: what follows is made anew each time ---';
const END = '# --- end of dockwright ---';

/** The user's own lines: all but our block. */
export function ownLines(existing: string): string {
  const begin = existing.indexOf(BEGIN);
  if (begin < 0) return existing;
  const end = existing.indexOf(END, begin);
  const after = end < 0 ? '' : existing.slice(end + END.length).replace(/^\r?\n/, '');
  return existing.slice(0, begin).replace(/(\r?\n)\r?\n$/, '$1') + after;
}

/**
 * Puts ours to the user's: their lines and order are kept byte for byte, ours stand in one marked block at the end,
 * without what is there already and without what would take back a `!` of theirs. A second run changes nothing.
 */
export function mergeIgnore(existing: string | undefined, generated: GeneratedIgnore, mode: IgnoreMode): string {
  const ours = `${generated.lines.join('\n')}\n`;
  if (existing === undefined || mode === 'replace') return ours;
  if (mode === 'keep') return existing;
  const own = ownLines(existing);
  const { patterns } = parseIgnore(own);
  const present = new Set(patterns.map((p) => `${p.negated ? '!' : ''}${p.text}`));
  const reIncluded = patterns.filter((p) => p.negated).map((p) => p.text);
  const missing = generated.patterns.filter(({ pattern }) => {
    const parsed = parsePattern(pattern);
    if (!parsed || present.has(`${parsed.negated ? '!' : ''}${parsed.text}`)) return false;
    if (parsed.negated) return true;
    const matcher = createMatcher([parsed]);
    return !reIncluded.some(
      (text) => text === parsed.text || matcher.decide(text).ignored || parsed.text.startsWith(`${text}/`),
    );
  });
  const useful = missing.some(({ pattern, purpose }) => purpose === 'needed' || !pattern.startsWith('!'));
  if (!useful) return own;
  const gap = own === '' ? '' : own.endsWith('\n') ? '\n' : '\n\n';
  return `${own}${gap}${[BEGIN, ...groupedLines(missing), END].join('\n')}\n`;
}
