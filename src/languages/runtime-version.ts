import type { Evidence } from '../plan/plan.ts';
import { catalogueDates, defaultCycle } from '../images/catalogue.ts';
import type { Rejected } from './language.ts';

/** A place in the project that may name a version, as it stands there. */
export interface VersionSource {
  readonly text: string;
  readonly from: Evidence;
}

export interface ChosenVersion {
  /** As image tags have it: a release line (`24`, `3.14`), or finer where the project pins finer. */
  readonly version: string;
  readonly from: Evidence;
  readonly rejected: readonly Rejected[];
}

/**
 * Chooses a runtime's version: the first source, in the language's stated order, that `read` understands;
 * else the catalogue's default. What was passed over is returned with the reason.
 */
export function chooseVersion(
  product: string,
  sources: readonly VersionSource[],
  read: (text: string) => string | undefined,
): ChosenVersion {
  const rejected: Rejected[] = [];
  let chosen: Omit<ChosenVersion, 'rejected'> | undefined;
  for (const { text, from } of sources) {
    const version = read(text);
    if (version === undefined)
      rejected.push({ value: text, from: { ...from, why: 'it names no version that is known' } });
    else if (chosen)
      rejected.push({
        value: version,
        from: { ...from, why: `${chosen.from.file ?? 'an earlier source'} comes first` },
      });
    else chosen = { version, from };
  }
  const fallback = {
    version: defaultCycle(product)?.cycle ?? 'latest',
    from: { why: `the newest supported release line in the catalogue of ${catalogueDates.cycles}` },
  };
  return { ...(chosen ?? fallback), rejected };
}
