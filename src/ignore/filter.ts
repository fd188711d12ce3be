import { parentOf, type Entry } from '../inventory/inventory.ts';
import type { Decision, IgnoreMatcher } from './matcher.ts';

/** What an ignore list leaves of a tree. */
export interface Filtered {
  /** What is sent: included files and links, included folders, and the parents of what is included. Sorted. */
  readonly kept: readonly Entry[];
  readonly ignored: readonly { readonly entry: Entry; readonly by: number }[];
  /** Files that a local docker build would send with no content, by a fault of its sender; see docs/dockerignore.md. */
  readonly emptied: readonly string[];
}

/** Filters the entries of a tree (parents present, sorted). */
export function filterEntries(entries: readonly Entry[], matcher: IgnoreMatcher): Filtered {
  const folders = new Set<string>();
  const emptied: string[] = [];
  const decisions = entries.map((entry): Decision => {
    const { path, kind } = entry;
    const decision = matcher.decide(path, kind === 'directory');
    if (decision.ignored) return decision;
    if (kind === 'directory') folders.add(path);
    for (let parent = parentOf(path); parent !== '' && !folders.has(parent); parent = parentOf(parent))
      folders.add(parent);
    if (kind === 'file' && decision.by !== undefined && matcher.matchesAnyParent(path)) emptied.push(path);
    return decision;
  });
  const kept: Entry[] = [];
  const ignored: { entry: Entry; by: number }[] = [];
  for (const [i, entry] of entries.entries()) {
    const decision = decisions[i];
    if (!decision?.ignored || (entry.kind === 'directory' && folders.has(entry.path))) kept.push(entry);
    else ignored.push({ entry, by: decision.by ?? -1 });
  }
  return { kept, ignored, emptied };
}
