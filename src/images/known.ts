import type { ImageRef } from '../plan/plan.ts';
import { pickTag } from './catalogue.ts';

/** The Debian release that images are taken from where the catalogue knows the tag: one base for all stages. */
export const DEBIAN = { codename: 'trixie', version: '13' } as const;

/** The smallest Debian with a package manager; also where static tools are taken from. */
export const debianSlim: ImageRef = { image: 'debian', tag: `${DEBIAN.codename}-slim` };

/** Distroless images exist for Debian releases only, and have no version tags. https://github.com/GoogleContainerTools/distroless */
export const distroless = (name: string, tag: 'nonroot' | 'debug-nonroot' = 'nonroot'): ImageRef => ({
  image: `gcr.io/distroless/${name}-debian${DEBIAN.version}`,
  tag,
});

/** An official image by version and flavour: `slim` for the small Debian one, '' for the one with compilers. */
export function officialImage(image: string, version: string, flavour: 'slim' | 'alpine' | ''): ImageRef {
  if (flavour === 'alpine') return { image, tag: pickTag(image, [`${version}-alpine`]) };
  if (flavour === '') return { image, tag: pickTag(image, [`${version}-${DEBIAN.codename}`, version]) };
  return {
    image,
    tag: pickTag(image, [
      `${version}-slim-${DEBIAN.codename}`,
      `${version}-${DEBIAN.codename}-slim`,
      `${version}-slim`,
    ]),
  };
}
