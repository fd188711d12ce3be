import { firstFrom, parentOf, type Entry } from '../inventory/inventory.ts';
import type { Decision, IgnoreMatcher } from './matcher.ts';

/** What an ignore list leaves of a tree. */
export interface Filtered {
  /** What is sent: included files and links, included folders, and the parents of what is included. Sorted. */
  readonly kept: readonly Entry[];
  /** The rest, sorted. */
  readonly ignored: readonly Entry[];
  /** For each of the ignored, the index of the pattern that decided. */
  readonly ignoredBy: Int32Array;
  /** Files that a local docker build would send with no content, by a fault of its sender; see docs/dockerignore.md. */
  readonly emptied: readonly string[];
  /** Whether a path is sent. */
  readonly keeps: (path: string) => boolean;
  /** The index of the pattern that a path is ignored by; undefined where it is not. */
  readonly patternOf: (path: string) => number | undefined;
}

const placeOf = (sorted: readonly Entry[], path: string): number | undefined => {
  const i = firstFrom(sorted, path);
  return sorted[i]?.path === path ? i : undefined;
};

/** Filters the entries of a tree (parents present, sorted). */
export function filterEntries(entries: readonly Entry[], matcher: IgnoreMatcher): Filtered {
  const folders = new Set<string>();
  const emptied: string[] = [];
  /** For each entry, the pattern that ignores it; -1 for one that is sent. */
  const by = new Int32Array(entries.length);
  let last = '';
  const addParents = (path: string): void => {
    let parent = parentOf(path);
    if (parent === last) return;
    last = parent;
    for (; parent !== '' && !folders.has(parent); parent = parentOf(parent)) folders.add(parent);
  };
  const see = ({ path, kind }: Entry): Decision => {
    const decision = matcher.decide(path, kind === 'directory');
    if (decision.ignored) return decision;
    if (kind === 'directory') folders.add(path);
    addParents(path);
    if (kind === 'file' && decision.by !== undefined && matcher.matchesAnyParent(path)) emptied.push(path);
    return decision;
  };
  for (const [i, entry] of entries.entries()) {
    const decision = see(entry);
    by[i] = decision.ignored ? (decision.by ?? 0) : -1;
  }
  const kept: Entry[] = [];
  const ignored: Entry[] = [];
  const ignoredBy = new Int32Array(entries.length);
  for (const [i, entry] of entries.entries()) {
    const pattern = by[i] ?? -1;
    if (pattern < 0 || (entry.kind === 'directory' && folders.has(entry.path))) kept.push(entry);
    else ignoredBy[ignored.push(entry) - 1] = pattern;
  }
  return {
    kept,
    ignored,
    ignoredBy,
    emptied,
    keeps: (path) => placeOf(kept, path) !== undefined,
    patternOf: (path) => {
      const place = placeOf(ignored, path);
      return place === undefined ? undefined : ignoredBy[place];
    },
  };
}
