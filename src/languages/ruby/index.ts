import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { joinPackages } from '../../plan/packages.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { readGemfile } from './gemfile.ts';
import { planRuby } from './plan.ts';
import { readProject } from './project.ts';
import { FRAMEWORK_IDS, mainOf, servingOf } from './serving.ts';
import { hasAllocator, VERSION_FILE, versionOrder } from './version.ts';

/** Tools that projects in other languages keep in a Gemfile. */
const TOOLS =
  /^(cocoapods(-\w+)*|fastlane(-plugin-\w+)*|xcodeproj|xcpretty|danger(-\w+)*|activesupport|concurrent-ruby|rubocop(-\w+)*|licensed|mdl|overcommit|benchmark|bigdecimal|logger|mutex_m|nkf)$/;

const onlyTools = (text: string): boolean => {
  const { gems, gemspec } = readGemfile(text);
  return !gemspec && gems.length > 0 && gems.every(({ name }) => TOOLS.test(name));
};

function detect(inventory: Inventory): Sign[] {
  const signs: Sign[] = [];
  const add = (path: string, weight: number, reason: string): void => void signs.push({ path, weight, reason });
  const gemfile = inventory.text('Gemfile');
  const tools = gemfile !== undefined && onlyTools(gemfile);
  if (inventory.isFile('Gemfile'))
    add('Gemfile', tools ? weights.source : weights.manifest, tools ? 'tools in Ruby' : 'a Gemfile');
  if (inventory.isFile('Gemfile.lock') && !tools) add('Gemfile.lock', weights.tool, 'a lockfile of Bundler');
  if (inventory.isFile('config.ru')) add('config.ru', weights.program, 'a Rack application');
  if (inventory.isFile('bin/rails')) add('bin/rails', weights.program, 'the console of Rails');
  if (inventory.isFile('_config.yml') && gemfile !== undefined && /jekyll|github-pages/.test(gemfile))
    add('_config.yml', weights.program, 'a Jekyll site');
  const scripts = inventory.names('').filter((name) => name.endsWith('.rb') && inventory.isFile(name));
  const main = mainOf(inventory);
  if (main !== undefined && !main.includes('/') && scripts.length > 0)
    add(main, /^(app|main|server|bot)\.rb$/.test(main) ? weights.entry : weights.source, 'a script in Ruby');
  else if (scripts[0] !== undefined) add(scripts[0], weights.source, 'a script in Ruby');
  return signs;
}

function infer({ inventory }: Scope): Inferred {
  const project = readProject(inventory);
  const { version, native } = project;
  const serving = servingOf(project);
  const allocator = hasAllocator(version.version) ? ['libjemalloc2'] : [];
  const packages = joinPackages(allocator, native.run);
  const from = { file: 'Gemfile.lock', why: ['an allocator', ...native.gems].join(', ') };
  const findings: Finding[] = [
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    ...(project.gemfile
      ? [{ at: '/packageManager', value: 'bundler', from: { file: 'Gemfile', why: 'a Gemfile' } } as const]
      : []),
    ...(packages.length > 0 && serving?.workload !== 'static'
      ? [{ at: '/run/packages', value: packages, from } as const]
      : []),
  ];
  if (!serving) return { findings };
  const { framework, workload, argv, port, health, env } = serving;
  return {
    findings: [
      ...findings,
      ...(framework ? [{ at: '/framework', value: framework.id, from: framework.from } as const] : []),
      { at: '/workload', value: workload, from: serving.from },
      ...(argv.length > 0 ? [{ at: '/command', value: argv, from: serving.from } as const] : []),
      ...(port === undefined ? [] : [{ at: '/port', value: port, from: serving.from } as const]),
      ...(health ? [{ at: '/health/path', value: health.path, from: health.from } as const] : []),
      ...(Object.keys(env).length > 0 ? [{ at: '/run/env', value: env, from: serving.from } as const] : []),
    ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '.bundle', purpose: 'dependencies', why: 'settings of Bundler on one machine' },
  { pattern: 'vendor/bundle', purpose: 'dependencies', why: 'installed in the image' },
  { pattern: 'node_modules', purpose: 'dependencies', why: 'installed in the image' },
  { pattern: 'config/master.key', purpose: 'secret', why: 'opens the credentials' },
  { pattern: 'config/credentials/*.key', purpose: 'secret', why: 'opens the credentials' },
  { pattern: 'spec', purpose: 'test', why: 'tests take no part in a build' },
  { pattern: 'test', purpose: 'test', why: 'tests take no part in a build' },
  { pattern: 'coverage', purpose: 'test', why: 'what a test run covered' },
];

const OUTPUT: readonly IgnoreRule[] = [
  { pattern: 'log/*', purpose: 'logs', why: 'written by programs that ran here' },
  { pattern: 'tmp/*', purpose: 'cache', why: 'made while the app runs' },
  { pattern: 'storage/*', purpose: 'build-output', why: 'uploads and databases of one machine' },
  { pattern: 'public/assets', purpose: 'build-output', why: 'made in the image' },
  { pattern: 'public/packs', purpose: 'build-output', why: 'made in the image' },
  { pattern: 'public/vite', purpose: 'build-output', why: 'made in the image' },
];

const SITE: readonly IgnoreRule[] = [
  { pattern: '_site', purpose: 'build-output', why: 'made in the image' },
  { pattern: '.jekyll-cache', purpose: 'cache', why: 'made by the build' },
];

function ignore({ inventory }: Scope): IgnoreRule[] {
  const id = servingOf(readProject(inventory))?.framework?.id;
  return [...IGNORED, ...(id === 'rails' ? OUTPUT : []), ...(id === 'jekyll' ? SITE : [])];
}

export const ruby = defineLanguage({
  id: 'ruby',
  title: 'Ruby',
  facts: {
    detectedBy: ['Gemfile', 'config.ru', 'bin/rails', 'app.rb', 'main.rb'],
    versionOrder,
    packageManagers: ['bundler'],
    frameworks: FRAMEWORK_IDS,
    variants: ['slim'],
    product: 'ruby',
  },
  readsText: (path) =>
    /(^|\/)(Gemfile(\.lock)?|config\.ru)$/.test(path) ||
    path === VERSION_FILE ||
    path.endsWith(`/${VERSION_FILE}`) ||
    /(^|\/)config\/(puma\.rb|routes\.rb|database\.yml)$/.test(path) ||
    /^([^/]+\/){0,2}[^/]+\.rb$/.test(path),
  detect,
  infer,
  plan: planRuby,
  ignore,
});
