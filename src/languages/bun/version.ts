import semver from 'semver';
import { cyclesOf } from '../../images/catalogue.ts';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { lineOfKey, type Package } from '../javascript/package-json.ts';
import { miseTools, toolVersions, versionFile } from '../version-files.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';

/** Which Bun: the files that name one, in one order. */

const PRODUCT = 'bun';

function readBunVersion(text: string): string | undefined {
  const said = text
    .trim()
    .toLowerCase()
    .replace(/^(bun-?)?v?(?=\d)/, '');
  if (said === 'latest' || said === 'canary' || said === '*') return cyclesOf(PRODUCT)[0]?.cycle;
  if (/^\d+(\.\d+){0,2}$/.test(said)) return said;
  if (said.length > 100 || semver.validRange(said) === null) return undefined;
  const line = cyclesOf(PRODUCT).find(({ latest }) => latest !== undefined && semver.satisfies(latest, said));
  return line?.cycle ?? semver.minVersion(said)?.version;
}

interface Place {
  readonly title: string;
  read(inventory: Inventory, packages: readonly Package[]): VersionSource[];
}

const inFiles =
  (read: (inventory: Inventory, file: string) => VersionSource[], ...names: readonly string[]) =>
  (inventory: Inventory, packages: readonly Package[]): VersionSource[] =>
    [...new Set([...packages.map((p) => p.folder), ''])].flatMap((folder) =>
      names.flatMap((name) => read(inventory, joinPath(folder, name))),
    );

const source = (pkg: Package, text: string | undefined, ...keys: readonly string[]): VersionSource[] =>
  text === undefined ? [] : [{ text: text.slice(0, 60), from: { ...lineOfKey(pkg, ...keys), why: keys.join('.') } }];

/** The one order in which version files are asked. */
const PLACES: readonly Place[] = [
  { title: '.bun-version', read: inFiles(versionFile, '.bun-version') },
  {
    title: '.tool-versions',
    read: inFiles((inventory, file) => toolVersions(inventory, file, ['bun']), '.tool-versions'),
  },
  {
    title: 'mise.toml',
    read: inFiles((inventory, file) => miseTools(inventory, file, ['bun']), 'mise.toml', '.mise.toml'),
  },
  {
    title: 'packageManager in package.json',
    read: (_, packages) =>
      packages.flatMap((pkg) =>
        source(pkg, /^bun@(\d[\w.-]*)/.exec(pkg.json.packageManager ?? '')?.[1], 'packageManager'),
      ),
  },
  {
    title: 'devEngines.runtime in package.json',
    read: (_, packages) =>
      packages.flatMap((pkg) =>
        source(
          pkg,
          (pkg.json.devEngines.runtime ?? []).find((r) => r.name === 'bun')?.version,
          'devEngines',
          'runtime',
        ),
      ),
  },
  {
    title: 'engines.bun in package.json',
    read: (_, packages) => packages.flatMap((pkg) => source(pkg, pkg.json.engines['bun'], 'engines', 'bun')),
  },
];

export const bunVersionOrder: readonly string[] = ['runtime in the manifest', ...PLACES.map((place) => place.title)];

/** The version of Bun for packages, the app's first and then its workspace's root. */
export function bunVersion(inventory: Inventory, packages: readonly Package[]): ChosenVersion {
  const sources = PLACES.flatMap((place) => place.read(inventory, packages));
  const chosen = chooseVersion(PRODUCT, sources, readBunVersion);
  return { ...chosen, rejected: chosen.rejected.filter((r) => r.value !== chosen.version) };
}
