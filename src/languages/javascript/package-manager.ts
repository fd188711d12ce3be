import semver from 'semver';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { cyclesOf } from '../../images/catalogue.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Rejected } from '../language.ts';
import type { Lockfile, LockOwner } from './lockfile.ts';
import { lineOfKey, type Package } from './package-json.ts';

export type ManagerName = 'npm' | 'yarn' | 'pnpm' | 'bun';

export interface PackageManager {
  readonly name: ManagerName;
  /** What `npm install -g` is asked for: a version, a line, or a range; undefined where nothing says. */
  readonly version: string | undefined;
  /** Yarn from version 2 on: another program than the first. https://yarnpkg.com/migration/overview */
  readonly berry: boolean;
  /** The program that the project brings along (`yarnPath`). */
  readonly release?: string;
  readonly from: Evidence;
  readonly rejected: readonly Rejected[];
}

/** How yarn lays out what it installs. https://yarnpkg.com/features/linkers */
export type Linker = 'pnp' | 'node-modules' | 'pnpm';

const yarnrc = z.looseObject({
  yarnPath: z.string().optional().catch(undefined),
  nodeLinker: z.enum(['pnp', 'node-modules', 'pnpm']).optional().catch(undefined),
});

export interface YarnSettings {
  readonly yarnPath?: string | undefined;
  readonly nodeLinker?: Linker | undefined;
}

export function yarnSettings(inventory: Inventory): YarnSettings {
  try {
    return yarnrc.safeParse(parseYaml(inventory.text('.yarnrc.yml') ?? '', { logLevel: 'error' })).data ?? {};
  } catch {
    return {};
  }
}

interface Said {
  readonly name: ManagerName;
  readonly version: string | undefined;
  readonly from: Evidence;
}

const isManager = (name: string | undefined): name is ManagerName =>
  name === 'npm' || name === 'yarn' || name === 'pnpm' || name === 'bun';

/** Nothing but a version or a range reaches a command, and it is quoted there. */
const isRange = (version: string | undefined): version is string =>
  version !== undefined && semver.validRange(version) !== null && version.trim() !== '*' && version.length < 60;

/** `pnpm@10.4.1+sha512.…`: the field that Corepack reads. https://nodejs.org/api/corepack.html */
function fromField(root: Package): Said[] {
  const field = root.json.packageManager;
  const [, name, version] = /^(\w+)(?:@([^+]+))?/.exec(field ?? '') ?? [];
  if (!isManager(name)) return [];
  return [
    {
      name,
      version: isRange(version) ? version : undefined,
      from: { ...lineOfKey(root, 'packageManager'), why: `packageManager: ${name}@${version ?? '*'}` },
    },
  ];
}

const fromDevEngines = (root: Package): Said[] =>
  (root.json.devEngines.packageManager ?? []).flatMap(({ name, version }): Said[] =>
    isManager(name)
      ? [
          {
            name,
            version: isRange(version) ? version : undefined,
            from: { ...lineOfKey(root, 'devEngines', 'packageManager'), why: `devEngines.packageManager: ${name}` },
          },
        ]
      : [],
  );

const fromEngines = (root: Package, source: 'engines' | 'volta'): Said[] =>
  (['pnpm', 'yarn', 'bun', 'npm'] as const).flatMap((name): Said[] => {
    const version = root.json[source][name];
    return version === undefined
      ? []
      : [
          {
            name,
            version: isRange(version) ? version : undefined,
            from: { ...lineOfKey(root, source, name), why: `${source}.${name}: ${version}` },
          },
        ];
  });

/** Files that only one manager reads, beside lockfiles. */
const SETTINGS: readonly (readonly [string, ManagerName])[] = [
  ['pnpm-workspace.yaml', 'pnpm'],
  ['.yarnrc.yml', 'yarn'],
  ['.pnp.cjs', 'yarn'],
  ['bunfig.toml', 'bun'],
];

const fromFiles = (inventory: Inventory): Said[] =>
  SETTINGS.filter(([file]) => inventory.isFile(file)).map(([file, name]) => ({
    name,
    version: undefined,
    from: { file, why: `${file} is read by ${name}` },
  }));

const fromLocks = (locks: readonly Lockfile[]): Said[] =>
  [...locks.filter((l) => l.drift === undefined), ...locks.filter((l) => l.drift !== undefined)].map(
    ({ file, owner }) => ({
      name: owner,
      version: undefined,
      from: { file, why: `a lockfile of ${owner}` },
    }),
  );

