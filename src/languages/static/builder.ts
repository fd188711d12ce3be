import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { BuildPlan } from '../../plan/plan.ts';
import type { Finding, PlanRequest, Sign } from '../language.ts';

/** A program that makes the pages of a site, which a web server then gives out. */
export interface SiteBuilder {
  readonly id: string;
  /** Files that it is known by, for people. */
  readonly files: readonly string[];
  readonly readsText: (path: string) => boolean;
  /** The configuration of its site; undefined where there is none. */
  readonly config: (inventory: Inventory) => string | undefined;
  /** Evidence that the folder is its site, given its configuration. */
  readonly signs: (inventory: Inventory, config: string) => readonly Sign[];
  readonly findings: (inventory: Inventory, config: string) => readonly Finding[];
  /** Throws `not-plannable` where something that the build needs was not sent. */
  readonly plan: (request: PlanRequest, config: string) => BuildPlan;
  readonly ignored: readonly IgnoreRule[];
}
