import { parentOf } from '../inventory/inventory.ts';
import { Problem } from '../problems/problem.ts';
import type { Pattern } from './parse.ts';
import { compilePattern } from './pattern.ts';

/**
 * The list against the tree. Docker walks the tree and hands each folder's matches on to what lies in it, so the
 * answer for a path depends on its parents' bits and not on whether "any parent matches".
 * https://github.com/moby/patternmatcher (MatchesUsingParentResults), https://github.com/tonistiigi/fsutil (filter.go)
 */

export interface Decision {
  readonly ignored: boolean;
  /** Index of the pattern that decided; undefined where none matched. */
  readonly by: number | undefined;
}

interface Visited extends Decision {
  /** A bit a pattern: whether it matched here or above. */
  readonly bits: Uint8Array;
  /** An excluded folder that is not looked into: nothing below can come back. */
  readonly pruned: boolean;
}

export interface IgnoreMatcher {
  /** The decision for a path of the tree. Throws `invalid-dockerignore` for a pattern that fails when it is first used. */
  decide(path: string, directory?: boolean): Decision;
  /** By the "any parent matches" reading, which Docker's sender uses for a second look. */
  matchesAnyParent(path: string): boolean;
}

/** Folders whose bits are kept at once; more are worked out again. */
const CACHED_FOLDERS = 10_000;

const withoutTrailingGlob = (pattern: string): string => pattern.replace(/\/\*\*$/, '').replace(/\/\*$/, '');

class Matcher implements IgnoreMatcher {
  readonly #patterns: readonly Pattern[];
  readonly #tests: (((path: string) => boolean) | undefined)[];
  readonly #folders = new Map<string, Visited>();
  /** Where folders that can be left out whole are told; see fsutil's onlyPrefixExcludeExceptions. */
  readonly #exceptions: readonly string[] | undefined;

  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
    this.#tests = patterns.map(() => undefined);
    const exceptions = patterns.filter((p) => p.negated).map((p) => withoutTrailingGlob(p.text));
    this.#exceptions = exceptions.some((e) => /[*[\]?^\\]/.test(e)) ? undefined : exceptions.map((e) => `${e}/`);
  }

  #matches(index: number, path: string): boolean {
    const test = (this.#tests[index] ??= this.#compile(index));
    return test(path);
  }

  #compile(index: number): (path: string) => boolean {
    const pattern = this.#patterns[index];
    if (!pattern) throw new RangeError(`no pattern ${index}`);
    try {
      return compilePattern(pattern.text);
    } catch (cause) {
      const where = `.dockerignore:${pattern.line}`;
      const detail = `the pattern "${pattern.raw.trim()}" is not valid`;
      throw new Problem('invalid-dockerignore', {
        detail: `${where}: ${detail}; Docker refuses it when it is first used.`,
        hint: 'Write a special character as a class of one, such as [x].',
        errors: [{ pointer: where, detail }],
        cause,
      });
    }
  }

  #visit(path: string, directory: boolean): Visited {
    const parent = parentOf(path);
    const above = parent === '' ? undefined : this.#folder(parent);
    if (above?.pruned) return above;
    const bits = new Uint8Array(this.#patterns.length);
    let ignored = false;
    let by: number | undefined;
    for (const [i, { negated }] of this.#patterns.entries()) {
      if (above?.bits[i] !== 1) {
        if (negated !== ignored || !this.#matches(i, path)) continue;
      }
      bits[i] = 1;
      ignored = !negated;
      by = i;
    }
    return { ignored, by, bits, pruned: directory && ignored && this.#canPrune(path) };
  }

  #canPrune(path: string): boolean {
    return this.#exceptions !== undefined && !this.#exceptions.some((e) => e.startsWith(`${path}/`));
  }

  #folder(path: string): Visited {
    const known = this.#folders.get(path);
    if (known) return known;
    const visited = this.#visit(path, true);
    if (this.#folders.size >= CACHED_FOLDERS) this.#folders.clear();
    this.#folders.set(path, visited);
    return visited;
  }

  decide(path: string, directory = false): Decision {
    const { ignored, by } = directory ? this.#folder(path) : this.#visit(path, false);
    return { ignored, by };
  }

  matchesAnyParent(path: string): boolean {
    const parts = path.split('/');
    const heads = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
    let ignored = false;
    for (const [i, { negated }] of this.#patterns.entries()) {
      if (negated === ignored && heads.some((head) => this.#matches(i, head))) ignored = !negated;
    }
    return ignored;
  }
}

export const createMatcher = (patterns: readonly Pattern[]): IgnoreMatcher => new Matcher(patterns);
