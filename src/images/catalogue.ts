import data from './catalogue.json' with { type: 'json' };

/**
 * The dated catalogue: which tags the official images have, and how long each release line lives.
 * Times are compared with the catalogue's own date, never with the clock, so that the same input and
 * version give the same answer. `scripts/update-catalogue.ts` renews it.
 */

export interface Cycle {
  /** The release line: `3.14`, `24`, `1.27`. */
  readonly cycle: string;
  /** Dates are ISO days. */
  readonly released?: string | undefined;
  readonly eol?: string | undefined;
  readonly lts?: string | undefined;
  /** The newest patch release at the catalogue's date. */
  readonly latest?: string | undefined;
}

const products: Readonly<Record<string, readonly Cycle[]>> = data.products;
const tags: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries(data.images).map(([image, list]) => [image, new Set(list)]),
);

export const catalogueDates: { readonly tags: string; readonly cycles: string } = data.asOf;

/** All release lines of a product, newest first; empty for one that is not in the catalogue. */
export const cyclesOf = (product: string): readonly Cycle[] => products[product] ?? [];

export const tagsOf = (image: string): ReadonlySet<string> => tags[image] ?? new Set();

/** The first of the tags, most wanted first, that the image is known to have; else the last, which is taken on trust. */
export function pickTag(image: string, wanted: readonly [string, ...string[]]): string {
  const known = tagsOf(image);
  return wanted.find((tag) => known.has(tag)) ?? wanted.at(-1) ?? wanted[0];
}

/** A line that is released, and not past its end, at the catalogue's date. */
export function isSupported({ released, eol }: Cycle, at = catalogueDates.cycles): boolean {
  return (released === undefined || released <= at) && (eol === undefined || eol > at);
}

/** The newest line that is supported; of a product with long-term lines, the newest of those. */
export function defaultCycle(product: string): Cycle | undefined {
  const supported = cyclesOf(product).filter((c) => isSupported(c));
  return supported.find((c) => c.lts !== undefined && c.lts <= catalogueDates.cycles) ?? supported[0];
}

/**
 * The line for a range: the default one if its newest release fits, else the newest supported line
 * that fits, else the newest of all (past its end, which is worth a warning). `fits` gets a full version.
 */
export function cycleFitting(product: string, fits: (version: string) => boolean): Cycle | undefined {
  const fitting = cyclesOf(product).filter((c) => fits(c.latest ?? c.cycle));
  const preferred = defaultCycle(product);
  return fitting.find((c) => c.cycle === preferred?.cycle) ?? fitting.find((c) => isSupported(c)) ?? fitting[0];
}

/** The line that a version such as `3.14.2` or `24` belongs to. */
export function cycleOf(product: string, version: string): Cycle | undefined {
  return cyclesOf(product).find(({ cycle }) => version === cycle || version.startsWith(`${cycle}.`));
}

const DAY = 24 * 60 * 60 * 1000;
const NEAR_END_DAYS = 180;

/** Whether a version's line is past its end of life, or within half a year of it, at the catalogue's date. */
export function lifeOf(
  product: string,
  version: string,
): { readonly state: 'ended' | 'ending' | 'supported' | 'unknown'; readonly eol?: string } {
  const cycle = cycleOf(product, version);
  if (!cycle) return { state: 'unknown' };
  if (cycle.eol === undefined) return { state: 'supported' };
  const days = (Date.parse(cycle.eol) - Date.parse(catalogueDates.cycles)) / DAY;
  return { state: days <= 0 ? 'ended' : days <= NEAR_END_DAYS ? 'ending' : 'supported', eol: cycle.eol };
}
