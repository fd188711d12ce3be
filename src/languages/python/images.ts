import { cycleOf } from '../../images/catalogue.ts';
import { debianSlim, DEBIAN, distroless, officialImage } from '../../images/known.ts';
import type { Variant } from '../../manifest/schema.ts';
import type { ImageRef, Os } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import type { ChosenVersion } from '../runtime-version.ts';

/** Which images a Python is built on and runs in. */
export interface Images {
  readonly build: ImageRef;
  readonly run: ImageRef;
  readonly os: Os;
  readonly why: string;
  /** Without a GIL: the images have no such Python, so uv brings one. */
  readonly freeThreaded: boolean;
}

/** The Python of Debian, which the distroless image has. https://packages.debian.org/trixie/python3 */
const DEBIAN_PYTHON = '3.13';

const lineOf = (version: string): string => version.replace(/t$/, '').split('.').slice(0, 2).join('.');

export const minorOf = (version: string): number => Number(lineOf(version).split('.')[1] ?? 14);

/** The version for a variant: distroless has one only, which is taken where the project leaves it open. */
export function versionFor(
  variant: Variant,
  asked: string,
  chosen: ChosenVersion,
  fits: (version: string) => boolean,
): string {
  if (variant !== 'distroless' || lineOf(asked) === DEBIAN_PYTHON) return asked;
  const open =
    asked === chosen.version && (chosen.from.file === undefined || /requires|python is|made for/.test(chosen.from.why));
  if (open && fits(cycleOf('python', DEBIAN_PYTHON)?.latest ?? DEBIAN_PYTHON)) return DEBIAN_PYTHON;
  throw new Problem('not-plannable', {
    detail: `The distroless image has Debian’s Python ${DEBIAN_PYTHON}, and the project is for Python ${asked}${chosen.from.file === undefined ? '' : ` (${chosen.from.why})`}.`,
    hint: `Ask for variant=slim, or for "runtime": "${DEBIAN_PYTHON}" where the project works with it.`,
  });
}

export function imagesFor(variant: Variant, version: string): Images {
  if (version.endsWith('t')) {
    if (variant === 'alpine' || variant === 'distroless') {
      throw new Problem('not-plannable', {
        detail: `There is no ${variant} image of Python ${version}.`,
        hint: 'Ask for variant=slim.',
      });
    }
    const debian: ImageRef = { image: 'debian', tag: DEBIAN.codename };
    return {
      build: { image: 'buildpack-deps', tag: DEBIAN.codename },
      run: variant === 'debian' ? debian : debianSlim,
      os: 'debian',
      why: 'Debian; Python comes from the build stage',
      freeThreaded: true,
    };
  }
  const full = officialImage('python', version, '');
  if (variant === 'alpine') {
    const image = officialImage('python', version, 'alpine');
    return { build: image, run: image, os: 'alpine', why: 'Python on Alpine', freeThreaded: false };
  }
  if (variant === 'distroless')
    return {
      build: full,
      run: distroless('python3'),
      os: 'distroless',
      why: 'Python and what it needs, without a shell or a package manager',
      freeThreaded: false,
    };
  if (variant === 'debian')
    return {
      build: full,
      run: full,
      os: 'debian',
      why: 'Python on Debian with compilers and common libraries',
      freeThreaded: false,
    };
  return {
    build: full,
    run: officialImage('python', version, 'slim'),
    os: 'debian',
    why: 'Python on a small Debian',
    freeThreaded: false,
  };
}
