import type { Inventory } from '../../inventory/inventory.ts';
import { SITE_COMMAND } from '../../plan/static-site.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { appFolders, isOnlyWorkspace, ofWorkspace } from '../javascript/apps.ts';
import { FRAMEWORKS, understandApp } from '../javascript/app.ts';
import { readsText } from '../javascript/files.ts';
import { ignoreRules } from '../javascript/ignore.ts';
import { isLockfile } from '../javascript/lockfile.ts';
import { nodeVersion, nodeVersionOrder } from '../javascript/node-version.ts';
import { lineOfKey } from '../javascript/package-json.ts';
import { loneProgram, readProject } from '../javascript/project.ts';
import { commandOf } from '../javascript/server-plan.ts';
import { servingOf } from '../javascript/serving.ts';
import { runsOnBun } from '../javascript/uses-bun.ts';
import { planNode } from './plan.ts';

const TOOL_FILE =
  /^(next|nuxt|astro|svelte|vite|gatsby|angular|vue|docusaurus|remix|react-router|tsconfig|nest-cli|webpack|eleventy|\.eleventy)([.-][\w.-]*)?\.([cm]?[jt]s|json)$/;

function detect(inventory: Inventory): Sign[] {
  if (runsOnBun(inventory)) return [];
  const names = inventory.names('');
  const signs: Sign[] = names
    .filter((name) => name === 'package.json' || name === 'package.json5')
    .slice(0, 1)
    .map((path) => ({ path, weight: weights.manifest, reason: 'a package of Node.js' }));
  const lone = loneProgram(inventory);
  if (signs.length === 0)
    return lone !== undefined && /\.[cm]?js$/.test(lone)
      ? [{ path: lone, weight: weights.entry, reason: 'a program in JavaScript, by its name' }]
      : [];
  const lock = names.find((name) => isLockfile(name));
  if (lock !== undefined) signs.push({ path: lock, weight: weights.tool, reason: 'a lockfile of JavaScript packages' });
  const tool = names.find((name) => TOOL_FILE.test(name));
  if (tool !== undefined)
    signs.push({ path: tool, weight: weights.tool, reason: 'configuration of a tool for JavaScript' });
  return signs;
}

function infer(scope: Scope): Inferred {
  const project = readProject(scope.inventory, scope.member);
  const app = understandApp(project, scope.command);
  const { outcome, framework } = app;
  const pkg = app.project.app;
  const node = nodeVersion(scope.inventory, [pkg, project.root]);
  const findings: Finding[] = [
    ...(pkg.json.name === undefined || !/^[\w@/.-]+$/.test(pkg.json.name)
      ? []
      : [{ at: '/name', value: pkg.json.name.replace(/^@[^/]*\//, ''), from: named(pkg, 'name') } as const]),
    ...(pkg.json.version === undefined
      ? []
      : [{ at: '/version', value: pkg.json.version, from: named(pkg, 'version') } as const]),
    { at: '/runtime', value: node.version, from: node.from, rejected: node.rejected },
    {
      at: '/packageManager',
      value: project.manager.name,
      from: project.manager.from,
      rejected: project.manager.rejected,
    },
    ...(framework && outcome ? [{ at: '/framework', value: framework.id, from: outcome.from } as const] : []),
  ];
  if (outcome?.kind === 'site')
    return { findings: [...findings, { at: '/workload', value: 'static', from: outcome.from }] };
  if (outcome?.kind !== 'server') return { findings };
  const argv = commandOf(app, outcome, undefined);
  const serving = servingOf(app, argv, node.version);
  return {
    findings: [
      ...findings,
      { at: '/workload', value: serving.workload, from: serving.from },
      { at: '/command', value: argv, from: outcome.from },
      ...(serving.port ? [{ at: '/port', value: serving.port.port, from: serving.port.from } as const] : []),
    ],
  };
}

const named = (pkg: Parameters<typeof lineOfKey>[0], key: string) => ({
  ...lineOfKey(pkg, key),
  why: `${key} in ${pkg.file}`,
});

/** What a Procfile’s `npm start` comes to: the program itself, or the server of the files that are built. */
function resolveCommand(scope: Scope, argv: readonly string[]): readonly string[] | undefined {
  const app = understandApp(readProject(scope.inventory, scope.member), argv);
  if (app.outcome?.kind === 'site') return SITE_COMMAND;
  return app.outcome ? commandOf(app, app.outcome, undefined) : undefined;
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
  infer,
  resolveCommand,
  plan: planNode,
  ignore: ignoreRules,
});
