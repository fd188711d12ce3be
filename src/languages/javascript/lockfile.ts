import JSON5 from 'json5';
import semver from 'semver';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import { missingOptional, refusedPeer } from './npm-refusals.ts';
import { allDependencies, type Package } from './package-json.ts';

/** Lockfiles: whose they are, which version wrote them, and whether they still hold what package.json asks for. */

export type LockOwner = 'npm' | 'yarn' | 'pnpm' | 'bun';

export interface Lockfile {
  readonly file: string;
  readonly owner: LockOwner;
  /** The format's version, where the file names it: decides which version of the manager reads it. */
  readonly format?: string;
  /** What package.json asks for and the lock does not hold; undefined where it cannot be told. */
  readonly drift?: string;
  /** Of npm: the peer for which `npm ci` refuses the lock, unless it is told to leave peers alone, as who made it did. */
  readonly refused?: string;
}

const LOCKFILES: readonly (readonly [string, LockOwner])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['yarn.lock', 'yarn'],
  ['npm-shrinkwrap.json', 'npm'],
  ['package-lock.json', 'npm'],
];

export const isLockfile = (path: string): boolean =>
  LOCKFILES.some(([name]) => path === name || path.endsWith(`/${name}`));

const record = z.record(z.string(), z.unknown()).catch({});
const specifiers = z
  .record(
    z.string(),
    z.union([z.string(), z.looseObject({ specifier: z.string() }).transform((d) => d.specifier)]).catch(''),
  )
  .catch({});

function parsed(read: (text: string) => unknown, text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return record.parse(read(text));
  } catch {
    return undefined;
  }
}

const pnpmSettings = z.looseObject({ overrides: record });

/** What the managers put in place of the written ranges, in every package of a workspace: a lock is not held against these. */
function overridesOf(inventory: Inventory, packages: readonly Package[]): readonly string[] {
  const settings = parsed((t) => parseYaml(t, { logLevel: 'error' }), inventory.text('pnpm-workspace.yaml') ?? '');
  return [
    ...packages.flatMap(({ json }) => [json.overrides, json.resolutions, json.pnpm?.overrides ?? {}]),
    pnpmSettings.safeParse(settings).data?.overrides ?? {},
  ].flatMap((all) => Object.keys(all));
}

/** What a package asks for, by name, as far as the lock is held against it. */
type Wanted = (pkg: Package) => [string, string][];

const wantedBut =
  (overrides: readonly string[]): Wanted =>
  (pkg) =>
    Object.entries(allDependencies(pkg)).filter(
      ([name]) => !overrides.some((key) => key === name || key.startsWith(`${name}@`) || key.endsWith(`/${name}`)),
    );

const at = (pkg: Package): string => (pkg.folder === '' ? 'package.json' : pkg.file);

const npmEntry = z.looseObject({
  version: z.string().optional().catch(undefined),
  resolved: z.string().optional().catch(undefined),
  link: z.boolean().optional().catch(undefined),
});

/** npm ci wants each range met by what is locked. https://docs.npmjs.com/cli/v11/commands/npm-ci */
function npmDrift(
  lock: Readonly<Record<string, unknown>>,
  packages: readonly Package[],
  wanted: Wanted,
): string | undefined {
  const places = record.parse(lock['packages']);
  const old = record.parse(lock['dependencies']);
  for (const pkg of packages) {
    if (pkg.folder !== '' && lock['packages'] !== undefined && places[pkg.folder] === undefined)
      return `it does not know ${pkg.folder}`;
    for (const [name, spec] of wanted(pkg)) {
      const raw =
        places[`${pkg.folder === '' ? '' : `${pkg.folder}/`}node_modules/${name}`] ??
        places[`node_modules/${name}`] ??
        old[name];
      if (raw === undefined) {
        if (pkg.json.optionalDependencies[name] !== undefined || (pkg.folder !== '' && lock['packages'] === undefined))
          continue;
        return `${at(pkg)} asks for ${name}, which it does not hold`;
      }
      const entry = npmEntry.safeParse(raw).data;
      if (entry?.version === undefined || entry.link || semver.validRange(spec) === null) continue;
      if (semver.valid(entry.version) && !semver.satisfies(entry.version, spec, { includePrerelease: true }))
        return `${at(pkg)} asks for ${name} ${spec}, and it holds ${entry.version}`;
    }
  }
  return undefined;
}

/** pnpm wants each range written in the lock as it stands in package.json. https://pnpm.io/cli/install#--frozen-lockfile */
function pnpmDrift(
  lock: Readonly<Record<string, unknown>>,
  packages: readonly Package[],
  wanted: Wanted,
): string | undefined {
  const importers = record.parse(lock['importers']);
  for (const pkg of packages) {
    const importer = record.parse(importers[pkg.folder === '' ? '.' : pkg.folder] ?? (pkg.folder === '' ? lock : {}));
    const known = {
      ...specifiers.parse(importer['dependencies'] ?? {}),
      ...specifiers.parse(importer['devDependencies'] ?? {}),
      ...specifiers.parse(importer['optionalDependencies'] ?? {}),
      ...specifiers.parse(importer['specifiers'] ?? {}),
    };
    for (const [name, spec] of wanted(pkg)) {
      if (known[name] === undefined) return `${at(pkg)} asks for ${name}, which it does not hold`;
      if (known[name] !== spec) return `${at(pkg)} asks for ${name} ${spec}, and it was made for ${known[name]}`;
    }
  }
  return undefined;
}

