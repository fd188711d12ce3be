import { joinPath, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Scope } from '../language.ts';
import { closureOf, readPipfileLock, readTomlLock, type Lock, type LockedPackage } from './lock.ts';
import { readPipfile, type Pipfile } from './pipfile.ts';
import { readPyproject, type Pyproject } from './pyproject.ts';
import { normalName, isForLinux, parseRequirement, pinnedVersion, type Requirement } from './requirement.ts';
import { readRequirements, requirementsOf, type RequirementsFile } from './requirements-file.ts';
import { setupRequirements } from './setup-file.ts';
import { workspaceAt, type Workspace } from './workspace.ts';
import { tableOf } from '../../plan/table.ts';

export const managers = ['uv', 'poetry', 'pdm', 'pipenv', 'pip'] as const;
export type Manager = (typeof managers)[number];

/** What pip installs from, where pip does it: a requirements file, the project's own metadata, or nothing. */
export type PipSource = 'requirements' | 'pyproject' | 'setup' | 'nothing';

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

/** A Python project as its own files describe it. Paths are from the inventory's root. */
export interface PythonProject {
  readonly inventory: Inventory;
  /** The app's folder; '' at the root. */
  readonly folder: string;
  readonly manager: Manager;
  readonly pipSource: PipSource;
  readonly from: Evidence;
  readonly pyproject: Pyproject | undefined;
  readonly pipfile: Pipfile | undefined;
  readonly requirements: RequirementsFile | undefined;
  readonly lock: Lock | undefined;
  /** The lockfile is there, whether it can be read or not. */
  readonly lockFile: string | undefined;
  readonly workspace: Workspace | undefined;
  /** The project's own name, as its metadata gives it. */
  readonly name: string | undefined;
  /** It is built and installed itself, beside what it needs. */
  readonly packaged: boolean;
  readonly direct: readonly Requirement[];
  /** All that will be installed, as far as the files say. */
  readonly packages: ReadonlyMap<string, InstalledPackage>;
  /** Folders of the project that it depends on. */
  readonly localPaths: readonly string[];
  readonly usesGit: boolean;
  readonly indexes: readonly string[];
}

const LOCKS: Readonly<Record<Exclude<Manager, 'pip'>, string>> = {
  uv: 'uv.lock',
  poetry: 'poetry.lock',
  pdm: 'pdm.lock',
  pipenv: 'Pipfile.lock',
};

export const lockName = (manager: Manager): string | undefined => (manager === 'pip' ? undefined : LOCKS[manager]);

interface Found {
  readonly manager: Manager;
  readonly pipSource: PipSource;
  readonly from: Evidence;
}

