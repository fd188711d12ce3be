import { joinPath, parentOf, pathBelow, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';
import type { Scope } from '../language.ts';
import { readLockFile, type LockFile } from './lock-file.ts';
import { readManifestFile, type ManifestFile } from './manifest-file.ts';
import { packageOf, type CargoPackage } from './package.ts';

/** A Rust project as its files tell it: the workspace, or the one package, and what they need of each other. */
export interface CargoProject {
  readonly inventory: Inventory;
  readonly member: string;
  /** Where cargo is run: the workspace's folder, or the package's own. */
  readonly workFolder: string;
  readonly isWorkspace: boolean;
  /** The packages that a program may be chosen from, by folder: the workspace's members. */
  readonly members: readonly CargoPackage[];
  /** Those that cargo builds when nothing is named. */
  readonly defaults: readonly CargoPackage[];
  /** All packages of the project that cargo has to know: members, and what they depend on by path. */
  readonly local: readonly CargoPackage[];
  /** Folders that stand in for crates from outside: other crates are built with their source. */
  readonly patched: readonly string[];
  readonly root: ManifestFile | undefined;
  readonly lock: LockFile | undefined;
  readonly lockUnreadable: boolean;
}

const CARGO = 'Cargo.toml';

/** Folders whose manifests are no part of the project. */
const NOT_SOURCE = /(^|\/)(target|node_modules|\.[^/]*)\//;

/** One part of a glob of members as an expression; `**` is handled by the caller. https://docs.rs/glob/latest/glob/struct.Pattern.html */
const partPattern = (part: string): RegExp =>
  new RegExp(
    `^${part
      .replaceAll(/[.+^${}()|\\[\]]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  );

function matches(parts: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = parts;
  if (first === undefined) return path.length === 0;
  if (first === '**') return matches(rest, path) || (path.length > 0 && matches(parts, path.slice(1)));
  return path[0] !== undefined && partPattern(first).test(path[0]) && matches(rest, path.slice(1));
}

const MAX_GLOB_PARTS = 12;

function foldersFitting(pattern: string, folders: readonly string[]): string[] {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length > MAX_GLOB_PARTS || parts.filter((p) => p === '**').length > 2) return [];
  return folders.filter((folder) => matches(parts, folder === '' ? [] : folder.split('/')));
}

/** The folders, below the workspace's, that its lists name. */
function listedFolders(patterns: readonly string[], exclude: readonly string[], folders: readonly string[]): string[] {
  const left = exclude.map((e) => e.replace(/^\.\//, '').replace(/\/$/, ''));
  const isLeft = (folder: string): boolean => left.some((e) => folder === e || folder.startsWith(`${e}/`));
  return [...new Set(patterns.flatMap((pattern) => foldersFitting(pattern, folders)))].filter((f) => !isLeft(f));
}

class Manifests {
  readonly #inventory: Inventory;
  readonly #read = new Map<string, ManifestFile>();
  readonly folders: readonly string[];

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
    this.folders = inventory
      .files((path) => (path === CARGO || path.endsWith(`/${CARGO}`)) && !NOT_SOURCE.test(path))
      .map((path) => parentOf(path));
  }

  at(folder: string): ManifestFile | undefined {
    const path = joinPath(folder, CARGO);
    const known = this.#read.get(folder);
    const text = known === undefined ? this.#inventory.text(path) : undefined;
    if (text === undefined) return known;
    const file = readManifestFile(text, path);
    this.#read.set(folder, file);
    return file;
  }

  /** The folders of a workspace's members: what it lists, and what its own package and members need by path, inside it. */
  members(root: string, file: ManifestFile): string[] {
    const { members = [], exclude = [] } = file.workspace ?? {};
    const below = this.folders
      .filter((folder) => root === '' || folder === root || folder.startsWith(`${root}/`))
      .map((folder) => pathBelow(root, folder));
    const listed = listedFolders(members, exclude, below).map((folder) => joinPath(root, folder));
    return [...new Set([...(file.package ? [root] : []), ...listed])];
  }
}

/** The folder of the workspace that a package is a member of; its own folder where there is none. */
function workspaceFolder(manifests: Manifests, folder: string): string {
  const own = manifests.at(folder);
  if (own?.workspace) return folder;
  const named = own?.package?.workspace;
  if (named !== undefined) return resolveTarget(joinPath(folder, CARGO), named) ?? folder;
  for (let at = folder; at !== '';) {
    at = parentOf(at);
    const file = manifests.at(at);
    if (file?.workspace && manifests.members(at, file).includes(folder)) return at;
  }
  return folder;
}

/** Where a dependency by path leads. */
function pathOf(
  dependency: CargoPackage['dependencies'][number],
  from: CargoPackage,
  root: string,
): string | undefined {
  if (dependency.path === undefined) return undefined;
  return resolveTarget(joinPath(dependency.pathFromWorkspace ? root : from.folder, CARGO), dependency.path);
}

/** The folders of `[patch]` and `[replace]`, which stand in for crates from a registry. */
function patchedFolders(file: ManifestFile | undefined, root: string): string[] {
  const tables = [...Object.values(file?.patch ?? {}), file?.replace ?? {}];
  return tables
    .flatMap((table) => Object.values(table))
    .map((entry) =>
      'path' in entry && entry.path !== undefined ? resolveTarget(joinPath(root, CARGO), entry.path) : undefined,
    )
    .filter((folder) => folder !== undefined);
}

/** Reads what the files of a project say. Throws `broken-file` for a manifest that cannot be read. */
export function readCargoProject({ inventory, member }: Scope): CargoProject {
  const manifests = new Manifests(inventory);
  const workFolder = workspaceFolder(manifests, member);
  const root = manifests.at(workFolder);
  const isWorkspace = root?.workspace !== undefined;
  const packages = new Map<string, CargoPackage>();
  const load = (folder: string): CargoPackage | undefined => {
    const known = packages.get(folder);
    if (known) return known;
    const file = manifests.at(folder);
    const found = file && packageOf(inventory, folder, file, root);
    if (found) packages.set(folder, found);
    return found;
  };
  const memberFolders = root ? manifests.members(workFolder, root) : [];
  const queue = [...memberFolders, ...patchedFolders(root, workFolder)];
  const seen = new Set(queue);
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const found = load(folder);
    const next = (found?.dependencies ?? []).map((d) => found && pathOf(d, found, workFolder));
    for (const path of next) {
      if (path === undefined || seen.has(path)) continue;
      seen.add(path);
      queue.push(path);
    }
  }
  const members = memberFolders.map((folder) => load(folder)).filter((p) => p !== undefined);
  const wanted = root?.workspace?.['default-members'];
  const below = members.map((p) => pathBelow(workFolder, p.folder));
  const named = wanted && new Set(listedFolders(wanted, [], below));
  const lockPath = joinPath(workFolder, 'Cargo.lock');
  const lockText = inventory.text(lockPath);
  const lock = lockText === undefined ? undefined : readLockFile(lockText, lockPath);
  return {
    inventory,
    member,
    workFolder,
    isWorkspace,
    members,
    defaults: named ? members.filter((_, i) => named.has(below[i] ?? '')) : members,
    local: [...packages.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1)),
    patched: patchedFolders(root, workFolder),
    root,
    lock,
    lockUnreadable: lockText !== undefined && lock === undefined,
  };
}

/** A package and those of the project that it is built with, itself first. */
export function closureOf({ local }: CargoProject, own: CargoPackage): CargoPackage[] {
  const found = [own];
  for (const next of found) {
    const names = new Set(next.dependencies.filter((d) => d.kind !== 'dev').map((d) => d.name));
    found.push(...local.filter((p) => names.has(p.name) && !found.includes(p)));
  }
  return found;
}

/** The folder that an app cannot be built without: its workspace's, or one that holds what it needs by path too. */
export function cargoRootOf(tree: Inventory, app: string): string | undefined {
  if (!tree.isFile(joinPath(app, CARGO))) return undefined;
  const manifests = new Manifests(tree);
  try {
    const workspace = workspaceFolder(manifests, app);
    const project = readCargoProject({ inventory: tree, member: app });
    const folders = [workspace, ...project.local.map((p) => p.folder)];
    const root = folders.reduce((all, folder) => commonFolder(all, folder));
    return root === app ? undefined : root;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

const commonFolder = (a: string, b: string): string => {
  const [x, y] = [a.split('/'), b.split('/')];
  const same = x.findIndex((part, i) => part !== y[i]);
  return (same < 0 ? x : x.slice(0, same)).join('/');
};
