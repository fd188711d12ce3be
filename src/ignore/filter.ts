import { parentOf, type Entry } from '../inventory/inventory.ts';
import type { IgnoreMatcher } from './matcher.ts';

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
  const included = new Set<string>();
  const ignored: { entry: Entry; by: number }[] = [];
  const emptied: string[] = [];
  for (const entry of entries) {
    const decision = matcher.decide(entry.path, entry.kind === 'directory');
    if (decision.ignored) {
      ignored.push({ entry, by: decision.by ?? -1 });
      continue;
    }
    included.add(entry.path);
    for (let parent = parentOf(entry.path); parent !== '' && !included.has(parent); parent = parentOf(parent))
      included.add(parent);
    if (entry.kind === 'file' && decision.by !== undefined && matcher.matchesAnyParent(entry.path))
      emptied.push(entry.path);
  }
  return {
    kept: entries.filter((e) => included.has(e.path)),
    ignored: ignored.filter(({ entry }) => !included.has(entry.path)),
    emptied,
  };
}
