import { lifeOfImage } from '../images/life.ts';
import { imagesOf, referenceOf } from './mirror.ts';
import type { Advice, FinishedPlan } from './plan.ts';

/**
 * Warns of images past their end of life, or within half a year of it. `known` is the product that the language itself
 * speaks of when its line has ended.
 */
export function imageLifeAdvice(plan: FinishedPlan, known: string | undefined): Advice[] {
  const spoken = plan.advice.some((a) => a.code === 'runtime-end-of-life');
  const said = new Set<string>();
  return imagesOf(plan).flatMap((image) =>
    lifeOfImage(referenceOf(image)).flatMap(({ product, version, state, eol = '' }): Advice[] => {
      if (state !== 'ended' && state !== 'ending') return [];
      const what = `${product} ${version}`;
      if (said.has(what) || (product === known && state === 'ended' && spoken)) return [];
      said.add(what);
      return [
        state === 'ended'
          ? {
              code: 'image-end-of-life',
              detail: `${referenceOf(image)} is past its end of life: ${what} gets no security fixes since ${eol}.`,
              hint: 'Move to a release line that is supported: GET /v1/images lists them.',
            }
          : {
              code: 'image-near-end-of-life',
              detail: `${referenceOf(image)} is near its end of life: ${what} gets security fixes until ${eol}.`,
              hint: 'Plan the move to a newer release line: GET /v1/images lists them.',
            },
      ];
    }),
  );
}
