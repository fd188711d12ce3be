import { joinPath, pathBelow } from '../../inventory/inventory.ts';
import type { GoApp } from './app.ts';
import { FUNCTION_SERVER, vendorsFramework } from './function.ts';
import { folderOf, workspaceFolders, type GoModule, type GoProject } from './project.ts';

/** Where things lie while the program is built, and where it goes. */

export const SOURCE_ROOT = '/src';
export const OUTPUT = '/out';

/** What godep kept of others' packages before Go knew vendor/. https://github.com/tools/godep#file-format */
export const GODEPS = 'Godeps/_workspace';
const VENDORED = new RegExp(`^(?:vendor|${GODEPS})/.+\\.go$`);

/** The modules whose go.mod and go.sum have to be there before anything can be downloaded. */
export function modulesToDownload(project: GoProject, module: GoModule): GoModule[] {
  const inWorkspace = workspaceFolders(project.workspace);
  const queue = inWorkspace.includes(module.folder) ? [...inWorkspace] : [module.folder];
  const found = new Map<string, GoModule>();
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const next = folder === module.folder ? module : project.modules.get(folder);
    if (!next || found.has(folder)) continue;
    found.set(folder, next);
    const file = joinPath(folder, 'go.mod');
    const replaced = (next.file?.localReplacements ?? []).map((r) => folderOf(file, r.folder));
    queue.push(...replaced.filter((f) => f !== undefined));
  }
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

export interface Layout {
  /** The folder that the go command runs in, below the source root. */
  readonly workFolder: string;
  /** Whether go.work is in force, takes no part, or would be in the way. */
  readonly workspace: 'used' | 'none' | 'off';
  /** The program's package, as an argument of `go build`. */
  readonly target: string;
  /**
   * Whether the modules in vendor/ are built with, are none, or are others than go.mod requires; or, where there is no
   * go.mod, are packages from before there were modules.
   */
  readonly vendor: 'used' | 'none' | 'off' | 'gopath';
  /** Files of checksums: there, there but not for all that go.mod requires, or not there though needed. */
  readonly sums: 'there' | 'stale' | 'absent' | 'unneeded';
}

function sumsOf({ inventory }: GoProject, { folder, file }: GoModule): Layout['sums'] {
  const path = joinPath(folder, 'go.sum');
  const replaced = new Set(file?.localReplacements.map((r) => r.path));
  const requires = (file?.requires ?? []).filter((r) => !replaced.has(r.path));
  if (!inventory.isFile(path)) return requires.length > 0 && inventory.complete ? 'absent' : 'unneeded';
  const kept = inventory.kept(path);
  if (kept === undefined || kept.truncated) return 'there';
  const known = new Set(kept.text.split('\n').map((line) => line.split(' ').slice(0, 2).join(' ')));
  const hasSum = ({ path: p, version }: { path: string; version: string }): boolean =>
    known.has(`${p} ${version}/go.mod`) || known.has(`${p} ${version}`);
  const replacedAway = /^[ \t]*replace\b|=>/m.test(inventory.text(joinPath(folder, 'go.mod')) ?? '');
  return replacedAway || requires.every(hasSum) ? 'there' : 'stale';
}

/**
 * Whether the modules in vendor/ are those that go.mod requires: the go command refuses them otherwise, and before
 * Go 1.14 it did not note what it would compare. https://go.dev/ref/mod#vendoring
 */
function vendorHolds({ inventory }: Pick<GoProject, 'inventory'>, { file }: GoModule, list: string): boolean {
  const [, minor = 0] = (file?.go?.version ?? '1.0').split('.').map(Number);
  if (!file || minor < 14 || !inventory.isFile(list)) return false;
  const kept = inventory.kept(list);
  if (!kept || kept.truncated) return true;
  const listed = new Set(kept.text.split('\n').map((line) => line.replace(/ => .*$/, '').trim()));
  return file.requires.every(({ path, version }) => listed.has(`# ${path} ${version}`));
}

function vendorOf({ inventory }: GoProject, module: GoModule, folder: string): Layout['vendor'] {
  const list = joinPath(folder, 'vendor/modules.txt');
  if (inventory.isFile(list)) return vendorHolds({ inventory }, module, list) ? 'used' : 'off';
  if (module.file !== undefined || !inventory.complete) return 'none';
  return inventory.files((path) => VENDORED.test(path)).length > 0 ? 'gopath' : 'none';
}

export function layoutOf({ project, program }: GoApp): Layout {
  const { module, folder } = program;
  const inside = workspaceFolders(project.workspace).includes(module.folder);
  const workspace = inside ? 'used' : project.inventory.isFile('go.work') ? 'off' : 'none';
  const workFolder = inside ? '' : module.folder;
  const below = pathBelow(workFolder, folder);
  return {
    workFolder,
    workspace,
    target: program.fn ? `./${FUNCTION_SERVER}` : below === '' ? '.' : `./${below}`,
    vendor: program.fn && !vendorsFramework(project, workFolder) ? 'none' : vendorOf(project, module, workFolder),
    sums: sumsOf(project, module),
  };
}
