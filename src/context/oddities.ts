import type { Filtered } from '../ignore/filter.ts';
import { collisions } from '../inventory/case-fold.ts';
import { resolveTarget, type Entry, type Inventory } from '../inventory/inventory.ts';

/** Legal in a context, and a surprise in an image: names that differ in case only, links that lead nowhere. */

export interface Collision {
  readonly paths: readonly string[];
}

export interface BrokenLink {
  readonly path: string;
  readonly target: string;
  /** Its target is not there; it lies outside of the project; it is left out; it leads back to itself. */
  readonly why: 'missing' | 'outside' | 'ignored' | 'loop';
}

export interface Listed<Item> {
  readonly count: number;
  /** The first of them. */
  readonly items: readonly Item[];
}

const SHOWN = 50;

/** A list with its length and its beginning. */
export const listed = <Item>(all: readonly Item[]): Listed<Item> => ({ count: all.length, items: all.slice(0, SHOWN) });

/** Paths of what is sent that macOS and Windows, or a Unicode normaliser, take for one. */
export const findCollisions = ({ kept, keeps }: Filtered): Collision[] =>
  collisions(
    kept.map((e) => e.path),
    keeps,
  ).map((paths) => ({ paths: paths.slice(0, SHOWN) }));

const LINK_HOPS = 40;

function faultOf(link: Entry, tree: Inventory, { keeps }: Filtered): BrokenLink['why'] | undefined {
  let path = link.path;
  for (let hops = 0; hops < LINK_HOPS; hops++) {
    const entry = tree.entry(path);
    if (entry?.kind !== 'symlink') return entry ? (keeps(path) ? undefined : 'ignored') : 'missing';
    const target = resolveTarget(path, entry.target ?? '');
    if (target === undefined) return 'outside';
    if (target === '') return undefined;
    path = target;
  }
  return 'loop';
}

/** Links of what is sent whose target will not be there. */
export const findBrokenLinks = (tree: Inventory, filtered: Filtered): BrokenLink[] =>
  filtered.kept
    .filter((e) => e.kind === 'symlink')
    .flatMap((link): BrokenLink[] => {
      const why = faultOf(link, tree, filtered);
      return why === undefined ? [] : [{ path: link.path, target: link.target ?? '', why }];
    });
