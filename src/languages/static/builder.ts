import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, Evidence, Stage } from '../../plan/plan.ts';
import type { Finding, PlanRequest, Sign } from '../language.ts';

/** How a site is built: its pages lie in the last stage, which is called `build`. */
export interface SiteBuild {
  readonly stages: readonly Stage[];
  /** The folder of its pages in that stage. */
  readonly output: string;
  readonly evidence: Evidence;
  readonly advice: readonly Advice[];
}

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
  readonly build: (request: PlanRequest, config: string) => SiteBuild;
  readonly ignored: readonly IgnoreRule[];
}
