import type { Variant } from '../manifest/schema.ts';
import type { Advice } from './plan.ts';

/** What a kind of base image costs, for those who ask for it: said once, whatever the language. */
const costs: Readonly<Record<Exclude<Variant, 'slim'>, Omit<Advice, 'code'>>> = {
  alpine: {
    detail:
      'Alpine has musl in place of glibc: what was compiled for glibc does not run, packages without a musl build are compiled (slow, and they need compilers), and name resolution, memory allocation and locales behave differently.',
    hint: 'variant=slim has glibc. Test under load before you trust this one.',
  },
  distroless: {
    detail:
      'A distroless image has no shell and no package manager: `docker exec … sh`, commands that need a shell, steps of the entry point and run.packages do not work in it.',
    hint: 'For a shell beside it: `docker run -it --rm --pid=container:NAME --network=container:NAME busybox`, or `kubectl debug --image=busybox --target=…`.',
  },
  debian: {
    detail:
      'The full Debian image brings compilers, headers and tools that a running program seldom needs: it is several hundred megabytes larger than slim, with more to patch.',
    hint: 'variant=slim with run.packages adds what is missing.',
  },
  scratch: {
    detail:
      'The image holds the program and nothing else: no C library, no shell, no users, and only the certificates and time zones that are copied in.',
    hint: 'variant=distroless has the same for one or two megabytes more, with an entry for its user and a place for temporary files.',
  },
};

/** The warning for a variant that was asked for; none for one that a language takes by itself. */
export function variantAdvice(asked: Variant | undefined, own: Variant): Advice[] {
  if (asked === undefined || asked === 'slim' || asked === own) return [];
  return [{ code: `variant-${asked}`, ...costs[asked] }];
}
