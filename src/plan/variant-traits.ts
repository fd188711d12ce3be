import { defaultCycle, lifeOf } from '../images/catalogue.ts';
import { DEBIAN } from '../images/known.ts';
import type { Variant } from '../manifest/schema.ts';
import { debugShell } from './debug-shell.ts';
import type { Os } from './plan.ts';

/** The kinds of base image side by side: what each has, what breaks in it, and how long its system is looked after. */
interface Traits {
  readonly os: Os;
  readonly libc: 'glibc' | 'musl' | 'none';
  readonly shell: 'bash' | 'busybox' | 'none';
  readonly packageManager: 'apt' | 'apk' | 'none';
  readonly suits: string;
  /** What is known not to work there, or to work differently. */
  readonly breaks: readonly string[];
}

const NO_SHELL = [
  'commands that need a shell, and steps of the entry point',
  'run.packages: there is no package manager',
  'docker exec … sh: debugging needs a container beside it',
];

const traits: Readonly<Record<Variant, Traits>> = {
  slim: {
    os: 'debian',
    libc: 'glibc',
    shell: 'bash',
    packageManager: 'apt',
    suits: 'most projects: what was compiled for Linux runs, and what is missing can be installed',
    breaks: ['programs that expect compilers or tools such as curl and git at run time: name them in run.packages'],
  },
  debian: {
    os: 'debian',
    libc: 'glibc',
    shell: 'bash',
    packageManager: 'apt',
    suits: 'projects that compile at run time; several hundred megabytes more, with more to patch',
    breaks: [],
  },
  alpine: {
    os: 'alpine',
    libc: 'musl',
    shell: 'busybox',
    packageManager: 'apk',
    suits: 'small images of programs that were tested on musl',
    breaks: [
      'what was compiled for glibc: wheels, native modules, agents of monitoring',
      'packages without a build for musl are compiled, which is slow and needs compilers',
      'name resolution, memory allocation, thread stacks and locales behave differently',
    ],
  },
  distroless: {
    os: 'distroless',
    libc: 'glibc',
    shell: 'none',
    packageManager: 'none',
    suits: 'programs that need nothing but a C library or their runtime: the least to attack and to patch',
    breaks: NO_SHELL,
  },
  scratch: {
    os: 'scratch',
    libc: 'none',
    shell: 'none',
    packageManager: 'none',
    suits: 'programs that are one static file',
    breaks: [
      'programs that are linked with a C library',
      ...NO_SHELL,
      'temporary files, users, time zones and certificates, but for those that are copied in',
    ],
  },
};

export interface VariantFacts extends Traits {
  readonly variant: Variant;
  /** The system's release and until when it gets security fixes. */
  readonly system?: string;
  readonly eol?: string;
  readonly state: 'ended' | 'ending' | 'supported' | 'unknown';
  /** How to look into a container of it. */
  readonly debug: readonly string[];
}

const systemOf = (os: Os): { product: string; version: string; name: string } | undefined => {
  if (os === 'scratch') return undefined;
  if (os === 'alpine') {
    const version = defaultCycle('alpine-linux')?.cycle ?? '';
    return { product: 'alpine-linux', version, name: `Alpine ${version}` };
  }
  return { product: 'debian', version: DEBIAN.version, name: `Debian ${DEBIAN.version} (${DEBIAN.codename})` };
};

export function variantFacts(variant: Variant): VariantFacts {
  const own = traits[variant];
  const system = systemOf(own.os);
  const life = system ? lifeOf(system.product, system.version) : ({ state: 'unknown' } as const);
  return {
    variant,
    ...own,
    ...(system ? { system: system.name } : {}),
    ...life,
    debug: debugShell(own.os).commands,
  };
}
