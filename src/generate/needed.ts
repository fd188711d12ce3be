import type { FinishedPlan, Step } from '../plan/plan.ts';

/** A path of the build context that an instruction reads, and which instruction that is. */
export interface ContextSource {
  /** As the instruction names it: a path, a folder, or a pattern. */
  readonly path: string;
  readonly glob: boolean;
  readonly stage: string;
  readonly instruction: 'COPY' | 'RUN --mount';
}

function sourcesOf(step: Step, stage: string): ContextSource[] {
  if (step.kind === 'copy' && step.from === undefined) {
    return step.sources.map((path) => ({ path: path.replace(/^\.\/|\/\.(?=\/)/g, ''), glob: step.glob ?? false, stage, instruction: 'COPY' }));
  }
  if (step.kind !== 'run') return [];
  return (step.mounts ?? [])
    .filter((m) => m.type === 'bind' && m.from === undefined)
    .map((m) => ({ path: 'source' in m ? m.source : '', glob: false, stage, instruction: 'RUN --mount' as const }));
}

/** Everything that a plan reads from the build context. */
export const contextSources = (plan: FinishedPlan): ContextSource[] =>
  plan.stages.flatMap((stage) => stage.steps.flatMap((step) => sourcesOf(step, stage.name)));
