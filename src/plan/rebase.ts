import type { BuildPlan, Step } from './plan.ts';

const below = (root: string, source: string): string =>
  source === '.' || source === './' ? `${root}/` : `${root}/${source}`;

function rebaseStep(step: Step, root: string): Step {
  if (step.kind === 'copy' && step.from === undefined) {
    const exclude = step.exclude?.map((pattern) => below(root, pattern));
    const sources = step.sources.map((source) =>
      step.parents ? `${root}/./${source.replace(/^\.\//, '')}` : below(root, source),
    );
    return { ...step, sources, ...(exclude ? { exclude } : {}) };
  }
  if (step.kind !== 'run' || step.mounts === undefined) return step;
  const mounts = step.mounts.map((m) =>
    m.type === 'bind' && m.from === undefined ? { ...m, source: below(root, m.source) } : m,
  );
  return { ...step, mounts };
}

/** Moves steps that were made for a folder of the project to the project's root. */
export const rebaseSteps = (steps: readonly Step[], root: string): Step[] =>
  root === '' ? [...steps] : steps.map((step) => rebaseStep(step, root));

/** Moves a plan that was made for a folder of the project to the project's root, which is the build context. */
export function rebasePlan(plan: BuildPlan, root: string): BuildPlan {
  if (root === '') return plan;
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({ ...stage, steps: rebaseSteps(stage.steps, root) })),
    runtime: { ...plan.runtime, steps: rebaseSteps(plan.runtime.steps, root) },
  };
}
