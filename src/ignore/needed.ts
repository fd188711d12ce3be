import type { Inventory } from '../inventory/inventory.ts';
import { cleanPath } from './go-path.ts';
import { createMatcher } from './matcher.ts';
import { parseIgnore } from './parse.ts';

/** A path that the Dockerfile reads from the context; a pattern where `glob` is set. */
export interface NeededPath {
  readonly path: string;
  readonly glob: boolean;
}

/** As the builder cleans a source: relative to the root of the context, which it cannot leave. */
export const cleanSource = (path: string): string => cleanPath(`/${path}`).slice(1);

export const isWhole = (path: string): boolean => cleanSource(path) === '';

/**
 * The paths of the tree that a source of COPY means: itself, or the entries that its pattern matches. Of a folder only
 * the folder: what lies in it is copied as far as it is sent. The whole tree means nothing in particular.
 */
export function namedPaths({ path, glob }: NeededPath, inventory: Inventory): string[] {
  if (isWhole(path)) return [];
  const name = cleanSource(path);
  if (!glob) return [name];
  const matcher = createMatcher(parseIgnore(name).patterns);
  return inventory.entries
    .filter((e) => matcher.decide(e.path, e.kind === 'directory').by !== undefined)
    .map((e) => e.path);
}
