import type { Inventory } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Sign } from '../language.ts';
import { appFolders, isOnlyWorkspace, ofWorkspace } from '../javascript/apps.ts';
import { FRAMEWORKS } from '../javascript/app.ts';
import { readsText } from '../javascript/files.ts';
import { ignoreRules } from '../javascript/ignore.ts';
import { isLockfile } from '../javascript/lockfile.ts';
import { nodeVersion, nodeVersionOrder } from '../javascript/node-version.ts';
import { inferApp, resolvedCommand } from '../javascript/infer.ts';
import { loneProgram } from '../javascript/project.ts';
import { readNxProject } from '../javascript/nx-projects.ts';
import { runsOnBun } from '../javascript/uses-bun.ts';
import { planNode } from './plan.ts';

const TOOL_FILE =
  /^(next|nuxt|astro|svelte|vite|gatsby|angular|vue|docusaurus|remix|react-router|tsconfig|nest-cli|webpack|eleventy|\.eleventy)([.-][\w.-]*)?\.([cm]?[jt]s|json)$/;

/** A program in TypeScript runs on Node.js as it is, unless it is written for another runtime. */
function forNode(inventory: Inventory, file: string): boolean {
  if (/\.[cm]?js$/.test(file)) return true;
  const text = inventory.text(file) ?? '';
  return (
    /\bprocess\.|\bfrom ['"](?:node:|https?['"])/.test(text) &&
    !/\bDeno\.|\bBun\.|['"](?:jsr:|npm:|https?:\/\/)/.test(text)
  );
}

function detect(inventory: Inventory): Sign[] {
  if (runsOnBun(inventory)) return [];
  const names = inventory.names('');
  const signs: Sign[] = names
    .filter((name) => name === 'package.json' || name === 'package.json5')
    .slice(0, 1)
    .map((path) => ({ path, weight: weights.manifest, reason: 'a package of Node.js' }));
  const lone = loneProgram(inventory);
  // What makes its build target, a plugin, stands at the root of the workspace.
  const { projectType, targets } = readNxProject(inventory, '');
  if (signs.length === 0 && (projectType === 'application' || targets?.['build'] !== undefined))
    return [{ path: 'project.json', weight: weights.tool, reason: 'a project of an Nx workspace' }];
  if (signs.length === 0)
    return lone !== undefined && forNode(inventory, lone)
      ? [{ path: lone, weight: weights.entry, reason: 'a program for Node.js, by its name' }]
      : [];
  const lock = names.find((name) => isLockfile(name));
  if (lock !== undefined) signs.push({ path: lock, weight: weights.tool, reason: 'a lockfile of JavaScript packages' });
  const tool = names.find((name) => TOOL_FILE.test(name));
  if (tool !== undefined)
    signs.push({ path: tool, weight: weights.tool, reason: 'configuration of a tool for JavaScript' });
  return signs;
}

export const node = defineLanguage({
  id: 'node',
  title: 'Node.js',
  facts: {
    detectedBy: ['package.json', 'package.json5', 'server.js', 'index.js'],
    versionOrder: nodeVersionOrder,
    packageManagers: ['npm', 'yarn', 'pnpm', 'bun'],
    frameworks: FRAMEWORKS.map((framework) => framework.id),
    variants: ['slim', 'alpine', 'debian', 'distroless'],
    product: 'nodejs',
  },
  readsText,
  detect,
  workspaceOf: ofWorkspace,
  apps: appFolders,
  isApp: (inventory) => !isOnlyWorkspace(inventory),
  infer: (scope) => inferApp(scope, 'node', nodeVersion),
  resolveCommand: (scope, argv) => resolvedCommand(scope, argv, 'node'),
  plan: planNode,
  ignore: ignoreRules,
});
