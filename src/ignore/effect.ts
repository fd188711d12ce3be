import { baseName, parentOf, rangeBelow, type Inventory } from '../inventory/inventory.ts';
import type { Pattern } from './parse.ts';
import { compilePattern } from './pattern.ts';

/** Files and bytes that a pattern, by itself, leaves out of a project. */
export interface Effect {
  readonly matches: number;
  readonly saves: number;
}

/** A pattern without wildcards: one path. */
const EXACT = /^[^*?[\]\\]+$/;
/** A name at any depth, which most patterns are. */
const ANYWHERE = /^\*\*\/([^*?[\]\\/{}|^]+)$/;

const nameOf = (pattern: string): string | undefined => ANYWHERE.exec(pattern)?.[1];

const MAX_SCANNED = 20_000_000;

/** What cannot be compiled fits nothing: whether that is a fault is the matcher's to say, when it is first used. */
function testOf(pattern: string): (path: string) => boolean {
  try {
    return compilePattern(pattern).test;
  } catch {
    return () => false;
  }
}

/** Measures many patterns against one tree, which is sorted: what lies below a folder is a difference of two sums. */
export class EffectMeter {
  readonly #tree: Inventory;
  /** Files, and bytes, before each entry. */
  readonly #files: Uint32Array;
  readonly #bytes: Float64Array;
  /** The paths that have one of the names of the patterns. */
  readonly #byName: ReadonlyMap<string, string[]>;
  #scans = 0;

  constructor({ tree, patterns }: { readonly tree: Inventory; readonly patterns: readonly Pattern[] }) {
    const { entries } = tree;
    this.#tree = tree;
    this.#files = new Uint32Array(entries.length + 1);
    this.#bytes = new Float64Array(entries.length + 1);
    this.#byName = new Map(patterns.flatMap(({ text }) => nameOf(text) ?? []).map((name) => [name, []]));
    for (const [i, { path, kind, size }] of entries.entries()) {
      this.#files[i + 1] = (this.#files[i] ?? 0) + (kind === 'directory' ? 0 : 1);
      this.#bytes[i + 1] = (this.#bytes[i] ?? 0) + size;
      if (this.#byName.size > 0) this.#byName.get(baseName(path))?.push(path);
    }
  }

  #below(directory: string): { readonly files: number; readonly bytes: number } {
    const [from, to] = rangeBelow(this.#tree.entries, directory);
    const between = (sums: Uint32Array | Float64Array): number => (sums[to] ?? 0) - (sums[from] ?? 0);
    return { files: between(this.#files), bytes: between(this.#bytes) };
  }

  #candidates(pattern: string): readonly string[] {
    if (EXACT.test(pattern)) return [pattern];
    const named = this.#byName.get(nameOf(pattern) ?? '');
    if (named) return named;
    const test = testOf(pattern);
    return this.#tree.entries.filter((e) => test(e.path)).map((e) => e.path);
  }

  /** Whether a pattern fits any path; past a bound on the work, that it does. */
  fits({ text }: Pattern): boolean {
    if (EXACT.test(text) || this.#byName.has(nameOf(text) ?? ''))
      return this.#candidates(text).some((p) => this.#tree.entry(p));
    this.#scans++;
    if (this.#scans * this.#tree.entries.length > MAX_SCANNED) return true;
    const test = testOf(text);
    return this.#tree.entries.some((e) => test(e.path));
  }

  of({ text }: Pattern): Effect {
    const matched = new Set<string>();
    let matches = 0;
    let saves = 0;
    // Sorted, a folder comes before what lies in it.
    for (const path of this.#candidates(text)) {
      const entry = this.#tree.entry(path);
      if (!entry) continue;
      let parent = parentOf(path);
      while (parent !== '' && !matched.has(parent)) parent = parentOf(parent);
      if (parent !== '') continue;
      if (entry.kind === 'directory') {
        matched.add(path);
        const below = this.#below(path);
        matches += below.files;
        saves += below.bytes;
      } else {
        matches++;
        saves += entry.size;
      }
    }
    return { matches, saves };
  }
}
