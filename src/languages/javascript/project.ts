import type { Inventory } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';
import { lockfilesOf, type Lockfile } from './lockfile.ts';
import { lockOf, packageManagerOf, yarnSettings, type Linker, type PackageManager } from './package-manager.ts';
import { nxPackage } from './nx-projects.ts';
import { allDependencies, emptyPackage, readPackage, runDependencies, type Package } from './package-json.ts';
import { closureOf, workspaceMembers } from './workspace.ts';

/** A project of packages as its files tell it: which one is the app, and what it is installed by. */
/** What runs the program. */
export type JsRuntime = 'node' | 'bun';

export interface JsProject {
  readonly inventory: Inventory;
  readonly runtime: JsRuntime;
  readonly app: Package;
  /** The package at the root: the app itself, or its workspace's. */
  readonly root: Package;
  readonly members: readonly Package[];
  /** The members that the app needs, in the order they are built; all of them for an app at the root. */
  readonly needs: readonly Package[];
  readonly manager: PackageManager;
  readonly lock: Lockfile | undefined;
  readonly locks: readonly Lockfile[];
  readonly linker: Linker;
}

function missing(inventory: Inventory, folder: string): Problem {
  return new Problem('broken-file', {
    detail: `There is no package.json in ${folder === '' ? 'the project’s root' : `"${folder}"`}.`,
    hint: 'Send the folder that holds package.json, name it with ?app=, or make one with `npm init -y`.',
    members: {
      file: folder === '' ? 'package.json' : `${folder}/package.json`,
      found: inventory.names(folder).slice(0, 12),
    },
  });
}

/** Files that make a program without a package.json: they are run as they are. */
const LONE_PROGRAM = /^(index|server|app|main|bot)\.(js|mjs|cjs|ts|mts)$/;

export const loneProgram = (inventory: Inventory): string | undefined =>
  ['server', 'app', 'main', 'index', 'bot']
    .flatMap((stem) => ['js', 'mjs', 'cjs', 'ts', 'mts'].map((end) => `${stem}.${end}`))
    .find((name) => LONE_PROGRAM.test(name) && inventory.isFile(name));

/** pnpm can lay modules out as yarn does. https://pnpm.io/settings#nodelinker */
function linkerOf(inventory: Inventory, manager: PackageManager): Linker {
  if (manager.berry) return yarnSettings(inventory).nodeLinker ?? 'pnp';
  const pnpm = `${inventory.text('.npmrc') ?? ''}\n${inventory.text('pnpm-workspace.yaml') ?? ''}`;
  return manager.name === 'pnpm' && /^[ \t]*(node-linker\s*=|nodeLinker:)\s*pnp\b/m.test(pnpm) ? 'pnp' : 'node-modules';
}

/** Reads the project. Throws `broken-file` where its package.json is missing or cannot be read. */
export function readProject(
  inventory: Inventory,
  member: string,
  asked?: string,
  runtime: JsRuntime = 'node',
): JsProject {
  const atRoot = readPackage(inventory, '');
  const own = member === '' ? atRoot : (readPackage(inventory, member) ?? nxPackage(inventory, member));
  const lone = member === '' && loneProgram(inventory) !== undefined;
  if (!own && inventory.complete && !lone) throw missing(inventory, member);
  const root = atRoot ?? emptyPackage('');
  const app = own ?? emptyPackage(member);
  const members = workspaceMembers(inventory, atRoot);
  const packages = [...(atRoot ? [root] : []), ...members];
  const locks = lockfilesOf(inventory, packages);
  const manager = packageManagerOf(
    inventory,
    root,
    locks,
    asked ?? (runtime === 'bun' && locks.length === 0 ? 'bun' : undefined),
  );
  const needs = member === '' ? members : closureOf(app, members);
  const linker = linkerOf(inventory, manager);
  return { inventory, runtime, app, root, members, needs, manager, locks, lock: lockOf(manager, locks), linker };
}

/** The same project with another of its packages as the app. */
export const withApp = (project: JsProject, app: Package): JsProject => ({
  ...project,
  app,
  needs: app.folder === '' ? project.members : closureOf(app, project.members),
});

/** The packages whose dependencies the app is built with. */
export const packagesOf = (project: JsProject): Package[] => [
  ...new Set([project.app, ...project.needs, project.root]),
];

/** Every dependency that the app is built with, by name. */
export const buildDependencies = (project: JsProject): Readonly<Record<string, string>> =>
  Object.assign({}, ...packagesOf(project).toReversed().map(allDependencies)) as Record<string, string>;

/** The dependencies that the app runs with: its own, those of the members that it needs, and the root's. */
export const productionDependencies = ({ app, members, root }: JsProject): Readonly<Record<string, string>> => {
  const packages = [root, ...(app.folder === '' ? members : closureOf(app, members, true)), app];
  return Object.assign({}, ...packages.map(runDependencies)) as Record<string, string>;
};

/** True where something is installed that the app does not run with. */
export const hasDevDependencies = (project: JsProject): boolean =>
  packagesOf(project).some((pkg) => Object.keys(pkg.json.devDependencies).length > 0) ||
  (project.app.folder !== '' && project.members.length > project.needs.length + 1);

export const hasDependencies = (project: JsProject): boolean =>
  !project.inventory.complete || Object.keys(buildDependencies(project)).length > 0 || project.members.length > 0;
