import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import { normalName, parseRequirement } from './requirement.ts';

/** What a lockfile says, in one shape for uv, Poetry, PDM and Pipenv. A lockfile that cannot be read says nothing. */

export interface LockedPackage {
  /** Normalised. */
  readonly name: string;
  readonly version: string | undefined;
  /** Names of the files that an index has of it; empty where the lockfile does not list them. */
  readonly files: readonly string[];
  /** Names of packages that it needs, as far as the lockfile says. */
  readonly needs: readonly string[];
  /** What extras of it need, by extra. */
  readonly extras: Readonly<Record<string, readonly string[]>>;
  readonly git: boolean;
  /** The lockfile names no source of its own for it. */
  readonly fromDefaultIndex: boolean;
  /** A folder of the project, relative to the lockfile; for packages that are built from source. */
  readonly folder: string | undefined;
  /** uv only: what the package's own manifest asked for when the lock was made, each as `name specifier`. */
  readonly asked: readonly { readonly name: string; readonly specifier: string }[] | undefined;
}

export interface Lock {
  readonly file: string;
  readonly packages: ReadonlyMap<string, LockedPackage>;
  /** Digest of the manifest that it was made from. */
  readonly contentHash: string | undefined;
}

const reference = z.union([
  z
    .string()
    .transform((text) => ({ name: parseRequirement(text)?.name ?? '', extras: parseRequirement(text)?.extras ?? [] })),
  z
    .looseObject({ name: z.string(), extra: z.array(z.string()).optional().catch(undefined) })
    .transform(({ name, extra }) => ({ name: normalName(name), extras: extra ?? [] })),
]);
const references = z.union([
  z.array(reference),
  z
    .record(z.string(), z.unknown())
    .transform((all) => Object.keys(all).map((name) => ({ name: normalName(name), extras: [] as string[] }))),
]);
const file = z
  .looseObject({
    url: z.string().optional(),
    filename: z.string().optional(),
    path: z.string().optional(),
    file: z.string().optional(),
  })
  .transform(
    ({ url, filename, path, file }) =>
      filename ?? file ?? (url ?? path ?? '').replace(/[?#].*$/, '').replace(/^.*\//, ''),
  );

const tomlPackage = z.looseObject({
  name: z.string(),
  version: z.string().optional().catch(undefined),
  source: z.record(z.string(), z.unknown()).optional().catch(undefined),
  git: z.string().optional().catch(undefined),
  path: z.string().optional().catch(undefined),
  wheels: z.array(file).optional().catch(undefined),
  sdist: file.optional().catch(undefined),
  files: z.array(file).optional().catch(undefined),
  dependencies: references.optional().catch(undefined),
  extras: z.record(z.string(), z.array(reference)).optional().catch(undefined),
  'optional-dependencies': z.record(z.string(), z.array(reference)).optional().catch(undefined),
  metadata: z
    .looseObject({
      'requires-dist': z
        .array(z.looseObject({ name: z.string(), specifier: z.string().optional(), marker: z.string().optional() }))
        .optional(),
    })
    .optional()
    .catch(undefined),
});

const tomlLock = z.looseObject({
  package: z.array(tomlPackage).catch([]),
  metadata: z
    .looseObject({
      'content-hash': z.string().optional(),
      content_hash: z.string().optional(),
      files: z.record(z.string(), z.array(file)).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

type TomlPackage = z.infer<typeof tomlPackage>;

const names = (list: readonly { name: string; extras: readonly string[] }[]): string[] =>
  list.flatMap(({ name, extras }) => [name, ...extras.map((extra) => `${name}[${extra}]`)]).filter(Boolean);

function folderOf({ source, path }: TomlPackage): string | undefined {
  const folder =
    source?.['editable'] ??
    source?.['virtual'] ??
    source?.['directory'] ??
    (source?.['type'] === 'directory' ? source['url'] : path);
  return typeof folder === 'string' ? folder : undefined;
}

function packageOf(entry: TomlPackage, filesByName: Readonly<Record<string, readonly string[]>>): LockedPackage {
  const name = normalName(entry.name);
  const extras = entry['optional-dependencies'] ?? entry.extras ?? {};
  return {
    name,
    version: entry.version,
    files: [
      ...(entry.wheels ?? []),
      ...(entry.sdist === undefined ? [] : [entry.sdist]),
      ...(entry.files ?? filesByName[entry.name] ?? []),
    ],
    needs: names(entry.dependencies ?? []),
    extras: Object.fromEntries(Object.entries(extras).map(([extra, list]) => [normalName(extra), names(list)])),
    git: entry.git !== undefined || typeof entry.source?.['git'] === 'string' || entry.source?.['type'] === 'git',
    fromDefaultIndex: entry.source === undefined && entry.git === undefined && entry.path === undefined,
    folder: folderOf(entry),
    asked: entry.metadata?.['requires-dist']?.map((r) => ({ name: normalName(r.name), specifier: r.specifier ?? '' })),
  };
}

/** uv.lock, poetry.lock and pdm.lock; undefined where there is none that can be read. */
export function readTomlLock(inventory: Inventory, path: string): Lock | undefined {
  const kept = inventory.kept(path);
  if (kept === undefined || kept.truncated) return undefined;
  try {
    const lock = tomlLock.parse(parseToml(kept.text.replaceAll('\r\n', '\n')));
    const packages = lock.package.map((entry) => packageOf(entry, lock.metadata?.files ?? {}));
    return {
      file: path,
      packages: new Map(packages.map((p) => [p.name, p])),
      contentHash: lock.metadata?.['content-hash'] ?? lock.metadata?.content_hash,
    };
  } catch {
    return undefined;
  }
}

const pipfileLock = z.looseObject({
  _meta: z
    .looseObject({ hash: z.looseObject({ sha256: z.string() }).optional() })
    .optional()
    .catch(undefined),
  default: z
    .record(
      z.string(),
      z.looseObject({ version: z.string().optional(), git: z.string().optional(), path: z.string().optional() }),
    )
    .catch({}),
});

/** Pipfile.lock, which names no dependencies of packages: all of them are there. */
export function readPipfileLock(inventory: Inventory, path: string): Lock | undefined {
  try {
    const lock = pipfileLock.parse(JSON.parse(inventory.text(path) ?? ''));
    const packages = Object.entries(lock.default).map(([name, { version, git, path: folder }]): LockedPackage => ({
      name: normalName(name),
      version: version?.replace(/^==/, ''),
      files: [],
      needs: [],
      extras: {},
      git: git !== undefined,
      fromDefaultIndex: git === undefined && folder === undefined,
      folder,
      asked: undefined,
    }));
    return { file: path, packages: new Map(packages.map((p) => [p.name, p])), contentHash: lock._meta?.hash?.sha256 };
  } catch {
    return undefined;
  }
}

/** The packages that are reached from some, each `name` or `name[extra]`; the roots are among them. */
export function closureOf(lock: Lock, roots: readonly string[]): Map<string, LockedPackage> {
  const reached = new Map<string, LockedPackage>();
  const seen = new Set<string>();
  const queue = [...roots];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const [, name = '', extra] = /^([^[]+)(?:\[(.+)\])?$/.exec(next) ?? [];
    const entry = lock.packages.get(name);
    if (!entry) continue;
    reached.set(name, entry);
    queue.push(...(extra === undefined ? entry.needs : [name, ...(entry.extras[normalName(extra)] ?? [])]));
  }
  return reached;
}
