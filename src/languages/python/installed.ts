import type { Evidence } from '../../plan/plan.ts';
import { tableOf } from '../../plan/table.ts';
import { closureOf, type Lock, type LockedPackage } from './lock.ts';
import type { Manager } from './manager.ts';
import { isForLinux, normalName, pinnedVersion, type Requirement } from './requirement.ts';

/** The packages that will be installed, as far as a project’s files say. */

export interface InstalledPackage {
  /** Normalised. */
  readonly name: string;
  readonly version: string | undefined;
  readonly files: readonly string[];
  readonly extras: readonly string[];
  /** The project asks for it itself. */
  readonly direct: boolean;
  readonly from: Evidence;
}

/** What some extras bring along, where no lockfile says so. */
const BRINGS = tableOf<readonly string[]>({
  'fastapi[standard]': ['uvicorn', 'fastapi-cli', 'jinja2', 'python-multipart'],
  'fastapi[standard-no-fastapi-cloud-cli]': ['uvicorn', 'fastapi-cli'],
  'fastapi[all]': ['uvicorn', 'fastapi-cli', 'jinja2'],
  fastapi: ['starlette'],
  'litestar[standard]': ['uvicorn', 'jinja2'],
  'channels[daphne]': ['daphne'],
  'python-fasthtml': ['uvicorn', 'starlette'],
  nicegui: ['uvicorn', 'fastapi'],
  shinywidgets: ['shiny'],
  'psycopg[binary]': ['psycopg-binary'],
  'psycopg[c]': ['psycopg-c'],
  'django-ninja': ['django'],
  djangorestframework: ['django'],
  wagtail: ['django', 'pillow'],
  'django-cms': ['django'],
  'flask-appbuilder': ['flask'],
  apiflask: ['flask'],
  dash: ['flask'],
});

/** What is asked for, and what that brings along; `roots` are the names to follow in the lockfile. */
export function packagesOf(
  direct: readonly Requirement[],
  lock: Lock | undefined,
  roots: readonly string[],
  from: Evidence,
): Map<string, InstalledPackage> {
  const all = new Map<string, InstalledPackage>();
  const locked: ReadonlyMap<string, LockedPackage> = lock ? closureOf(lock, roots) : new Map();
  const add = (entry: InstalledPackage): void => {
    const known = all.get(entry.name);
    if (!known) all.set(entry.name, entry);
    else if (entry.extras.length > 0) all.set(entry.name, { ...known, extras: [...known.extras, ...entry.extras] });
  };
  for (const requirement of direct.filter(isForLinux)) {
    const entry = locked.get(requirement.name) ?? lock?.packages.get(requirement.name);
    const where =
      'file' in requirement && 'line' in requirement
        ? { file: String(requirement.file), line: Number(requirement.line) }
        : { file: from.file ?? '' };
    add({
      name: requirement.name,
      version: entry?.version ?? pinnedVersion(requirement.specifier),
      files: entry?.files ?? [],
      extras: requirement.extras,
      direct: true,
      from: { ...where, why: `asks for ${requirement.name}` },
    });
    for (const key of [requirement.name, ...requirement.extras.map((extra) => `${requirement.name}[${extra}]`)]) {
      for (const name of lock ? [] : (BRINGS[key] ?? [])) {
        add({
          name,
          version: undefined,
          files: [],
          extras: [],
          direct: false,
          from: { ...where, why: `${key} brings ${name}` },
        });
      }
    }
  }
  for (const { name, version, files } of locked.values()) {
    add({
      name,
      version,
      files,
      extras: [],
      direct: false,
      from: { file: lock?.file ?? '', why: `${name} is locked` },
    });
  }
  return all;
}

/** Names to follow in the lockfile: the app itself where it stands there, else what it asks for. */
export function rootsOf(
  lock: Lock | undefined,
  name: string | undefined,
  direct: readonly Requirement[],
  manager: Manager,
): string[] {
  if (!lock) return [];
  if (manager === 'pipenv') return [...lock.packages.keys()];
  const own = name === undefined ? undefined : lock.packages.get(normalName(name));
  const asked = direct.flatMap((r) => [r.name, ...r.extras.map((extra) => `${r.name}[${extra}]`)]);
  return own?.folder === undefined ? asked : [own.name, ...asked];
}
