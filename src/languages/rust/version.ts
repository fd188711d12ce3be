import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import { cyclesOf, cycleOf, defaultCycle, lifeOf } from '../../images/catalogue.ts';
import { DEBIAN, officialImage } from '../../images/known.ts';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { miseTools, shownText, toolVersions, versionFile } from '../version-files.ts';
import type { CargoPackage } from './package.ts';
import type { CargoProject } from './project.ts';
import { tableOf } from '../../plan/table.ts';

const PRODUCT = 'rust';
/** Marks a version that is a minimum, in a source's text. */
const AT_LEAST = '>=';

const minor = (version: string): number => Number(version.split('.')[1] ?? 0);

/** Channels that no image has: rustup installs them in the build stage. */
const CHANNEL = /^(?:nightly|beta)(?:-\d{4}-\d{2}-\d{2})?$/;

/**
 * Newer compilers build older code (https://doc.rust-lang.org/edition-guide/editions/), so `rust-version`, the edition
 * and the lock's format are minimums; what names a toolchain is followed as precisely as it is written.
 */
function readVersion(text: string): string | undefined {
  const newest = defaultCycle(PRODUCT)?.cycle;
  const minimum = text.startsWith(AT_LEAST);
  const word = text
    .replace(AT_LEAST, '')
    .trim()
    .replace(/-(x86_64|aarch64)-[\w-]+$/, '');
  if (/^(stable|latest|\*)$/.test(word) && newest !== undefined) return newest;
  if (CHANNEL.test(word)) return word;
  const version = /^[~^=v]?\s*(\d+(?:\.\d+){0,2})$/.exec(word)?.[1];
  if (version === undefined) return undefined;
  if (newest === undefined || (!minimum && version.includes('.'))) return version;
  if (!version.includes('.')) return newest;
  return minor(newest) >= minor(version) ? newest : version.split('.').slice(0, 2).join('.');
}

const toolchainFile = z.looseObject({
  toolchain: z.looseObject({
    channel: z.string().optional(),
    targets: z.array(z.string()).optional(),
  }),
});

const parsedToml = (text: string): unknown => {
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
};

/** `rust-toolchain.toml`, or the older `rust-toolchain`, which may hold the channel alone. https://rust-lang.github.io/rustup/overrides.html */
function readToolchain(
  inventory: Inventory,
  file: string,
): { channel?: string; targets: readonly string[]; line: number } | undefined {
  const text = inventory.text(file);
  if (text === undefined) return undefined;
  const parsed = toolchainFile.safeParse(parsedToml(text)).data?.toolchain;
  const line = text.split('\n').findIndex((l) => /^\s*channel\s*=/.test(l));
  if (parsed)
    return {
      ...(parsed.channel === undefined ? {} : { channel: parsed.channel }),
      targets: parsed.targets ?? [],
      line: line + 1,
    };
  const first = text.trim().split('\n')[0]?.trim() ?? '';
  return /^[\w.-]+$/.test(first) ? { channel: first, targets: [], line: 1 } : undefined;
}

export const TOOLCHAIN_FILES = ['rust-toolchain', 'rust-toolchain.toml'] as const;

const foldersOf = ({ workFolder }: CargoProject, { folder }: CargoPackage): string[] => [
  ...new Set([folder, workFolder, '']),
];

function fromToolchainFiles(project: CargoProject, own: CargoPackage): VersionSource[] {
  return foldersOf(project, own).flatMap((folder) =>
    TOOLCHAIN_FILES.flatMap((name) => {
      const file = joinPath(folder, name);
      const found = readToolchain(project.inventory, file);
      if (found?.channel === undefined) return [];
      const channel = shownText(found.channel);
      return [
        { text: channel, from: { file, ...(found.line > 0 ? { line: found.line } : {}), why: `channel ${channel}` } },
      ];
    }),
  );
}

/** Targets that the toolchain file asks for beside the machine's own; as far as they are names of targets. */
export const extraTargets = (project: CargoProject, own: CargoPackage): string[] =>
  foldersOf(project, own)
    .flatMap((folder) => TOOLCHAIN_FILES.map((name) => readToolchain(project.inventory, joinPath(folder, name))))
    .flatMap((found) => found?.targets ?? [])
    .filter((target) => /^[a-z0-9_]+(-[a-z0-9_.]+){1,4}$/.test(target));

function lineOf(inventory: Inventory, file: string, key: string): { line?: number } {
  const at = (inventory.text(file) ?? '').split('\n').findIndex((l) => l.trimStart().startsWith(key));
  return at < 0 ? {} : { line: at + 1 };
}

function fromManifest({ inventory }: CargoProject, { folder, rustVersion }: CargoPackage): VersionSource[] {
  if (rustVersion === undefined) return [];
  const file = joinPath(folder, 'Cargo.toml');
  const why = `the newest release that is at least the rust-version ${shownText(rustVersion)}`;
  return [
    { text: `${AT_LEAST}${shownText(rustVersion)}`, from: { file, ...lineOf(inventory, file, 'rust-version'), why } },
  ];
}

