import { parentOf } from '../inventory/inventory.ts';
import { Problem } from '../problems/problem.ts';
import type { Pattern } from './parse.ts';
import { compilePattern, type CompiledPattern } from './pattern.ts';

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

/** The work is patterns times paths: this is a hundred patterns on the most entries that an archive may have, and more. */
const MAX_STEPS = 100_000_000;

const tooMuch = (patterns: number, value: number): Problem =>
  new Problem('limit-exceeded', {
    detail: `To match the ${patterns} patterns of the ignore file against all paths takes more than ${value} steps.`,
    hint: 'Ignore folders instead of single files, or leave large folders out of what is sent (tar --exclude=node_modules …).',
    members: { limit: { name: 'ignore steps', value } },
  });

class Matcher implements IgnoreMatcher {
  readonly #patterns: readonly Pattern[];
  readonly #compiled: (CompiledPattern | undefined)[];
  readonly #maxSteps: number;
  #steps = 0;
  readonly #negated: Uint8Array;
  readonly #folders = new Map<string, Visited>();
  /** Where folders that can be left out whole are told; see fsutil's onlyPrefixExcludeExceptions. */
  readonly #exceptions: readonly string[] | undefined;

  constructor(patterns: readonly Pattern[], maxSteps: number) {
    this.#patterns = patterns;
    this.#maxSteps = maxSteps;
    this.#compiled = patterns.map(() => undefined);
    this.#negated = Uint8Array.from(patterns, (p) => (p.negated ? 1 : 0));
    const exceptions = patterns.filter((p) => p.negated).map((p) => withoutTrailingGlob(p.text));
    this.#exceptions = exceptions.some((e) => /[*[\]?^\\]/.test(e)) ? undefined : exceptions.map((e) => `${e}/`);
  }

  #matches(index: number, path: string): boolean {
    const { test, cost } = (this.#compiled[index] ??= this.#compile(index));
    this.#steps += cost(path);
    if (this.#steps > this.#maxSteps) throw tooMuch(this.#patterns.length, this.#maxSteps);
    return test(path);
  }

  #compile(index: number): CompiledPattern {
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

  /** Goes through the list; `bits` gets a mark for each pattern that holds here, where a folder hands them on. */
  #walk(path: string, above: Uint8Array | undefined, bits: Uint8Array | undefined): Decision {
    let ignored = false;
    let by: number | undefined;
    const { length } = this.#patterns;
    for (let i = 0; i < length; i++) {
      const negated = this.#negated[i] === 1;
      if (above?.[i] !== 1 && (negated !== ignored || !this.#matches(i, path))) continue;
      if (bits) bits[i] = 1;
      ignored = !negated;
      by = i;
    }
    return { ignored, by };
  }

  #above(path: string): Visited | undefined {
    const parent = parentOf(path);
    return parent === '' ? undefined : this.#folder(parent);
  }

  #visit(path: string): Visited {
    const above = this.#above(path);
    if (above?.pruned) return above;
    const bits = new Uint8Array(this.#patterns.length);
    const { ignored, by } = this.#walk(path, above?.bits, bits);
    return { ignored, by, bits, pruned: ignored && this.#canPrune(path) };
  }

  #canPrune(path: string): boolean {
    return this.#exceptions !== undefined && !this.#exceptions.some((e) => e.startsWith(`${path}/`));
  }

  #folder(path: string): Visited {
    const known = this.#folders.get(path);
    if (known) return known;
    const visited = this.#visit(path);
    if (this.#folders.size >= CACHED_FOLDERS) this.#folders.clear();
    this.#folders.set(path, visited);
    return visited;
  }

  decide(path: string, directory = false): Decision {
    if (directory) return this.#folder(path);
    const above = this.#above(path);
    return above?.pruned ? above : this.#walk(path, above?.bits, undefined);
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

export const createMatcher = (patterns: readonly Pattern[], maxSteps = MAX_STEPS): IgnoreMatcher =>
  new Matcher(patterns, maxSteps);
