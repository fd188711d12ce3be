import type { Advice } from '../plan/plan.ts';
import type { Kit } from './model.ts';

/** One file of the kit, to lie beside the project's own. */
export interface KitFile {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
  /** What it is for, one sentence. */
  readonly why: string;
}

export interface KitPart {
  readonly id: string;
  readonly title: string;
  /** Its files for a project; none where the part has nothing to say of such a project. */
  files(kit: Kit): readonly KitFile[];
  /** What its files leave to be done, or why they are not there. */
  advice?(kit: Kit): readonly Advice[];
}

/** Fixes the type of a part; the list is `kit/index.ts`. */
export const definePart = (part: KitPart): KitPart => part;
