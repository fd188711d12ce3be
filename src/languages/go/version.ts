import { cycleOf, cyclesOf, defaultCycle, isSupported, lifeOf, tagsOf } from '../../images/catalogue.ts';
import { DEBIAN, officialImage } from '../../images/known.ts';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { miseTools, toolVersions, versionFile } from '../version-files.ts';
import type { VersionLine } from './module-file.ts';
import type { GoModule, GoProject } from './project.ts';

const PRODUCT = 'go';
/** asdf calls it golang, mise go. */
const NAMES = ['go', 'golang'];
/** Marks a version that is a minimum, as the lines of go.mod are, in a source's text. */
const AT_LEAST = '>=';

const lineOf = (version: string): string => version.split('.').slice(0, 2).join('.');
const minor = (version: string): number => Number(lineOf(version).split('.')[1] ?? 0);

/**
 * Go reads the lines of go.mod as minimums (https://go.dev/doc/toolchain) and builds older modules with newer
 * toolchains (https://go.dev/doc/go1compat); what reaches into the runtime breaks all the same, often in a dependency
 * (https://go.dev/issue/67401). So a `go` line means its own release, or the nearest after it that is supported; a
 * `toolchain` line is followed as long as its release is.
 */
function readVersion(text: string): string | undefined {
  const minimum = text.startsWith(AT_LEAST);
  const version = /^(?:>=)?(?:go)?(\d+(?:\.\d+)*)/.exec(text.trim())?.[1];
  if (version === undefined) return undefined;
  const newest = defaultCycle(PRODUCT)?.cycle ?? version;
  if (!version.includes('.')) return newest;
  if (!minimum) return lineOf(version);
  const later = cyclesOf(PRODUCT).filter((cycle) => isSupported(cycle) && minor(cycle.cycle) >= minor(version));
  return later.at(-1)?.cycle ?? lineOf(version);
}

function toolchainLine(line: VersionLine | undefined, file: string): VersionSource[] {
  if (!line) return [];
  const cycle = cycleOf(PRODUCT, line.version);
  const current = cycle !== undefined && isSupported(cycle);
  const why = current ? `toolchain go${line.version}` : `toolchain go${line.version}, at least`;
  return [{ text: `${current ? '' : AT_LEAST}${line.version}`, from: { file, line: line.line, why } }];
}

function goLine(line: VersionLine | undefined, file: string): VersionSource[] {
  if (!line) return [];
  const why = `the first supported release that is at least the ${line.version} of the go line`;
  return [{ text: `${AT_LEAST}${line.version}`, from: { file, line: line.line, why } }];
}

interface Place {
  readonly title: string;
  read(project: GoProject, module: GoModule): VersionSource[];
}

const inRootAndModule =
  (read: (inventory: Inventory, file: string) => VersionSource[], ...files: readonly string[]) =>
  ({ inventory }: GoProject, { folder }: GoModule): VersionSource[] =>
    [...new Set([folder, ''])].flatMap((at) => files.flatMap((file) => read(inventory, joinPath(at, file))));

const modFile = ({ folder }: GoModule): string => joinPath(folder, 'go.mod');

/** The one order in which version files are asked. */
const PLACES: readonly Place[] = [
  { title: '.go-version', read: inRootAndModule(versionFile, '.go-version') },
  {
    title: '.tool-versions',
    read: inRootAndModule((inventory, file) => toolVersions(inventory, file, NAMES), '.tool-versions'),
  },
  {
    title: 'mise.toml',
    read: inRootAndModule((inventory, file) => miseTools(inventory, file, NAMES), 'mise.toml', '.mise.toml'),
  },
  {
    title: 'toolchain line of go.work, while its release is supported',
    read: ({ workspace }) => toolchainLine(workspace?.toolchain, 'go.work'),
  },
  {
    title: 'toolchain line of go.mod, while its release is supported',
    read: (_, module) => toolchainLine(module.file?.toolchain, modFile(module)),
  },
  { title: 'go line of go.work, as a minimum', read: ({ workspace }) => goLine(workspace?.go, 'go.work') },
  { title: 'go line of go.mod, as a minimum', read: (_, module) => goLine(module.file?.go, modFile(module)) },
];

export const versionOrder: readonly string[] = ['runtime in the manifest', ...PLACES.map((place) => place.title)];

export const isVersionFile = (path: string): boolean => /(^|\/)\.go-version$/.test(path);

/** The release line to build with, and what named it. */
export function goVersion(project: GoProject, module: GoModule): ChosenVersion {
  const sources = PLACES.flatMap((place) => place.read(project, module));
  const chosen = chooseVersion(PRODUCT, sources, readVersion);
  return { ...chosen, rejected: chosen.rejected.filter((r) => r.value !== chosen.version) };
}

/** The image with the toolchain: as precise as asked, on the Debian release of the other images where it is there. */
export function toolchainImage(version: string): ImageRef {
  const line = cycleOf(PRODUCT, version)?.cycle;
  const patch = line !== undefined && line !== version && tagsOf('golang').has(`${line}-${DEBIAN.codename}`);
  return patch ? { image: 'golang', tag: `${version}-${DEBIAN.codename}` } : officialImage('golang', version, '');
}

export function versionAdvice(version: string): Advice[] {
  const { state, eol } = lifeOf(PRODUCT, version);
  if (state !== 'ended') return [];
  return [
    {
      code: 'runtime-end-of-life',
      detail: `Go ${version} gets no security fixes since ${eol ?? 'some time'}.`,
      hint: `A newer toolchain builds the same code: ${cyclesOf(PRODUCT)[0]?.cycle ?? 'the newest'} is the newest release.`,
    },
  ];
}
