import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { gemEvidence, type RubyProject } from './project.ts';

/** What a Ruby project is once it runs, and how it is started. */
export interface Serving {
  readonly framework: { readonly id: string; readonly from: Evidence } | undefined;
  readonly workload: 'service' | 'worker' | 'job' | 'static';
  readonly argv: readonly string[];
  readonly port: number | undefined;
  readonly health: { readonly path: string; readonly from: Evidence } | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly from: Evidence;
}

/** By the gem that tells it, the most telling first. */
const FRAMEWORKS: readonly { readonly id: string; readonly gems: readonly string[]; readonly port: number }[] = [
  { id: 'rails', gems: ['rails', 'railties'], port: 3000 },
  { id: 'hanami', gems: ['hanami'], port: 2300 },
  { id: 'padrino', gems: ['padrino'], port: 3000 },
  { id: 'sinatra', gems: ['sinatra'], port: 4567 },
  { id: 'roda', gems: ['roda'], port: 9292 },
  { id: 'grape', gems: ['grape'], port: 9292 },
  { id: 'cuba', gems: ['cuba'], port: 9292 },
  { id: 'functions-framework', gems: ['functions_framework'], port: 8080 },
  { id: 'rack', gems: ['rack'], port: 9292 },
];

/** Generators of static sites: their command, and where they leave the pages. */
const SITES = [
  {
    id: 'jekyll',
    gems: ['jekyll', 'github-pages'],
    build: ['jekyll', 'build', '--destination', '/site'],
    output: '/site',
  },
  { id: 'middleman', gems: ['middleman', 'middleman-cli'], build: ['middleman', 'build'], output: '/app/build' },
  { id: 'nanoc', gems: ['nanoc'], build: ['nanoc'], output: '/app/output' },
  { id: 'bridgetown', gems: ['bridgetown'], build: ['bridgetown', 'build'], output: '/app/output' },
] as const;

export type Site = (typeof SITES)[number];

export const FRAMEWORK_IDS: readonly string[] = [...FRAMEWORKS, ...SITES].map(({ id }) => id);

/** The generator that a project is made with, unless it also runs a server of its own. */
export function siteOf(project: RubyProject): { readonly site: Site; readonly from: Evidence } | undefined {
  if (project.gems.has('railties') || project.gems.has('rails') || project.gems.has('sinatra')) return undefined;
  for (const site of SITES) {
    const gem = site.gems.find((name) => project.gems.has(name));
    if (gem !== undefined) return { site, from: gemEvidence(project, gem) };
  }
  return undefined;
}

const MAINS = [
  'app.rb',
  'main.rb',
  'server.rb',
  'bot.rb',
  'run.rb',
  'start.rb',
  'application.rb',
  'worker.rb',
  'index.rb',
  'bin/server',
  'lib/main.rb',
  'src/main.rb',
];

/** The file that is run when there is no config.ru: by its name, else the only one at the root. */
export function mainOf(inventory: Inventory): string | undefined {
  const named = MAINS.find((path) => inventory.isFile(path));
  const scripts = inventory.names('').filter((name) => name.endsWith('.rb') && inventory.isFile(name));
  return named ?? (scripts.length === 1 ? scripts[0] : undefined);
}