/** The first release that knows an edition. https://doc.rust-lang.org/edition-guide/editions/ */
const EDITIONS = tableOf<string>({ '2015': '1.0', '2018': '1.31', '2021': '1.56', '2024': '1.85' });
/** The first release that reads a format of Cargo.lock. https://doc.rust-lang.org/cargo/CHANGELOG.html */
const LOCK_FORMATS: Readonly<Record<number, string>> = { 3: '1.53', 4: '1.78' };

function fromEdition({ inventory }: CargoProject, { folder, edition }: CargoPackage): VersionSource[] {
  const least = edition === undefined ? undefined : EDITIONS[edition];
  if (least === undefined) return [];
  const file = joinPath(folder, 'Cargo.toml');
  return [
    {
      text: `${AT_LEAST}${least}`,
      from: {
        file,
        ...lineOf(inventory, file, 'edition'),
        why: `the newest release; edition ${edition ?? ''} needs ${least}`,
      },
    },
  ];
}

interface Place {
  readonly title: string;
  read(project: CargoProject, own: CargoPackage): VersionSource[];
}

const inFolders =
  (read: (inventory: Inventory, file: string) => VersionSource[], ...names: readonly string[]) =>
  (project: CargoProject, own: CargoPackage): VersionSource[] =>
    foldersOf(project, own).flatMap((folder) =>
      names.flatMap((name) => read(project.inventory, joinPath(folder, name))),
    );

/** The one order in which version files are asked. */
const PLACES: readonly Place[] = [
  { title: 'rust-toolchain, rust-toolchain.toml', read: fromToolchainFiles },
  { title: '.rust-version', read: inFolders(versionFile, '.rust-version', 'rust-version.txt') },
  { title: '.tool-versions', read: inFolders((i, file) => toolVersions(i, file, ['rust']), '.tool-versions') },
  { title: 'mise.toml', read: inFolders((i, file) => miseTools(i, file, ['rust']), 'mise.toml', '.mise.toml') },
  { title: 'rust-version of Cargo.toml, as a minimum', read: fromManifest },
  { title: 'edition of Cargo.toml, as a minimum', read: fromEdition },
];

export const versionOrder: readonly string[] = ['runtime in the manifest', ...PLACES.map((place) => place.title)];

export const isVersionFile = (path: string): boolean =>
  /(^|\/)(rust-toolchain(\.toml)?|\.rust-version|rust-version\.txt)$/.test(path);

/** The release to build with, and what named it. */
export function rustVersion(project: CargoProject, own: CargoPackage): ChosenVersion {
  const sources = PLACES.flatMap((place) => place.read(project, own));
  const chosen = chooseVersion(PRODUCT, sources, readVersion);
  return { ...chosen, rejected: chosen.rejected.filter((r) => r.value !== chosen.version) };
}

export interface Toolchain {
  readonly image: ImageRef;
  /** A channel that rustup has to install, because no image has it. */
  readonly channel: string | undefined;
}

/** `alpine`: for a static program with musl. */
export function toolchainOf(version: string, flavour: '' | 'alpine'): Toolchain {
  const channel = CHANNEL.test(version) ? version : undefined;
  const line = channel === undefined ? version : (defaultCycle(PRODUCT)?.cycle ?? '1');
  const known = cycleOf(PRODUCT, line)?.cycle;
  const patch = known !== undefined && known !== line && known === defaultCycle(PRODUCT)?.cycle && flavour === '';
  const image = patch ? { image: 'rust', tag: `${line}-${DEBIAN.codename}` } : officialImage('rust', line, flavour);
  return { image, channel };
}

const atLeast = (version: string, least: string): boolean =>
  CHANNEL.test(version) || minor(version) >= minor(least) || !version.includes('.');

/**
 * The image with the toolchain has a C library that finds users and hosts by itself; older ones load a library for it.
 * https://sourceware.org/glibc/wiki/Release/2.34
 */
export const hasWholeLibc = (version: string): boolean => atLeast(version, '1.72');

export function versionAdvice(version: string, project: CargoProject, own: CargoPackage): Advice[] {
  const edition = own.edition === undefined ? undefined : EDITIONS[own.edition];
  const format = project.lock && LOCK_FORMATS[project.lock.format];
  const wanted = [
    ...(edition === undefined ? [] : [{ least: edition, why: `edition ${own.edition ?? ''}` }]),
    ...(format === undefined ? [] : [{ least: format, why: `version ${project.lock?.format ?? ''} of Cargo.lock` }]),
  ].filter(({ least }) => !atLeast(version, least));
  const old = wanted.map(({ least, why }) => ({
    code: 'runtime-too-old',
    detail: `Rust ${version} cannot build this: ${why} needs at least ${least}.`,
    hint: 'Name a newer release in rust-toolchain.toml, or leave it out.',
  }));
  const { state } = lifeOf(PRODUCT, version);
  const ended = state === 'ended' && minor(version) < minor(cyclesOf(PRODUCT)[0]?.cycle ?? version) - 4;
  if (old.length > 0 || !ended) return old;
  return [
    {
      code: 'runtime-end-of-life',
      detail: `Rust ${version} gets no fixes: only the newest release does.`,
      hint: `A newer compiler builds the same code: ${cyclesOf(PRODUCT)[0]?.cycle ?? 'the newest'} is the newest release.`,
    },
  ];
}
