import { joinPath, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Scope } from '../language.ts';
import { directOf, pathSources } from './direct.ts';
import { packagesOf, rootsOf, type InstalledPackage } from './installed.ts';
import { closureOf, readPipfileLock, readTomlLock, type Lock } from './lock.ts';
import { findManager, lockName, managers, type FoundManager, type Manager, type PipSource } from './manager.ts';
import { packagedOf } from './packaged.ts';
import { readPipfile, type Pipfile } from './pipfile.ts';
import { readPyproject, type Pyproject } from './pyproject.ts';
import { normalName, type Requirement } from './requirement.ts';
import { readRequirements, requirementsOf, type RequirementsFile } from './requirements-file.ts';
import { workspaceAt, type Workspace } from './workspace.ts';

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

/** Reads the project of a scope. `asked` is the package manager of the manifest. */
export function readProject({ inventory, member: folder }: Scope, asked?: string): PythonProject {
  const pyproject = readPyproject(inventory, folder);
  const pipfile = readPipfile(inventory, folder);
  const workspace = workspaceAt(inventory, folder);
  const detected = findManager(inventory, folder, pyproject, workspace);
  const wanted = managers.find((manager) => manager === asked);
  const requirementsPath = requirementsOf(inventory, folder);
  const found: FoundManager =
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
