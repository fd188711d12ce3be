import { EffectMeter, type Effect } from './effect.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { createMatcher } from './matcher.ts';
import { namedPaths, type NeededPath } from './needed.ts';
import { parsePattern, type Pattern } from './parse.ts';
import { ignorePurposes, type IgnoreRule } from './rule.ts';

/** With the files that this pattern, by itself, leaves out of the project. */
export type GeneratedPattern = IgnoreRule & Effect;

export interface GeneratedIgnore {
  readonly patterns: readonly GeneratedPattern[];
  /** The patterns in groups, each under a comment that says what it is for. */
  readonly lines: readonly string[];
}

const headings: Readonly<Record<IgnoreRule['purpose'], string>> = {
  'version-control': 'Version control and pipelines',
  dependencies: 'Dependencies: installed in the image',
  'build-output': 'Build output: made in the image',
  cache: 'Caches',
  logs: 'Logs',
  editor: 'Editors and desktops',
  test: 'Tests and their output',
  secret: 'Secrets and settings of one machine',
  container: 'Files about the image',
  needed: 'Needed by the Dockerfile',
};

/** Whether a rule would take away something that the Dockerfile copies by its name. */
function takesAway(rule: IgnoreRule, needed: readonly string[]): boolean {
  if (rule.pattern.startsWith('!')) return false;
  const pattern = parsePattern(rule.pattern);
  if (!pattern) return false;
  const matcher = createMatcher([pattern]);
  return needed.some((path) => matcher.decide(path).ignored);
}

/** Writes patterns as lines: a group for each purpose, in the order of `ignorePurposes`. */
export function groupedLines(patterns: readonly IgnoreRule[]): string[] {
  return ignorePurposes
    .flatMap((purpose) => {
      const group = patterns.filter((p) => p.purpose === purpose);
      return group.length === 0 ? [] : ['', `# ${headings[purpose]}`, ...group.map((p) => p.pattern)];
    })
    .slice(1);
}

/**
 * Makes an ignore file from rules, each pattern once. No pattern is written that would take away a path which the
 * Dockerfile names. Measured against the files of the project, where they are known.
 */
export function generateIgnore(
  rules: readonly IgnoreRule[],
  inventory: Inventory,
  needed: readonly NeededPath[],
): GeneratedIgnore {
  const names = needed.flatMap((n) => namedPaths(n, inventory));
  const unique = [...new Map(rules.map((rule) => [rule.pattern, rule])).values()];
  const safe = unique.filter((rule) => !takesAway(rule, names));
  const parsed = safe.map(({ pattern }) => parsePattern(pattern));
  const meter = new EffectMeter({ tree: inventory, patterns: parsed.filter((p) => p !== undefined) });
  const measured = (pattern: Pattern | undefined): Effect =>
    pattern && !pattern.negated ? meter.of(pattern) : { matches: 0, saves: 0 };
  const patterns = safe
    .map((rule, i) => ({ ...rule, ...measured(parsed[i]) }))
    .sort((a, b) => ignorePurposes.indexOf(a.purpose) - ignorePurposes.indexOf(b.purpose));
  return { patterns, lines: groupedLines(patterns) };
}
