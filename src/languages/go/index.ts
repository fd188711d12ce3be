import type { Inventory } from '../../inventory/inventory.ts';
import type { IgnoreRule } from '../../ignore/rule.ts';
import { joinPath, parentOf } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { calledPackages } from '../called-packages.ts';
import { maySetPort } from '../configured-port.ts';
import { goApp, programOfRun, type GoApp } from './app.ts';
import { codeOf } from './code.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { isHintFile } from './hints.ts';
import { planGo } from './plan.ts';
import { folderOf, isGoSource, readProject, workspaceFolders } from './project.ts';
import { moduleName, programsOf } from './programs.ts';
import { readModuleFile } from './module-file.ts';
import { embedsOf } from './source-file.ts';
import { goVersion, isVersionFile, versionOrder } from './version.ts';

/** Go code anywhere: a go.mod alone may be that of a Hugo theme. https://gohugo.io/hugo-modules/ */
const hasCode = (inventory: Inventory): boolean =>
  !inventory.complete || inventory.entries.some((e) => e.kind === 'file' && isGoSource(e.path));

const isMain = (text = ''): boolean => /^package main$/m.test(text) && /^func main\(\)/m.test(text);

function detect(inventory: Inventory): Sign[] {
  const signs: Sign[] = [];
  const names = inventory.names('');
  const sources = names.filter((name) => isGoSource(name));
  if (inventory.isFile('go.mod') && hasCode(inventory))
    signs.push({ path: 'go.mod', weight: weights.manifest, reason: 'a Go module' });
  if (inventory.isFile('go.work'))
    signs.push({
      path: 'go.work',
      weight: signs.length > 0 ? weights.tool : weights.manifest,
      reason: 'a Go workspace',
    });
  if (inventory.isFile('go.sum')) signs.push({ path: 'go.sum', weight: weights.tool, reason: 'sums of Go modules' });
  const main = sources.includes('main.go')
    ? 'main.go'
    : signs.length === 0
      ? sources.find((name) => isMain(inventory.text(name)))
      : inventory.entries.find((e) => /^cmd\/([^/]+\/)?main\.go$/.test(e.path))?.path;
  if (main !== undefined) signs.push({ path: main, weight: weights.entry, reason: 'the main file of a Go program' });
  else if (sources[0] !== undefined)
    signs.push({ path: sources[0], weight: weights.source, reason: 'Go source at the root' });
  return signs;
}

/** The nearest folder at or above `app` with a go.mod; undefined where there is none. */
function moduleFolder(tree: Inventory, app: string): string | undefined {
  for (let at = app; ; at = parentOf(at)) {
    if (tree.isFile(joinPath(at, 'go.mod'))) return at;
    if (at === '') return undefined;
  }
}

const commonFolder = (a: string, b: string): string => {
  const [x, y] = [a.split('/'), b.split('/')];
  const same = x.findIndex((part, i) => part !== y[i]);
  return (same < 0 ? x : x.slice(0, same)).join('/');
};

/** The folder that a module cannot be built without: its workspace's, or one that holds what it replaces too. */
function workspaceOf(tree: Inventory, app: string): string | undefined {
  const module = moduleFolder(tree, app);
  if (module === undefined) return undefined;
  for (let at = module; ; at = parentOf(at)) {
    const text = tree.text(joinPath(at, 'go.work'));
    const uses = text === undefined ? [] : workspaceFolders(readModuleFile(text, joinPath(at, 'go.work')));
    if (uses.map((folder) => joinPath(at, folder)).includes(module)) return at === app ? undefined : at;
    if (at === '') break;
  }
  const file = joinPath(module, 'go.mod');
  const replaced = readModuleFile(tree.text(file) ?? '', file).localReplacements;
  const root = replaced.reduce((all, { folder }) => commonFolder(all, folderOf(file, folder) ?? all), module);
  return root === app ? undefined : root;
}

/** Other programs than the root's own, as folders. */
function apps(inventory: Inventory): string[] {
  const programs = programsOf(readProject({ inventory, member: '' }));
  return programs.length > 1 ? programs.map((p) => p.folder).filter((folder) => folder !== '') : [];
}

