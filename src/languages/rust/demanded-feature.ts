import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import type { Program } from './programs.ts';

/** A feature without which the program does not compile, by its own word: `compile_error!` where none of several is on. */
export interface DemandedFeature {
  readonly feature: string;
  /** Those that would do as well. */
  readonly others: readonly string[];
  readonly from: Evidence;
}

const DEMAND =
  /#!?\[cfg\(\s*not\(\s*(?:any\(\s*((?:feature\s*=\s*"[^"]*"\s*,?\s*)+)\)|(feature\s*=\s*"[^"]*"))\s*,?\s*\)\s*\)\]\s*(?:std::|core::)?compile_error!/g;

/** The features that are on where none is asked for, with all that they turn on. */
function defaults(features: Readonly<Record<string, readonly string[]>>): Set<string> {
  const on = new Set(['default']);
  for (const feature of on) for (const next of features[feature] ?? []) on.add(next);
  return on;
}

/** The first of the features of which one has to be on; undefined where one is, or nothing is demanded. */
export function demandedFeature(
  inventory: Inventory,
  { package: { folder, features, buildScript, lib }, bin }: Program,
): DemandedFeature | undefined {
  const on = defaults(features);
  for (const path of [buildScript, lib, bin.path]) {
    const file = path === undefined ? undefined : joinPath(folder, path);
    for (const [, several, one] of (file === undefined ? '' : (inventory.text(file) ?? '')).matchAll(DEMAND)) {
      const named = [...(several ?? one ?? '').matchAll(/"([\w+.-]+)"/g)].map((m) => m[1] ?? '');
      const [feature, ...others] = named.filter((name) => features[name] !== undefined);
      if (file === undefined || feature === undefined || named.some((name) => on.has(name))) continue;
      return { feature, others, from: { file, why: `does not compile without one of ${named.join(', ')}` } };
    }
  }
  return undefined;
}

export function featureAdvice(inventory: Inventory, program: Program): Advice[] {
  const demanded = demandedFeature(inventory, program);
  if (demanded === undefined || demanded.others.length === 0) return [];
  const { feature, others, from } = demanded;
  return [
    {
      code: 'feature-chosen',
      detail: `The program does not compile without one of several features; it is built with ${feature}, the first.`,
      hint: `For ${others.join(', ')}, make it a default feature in Cargo.toml.`,
      ...(from.file === undefined ? {} : { file: from.file }),
    },
  ];
}
