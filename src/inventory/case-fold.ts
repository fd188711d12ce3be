/** Names that are legal side by side on Linux, and one and the same elsewhere. */

/** Its own lower case and normal form: nothing has to be made to see whether another path differs in those only. */
const PLAIN = /^[ -@[-~]*$/;

/**
 * Paths that macOS and Windows, or a Unicode normaliser, take for one, in groups of two and more, sorted; `has` says
 * whether a path is among them.
 */
export function collisions(paths: Iterable<string>, has: (path: string) => boolean): string[][] {
  const folded = new Map<string, string | string[]>();
  const found: string[][] = [];
  for (const path of paths) {
    if (PLAIN.test(path)) continue;
    const key = path.normalize('NFC').toLowerCase();
    // A path that is its own form is found by the others.
    if (key === path) continue;
    const known = folded.get(key) ?? (has(key) ? key : undefined);
    if (known === undefined) {
      folded.set(key, path);
    } else if (typeof known === 'string') {
      const group = [known, path];
      folded.set(key, group);
      found.push(group);
    } else {
      known.push(path);
    }
  }
  return found.map((group) => group.sort());
}