/** The newest line of a manager that takes a lock of this format as it is. */
const LINE_BY_FORMAT: Readonly<Record<'pnpm' | 'yarn', (format: string) => string | undefined>> = {
  pnpm: (format) => ({ '5.3': '7', '5.4': '7', '6.0': '8', '6.1': '8' })[format],
  yarn: (format) => {
    const version = Number(format);
    if (version === 1) return '1';
    if (version <= 4) return '2';
    return version <= 6 ? '3' : '4';
  },
};

/**
 * A range as something short to ask for: the exact version, the line that wrote the lock where it fits (another would
 * refuse the lock, or write it anew), the newest line that fits, or the range itself.
 */
function narrowed(name: ManagerName, range: string, byLock: string | undefined): string {
  if (semver.valid(range)) return range;
  const lines = cyclesOf(name).filter(({ latest }) => latest !== undefined && semver.satisfies(latest, range));
  const line = lines.find(({ cycle }) => cycle === byLock) ?? lines[0];
  return line?.cycle ?? range;
}

const releaseVersion = (path: string): string | undefined => /yarn-(\d+\.\d+\.\d+[\w.-]*)\.c?js$/.exec(path)?.[1];

function yarnVersion(said: string | undefined, settings: YarnSettings, byLock: string | undefined): string | undefined {
  const vendored = settings.yarnPath === undefined ? undefined : releaseVersion(settings.yarnPath);
  return said ?? vendored ?? byLock;
}

/**
 * The package manager: packageManager, devEngines.packageManager, lockfiles (one that fits package.json first), files
 * that only one of them reads, engines, volta; else npm. The version comes from whoever names this manager with one.
 */
export function packageManagerOf(
  inventory: Inventory,
  root: Package,
  locks: readonly Lockfile[],
  asked?: string,
): PackageManager {
  const said: Said[] = [
    ...fromField(root),
    ...fromDevEngines(root),
    ...fromLocks(locks),
    ...fromFiles(inventory),
    ...fromEngines(root, 'engines').filter((s) => s.name !== 'npm'),
    ...fromEngines(root, 'volta').filter((s) => s.name !== 'npm'),
  ];
  const first: Said = said[0] ?? {
    name: 'npm',
    version: undefined,
    from: { file: root.file, why: 'nothing names another' },
  };
  const chosen: Said =
    isManager(asked) && asked !== first.name
      ? { name: asked, version: undefined, from: { why: 'the manifest asks for it' } }
      : first;
  const rejected = said
    .filter((s) => s.name !== chosen.name)
    .map((s): Rejected => ({ value: s.name, from: { ...s.from, why: `${s.from.why}; ${chosen.from.why}` } }));
  const named = [...said, ...fromEngines(root, 'engines'), ...fromEngines(root, 'volta')].find(
    (s) => s.name === chosen.name && s.version !== undefined,
  );
  const lock = locks.find((l) => l.owner === chosen.name);
  const settings = yarnSettings(inventory);
  const base = { name: chosen.name, from: chosen.from, rejected, berry: false };
  const byLock =
    lock?.format === undefined || (chosen.name !== 'pnpm' && chosen.name !== 'yarn')
      ? undefined
      : LINE_BY_FORMAT[chosen.name](lock.format);
  if (chosen.name === 'yarn') {
    const version = yarnVersion(named?.version, settings, byLock);
    const line = version === undefined ? undefined : narrowed('yarn', version, byLock);
    const berry = line === undefined ? inventory.isFile('.yarnrc.yml') : (semver.minVersion(line)?.major ?? 1) > 1;
    const release = settings.yarnPath?.replace(/^\.\//, '');
    return {
      ...base,
      berry,
      version: line ?? (berry ? '4' : '1'),
      ...(release !== undefined && inventory.isFile(release) ? { release } : {}),
    };
  }
  return { ...base, version: named?.version === undefined ? byLock : narrowed(chosen.name, named.version, byLock) };
}

/** The lockfile that the manager goes by. */
export const lockOf = (manager: PackageManager, locks: readonly Lockfile[]): Lockfile | undefined => {
  const owner: LockOwner = manager.name;
  return locks.find((l) => l.owner === owner);
};
