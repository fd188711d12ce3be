import type { NeededPath } from '../ignore/needed.ts';
import type { FinishedPlan, Step } from '../plan/plan.ts';

function sourcesOf(step: Step): NeededPath[] {
  if (step.kind === 'copy' && step.from === undefined) {
    // With --parents, `/./` marks where the kept part of the path begins.
    return step.sources.map((path) => ({ path: path.replaceAll('/./', '/'), glob: step.glob ?? false }));
  }
  if (step.kind !== 'run') return [];
  return (step.mounts ?? []).flatMap((m) =>
    m.type === 'bind' && m.from === undefined ? [{ path: m.source, glob: false }] : [],
  );
}

/** Everything that a plan reads from the build context. */
export const contextSources = (plan: FinishedPlan): NeededPath[] =>
  plan.stages.flatMap((stage) => stage.steps.flatMap(sourcesOf));
