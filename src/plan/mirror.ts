import type { Advice, FinishedPlan, ImageRef, Stage, Step } from './plan.ts';

/** `docker.io` is meant where the first part of a name is no host: it has neither a dot nor a port. */
const isOnHub = (image: string): boolean => !image.includes('/') || !/[.:]/.test(image.split('/')[0] ?? '');

/** The reference as people write it; what `pins` are looked up by. */
export const referenceOf = ({ image, tag, digest }: ImageRef): string =>
  `${image}:${tag}${digest === undefined ? '' : `@${digest}`}`;

/** Official images have no namespace in short, but `library/` on a mirror. */
function onMirror(ref: ImageRef, registry: string): ImageRef {
  if (!isOnHub(ref.image)) return ref;
  return { ...ref, image: `${registry}/${ref.image.includes('/') ? '' : 'library/'}${ref.image}` };
}

function mapStep(step: Step, map: (ref: ImageRef) => ImageRef): Step {
  if (step.kind === 'copy' && typeof step.from === 'object') return { ...step, from: map(step.from) };
  return step;
}

/** Every image that a plan names, each once: bases, sources of COPY, the Dockerfile frontend. */
export function imagesOf(plan: FinishedPlan): ImageRef[] {
  const found = new Map<string, ImageRef>();
  const note = (ref: ImageRef): ImageRef => {
    found.set(referenceOf(ref), ref);
    return ref;
  };
  note(plan.syntax);
  for (const stage of plan.stages) {
    if (typeof stage.base === 'object' && 'image' in stage.base) note(stage.base);
    for (const step of stage.steps) mapStep(step, note);
  }
  return [...found.values()];
}

/** Pins images to digests, then takes those of Docker Hub from a mirror; the others are named in an advice. */
export function mapImages(
  plan: FinishedPlan,
  registry: string | undefined,
  pins: Readonly<Record<string, string>>,
): FinishedPlan {
  const map = (ref: ImageRef): ImageRef => {
    const digest = pins[referenceOf(ref)];
    const pinned = digest === undefined ? ref : { ...ref, digest };
    return registry === undefined ? pinned : onMirror(pinned, registry);
  };
  const stages = plan.stages.map((stage): Stage => ({
    ...stage,
    base: typeof stage.base === 'object' && 'image' in stage.base ? map(stage.base) : stage.base,
    steps: stage.steps.map((step) => mapStep(step, map)),
  }));
  const images = imagesOf(plan);
  const known = new Set(images.map(referenceOf));
  const advice: Advice[] = Object.keys(pins)
    .filter((pin) => !known.has(pin))
    .map((pin) => ({
      code: 'pin-not-used',
      detail: `The digest for ${pin} was not used: the Dockerfile names no such image.`,
    }));
  const elsewhere = registry === undefined ? [] : images.filter((ref) => !isOnHub(ref.image));
  for (const ref of elsewhere) {
    advice.push({
      code: 'image-not-mirrored',
      detail: `${referenceOf(ref)} is not on Docker Hub and is not taken from ${registry}.`,
    });
  }
  return { ...plan, syntax: map(plan.syntax), stages, advice: [...plan.advice, ...advice] };
}