function findingsOf({ project, program, from, rejected, serving, cgo, reach }: GoApp): Finding[] {
  const { module } = program;
  const version = goVersion(project, module);
  const known = project.packages.size > 0 || serving.framework !== undefined;
  const modFile = { file: joinPath(module.folder, 'go.mod'), why: `module ${module.path}` };
  const framework = serving.framework;
  const called = calledPackages('go', codeOf(reach));
  const needed = [...(cgo?.run ?? []), ...(called?.packages ?? [])];
  const neededFrom = cgo && cgo.run.length > 0 ? cgo.from : called?.from;
  return [
    ...(module.file?.module === undefined
      ? []
      : [
          {
            at: '/name',
            value: program.folder === module.folder ? moduleName(module.path) : program.name,
            from: modFile,
          } as const,
        ]),
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    { at: '/packageManager', value: 'go', from: modFile },
    ...(framework ? [{ at: '/framework', value: framework.framework.id, from: framework.from } as const] : []),
    ...(known ? [{ at: '/workload', value: serving.workload, from: serving.from } as const] : []),
    { at: '/command', value: [program.name, ...serving.args], from, rejected },
    ...(serving.port ? [{ at: '/port', value: serving.port.port, from: serving.port.from } as const] : []),
    ...(serving.health ? [{ at: '/health/path', value: serving.health.path, from: serving.health.from } as const] : []),
    ...(serving.envFrom && Object.keys(serving.env).length > 0
      ? [{ at: '/run/env', value: serving.env, from: serving.envFrom } as const]
      : []),
    ...(cgo && cgo.build.length > 0 ? [{ at: '/build/packages', value: cgo.build, from: cgo.from } as const] : []),
    ...(needed.length > 0 && neededFrom ? [{ at: '/run/packages', value: needed, from: neededFrom } as const] : []),
  ];
}

function infer(scope: Scope): Inferred {
  const { app } = goApp(scope, scope.command);
  return { findings: app ? findingsOf(app) : [] };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '**/*_test.go', purpose: 'test', why: 'tests take no part in a build' },
  { pattern: '**/*.test', purpose: 'build-output', why: 'test programs, made by go test -c' },
  { pattern: '**/*.prof', purpose: 'test', why: 'profiles' },
  { pattern: '**/coverage.out', purpose: 'test', why: 'what a test run covered' },
  { pattern: '**/*.exe', purpose: 'build-output', why: 'binaries for another system' },
  { pattern: '**/__debug_bin*', purpose: 'build-output', why: 'made by a debugger' },
];

const TEST_DATA: IgnoreRule = { pattern: '**/testdata', purpose: 'test', why: 'read by tests only' };

const NODE_MODULES: IgnoreRule = {
  pattern: '**/node_modules',
  purpose: 'dependencies',
  why: 'installed in the image',
};

/** Test data as well, but for a program that takes some of it into its binary. */
function ignore({ inventory }: Scope): IgnoreRule[] {
  const embeds = inventory
    .files((path) => isGoSource(path))
    .some((path) => embedsOf(inventory.text(path) ?? '').some((pattern) => pattern.includes('testdata')));
  const scripts = inventory.files(/(^|\/)package\.json$/).length > 0;
  return [...IGNORED, ...(embeds ? [] : [TEST_DATA]), ...(scripts ? [NODE_MODULES] : [])];
}

export const go = defineLanguage({
  id: 'go',
  title: 'Go',
  facts: {
    detectedBy: ['go.mod', 'go.work', 'main.go', 'cmd/*/main.go'],
    versionOrder,
    packageManagers: ['go'],
    frameworks: FRAMEWORKS.map((framework) => framework.id),
    variants: ['distroless', 'scratch', 'slim', 'debian', 'alpine'],
    product: 'go',
  },
  readsText: (path) =>
    isGoSource(path) ||
    /(^|\/)(go\.(mod|work|sum)|vendor\/modules\.txt)$/.test(path) ||
    isVersionFile(path) ||
    isHintFile(path) ||
    maySetPort(path),
  detect,
  workspaceOf,
  apps,
  infer,
  resolveCommand: programOfRun,
  plan: planGo,
  ignore,
});