const PORT_DEFAULT = /PORT["']\s*\)?\s*(?:,\s*|\)?\s*\{\s*|\|\|\s*)["']?(\d{2,5})/;
const LISTENS =
  /TCPServer\.(?:new|open)\(?\s*(?:["'][\w.:]*["']\s*,\s*)?["']?(\d{2,5})|(?:Port|:Port)\s*(?::|=>)\s*(?:[^,)\n]*?)["']?(\d{2,5})|set\s+:port,\s*(?:[^\n]*?)(\d{2,5})|\bport\s*[:=]\s*(?:[^,)\n]*?)["']?(\d{2,5})/;

function portIn(text: string): number | undefined {
  const found =
    PORT_DEFAULT.exec(text)?.[1] ??
    LISTENS.exec(text)
      ?.slice(1)
      .find((group) => group !== undefined);
  const port = Number(found);
  return port > 0 && port <= 65535 ? port : undefined;
}

/** A server that takes its address from its command line: a shell fills the port in, and the server takes its place. */
const onPort = (line: string, port: number): readonly string[] => [
  '/bin/sh',
  '-c',
  `exec ${line.replace('PORT', `\${PORT:-${port}}`)}`,
];

interface Started {
  readonly argv: readonly string[];
  readonly from: Evidence;
  readonly port?: number | undefined;
}

const PUMA_CONFIG = 'config/puma.rb';

/** The application server among the gems; Puma before the others. */
function serverOf(project: RubyProject, port: number): Started {
  const { gems, inventory } = project;
  const config = inventory.text(PUMA_CONFIG);
  if (gems.has('puma')) {
    const from = config === undefined ? gemEvidence(project, 'puma') : { file: PUMA_CONFIG, why: 'settings of Puma' };
    // Rails and everyone else write `port ENV.fetch("PORT")`; a configuration without it leaves the port to the command.
    const told = config !== undefined && /^[ \t]*(port|bind)\b/m.test(config);
    return told
      ? { argv: ['bundle', 'exec', 'puma', '-C', PUMA_CONFIG], from, port: portIn(config) }
      : { argv: onPort('bundle exec puma -b tcp://0.0.0.0:PORT', port), from };
  }
  if (gems.has('falcon'))
    return {
      argv: onPort('bundle exec falcon serve --bind http://0.0.0.0:PORT', port),
      from: gemEvidence(project, 'falcon'),
    };
  if (gems.has('unicorn')) {
    const file = ['config/unicorn.rb', 'unicorn.rb'].find((path) => inventory.isFile(path));
    const options = file === undefined ? '' : ` -c ${file}`;
    return {
      argv: onPort(`bundle exec unicorn -o 0.0.0.0 -p PORT${options}`, port),
      from: gemEvidence(project, 'unicorn'),
    };
  }
  if (gems.has('thin'))
    return { argv: onPort('bundle exec thin start -a 0.0.0.0 -p PORT', port), from: gemEvidence(project, 'thin') };
  if (gems.has('passenger'))
    return {
      argv: onPort('bundle exec passenger start --address 0.0.0.0 --port PORT', port),
      from: gemEvidence(project, 'passenger'),
    };
  if (gems.has('iodine'))
    return { argv: onPort('bundle exec iodine -b 0.0.0.0 -p PORT', port), from: gemEvidence(project, 'iodine') };
  if (gems.has('railties') || gems.has('rails'))
    return { argv: onPort('bundle exec rails server -b 0.0.0.0 -p PORT', port), from: gemEvidence(project, 'rails') };
  return {
    argv: onPort('bundle exec rackup --host 0.0.0.0 --port PORT', port),
    from: { file: 'config.ru', why: 'a Rack application' },
  };
}

const bundled = ({ lock, gemfile }: RubyProject): readonly string[] =>
  (lock?.gems.size ?? 0) > 0 || (gemfile?.gems.length ?? 0) > 0 ? ['bundle', 'exec'] : [];

function scriptOf(
  project: RubyProject,
  file: string,
  port: number | undefined,
): Omit<Serving, 'framework' | 'env' | 'health'> {
  const text = project.inventory.text(file) ?? '';
  const own = portIn(text);
  const classic = /^[ \t]*require\s+["']sinatra["']/m.test(text);
  const serves = classic || /TCPServer|WEBrick|Rack::Handler|Rackup::Handler|Sinatra::Base|\.run!/.test(text);
  const waits = /\b(Sidekiq|loop\s+do|while\s+true|\.run\b|EventMachine|EM\.run|Async\b)/.test(text);
  return {
    argv: [...bundled(project), 'ruby', file],
    workload: serves ? 'service' : waits ? 'worker' : 'job',
    port: serves ? (own ?? port ?? 8080) : undefined,
    from: { file, why: `${file} is run by convention` },
  };
}

/** A file of functions, which a program of the gem serves; it reads PORT. https://github.com/GoogleCloudPlatform/functions-framework-ruby */
function functionOf({ inventory, gems }: RubyProject): Omit<Serving, 'framework' | 'env' | 'health'> | undefined {
  if (!gems.has('functions_framework')) return undefined;
  const source = ['app.rb', mainOf(inventory)].find((file) => file !== undefined && inventory.isFile(file));
  const target = /^[ \t]*FunctionsFramework\.(?:http|cloud_event)\b[ (]*(?:["']([\w-]+)["'])?/m.exec(
    inventory.text(source ?? '') ?? '',
  );
  if (source === undefined || target === null) return undefined;
  const named = target[1] === undefined ? [] : ['--target', target[1]];
  return {
    argv: ['bundle', 'exec', 'functions-framework-ruby', '--source', source, ...named],
    workload: 'service',
    port: 8080,
    from: { file: source, why: 'a function that is served for HTTP' },
  };
}

function healthOf({ inventory }: RubyProject): Serving['health'] {
  const file = 'config/routes.rb';
  const text = inventory.text(file) ?? '';
  const path = /^[ \t]*get\s+["']\/?([\w/-]+)["']\s*(?:=>|,\s*to:)\s*["']rails\/health#show["']/m.exec(text)?.[1];
  return path === undefined
    ? undefined
    : { path: `/${path}`, from: { file, why: 'the framework’s route for health checks' } };
}

const RAILS_ENV = { RAILS_ENV: 'production', RAILS_LOG_TO_STDOUT: '1', RAILS_SERVE_STATIC_FILES: '1' };

/** How a project runs; undefined where nothing says. */
export function servingOf(project: RubyProject): Serving | undefined {
  const { inventory, gems } = project;
  const site = siteOf(project);
  if (site)
    return {
      framework: { id: site.site.id, from: site.from },
      workload: 'static',
      argv: [],
      port: undefined,
      health: undefined,
      env: {},
      from: site.from,
    };
  const found = FRAMEWORKS.find((f) => f.gems.some((name) => gems.has(name)));
  const rails = found?.id === 'rails' && inventory.isFile('config/application.rb');
  const framework = found && {
    id: found.id,
    from: gemEvidence(project, found.gems.find((name) => gems.has(name)) ?? ''),
  };
  const env = rails
    ? RAILS_ENV
    : found || inventory.isFile('config.ru')
      ? { APP_ENV: 'production', RACK_ENV: 'production' }
      : {};
  if (rails || inventory.isFile('config.ru')) {
    const started = serverOf(project, found?.port ?? 9292);
    return {
      framework,
      workload: 'service',
      argv: started.argv,
      port: started.port ?? found?.port ?? 9292,
      health: rails ? healthOf(project) : undefined,
      env,
      from: started.from,
    };
  }
  const called = functionOf(project);
  if (called) return { framework, ...called, health: undefined, env };
  const main = mainOf(inventory);
  if (main !== undefined) return { framework, ...scriptOf(project, main, found?.port), health: undefined, env };
  if (gems.has('sidekiq'))
    return {
      framework,
      workload: 'worker',
      argv: ['bundle', 'exec', 'sidekiq'],
      port: undefined,
      health: undefined,
      env,
      from: gemEvidence(project, 'sidekiq'),
    };
  if (inventory.isFile('Rakefile'))
    return {
      framework,
      workload: 'job',
      argv: [...bundled(project), 'rake'],
      port: undefined,
      health: undefined,
      env,
      from: { file: 'Rakefile', why: 'its default task' },
    };
  return undefined;
}
