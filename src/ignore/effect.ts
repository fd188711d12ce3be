import { baseName, parentOf, type Inventory } from '../inventory/inventory.ts';
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

const MAX_SCANNED = 20_000_000;

/** What cannot be compiled fits nothing: whether that is a fault is the matcher's to say, when it is first used. */
function testOf(pattern: string): (path: string) => boolean {
  try {
    return compilePattern(pattern).test;
  } catch {
    return () => false;
  }
}

/** Measures many patterns against one tree: what lies below a folder is added up once, and most patterns are looked up. */
export class EffectMeter {
  readonly #tree: Inventory;
  readonly #below = new Map<string, { files: number; bytes: number }>();
  readonly #byName = new Map<string, string[]>();
  #scans = 0;

  constructor(tree: Inventory) {
    this.#tree = tree;
    for (const { path, kind, size } of tree.entries) {
      const name = baseName(path);
      const same = this.#byName.get(name);
      if (same) same.push(path);
      else this.#byName.set(name, [path]);
      if (kind === 'directory') {
        this.#below.set(path, { files: 0, bytes: 0 });
        continue;
      }
      for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
        const sum = this.#below.get(parent);
        if (!sum) continue;
        sum.files++;
        sum.bytes += size;
      }
    }
  }

  #candidates(pattern: string): readonly string[] {
    if (EXACT.test(pattern)) return [pattern];
    const name = ANYWHERE.exec(pattern)?.[1];
    if (name !== undefined) return this.#byName.get(name) ?? [];
    const test = testOf(pattern);
    return this.#tree.entries.filter((e) => test(e.path)).map((e) => e.path);
  }

  /** Whether a pattern fits any path; past a bound on the work, that it does. */
  fits({ text }: Pattern): boolean {
    if (EXACT.test(text) || ANYWHERE.test(text)) return this.#candidates(text).some((p) => this.#tree.entry(p));
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
        const sum = this.#below.get(path);
        matches += sum?.files ?? 0;
        saves += sum?.bytes ?? 0;
      } else {
        matches++;
        saves += entry.size;
      }
    }
    return { matches, saves };
  }
}
