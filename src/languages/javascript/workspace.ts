import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { parentOf, type Inventory } from '../../inventory/inventory.ts';
import { nxPackage } from './nx-projects.ts';
import { allDependencies, PACKAGE_FILES, readPackage, runDependencies, type Package } from './package-json.ts';

/** Workspaces of npm, yarn, pnpm and bun: which packages belong to one, and which of them a package needs. */

const pnpmWorkspace = z.looseObject({ packages: z.array(z.string()).optional().catch(undefined) });
const lernaFile = z.looseObject({ packages: z.array(z.string()).optional().catch(undefined) });

function parsedYaml(text: string): unknown {
  try {
    return parseYaml(text, { logLevel: 'error' });
  } catch {
    return {};
  }
}

/** The patterns by which a root names its members; empty where it is no workspace. */
export function workspacePatterns(inventory: Inventory, root: Package | undefined): readonly string[] {
  const pnpm = inventory.text('pnpm-workspace.yaml');
  if (pnpm !== undefined) {
    const { packages } = pnpmWorkspace.safeParse(parsedYaml(pnpm)).data ?? {};
    if (packages !== undefined) return packages;
  }
  if ((root?.json.workspaces.length ?? 0) > 0) return root?.json.workspaces ?? [];
  const lerna = inventory.text('lerna.json');
  return lerna === undefined ? [] : (lernaFile.safeParse(parsedYaml(lerna)).data?.packages ?? []);
}

const clean = (pattern: string): string =>
  pattern
    .replace(/^!?\.?\//, '')
    .replace(/^!/, '')
    .replace(/\/+$/, '');

/** A pattern such as `packages/*`, `apps/**` or `{apps,libs}/*`, as the package managers read it. */
function toRegExp(pattern: string): RegExp {
  const parts = clean(pattern).split(/(\*\*\/|\*\*|\*|\?|\{[^{}]*\})/);
  const source = parts.map((part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    const escaped = part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    if (part.startsWith('{'))
      return `(?:${part
        .slice(1, -1)
        .split(',')
        .map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll(String.raw`\*`, '[^/]*'))
        .join('|')})`;
    return escaped;
  });
  return new RegExp(`^${source.join('')}$`);
}

/** Whether a folder is one that the patterns name; a later `!pattern` takes it out again. */
export function isMember(patterns: readonly string[], folder: string): boolean {
  if (/(^|\/)node_modules(\/|$)/.test(folder)) return false;
  let inside = false;
  for (const pattern of patterns) if (toRegExp(pattern).test(folder)) inside = !pattern.startsWith('!');
  return inside;
}

const isPackageFile = (path: string): boolean =>
  PACKAGE_FILES.some((name) => path === name || path.endsWith(`/${name}`));

/** The members of the workspace whose root is the inventory's, by folder. */
export function workspaceMembers(inventory: Inventory, root: Package | undefined): Package[] {
  const patterns = workspacePatterns(inventory, root);
  if (patterns.length === 0) return [];
  const folders = [...new Set(inventory.files(isPackageFile).map(parentOf))];
  return folders
    .filter((folder) => folder !== '' && isMember(patterns, folder))
    .flatMap((folder) => readPackage(inventory, folder) ?? []);
}

const above = (folder: string): string[] => (folder === '' ? [] : [parentOf(folder), ...above(parentOf(folder))]);

/** The folder, above `app`, of a workspace that names `app` as a member, or that Nx builds it in. */
export const workspaceRoot = (tree: Inventory, app: string): string | undefined =>
  above(app).find((at) => {
    const inventory = tree.at(at);
    const inside = app.slice(at === '' ? 0 : at.length + 1);
    return (
      isMember(workspacePatterns(inventory, readPackage(inventory, '')), inside) ||
      nxPackage(inventory, inside) !== undefined
    );
  });

/** Where a `file:` or `link:` dependency lies, from its package's folder; undefined where it leaves the tree. */
export function localFolder(pkg: Package, spec: string): string | undefined {
  const path = /^(?:file|link|portal):(.*)$/.exec(spec)?.[1];
  if (path === undefined || path.startsWith('/')) return undefined;
  const parts = pkg.folder.split('/').filter(Boolean);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/**
 * The members that a package needs, itself not among them, each after those that it needs itself: the order in which
 * they are built. A member is meant by its name, whatever range is written, or by a path.
 */
export function closureOf(pkg: Package, members: readonly Package[], production = false): Package[] {
  const byName = new Map(members.flatMap((m) => (m.json.name === undefined ? [] : [[m.json.name, m] as const])));
  const byFolder = new Map(members.map((m) => [m.folder, m]));
  const done = new Set<Package>([pkg]);
  const order: Package[] = [];
  const visit = (from: Package): void => {
    const wanted = production ? runDependencies(from) : { ...from.json.peerDependencies, ...allDependencies(from) };
    for (const [name, spec] of Object.entries(wanted)) {
      const found = byName.get(name) ?? byFolder.get(localFolder(from, spec) ?? '-');
      if (!found || done.has(found)) continue;
      done.add(found);
      visit(found);
      order.push(found);
    }
  };
  visit(pkg);
  return order;
}
