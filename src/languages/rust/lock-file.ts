import semver from 'semver';
import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import type { CargoPackage } from './package.ts';

/** Cargo.lock: which crates are built, and whether it is still that of the manifests. */

const lockSchema = z.looseObject({
  version: z.number().optional(),
  package: z
    .array(
      z.looseObject({
        name: z.string(),
        version: z.string(),
        source: z.string().optional(),
        dependencies: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

export interface LockFile {
  readonly file: string;
  /** The version of the format; 1 where it says nothing. */
  readonly format: number;
  readonly crates: readonly {
    readonly name: string;
    readonly version: string;
    readonly local: boolean;
    readonly dependencies: readonly string[];
  }[];
}

/** Undefined for one that cannot be read: Cargo makes it anew. */
export function readLockFile(text: string, file: string): LockFile | undefined {
  let parsed: unknown;
  try {
    parsed = parseToml(text);
  } catch {
    return undefined;
  }
  const { data } = lockSchema.safeParse(parsed);
  if (!data) return undefined;
  const crates = (data.package ?? []).map(({ name, version, source, dependencies = [] }) => ({
    name,
    version,
    local: source === undefined,
    dependencies: dependencies.map((d) => d.split(' ')[0] ?? d),
  }));
  return { file, format: data.version ?? 1, crates };
}

/** Cargo's requirements as semver has them: a bare version is a caret, a comma is an "and". */
function asRange(requirement: string): string {
  return requirement
    .split(',')
    .map((part) => part.trim())
    .map((part) => (/^\d/.test(part) && !part.includes('*') ? `^${part}` : part.replace(/\s+/g, '')))
    .join(' ');
}

function satisfies(version: string, requirement: string | undefined): boolean {
  if (requirement === undefined) return true;
  const range = semver.validRange(asRange(requirement), { loose: true });
  return range === null || semver.satisfies(version, range, { includePrerelease: true });
}

/** What a lock lacks or has too much, for one package of the project, in words; undefined where it fits. */
function driftOf(lock: LockFile, { name, version, dependencies }: CargoPackage): string | undefined {
  const entry = lock.crates.find((c) => c.local && c.name === name && (version === undefined || c.version === version));
  if (!entry) return `it does not hold ${name}${version === undefined ? '' : ` ${version}`}`;
  const known = new Set(entry.dependencies);
  const wanted = new Set(dependencies.map((d) => d.name));
  const gone = dependencies.find((d) => !known.has(d.name));
  if (gone) return `it does not hold ${gone.name}, which ${name} needs`;
  const extra = entry.dependencies.find((d) => !wanted.has(d));
  if (extra !== undefined) return `it holds ${extra} for ${name}, which does not need it`;
  const older = dependencies.find(
    (d) =>
      d.path === undefined &&
      !d.git &&
      !lock.crates.some((c) => c.name === d.name && satisfies(c.version, d.requirement)),
  );
  return older && `it holds no ${older.name} ${older.requirement ?? ''}`.trim();
}

/** Why `--locked` would be refused; undefined where the lock is that of the manifests. */
export const lockDrift = (lock: LockFile, packages: readonly CargoPackage[]): string | undefined =>
  packages.map((p) => driftOf(lock, p)).find((drift) => drift !== undefined);
