import { heaviest } from './sizes.ts';
import type { Entry } from '../inventory/inventory.ts';

export interface Duplicate {
  readonly bytes: number;
  readonly copies: number;
  /** Bytes that all copies but one take. */
  readonly wasted: number;
  /** The first few. */
  readonly paths: readonly string[];
}

export interface Duplicates {
  readonly groups: number;
  readonly wasted: number;
  readonly largest: readonly Duplicate[];
}

const SHOWN_GROUPS = 20;
const SHOWN_PATHS = 5;

/** Files with the same content, by their digests; what has none (it is small, or was not read) is in no group. */
export function findDuplicates(files: readonly Entry[], digests: ReadonlyMap<string, string>): Duplicates {
  const byDigest = new Map<string, Entry[]>();
  for (const entry of files) {
    const digest = digests.get(entry.path);
    if (digest === undefined) continue;
    const group = byDigest.get(digest);
    if (group) group.push(entry);
    else byDigest.set(digest, [entry]);
  }
  const groups = [...byDigest.values()].flatMap((group): Duplicate[] => {
    const bytes = group[0]?.size ?? 0;
    const paths = group.slice(0, SHOWN_PATHS).map((e) => e.path);
    return group.length < 2 ? [] : [{ bytes, copies: group.length, wasted: bytes * (group.length - 1), paths }];
  });
  return {
    groups: groups.length,
    wasted: groups.reduce((sum, g) => sum + g.wasted, 0),
    largest: heaviest(groups, SHOWN_GROUPS, (g) => g.wasted),
  };
}
