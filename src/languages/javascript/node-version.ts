import semver from 'semver';
import { cycleOf, cyclesOf, defaultCycle, isSupported, lifeOf, tagsOf } from '../../images/catalogue.ts';
import { DEBIAN, officialImage } from '../../images/known.ts';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { officialLine, ownImages } from '../own-image.ts';
import { miseTools, toolVersions, versionFile } from '../version-files.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { allDependencies, lineOfKey, type Package } from './package-json.ts';
import { tableOf } from '../../plan/table.ts';

/** Which Node.js: the files that name one, in one order, each read as its own tool reads it. */

const NODE = 'nodejs';

/** Names of long-term lines. https://github.com/nodejs/Release/blob/main/CODENAMES.md */
const CODENAMES = tableOf<string>({
  argon: '4',
  boron: '6',
  carbon: '8',
  dubnium: '10',
  erbium: '12',
  fermium: '14',
  gallium: '16',
  hydrogen: '18',
  iron: '20',
  jod: '22',
  krypton: '24',
});

const longTerm = (): string | undefined => defaultCycle(NODE)?.cycle;
const newest = (): string | undefined => cyclesOf(NODE).find((c) => isSupported(c))?.cycle;

/** A range as a release line: the long-term one if it fits, else the newest supported that does, else the newest. */
function lineFor(range: string): string | undefined {
  const fits = (line: string, latest: string | undefined): boolean =>
    semver.satisfies(latest ?? `${line}.0.0`, range) || semver.intersects(`^${line}.0.0`, range);
  const fitting = cyclesOf(NODE).filter((c) => fits(c.cycle, c.latest));
  const preferred = longTerm();
  const line = fitting.find((c) => c.cycle === preferred) ?? fitting.find((c) => isSupported(c)) ?? fitting[0];
  if (!line) return undefined;
  if (line.latest !== undefined && semver.satisfies(line.latest, range)) return line.cycle;
  // The range ends before the line's newest release: the tag has to be as fine as the range.
  const floor = semver.minVersion(range);
  return floor === null
    ? line.cycle
    : semver.subset(`~${floor.major}.${floor.minor}.0`, range)
      ? `${floor.major}.${floor.minor}`
      : floor.version;
}

/** Reads what a version file or a field says: a version, a range, an alias. Undefined for what names none. */
export function readNodeVersion(text: string): string | undefined {
  const said = text
    .replace(/#.*/, '')
    .trim()
    .toLowerCase()
    .replace(/^(node|nodejs)[@-]/, '');
  if (said === '') return undefined;
  if (said === 'latest' || said === 'node' || said === 'current' || said === 'stable') return newest();
  if (/^lts(\/\*|-\*)?$/.test(said) || said === '--lts' || said === '*' || said === 'x') return longTerm();
  const codename = /^lts[/-]([a-z]+)$/.exec(said)?.[1] ?? said;
  if (CODENAMES[codename] !== undefined) return CODENAMES[codename];
  const exact = /^[v=]*(\d+(?:\.\d+){0,2})$/.exec(said)?.[1];
  if (exact !== undefined) return exact;
  const range = said.length > 100 ? null : semver.validRange(said);
  return range === null ? undefined : lineFor(range);
}

/** What came out of a file and goes into a sentence: short, and without control characters. */
const shown = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 60);

function field(pkg: Package, source: 'volta' | 'engines'): VersionSource[] {
  const text = pkg.json[source]['node'];
  return text === undefined
    ? []
    : [{ text: shown(text), from: { ...lineOfKey(pkg, source, 'node'), why: `${source}.node: ${shown(text)}` } }];
}

function devEngines(pkg: Package): VersionSource[] {
  const found = (pkg.json.devEngines.runtime ?? []).find((r) => r.name === 'node')?.version;
  return found === undefined
    ? []
    : [
        {
          text: shown(found),
          from: { ...lineOfKey(pkg, 'devEngines', 'runtime'), why: `devEngines.runtime: node ${shown(found)}` },
        },
      ];
}

/** As asdf and mise call it. */
const NAMES = ['nodejs', 'node'];

/** The newest release line that a line of node-sass is built for. https://github.com/sass/node-sass#readme */
const NODE_SASS = tableOf<string>({ '4': '14', '5': '14', '6': '16', '7': '16', '8': '18', '9': '20' });

