import { joinPath, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import type { Scope } from '../language.ts';
import { readModuleFile, type ModuleFile } from './module-file.ts';
import { isForLinux } from './constraint.ts';
import { readSource, type SourceFile } from './source-file.ts';

/** A module of the project: a folder with a go.mod. */
export interface GoModule {
  /** Below the scope's root; '' is the root itself. */
  readonly folder: string;
  readonly path: string;
  /** Undefined where the project has no go.mod, and the build makes one. */
  readonly file: ModuleFile | undefined;
}

/** A Go project as its files tell it. */
export interface GoProject {
  readonly inventory: Inventory;
  readonly member: string;
  /** By folder; the module that a folder belongs to is the nearest above it. */
  readonly modules: ReadonlyMap<string, GoModule>;
  /** The workspace at the root, where it can be built: every module that it names is there. */
  readonly workspace: ModuleFile | undefined;
  /** The root has a go.work that has to be left aside, with the reason. */
  readonly workspaceFault: string | undefined;
  /** Source files by folder, without tests and those for other systems. */
  readonly packages: ReadonlyMap<string, readonly SourceFile[]>;
}

/** Folders whose Go code is no part of a build: others' code, test data, and what the go command skips itself. */
const NOT_SOURCE = /(^|\/)(vendor|testdata|node_modules|third_party\/go|[._][^/]*)\//;

export const isGoSource = (path: string): boolean =>
  path.endsWith('.go') && !path.endsWith('_test.go') && !NOT_SOURCE.test(path);

/** A folder as go.mod and go.work write it, relative to that file; undefined where it leaves the tree. */
export const folderOf = (file: string, written: string): string | undefined => resolveTarget(file, written);

function packagesOf(inventory: Inventory): Map<string, SourceFile[]> {
  const packages = new Map<string, SourceFile[]>();
  for (const path of inventory.files((p) => isGoSource(p))) {
    const folder = parentOf(path);
    if (!isForLinux(path.slice(folder.length && folder.length + 1))) continue;
    const file = readSource(path, inventory.text(path));
    const list = packages.get(folder);
    if (list) list.push(file);
    else packages.set(folder, [file]);
  }
  return packages;
}

/** A module path as far as it can stand in a file and on a command line. https://go.dev/ref/mod#module-path */
const MODULE_PATH = /^[A-Za-z0-9_~.-]+(\/[A-Za-z0-9_~.-]+)*$/;

/** Without a go.mod: the prefix under which files import folders of this very project, as in the days of GOPATH. */
function guessModulePath(packages: ReadonlyMap<string, readonly SourceFile[]>): string {
  const votes = new Map<string, number>();
  const imports = [...packages.values()].flat().flatMap((file) => file.imports);
  for (const path of imports) {
    const parts = path.split('/');
    const cut = parts.findIndex((_, i) => i > 0 && packages.has(parts.slice(i).join('/')));
    const prefix = parts.slice(0, cut).join('/');
    if (cut > 0 && parts[0]?.includes('.') && MODULE_PATH.test(prefix)) votes.set(prefix, (votes.get(prefix) ?? 0) + 1);
  }
  const [best] = [...votes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return best?.[0] ?? 'app';
}

function modulesOf(inventory: Inventory): Map<string, GoModule> {
  const modules = new Map<string, GoModule>();
  for (const path of inventory.files((p) => /(^|\/)go\.mod$/.test(p) && !NOT_SOURCE.test(p))) {
    const text = inventory.text(path);
    const file = text === undefined ? undefined : readModuleFile(text, path);
    const name = file?.module ?? '';
    modules.set(parentOf(path), { folder: parentOf(path), path: MODULE_PATH.test(name) ? name : 'app', file });
  }
  return modules;
}

function readWorkspace(
  inventory: Inventory,
  modules: ReadonlyMap<string, GoModule>,
): Pick<GoProject, 'workspace' | 'workspaceFault'> {
  const text = inventory.text('go.work');
  if (text === undefined) return { workspace: undefined, workspaceFault: undefined };
  const workspace = readModuleFile(text, 'go.work');
  const gone = workspace.uses.find((written) => {
    const folder = folderOf('go.work', written);
    return folder === undefined || (inventory.complete && !modules.has(folder));
  });
  return gone === undefined
    ? { workspace, workspaceFault: undefined }
    : { workspace: undefined, workspaceFault: `it uses ${gone}, which is no module of the project` };
}

/** Reads what the files of a project say. Throws `broken-file` for a go.mod or go.work that cannot be read. */
export function readProject({ inventory, member }: Scope): GoProject {
  const packages = packagesOf(inventory);
  const modules = modulesOf(inventory);
  return { inventory, member, packages, modules, ...readWorkspace(inventory, modules) };
}

/** The folders of the workspace's modules. */
export const workspaceFolders = (workspace: ModuleFile | undefined): string[] =>
  (workspace?.uses ?? []).map((written) => folderOf('go.work', written)).filter((f) => f !== undefined);

/** The module that a folder belongs to; where there is none, the one that the build will make at the root. */
export function moduleOf(project: GoProject, folder: string): GoModule {
  for (let at = folder; ; at = parentOf(at)) {
    const found = project.modules.get(at);
    if (found) return found;
    if (at === '') return { folder: '', path: guessModulePath(project.packages), file: undefined };
  }
}

/** The modules that imports of `from` can mean: those of the workspace that it is in, and its own replacements. */
export function localModules(project: GoProject, from: GoModule): GoModule[] {
  const folders = workspaceFolders(project.workspace);
  const replaced = (from.file?.localReplacements ?? []).flatMap(({ path, folder }) => {
    const found = project.modules.get(folderOf(joinPath(from.folder, 'go.mod'), folder) ?? '..');
    return found ? [{ ...found, path }] : [];
  });
  const beside = folders.includes(from.folder)
    ? folders.flatMap((folder) => project.modules.get(folder) ?? [])
    : [from];
  return [...beside, ...replaced];
}
