import semver from 'semver';
import * as z from 'zod';
import { joinPath, parentOf } from '../../inventory/inventory.ts';
import { allDependencies, type Package } from './package-json.ts';

/** For what `npm ci` refuses a lock that holds all that package.json asks for. */

const texts = z.record(z.string(), z.string()).optional().catch(undefined);
const entrySchema = z.looseObject({
  version: z.string().optional().catch(undefined),
  link: z.boolean().optional().catch(undefined),
  optional: z.boolean().optional().catch(undefined),
  devOptional: z.boolean().optional().catch(undefined),
  inBundle: z.boolean().optional().catch(undefined),
  os: z.array(z.unknown()).optional().catch(undefined),
  cpu: z.array(z.unknown()).optional().catch(undefined),
  optionalDependencies: texts,
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

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/**
 * An optional dependency that is not held, as part of a sentence: npm leaves those for other machines out of a lock that it
 * makes beside modules that are there already, and since version 11 refuses it. https://github.com/npm/cli/issues/4828
 */
export function missingOptional(places: Readonly<Record<string, unknown>>): string | undefined {
  for (const [path, raw] of Object.entries(places)) {
    const entry = MODULES.test(path) ? entrySchema.safeParse(raw).data : undefined;
    if (!entry?.optionalDependencies || entry.link || entry.inBundle) continue;
    // One that is for some machines only may not be there, and then asks for nothing.
    if (entry.os !== undefined || entry.cpu !== undefined) continue;
    const missing = Object.keys(entry.optionalDependencies).find(
      (name) => places[`${path}/node_modules/${name}`] === undefined && placeOf(places, path, name) === undefined,
    );
    if (missing !== undefined) return `${nameOf(path)} can use ${missing}, which it does not hold`;
  }
  return undefined;
}

/**
 * The peer for which `npm ci` would refuse a lock that was made with `--legacy-peer-deps`, as part of a sentence; undefined
 * where every peer is there and fits. https://docs.npmjs.com/cli/v11/using-npm/config#legacy-peer-deps
 */
export function refusedPeer(places: Readonly<Record<string, unknown>>, root: Package): string | undefined {
  const direct = allDependencies(root);
  if (Object.keys(root.json.overrides).length > 0) return undefined;
  for (const [path, raw] of Object.entries(places)) {
    const entry = MODULES.test(path) ? entrySchema.safeParse(raw).data : undefined;
    if (!entry?.peerDependencies || entry.link || entry.optional || entry.devOptional || entry.inBundle) continue;
    const name = nameOf(path);
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
