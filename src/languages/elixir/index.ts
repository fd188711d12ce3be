import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { baseName } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { mixPaths, mixProject, planElixir, releaseCommand } from './plan.ts';
import { VERSION_FILES, versionOrder } from './version.ts';

function detect(inventory: Inventory): Sign[] {
  const signs: Sign[] = [];
  if (inventory.isFile('mix.exs')) signs.push({ path: 'mix.exs', weight: weights.manifest, reason: 'a Mix project' });
  if (inventory.isFile('mix.lock')) signs.push({ path: 'mix.lock', weight: weights.tool, reason: 'a lockfile of Mix' });
  return signs;
}

function infer({ inventory }: Scope): Inferred {
  const project = mixProject(inventory);
  const { mix, versions, release, phoenix, serves, port } = project;
  const from = { file: 'mix.exs', why: 'mix.exs' };
  const findings: Finding[] = [
    ...(mix.app === undefined ? [] : [{ at: '/name', value: mix.app, from } as const]),
    ...(mix.version === undefined ? [] : [{ at: '/version', value: mix.version, from } as const]),
    { at: '/runtime', value: versions.elixir.version, from: versions.elixir.from, rejected: versions.elixir.rejected },
    { at: '/packageManager', value: 'mix', from },
    ...(phoenix ? [{ at: '/framework', value: 'phoenix', from } as const] : []),
    { at: '/workload', value: serves ? 'service' : 'worker', from },
    ...(release === undefined ? [] : [{ at: '/command', value: releaseCommand(release), from } as const]),
    ...(serves ? [{ at: '/port', value: port, from } as const] : []),
  ];
  return { findings };
}

/** Heroku-style Procfiles start with Mix, which a release does not have. */
function resolveCommand({ inventory }: Scope, argv: readonly string[]): readonly string[] | undefined {
  const words = argv.length === 3 && argv[1] === '-c' ? (argv[2] ?? '').split(/\s+/) : [...argv];
  const at = words.indexOf('mix');
  const { release } = mixProject(inventory);
  const starts = at >= 0 && /^(phx\.server|phoenix\.server|run)$/.test(words[at + 1] ?? '');
  return starts && release !== undefined ? releaseCommand(release) : undefined;
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '_build', purpose: 'build-output', why: 'made in the image' },
  { pattern: 'deps', purpose: 'dependencies', why: 'fetched in the image' },
  { pattern: '**/node_modules', purpose: 'dependencies', why: 'installed in the image' },
  { pattern: 'priv/static/assets', purpose: 'build-output', why: 'made in the image' },
  { pattern: 'priv/static/cache_manifest.json', purpose: 'build-output', why: 'made in the image' },
  { pattern: '.elixir_ls', purpose: 'editor', why: 'results of a language server' },
  { pattern: 'erl_crash.dump', purpose: 'logs', why: 'written when Erlang ended by a fault' },
  { pattern: 'test', purpose: 'test', why: 'tests take no part in a build' },
  { pattern: 'cover', purpose: 'test', why: 'what a test run covered' },
];

export const elixir = defineLanguage({
  id: 'elixir',
  title: 'Elixir',
  facts: {
    detectedBy: ['mix.exs'],
    versionOrder,
    packageManagers: ['mix'],
    frameworks: ['phoenix'],
    variants: ['slim'],
    product: 'elixir',
  },
  readsText: (path) => mixPaths(path) || VERSION_FILES.includes(baseName(path)),
  detect,
  infer,
  resolveCommand,
  plan: planElixir,
  ignore: () => IGNORED,
});