/** Which tool installs: the one whose lockfile is there, else the one that a manifest is written for. */
function findManager(
  inventory: Inventory,
  folder: string,
  pyproject: Pyproject | undefined,
  workspace: Workspace | undefined,
): Found {
  const at = (name: string): string => joinPath(folder, name);
  for (const manager of managers) {
    const lock = lockName(manager);
    if (lock === undefined) continue;
    const file = manager === 'uv' && workspace ? lock : at(lock);
    const manifest = manager === 'pipenv' ? 'Pipfile' : 'pyproject.toml';
    if (inventory.isFile(file) && inventory.isFile(at(manifest)))
      return { manager, pipSource: 'nothing', from: { file, why: `${file} is made by ${manager}` } };
  }
  const file = at('pyproject.toml');
  if (workspace)
    return { manager: 'uv', pipSource: 'nothing', from: { file: 'pyproject.toml', why: 'a workspace of uv' } };
  const requirements = requirementsOf(inventory, folder);
  if (requirements !== undefined)
    return { manager: 'pip', pipSource: 'requirements', from: { file: requirements, why: 'requirements for pip' } };
  if (inventory.isFile(at('Pipfile')))
    return { manager: 'pipenv', pipSource: 'nothing', from: { file: at('Pipfile'), why: 'the manifest of Pipenv' } };
  const poetry = pyproject?.tool?.poetry;
  if (
    poetry &&
    (poetry.dependencies !== undefined || poetry.name !== undefined) &&
    pyproject?.project?.dependencies === undefined
  ) {
    return { manager: 'poetry', pipSource: 'nothing', from: { file, why: '[tool.poetry] describes the project' } };
  }
  if (pyproject?.project && pyproject.tool?.pdm)
    return { manager: 'pdm', pipSource: 'nothing', from: { file, why: '[tool.pdm] is set' } };
  if (pyproject?.project && (pyproject.tool?.uv || pyproject['dependency-groups'])) {
    return {
      manager: 'uv',
      pipSource: 'nothing',
      from: { file, why: pyproject.tool?.uv ? '[tool.uv] is set' : 'dependency groups, which uv installs' },
    };
  }
  if (pyproject?.project && ((pyproject.project.dependencies?.length ?? 0) > 0 || pyproject['build-system'])) {
    return {
      manager: 'pip',
      pipSource: 'pyproject',
      from: { file, why: 'the project’s metadata; there is no lockfile' },
    };
  }
  if (inventory.isFile(at('setup.py')) || inventory.isFile(at('setup.cfg'))) {
    const setup = inventory.isFile(at('setup.py')) ? at('setup.py') : at('setup.cfg');
    if (setup.endsWith('.py') || /^\[metadata\]/m.test(inventory.text(setup) ?? '')) {
      return {
        manager: 'pip',
        pipSource: 'setup',
        from: { file: setup, why: 'the project’s metadata for setuptools' },
      };
    }
  }
  return { manager: 'pip', pipSource: 'nothing', from: { why: 'no manifest names a dependency' } };
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An entry of a dependency table of Poetry or Pipenv. */
function tableRequirement(name: string, value: unknown): Requirement {
  const table = isTable(value) ? value : Array.isArray(value) && isTable(value[0]) ? value[0] : {};
  const version = typeof value === 'string' ? value : typeof table['version'] === 'string' ? table['version'] : '';
  const extras = Array.isArray(table['extras'])
    ? table['extras'].filter((e) => typeof e === 'string').map(normalName)
    : [];
  const git = typeof table['git'] === 'string' ? `git+${table['git']}` : undefined;
  const path =
    typeof table['path'] === 'string'
      ? `file:${table['path']}`
      : typeof table['file'] === 'string'
        ? `file:${table['file']}`
        : undefined;
  const url = git ?? path;
  const markers = [
    table['markers'],
    typeof table['platform'] === 'string' ? `sys_platform == '${table['platform']}'` : undefined,
  ].find((m) => typeof m === 'string');
  return {
    name: normalName(name),
    extras,
    specifier: /^\d/.test(version) ? `==${version}` : version === '*' ? '' : version,
    ...(url === undefined ? {} : { url }),
    ...(markers === undefined ? {} : { marker: markers }),
  };
}

const tableRequirements = (table: Readonly<Record<string, unknown>> | undefined): Requirement[] =>
  Object.entries(table ?? {})
    .filter(([name, value]) => name !== 'python' && !(isTable(value) && value['optional'] === true))
    .map(([name, value]) => tableRequirement(name, value));

/** Groups of Poetry that are for production by their name; the others are for development. */
export const productionGroups = (pyproject: Pyproject | undefined): string[] =>
  Object.keys(pyproject?.tool?.poetry?.group ?? {}).filter((name) =>
    /^(prod|production|deploy|server|web)$/.test(name),
  );

const parsed = (list: readonly string[] | undefined): Requirement[] =>
  (list ?? []).map(parseRequirement).filter((r) => r !== undefined);

function directOf(
  found: Found,
  pyproject: Pyproject | undefined,
  pipfile: Pipfile | undefined,
  requirements: RequirementsFile | undefined,
  inventory: Inventory,
  folder: string,
): Requirement[] {
  const project = parsed(pyproject?.project?.dependencies);
  if (found.manager === 'pipenv') return tableRequirements(pipfile?.packages);
  if (found.manager === 'poetry') {
    const groups = productionGroups(pyproject).map((name) => pyproject?.tool?.poetry?.group?.[name]?.dependencies);
    return [pyproject?.tool?.poetry?.dependencies, ...groups].flatMap(tableRequirements).concat(project);
  }
  if (found.pipSource === 'requirements') return [...(requirements?.requirements ?? [])];
  if (found.pipSource === 'setup') return [...setupRequirements(inventory, folder), ...project];
  return project;
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

function packagesOf(
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
function rootsOf(
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

const isDirectory = (inventory: Inventory, path: string): boolean => inventory.isDirectory(path);

/** Whether Poetry finds a package to install under the project's name, or the manifest lists some. */
function poetryPackage(
  inventory: Inventory,
  folder: string,
  pyproject: Pyproject | undefined,
  name: string | undefined,
): boolean {
  const poetry = pyproject?.tool?.poetry;
  if (poetry?.['package-mode'] === false) return false;
  const listed = poetry?.packages;
  if (listed)
    return listed.some(
      ({ include, from = '' }) =>
        inventory.complete && isDirectory(inventory, joinPath(folder, joinPath(from, include.replace(/\/?\*.*$/, '')))),
    );
  const module = (name ?? '').toLowerCase().replaceAll(/[-.]/g, '_');
  if (module === '') return false;
  return (
    [module, `src/${module}`].some((path) => isDirectory(inventory, joinPath(folder, path))) ||
    [`${module}.py`, `src/${module}.py`].some((path) => inventory.isFile(joinPath(folder, path)))
  );
}

const NO_PACKAGE =
  /^(\..*|tests?|docs?|doc|examples?|scripts|tools|build|dist|venv|env|node_modules|static|templates|migrations|bin|benchmarks?|tasks|utils_dev|__pycache__|notebooks?)$/;

/**
 * Whether setuptools or Hatchling would find what to install: they stop where a flat project has several folders, or
 * none by its name. https://setuptools.pypa.io/en/latest/userguide/package_discovery.html
 */
function findsPackages(
  inventory: Inventory,
  folder: string,
  pyproject: Pyproject | undefined,
  name: string | undefined,
): boolean {
  if (!inventory.complete) return true;
  const { setuptools, hatch } = pyproject?.tool ?? {};
  if (setuptools?.['packages'] !== undefined || setuptools?.['py-modules'] !== undefined) return true;
  if (JSON.stringify(hatch ?? {}).includes('"packages"') || inventory.isFile(joinPath(folder, 'setup.py'))) return true;
  const module = (name ?? '').toLowerCase().replaceAll(/[-.]/g, '_');
  if ([module, `src/${module}`].some((path) => inventory.isDirectory(joinPath(folder, path)))) return true;
  if (inventory.isDirectory(joinPath(folder, 'src'))) return true;
  if (/hatchling|flit|uv_build|poetry/.test(pyproject?.['build-system']?.['build-backend'] ?? '')) return false;
  const found = inventory
    .names(folder)
    .filter((entry) => inventory.isDirectory(joinPath(folder, entry)) && !NO_PACKAGE.test(entry))
    .filter(
      (entry) =>
        inventory.files((path) => path.startsWith(`${joinPath(folder, entry)}/`) && path.endsWith('.py')).length > 0,
    );
  return found.length === 1;
}

function packagedOf(
  found: Found,
  inventory: Inventory,
  folder: string,
  pyproject: Pyproject | undefined,
  name: string | undefined,
): boolean {
  if (found.manager === 'poetry') return poetryPackage(inventory, folder, pyproject, name);
  if (found.manager === 'uv') return pyproject?.tool?.uv?.package ?? pyproject?.['build-system'] !== undefined;
  if (found.manager === 'pdm') return pyproject?.tool?.pdm?.distribution ?? pyproject?.['build-system'] !== undefined;
  if (found.pipSource === 'setup') return true;
  if (found.pipSource === 'pyproject') {
    const built = pyproject?.['build-system'] !== undefined || inventory.isFile(joinPath(folder, 'setup.py'));
    return built && findsPackages(inventory, folder, pyproject, name);
  }
  return false;
}

/** Path dependencies of a manifest's tables (Poetry, Pipenv, `[tool.uv.sources]`), as folders from the root. */
export function pathSources(folder: string, pyproject: Pyproject | undefined, pipfile: Pipfile | undefined): string[] {
  const tables = [
    pyproject?.tool?.poetry?.dependencies,
    ...productionGroups(pyproject).map((name) => pyproject?.tool?.poetry?.group?.[name]?.dependencies),
    pyproject?.tool?.uv?.sources,
    pipfile?.packages,
  ];
  const inTables = tables.flatMap((table) =>
    Object.values(table ?? {})
      .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
      .flatMap((value) => (isTable(value) ? [value['path'], value['file']] : []))
      .filter((path) => typeof path === 'string'),
  );
  const inUrls = parsed(pyproject?.project?.dependencies).flatMap(({ url }) =>
    url?.startsWith('file:') ? [url.replace(/^file:(\/\/)?(\$\{PROJECT_ROOT\}\/?)?/, '')] : [],
  );
  const paths = [...inTables, ...inUrls]
    .map((path) => resolveTarget(joinPath(folder, 'x'), path))
    .filter((path) => path !== undefined);
  return [...new Set(paths)];
}

/** Reads the project of a scope. `asked` is the package manager of the manifest. */
export function readProject({ inventory, member: folder }: Scope, asked?: string): PythonProject {
  const pyproject = readPyproject(inventory, folder);
  const pipfile = readPipfile(inventory, folder);
  const workspace = workspaceAt(inventory, folder);
  const detected = findManager(inventory, folder, pyproject, workspace);
  const wanted = managers.find((manager) => manager === asked);
  const requirementsPath = requirementsOf(inventory, folder);
  const found: Found =
    wanted === undefined || wanted === detected.manager
      ? detected
      : {
          manager: wanted,
          pipSource:
            wanted !== 'pip'
              ? 'nothing'
              : requirementsPath !== undefined
                ? 'requirements'
                : pyproject?.project
                  ? 'pyproject'
                  : 'nothing',
          from: { why: 'the manifest says so' },
        };
  const requirements =
    found.pipSource === 'requirements' && requirementsPath !== undefined
      ? readRequirements(inventory, requirementsPath)
      : undefined;
  const lockBase = found.manager === 'uv' && workspace ? '' : folder;
  const lockPath = lockName(found.manager);
  const lockFile =
    lockPath !== undefined && inventory.isFile(joinPath(lockBase, lockPath)) ? joinPath(lockBase, lockPath) : undefined;
  const lock =
    lockFile === undefined
      ? undefined
      : found.manager === 'pipenv'
        ? readPipfileLock(inventory, lockFile)
        : readTomlLock(inventory, lockFile);
  const name = pyproject?.project?.name ?? pyproject?.tool?.poetry?.name;
  const direct = directOf(found, pyproject, pipfile, requirements, inventory, folder);
  const lockedFolders =
    found.manager === 'uv' && lock && name !== undefined
      ? [...closureOf(lock, [normalName(name)]).values()].flatMap((p) =>
          p.folder === undefined ? [] : [resolveTarget(joinPath(parentOf(lock.file), 'x'), p.folder)],
        )
      : [];
  const localPaths = [
    ...(requirements?.localPaths ?? []),
    ...pathSources(folder, pyproject, pipfile),
    ...lockedFolders.filter((p) => p !== undefined),
  ];
  const roots = rootsOf(lock, name, direct, found.manager);
  const packages = packagesOf(direct, lock, roots, found.from);
  return {
    inventory,
    folder,
    manager: found.manager,
    pipSource: found.pipSource,
    from: found.from,
    pyproject,
    pipfile,
    requirements,
    lock,
    lockFile,
    workspace,
    name,
    packaged: packagedOf(found, inventory, folder, pyproject, name),
    direct,
    packages,
    localPaths: [...new Set(localPaths)].filter((path) => path !== folder && inventory.entry(path) !== undefined),
    usesGit:
      requirements?.usesGit === true ||
      direct.some((r) => r.url?.startsWith('git+')) ||
      [...(lock ? closureOf(lock, roots).values() : [])].some((p) => p.git),
    indexes: [
      ...(requirements?.indexes ?? []),
      ...(pyproject?.tool?.uv?.index ?? []).flatMap(({ url }) => (url === undefined ? [] : [url])),
      ...(pyproject?.tool?.poetry?.source ?? []).flatMap(({ url }) => (url === undefined ? [] : [url])),
    ],
  };
}
