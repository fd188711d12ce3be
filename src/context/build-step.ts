import type { NeededPath } from '../ignore/needed.ts';

/** An instruction of a Dockerfile, as far as the build context and the build cache are concerned. */
export interface BuildStep {
  /** From 0, in the order of the file. */
  readonly stage: number;
  /** The name of the stage, or its number. */
  readonly stageName: string;
  readonly line: number;
  readonly keyword: string;
  /** Its first line. */
  readonly text: string;
  /** What it reads from the build context. */
  readonly reads: readonly NeededPath[];
  /** Patterns of `--exclude`. */
  readonly exclude: readonly string[];
  /** Earlier stages that it takes from. */
  readonly from: readonly number[];
}
