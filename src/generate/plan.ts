import { finishPlan } from '../plan/finish.ts';
import type { FinishedPlan } from '../plan/plan.ts';
import { rebasePlan } from '../plan/rebase.ts';
import { planRequestOf, type Project } from './project.ts';

/** The whole build plan of a project: the language's, moved to the project's root, with what every image has. */
export function planProject(project: Project): FinishedPlan {
  const plan = rebasePlan(project.language.plan(planRequestOf(project)), project.root);
  const finished = finishPlan(plan, project.merged.manifest, project.app.path);
  return { ...finished, advice: [...project.advice, ...finished.advice] };
}
