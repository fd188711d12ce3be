/**
 * Makes src/images/catalogue.json from two dated snapshots:
 *
 *   node scripts/update-catalogue.ts official-image-tags.json end-of-life.json
 *
 * The first holds the tags of Docker's official images ({asOf, images: {image: {tag: [architectures]}}}),
 * the second the cycles of endoflife.date ({asOf, products: {product: [{cycle, released, eol, lts, latest}]}}).
 * Only what an image choice needs is kept: tags of at most two version parts, and every product's cycles.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const tagsFile = z.object({
  asOf: z.string(),
  images: z.record(z.string(), z.record(z.string(), z.array(z.string()))),
});
const cycle = z.object({
  cycle: z.coerce.string(),
  released: z.string().nullish(),
  eol: z.union([z.string(), z.boolean()]).nullish(),
  lts: z.union([z.string(), z.boolean()]).nullish(),
  latest: z.coerce.string().nullish(),
});
const cyclesFile = z.object({ asOf: z.string(), products: z.record(z.string(), z.array(cycle)) });

const [tagsPath, cyclesPath] = process.argv.slice(2);
if (!tagsPath || !cyclesPath) throw new Error('usage: update-catalogue.ts official-image-tags.json end-of-life.json');
const tags = tagsFile.parse(JSON.parse(readFileSync(tagsPath, 'utf8')));
const cycles = cyclesFile.parse(JSON.parse(readFileSync(cyclesPath, 'utf8')));

const date = (value: string | boolean | null | undefined): string | undefined =>
  typeof value === 'string' ? /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] : undefined;

/** `3.14.1-slim` is out, `3.14-slim` is in: patch releases float under their line. */
const floats = (tag: string): boolean =>
  !/\d+\.\d+\.\d+|\d{8}/.test(tag) && !/windows|nanoserver|rc\d|beta|alpha/.test(tag);

const catalogue = {
  asOf: { tags: tags.asOf, cycles: cycles.asOf },
  images: Object.fromEntries(
    Object.entries(tags.images).map(([image, all]) => [image, Object.keys(all).filter(floats)]),
  ),
  products: Object.fromEntries(
    Object.entries(cycles.products).map(([product, list]) => [
      product,
      list.map((c) => ({
        cycle: c.cycle,
        released: date(c.released),
        eol: date(c.eol),
        lts: date(c.lts) ?? (c.lts === true ? c.released : undefined),
        latest: c.latest ?? undefined,
      })),
    ]),
  ),
};
writeFileSync(new URL('../src/images/catalogue.json', import.meta.url), `${JSON.stringify(catalogue)}\n`);