function nodeSass(pkg: Package): VersionSource[] {
  const range = allDependencies(pkg)['node-sass'] ?? '';
  const least = semver.validRange(range) === null ? null : semver.minVersion(range);
  const text = NODE_SASS[String(least?.major)];
  return text === undefined
    ? []
    : [
        {
          text,
          from: { ...lineOfKey(pkg, 'node-sass'), why: `node-sass ${shown(range)} is built for none that is newer` },
        },
      ];
}

interface Place {
  readonly title: string;
  read(inventory: Inventory, packages: readonly Package[]): VersionSource[];
}

type ReadFile = (inventory: Inventory, file: string) => VersionSource[];
/** The app's own file before that of its workspace's root. */
const files =
  (read: ReadFile, ...names: readonly string[]) =>
  (inventory: Inventory, packages: readonly Package[]): VersionSource[] =>
    [...new Set([...packages.map((p) => p.folder), ''])].flatMap((folder) =>
      names.flatMap((name) => read(inventory, joinPath(folder, name))),
    );
const fields =
  (read: (pkg: Package) => VersionSource[]) =>
  (_: Inventory, packages: readonly Package[]): VersionSource[] =>
    packages.flatMap(read);

/** The one order in which version files are asked. */
const PLACES: readonly Place[] = [
  { title: '.nvmrc', read: files(versionFile, '.nvmrc') },
  { title: '.node-version', read: files(versionFile, '.node-version') },
  {
    title: '.tool-versions',
    read: files((inventory, file) => toolVersions(inventory, file, NAMES), '.tool-versions'),
  },
  {
    title: 'mise.toml',
    read: files((inventory, file) => miseTools(inventory, file, NAMES), 'mise.toml', '.mise.toml'),
  },
  { title: 'volta.node in package.json', read: fields((pkg) => field(pkg, 'volta')) },
  { title: 'devEngines.runtime in package.json', read: fields(devEngines) },
  { title: 'engines.node in package.json', read: fields((pkg) => field(pkg, 'engines')) },
  { title: 'what node-sass is built for', read: fields(nodeSass) },
  {
    title: 'FROM in the project’s own Dockerfile',
    read: (inventory, [app]) => ownImages(inventory, app?.folder ?? '', officialLine('node', 1)),
  },
];

export const nodeVersionOrder: readonly string[] = ['runtime in the manifest', ...PLACES.map((place) => place.title)];

export const isNodeVersionFile = (path: string): boolean => /(^|\/)\.(nvmrc|node-version)$/.test(path);

/** The Node.js version for packages, the app's first and then its workspace's root. */
export function nodeVersion(inventory: Inventory, packages: readonly Package[]): ChosenVersion {
  const sources = PLACES.flatMap((place) => place.read(inventory, packages));
  const chosen = chooseVersion(NODE, sources, readNodeVersion);
  return { ...chosen, rejected: chosen.rejected.filter((r) => r.value !== chosen.version) };
}

export const majorOf = (version: string): number => Number(/^\d+/.exec(version)?.[0] ?? longTerm() ?? 24);

/** The official image: as precise as asked, on the Debian release of the other images where it is there. */
export function nodeImage(version: string, flavour: 'slim' | 'alpine' | ''): ImageRef {
  const suffix = flavour === '' ? '' : flavour === 'alpine' ? '-alpine' : '-slim';
  const line = cycleOf(NODE, version)?.cycle;
  const latest = cyclesOf(NODE).find((c) => c.cycle === line)?.latest;
  // The newest patch has no tag of its own in the catalogue, and is on the same release as its line.
  if (
    latest === version &&
    line !== undefined &&
    flavour !== 'alpine' &&
    tagsOf('node').has(`${line}-${DEBIAN.codename}`)
  )
    return { image: 'node', tag: `${version}-${DEBIAN.codename}${suffix}` };
  return officialImage('node', version, flavour);
}

export function nodeVersionAdvice(version: string): Advice[] {
  const { state, eol } = lifeOf(NODE, version);
  if (state !== 'ended' && state !== 'ending') return [];
  return [
    {
      code: 'runtime-end-of-life',
      detail:
        state === 'ended'
          ? `Node.js ${version} gets no security fixes since ${eol ?? 'some time'}.`
          : `Node.js ${version} gets no security fixes from ${eol ?? 'soon'} on.`,
      hint: `Node.js ${longTerm() ?? 'the newest'} is the newest long-term release.`,
    },
  ];
}