/** The names that entries of a yarn.lock stand under: `lodash@^4.17.0`, `"lodash@npm:^4.17.0"`. */
function yarnKeys(text: string): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const line of text.split('\n')) {
    if (!/^["\w@].*:\s*$/.test(line)) continue;
    for (const key of line.trim().slice(0, -1).replaceAll('"', '').split(', ')) keys.add(key);
  }
  return keys;
}

function yarnDrift(
  text: string,
  packages: readonly Package[],
  wanted: Wanted,
  members: ReadonlySet<string>,
): string | undefined {
  const keys = yarnKeys(text);
  for (const pkg of packages) {
    for (const [name, spec] of wanted(pkg)) {
      if (members.has(name) || /^(workspace|link|portal|file|patch|catalog):/.test(spec)) continue;
      if (!keys.has(`${name}@${spec}`) && !keys.has(`${name}@npm:${spec}`) && !/[:/]/.test(spec))
        return `${at(pkg)} asks for ${name} ${spec}, which it does not hold`;
    }
  }
  return undefined;
}

function bunDrift(
  lock: Readonly<Record<string, unknown>>,
  packages: readonly Package[],
  wanted: Wanted,
): string | undefined {
  const workspaces = record.parse(lock['workspaces']);
  for (const pkg of packages) {
    const own = record.parse(workspaces[pkg.folder]);
    const known = {
      ...specifiers.parse(own['dependencies'] ?? {}),
      ...specifiers.parse(own['devDependencies'] ?? {}),
      ...specifiers.parse(own['optionalDependencies'] ?? {}),
    };
    for (const [name, spec] of wanted(pkg)) {
      if (known[name] === undefined) return `${at(pkg)} asks for ${name}, which it does not hold`;
      if (known[name] !== spec) return `${at(pkg)} asks for ${name} ${spec}, and it was made for ${known[name]}`;
    }
  }
  return undefined;
}

/** The part of a lock before the list of all packages, which can be long: what drift is told from. */
const head = (text: string, mark: string, close = ''): string => {
  const cut = text.indexOf(mark);
  return cut < 0 ? text : `${text.slice(0, cut)}${close}`;
};

interface Read {
  readonly format?: string | undefined;
  readonly drift?: string | undefined;
  readonly refused?: string | undefined;
}

function readLock(
  owner: LockOwner,
  text: string,
  truncated: boolean,
  packages: readonly Package[],
  wanted: Wanted,
  names: ReadonlySet<string>,
): Read {
  if (owner === 'yarn') {
    const format = /^__metadata:\s*\n\s+version: (\d+)/m.exec(text)?.[1];
    return { format: format ?? '1', drift: truncated ? undefined : yarnDrift(text, packages, wanted, names) };
  }
  if (owner === 'pnpm') {
    const format = /^lockfileVersion: '?([\d.]+)/m.exec(text)?.[1];
    const lock = parsed((t) => parseYaml(t, { logLevel: 'error' }), head(text, '\npackages:'));
    return { format, drift: lock ? pnpmDrift(lock, packages, wanted) : undefined };
  }
  if (owner === 'bun') {
    const lock = parsed((t) => JSON5.parse(t), head(text, '\n  "packages": {', '\n}'));
    return { drift: lock ? bunDrift(lock, packages, wanted) : undefined };
  }
  const format = /"lockfileVersion":\s*(\d+)/.exec(text)?.[1];
  const lock = truncated ? undefined : parsed((t) => JSON.parse(t), text);
  if (!lock) return { format };
  const root = packages.find((pkg) => pkg.folder === '');
  const places = record.parse(lock['packages']);
  const drift = npmDrift(lock, packages, wanted) ?? missingOptional(places);
  return { format, drift, refused: drift === undefined && root ? refusedPeer(places, root) : undefined };
}

/** The lockfiles at the root, with what is known of each. `packages`: all whose dependencies they have to hold. */
export function lockfilesOf(inventory: Inventory, packages: readonly Package[]): Lockfile[] {
  const names = new Set(packages.flatMap((p) => (p.json.name === undefined ? [] : [p.json.name])));
  const wanted = wantedBut(overridesOf(inventory, packages));
  return LOCKFILES.filter(([file]) => inventory.isFile(file)).map(([file, owner]): Lockfile => {
    const kept = file.endsWith('lockb') ? undefined : inventory.kept(file);
    const { format, drift, refused } = kept ? readLock(owner, kept.text, kept.truncated, packages, wanted, names) : {};
    return {
      file,
      owner,
      ...(format === undefined ? {} : { format }),
      ...(drift === undefined ? {} : { drift }),
      ...(refused === undefined ? {} : { refused }),
    };
  });
}
