import { finishPlan } from '../plan/finish.ts';
import type { FinishedPlan } from '../plan/plan.ts';
import { imageLifeAdvice } from '../plan/image-life.ts';
import { rebasePlan } from '../plan/rebase.ts';
import { variantAdvice } from '../plan/variant.ts';
import { planRequestOf, type Project } from './project.ts';

/** The whole build plan of a project: the language's, moved to the project's root, with what every image has. */
export function planProject(project: Project): FinishedPlan {
  const plan = rebasePlan(project.language.plan(planRequestOf(project)), project.root);
  const { manifest } = project.merged;
  const finished = finishPlan(plan, manifest, project.app.path);
  const variant = variantAdvice(manifest.image?.variant, project.language.facts.variants[0]);
  const lives = imageLifeAdvice(finished, project.language.facts.product);
  return { ...finished, advice: [...project.advice, ...variant, ...finished.advice, ...lives] };
}
