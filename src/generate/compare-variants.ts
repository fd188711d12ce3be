import { referenceOf } from '../plan/mirror.ts';
import { variantFacts, type VariantFacts } from '../plan/variant-traits.ts';
import { lifeOfImage, type ImageLife } from '../images/life.ts';
import { Problem } from '../problems/problem.ts';
import { planProject } from './plan.ts';
import type { Project } from './project.ts';

/** One variant for this very project: the image it would be, or why it cannot be. */
export interface ComparedVariant extends VariantFacts {
  readonly chosen: boolean;
  readonly fits: boolean;
  readonly why?: string;
  readonly image?: string;
  readonly life?: readonly ImageLife[];
}

function runtimeImage(project: Project): string {
  const base = planProject(project).stages.at(-1)?.base;
  return typeof base === 'object' && 'image' in base ? referenceOf(base) : 'scratch';
}

/** The variants of the project's language side by side; each is planned, so that one that cannot be built says so. */
export function compareVariants(project: Project): ComparedVariant[] {
  const { language, merged } = project;
  const taken = runtimeImage(project);
  return language.facts.variants.map((variant) => {
    const facts = variantFacts(variant);
    const manifest = { ...merged.manifest, image: { ...merged.manifest.image, variant } };
    try {
      const image = runtimeImage({ ...project, merged: { ...merged, manifest } });
      return { ...facts, chosen: image === taken, fits: true, image, life: lifeOfImage(image) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { ...facts, chosen: false, fits: false, why: error.detail };
    }
  });
}
