import { joinPath, parentOf, pathBelow, type Inventory } from '../../inventory/inventory.ts';
import type { IgnoreRule } from '../../ignore/rule.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { CONFIG_FILES, memberFolders, readConfig } from './config.ts';
import { appOf, planDeno } from './plan.ts';
import { FRAMEWORKS, servingOf, withPort } from './serving.ts';
import { ENTRY_FILES, startOf } from './start.ts';
import { denoVersion, VERSION_FILES, versionOrder } from './version.ts';

/** Only Deno runs a module like this as it stands. */
const OF_DENO =
  /\bDeno\.\w+|\bfrom\s+["'](?:jsr:|npm:|https:\/\/(?:deno\.land|esm\.sh|jsr\.io)\/)|import\s+["'](?:jsr:|npm:|https:\/\/deno\.land\/)/;
const RUNS_DENO = /"\s*:\s*"[^"\n]*\bdeno\s+(?:run|serve|task|-A)\b|"\s*:\s*"[^"\n]*\b_fresh\//;

function detect(inventory: Inventory): Sign[] {
  const signs: Sign[] = [];
  const config = CONFIG_FILES.find((name) => inventory.isFile(name));
  if (config !== undefined) {
    const text = inventory.text(config) ?? '';
    const paired = inventory.isFile('package.json') && !RUNS_DENO.test(text);
    // Beside a package.json it may only set up `deno fmt` or `deno lint`.
    signs.push({
      path: config,
      weight: paired ? weights.tool : weights.manifest,
      reason: paired ? 'settings of Deno, beside a package.json' : 'a Deno project',
    });
    if (RUNS_DENO.test(text)) signs.push({ path: config, weight: weights.tool, reason: 'its tasks run Deno' });
  }
  if (inventory.isFile('deno.lock'))
    signs.push({ path: 'deno.lock', weight: weights.tool, reason: 'a lockfile of Deno' });
  const main = ENTRY_FILES.filter((path) => !path.includes('/')).find((path) => inventory.isFile(path));
  const text = main === undefined ? '' : (inventory.text(main) ?? '');
  if (main !== undefined && (OF_DENO.test(text) || config !== undefined))
    signs.push({
      path: main,
      weight: OF_DENO.test(text) ? weights.program : weights.entry,
      reason: OF_DENO.test(text) ? 'a module that only Deno runs' : 'the main module',
    });
  return signs;
}

/** The folder of the workspace that lists `app` as a member. */
function workspaceOf(tree: Inventory, app: string): string | undefined {
  for (let at = parentOf(app); ; at = parentOf(at)) {
    const below = tree.at(at);
    const config = readConfig(below);
    const member = pathBelow(at, app);
    if (config.workspace.length > 0 && memberFolders(below, config).includes(member)) return at;
    if (at === '') return undefined;
  }
}

/** Members that have something to start. */
function apps(inventory: Inventory): string[] {
  const config = readConfig(inventory);
  return memberFolders(inventory, config).filter((folder) => {
    const own = readConfig(inventory, folder);
    const tasks = ['start', 'serve', 'preview', 'prod'].some((name) => own.tasks[name] !== undefined);
    return tasks || ['main', 'server'].some((name) => inventory.isFile(joinPath(folder, `${name}.ts`)));
  });
}

function infer({ inventory, member }: Scope): Inferred {
  const { own } = appOf(inventory, member);
  const version = denoVersion(inventory);
  const start = startOf(inventory, member, own);
  const serving = start && servingOf(inventory, member, own, start);
  const from = { ...(own.file === undefined ? {} : { file: own.file }), why: 'what the project calls itself' };
  const name = /^(?:@[^/]+\/)?([A-Za-z0-9][A-Za-z0-9._-]*)$/.exec(own.name ?? '')?.[1];
  const findings: Finding[] = [
    ...(name === undefined ? [] : [{ at: '/name', value: name, from } as const]),
    ...(own.version !== undefined && /^[\w.+-]{1,64}$/.test(own.version)
      ? [{ at: '/version', value: own.version, from } as const]
      : []),
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    { at: '/packageManager', value: 'deno', from: { why: 'Deno fetches packages itself' } },
  ];
  if (!start || !serving) return { findings };
  return {
    findings: [
      ...findings,
      ...(serving.framework
        ? [{ at: '/framework', value: serving.framework.id, from: serving.framework.from } as const]
        : []),
      { at: '/workload', value: serving.workload, from: serving.from },
      { at: '/command', value: withPort(start.argv, serving.port), from: start.from },
      ...(serving.port === undefined ? [] : [{ at: '/port', value: serving.port, from: serving.from } as const]),
      ...(serving.health
        ? [{ at: '/health/path', value: serving.health.path, from: serving.health.from } as const]
        : []),
    ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '**/node_modules', purpose: 'dependencies', why: 'fetched in the image' },
  { pattern: '**/*_test.*', purpose: 'test', why: 'tests take no part in a build' },
  { pattern: '**/*.test.*', purpose: 'test', why: 'tests take no part in a build' },
  { pattern: '**/*_bench.*', purpose: 'test', why: 'benchmarks take no part in a build' },
  { pattern: 'cov_profile', purpose: 'test', why: 'what a test run covered' },
  { pattern: '_fresh', purpose: 'build-output', why: 'made by the build' },
];

export const deno = defineLanguage({
  id: 'deno',
  title: 'Deno',
  facts: {
    detectedBy: ['deno.json', 'deno.jsonc', 'deno.lock', 'main.ts that uses Deno’s API'],
    versionOrder,
    packageManagers: ['deno'],
    frameworks: FRAMEWORKS.map(({ id }) => id),
    variants: ['slim'],
    product: 'deno',
  },
  readsText: (path) =>
    /(^|\/)deno\.(jsonc?|lock)$/.test(path) ||
    VERSION_FILES.some((file) => path === file || path.endsWith(`/${file}`)) ||
    /^([^/]+\/){0,3}(main|server|app|serve|index|mod)\.m?[jt]sx?$/.test(path),
  detect,
  workspaceOf,
  apps,
  infer,
  plan: planDeno,
  ignore: () => IGNORED,
});
