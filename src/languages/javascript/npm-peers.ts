import semver from 'semver';
import * as z from 'zod';
import { joinPath, parentOf } from '../../inventory/inventory.ts';
import { allDependencies, type Package } from './package-json.ts';

/**
 * Whether a lock of npm was made with `--legacy-peer-deps`: without it, `npm ci` refuses such a lock, since it takes
 * peers into account. https://docs.npmjs.com/cli/v11/using-npm/config#legacy-peer-deps
 */

const texts = z.record(z.string(), z.string()).optional().catch(undefined);
const entrySchema = z.looseObject({
  version: z.string().optional().catch(undefined),
  link: z.boolean().optional().catch(undefined),
  optional: z.boolean().optional().catch(undefined),
  devOptional: z.boolean().optional().catch(undefined),
  inBundle: z.boolean().optional().catch(undefined),
  peerDependencies: texts,
  peerDependenciesMeta: z
    .record(z.string(), z.looseObject({ optional: z.boolean().optional().catch(undefined) }).catch({}))
    .optional()
    .catch(undefined),
});

const MODULES = /(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/;

/** Where a package finds a peer: beside itself, or further up. */
function placeOf(places: Readonly<Record<string, unknown>>, path: string, peer: string): string | undefined {
  for (let folder = path.replace(MODULES, ''); ; folder = parentOf(folder)) {
    const place = joinPath(folder, `node_modules/${peer}`);
    if (places[place] !== undefined) return place;
    if (folder === '') return undefined;
  }
}

/** What `npm ci` would refuse, as part of a sentence; undefined where every peer is there and fits. */
export function refusedPeer(places: Readonly<Record<string, unknown>>, root: Package): string | undefined {
  const direct = allDependencies(root);
  if (Object.keys(root.json.overrides).length > 0) return undefined;
  for (const [path, raw] of Object.entries(places)) {
    const entry = MODULES.test(path) ? entrySchema.safeParse(raw).data : undefined;
    if (!entry?.peerDependencies || entry.link || entry.optional || entry.devOptional || entry.inBundle) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    for (const [peer, range] of Object.entries(entry.peerDependencies)) {
      if (entry.peerDependenciesMeta?.[peer]?.optional || semver.validRange(range, { loose: true }) === null) continue;
      const place = placeOf(places, path, peer);
      if (place === undefined) return `${name} wants ${peer} ${range} beside it, which it does not hold`;
      const found = entrySchema.safeParse(places[place]).data;
      // Deeper down, npm makes do with what it finds.
      if (path !== `node_modules/${name}` || direct[name] === undefined || found?.link) continue;
      if (semver.valid(found?.version ?? '') && !semver.satisfies(found?.version ?? '', range, { loose: true }))
        return `${name} wants ${peer} ${range} beside it, and it holds ${found?.version ?? ''}`;
    }
  }
  return undefined;
}
