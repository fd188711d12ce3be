import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { healthOf, phpApp, readsEnvFile } from './app.ts';
import { isPhpText } from './extensions.ts';
import { FRAMEWORKS, isWordpress, WEB_ROOTS } from './framework.ts';
import { planPhp } from './plan.ts';
import { SERVER } from './server.ts';
import { VERSION_FILE, versionOrder } from './version.ts';

function detect(inventory: Inventory): Sign[] {
  const signs: Sign[] = [];
  const add = (path: string, weight: number, reason: string): void => void signs.push({ path, weight, reason });
  if (inventory.isFile('composer.json')) add('composer.json', weights.manifest, 'a Composer project');
  if (inventory.isFile('composer.lock')) add('composer.lock', weights.tool, 'a lockfile of Composer');
  if (inventory.isFile('artisan')) add('artisan', weights.program, 'the console of Laravel');
  if (isWordpress(inventory)) add('wp-load.php', weights.program, 'WordPress');
  if (inventory.isFile('symfony.lock')) add('symfony.lock', weights.tool, 'recipes of Symfony');
  const page = ['index.php', ...WEB_ROOTS.map((folder) => `${folder}/index.php`)].find((path) =>
    inventory.isFile(path),
  );
  const script = inventory.names('').find((name) => name.endsWith('.php') && inventory.isFile(name));
  if (page !== undefined) add(page, weights.entry, 'a page in PHP');
  else if (script !== undefined)
    add(script, /^(main|app|server|run|worker)\.php$/.test(script) ? weights.entry : weights.source, 'a script in PHP');
  return signs;
}

const nameOf = (text: string | undefined): string | undefined =>
  /^(?:[\w.-]+\/)?([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)$/.exec(text ?? '')?.[1];

function infer({ inventory }: Scope): Inferred {
  const app = phpApp(inventory);
  const { composer, version, framework, start, port } = app;
  const health = healthOf(app);
  const name = nameOf(composer?.name);
  const composerFile = { file: 'composer.json', why: 'composer.json' };
  const findings: Finding[] = [
    ...(name === undefined ? [] : [{ at: '/name', value: name, from: composerFile } as const]),
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    ...(composer ? [{ at: '/packageManager', value: 'composer', from: composerFile } as const] : []),
    ...(framework ? [{ at: '/framework', value: framework.id, from: framework.from } as const] : []),
    ...(start
      ? ([
          { at: '/workload', value: port === undefined ? 'job' : 'service', from: start.from },
          { at: '/command', value: start.argv, from: start.from },
        ] as const)
      : []),
    ...(port === undefined || !start ? [] : [{ at: '/port', value: port, from: start.from } as const]),
    ...(health ? [{ at: '/health/path', value: health.path, from: health.from } as const] : []),
    ...(framework && Object.keys(framework.env).length > 0
      ? [{ at: '/run/env', value: framework.env, from: framework.from } as const]
      : []),
  ];
  return { findings };
}

/** Procfiles name start scripts of a platform, or PHP's server for development: both mean "serve the pages". */
function resolveCommand({ inventory }: Scope, argv: readonly string[]): readonly string[] | undefined {
  const words = argv.length === 3 && argv[1] === '-c' ? (argv[2] ?? '').split(/\s+/) : [...argv];
  const serves =
    words.some((word) => /(^|\/)heroku-php-(apache2|nginx)$/.test(word)) ||
    (words.includes('php') && (words.includes('-S') || (words.includes('artisan') && words.includes('serve'))));
  return serves && phpApp(inventory).root !== undefined ? [...SERVER] : undefined;
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: 'node_modules', purpose: 'dependencies', why: 'installed in the image' },
  { pattern: 'tests', purpose: 'test', why: 'tests take no part in a build' },
  { pattern: 'phpunit.xml*', purpose: 'test', why: 'settings of tests' },
  { pattern: '.phpunit*', purpose: 'test', why: 'results of tests' },
  { pattern: 'auth.json', purpose: 'secret', why: 'credentials of package repositories' },
];

const LARAVEL: readonly IgnoreRule[] = [
  { pattern: 'bootstrap/cache/*.php', purpose: 'cache', why: 'made for another environment' },
  { pattern: 'public/hot', purpose: 'build-output', why: 'points at a development server' },
  { pattern: 'public/storage', purpose: 'build-output', why: 'a link, made in the image' },
];

const SYMFONY: readonly IgnoreRule[] = [
  { pattern: 'var', purpose: 'cache', why: 'made in the image' },
  { pattern: '.env.local.php', purpose: 'secret', why: 'settings of one machine' },
];

/** Symfony's `.env` is kept in the repository: it holds defaults, not secrets. */
const ENV_FILE: IgnoreRule = {
  pattern: '!.env',
  purpose: 'secret',
  why: 'the defaults that Symfony reads at each start',
};

function ignore({ inventory }: Scope): IgnoreRule[] {
  const app = phpApp(inventory);
  const kept = readsEnvFile(app) && !/^\/?\.env$/m.test(inventory.text('.gitignore') ?? '');
  return [
    ...(app.composer
      ? [{ pattern: app.composer.vendorDir, purpose: 'dependencies', why: 'installed in the image' } as const]
      : []),
    ...IGNORED,
    ...(app.framework?.id === 'laravel' ? LARAVEL : []),
    ...(app.framework?.id === 'symfony' ? SYMFONY : []),
    ...(kept ? [ENV_FILE] : []),
  ];
}

export const php = defineLanguage({
  id: 'php',
  title: 'PHP',
  facts: {
    detectedBy: ['composer.json', 'index.php', 'public/index.php', 'artisan', 'wp-load.php'],
    versionOrder,
    packageManagers: ['composer'],
    frameworks: FRAMEWORKS,
    variants: ['slim'],
    product: 'php',
  },
  readsText: (path) =>
    /(^|\/)composer\.(json|lock)$/.test(path) ||
    path === VERSION_FILE ||
    path.endsWith(`/${VERSION_FILE}`) ||
    isPhpText(path),
  detect,
  infer,
  resolveCommand,
  plan: planPhp,
  ignore,
});
