import { runtimeUser } from '../../plan/finish.ts';
import type { Advice, BuildPlan, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { SITE_ROOT, staticServerStage, staticSiteRuntime } from '../../plan/static-site.ts';
import { Problem } from '../../problems/problem.ts';
import { nodeModules, nodeProgram, type NodeModules } from '../javascript/modules-stage.ts';
import type { PlanRequest } from '../language.ts';
import { APP_ROOT, BUILD_STAGE, buildStage, bundlerEnv, GEMS, hasGems } from './build.ts';
import { readProject, type RubyProject } from './project.ts';
import { servingOf, siteOf, type Serving } from './serving.ts';
import { hasAllocator, rubyImage, versionAdvice } from './version.ts';

/** Gems whose build tasks call Node.js, with the packages of package.json. */
const CALL_NODE = [
  'jsbundling-rails',
  'cssbundling-rails',
  'vite_rails',
  'vite_ruby',
  'shakapacker',
  'webpacker',
  'bridgetown',
  'middleman',
];
/** Engines that execjs may use in place of Node.js. */
const ENGINES = ['mini_racer', 'therubyracer', 'duktape'];

/** Programs that handle SIGTERM themselves; a plain script ends by the signal, which as PID 1 it would survive. */
const SERVERS =
  /\b(puma|unicorn|falcon|thin|iodine|rackup|passenger|sidekiq|good_job|solid_queue|rails server|rails s)\b/;

const callsScript = ({ gems }: RubyProject): boolean => gems.has('execjs') && !ENGINES.some((name) => gems.has(name));

interface NodeParts {
  readonly modules: NodeModules | undefined;
  readonly steps: readonly Step[];
}

function nodeFor(project: RubyProject): NodeParts {
  const { gems, inventory } = project;
  const modules = CALL_NODE.some((name) => gems.has(name)) ? nodeModules(inventory) : undefined;
  return { modules, steps: modules?.steps ?? (callsScript(project) ? [nodeProgram(inventory)] : []) };
}

/** Folders that the framework writes to; the rest of the app cannot be changed by it. */
function writable({ inventory, gems }: RubyProject, serving: Serving | undefined): string[] {
  const rails = serving?.framework?.id === 'rails';
  const database = inventory.text('config/database.yml') ?? '';
  const inDb =
    gems.has('sqlite3') &&
    (/\bdb\/\S+\.sqlite3?/.test(database) || inventory.files(/^db\/[^/]+\.sqlite3?$/).length > 0);
  const usual = ['log', 'storage', 'tmp'].filter((folder) => rails || inventory.isDirectory(folder));
  return [...(inDb ? ['db'] : []), ...usual];
}

function writableSteps(folders: readonly string[], uid: number): Step[] {
  if (folders.length === 0) return [];
  const made = folders.includes('tmp') ? ['tmp/cache', 'tmp/pids', 'tmp/sockets'] : [];
  return [
    {
      kind: 'run',
      command: all(sh`mkdir -p ${[...folders, ...made]}`, sh`chown -R ${`${uid}:${uid}`} ${folders}`),
      why: 'folders that the app writes to; the rest of it cannot be changed by it',
    },
  ];
}

function lockAdvice({ lockState, gemfile }: RubyProject): Advice[] {
  const file = 'Gemfile.lock';
  if (lockState === 'absent' && (gemfile?.gems.length ?? 0) > 0)
    return [
      {
        code: 'missing-lockfile',
        detail: 'There is no Gemfile.lock: each build takes the newest gems that fit.',
        hint: 'Run `bundle lock --add-platform x86_64-linux aarch64-linux` and keep Gemfile.lock in the repository.',
      },
    ];
  if (lockState === 'drifted')
    return [
      {
        code: 'drifted-lockfile',
        detail: 'Gemfile.lock does not hold all gems of the Gemfile: the build resolves what is missing.',
        hint: 'Run `bundle install` and keep Gemfile.lock in the repository.',
        file,
      },
    ];
  if (lockState === 'platform')
    return [
      {
        code: 'drifted-lockfile',
        detail: 'Gemfile.lock names no Linux among its platforms: the build resolves the gems for it anew.',
        hint: 'Run `bundle lock --add-platform x86_64-linux aarch64-linux`.',
        file,
      },
    ];
  return [];
}

function railsAdvice(serving: Serving | undefined): Advice[] {
  if (serving?.framework?.id !== 'rails') return [];
  return [
    {
      code: 'secret-key-base',
      detail:
        'Neither SECRET_KEY_BASE nor RAILS_MASTER_KEY is in the image, and Rails does not start without one of them.',
      hint: 'Give one at run time. Migrations are a step of a release: `bundle exec rails db:prepare`, or entrypoint.steps to run it at every start.',
    },
  ];
}

function sitePlan(project: RubyProject, request: PlanRequest, version: string): BuildPlan | undefined {
  const found = siteOf(project);
  if (!found || request.command !== undefined) return undefined;
  const node = nodeFor(project);
  const { site, from } = found;
  const env = { JEKYLL_ENV: 'production', BRIDGETOWN_ENV: 'production', LANG: 'C.UTF-8' };
  return {
    stages: [
      ...(node.modules ? [node.modules.stage] : []),
      buildStage(project, request, version, { node: node.steps, site, rails: false, env }),
      staticServerStage,
    ],
    runtime: staticSiteRuntime({
      files: { kind: 'copy', from: BUILD_STAGE, sources: [`${site.output}/`], to: `${SITE_ROOT}/`, why: 'the pages' },
      fallback: false,
      notFound: '404.html',
      evidence: [from],
    }),
    advice: [...versionAdvice(version), ...lockAdvice(project), ...(node.modules?.advice ?? [])],
  };
}

const nothingStarts = (): Problem =>
  new Problem('no-start-command', {
    detail:
      'There is no Rails application, no config.ru, and no script whose name says that it is run (app.rb, main.rb, …).',
    hint: 'Give "command" in the manifest or a web line in a Procfile.',
  });

/** Found by its bare name, on every processor. */
const allocatorEnv = ({ version }: RubyProject): Record<string, string> =>
  hasAllocator(version.version) ? { LD_PRELOAD: 'libjemalloc.so.2' } : {};

function runtimeSteps(project: RubyProject, serving: Serving | undefined, uid: number, built: boolean): Step[] {
  const node = callsScript(project) && serving?.framework?.id !== 'rails' ? [nodeProgram(project.inventory)] : [];
  const why = 'the gems';
  return [
    {
      kind: 'env',
      vars: { ...bundlerEnv(project), ...allocatorEnv(project), RUBY_YJIT_ENABLE: '1' },
      why: 'the gems of production; compiled while they run, with an allocator that keeps a server with threads small',
    },
    ...node,
    ...(hasGems(project)
      ? [{ kind: 'copy', from: BUILD_STAGE, sources: [`${GEMS}/`], to: `${GEMS}/`, why } satisfies Step]
      : []),
    built
      ? {
          kind: 'copy',
          from: BUILD_STAGE,
          sources: [`${APP_ROOT}/`],
          to: './',
          exclude: ['node_modules', 'tmp/cache/assets'],
          why: 'the app',
        }
      : { kind: 'copy', sources: ['.'], to: './', why: 'the app' },
    ...writableSteps(writable(project, serving), uid),
  ];
}

/** Decides the build of a Ruby project. Throws `no-start-command` where nothing says what to run. */
export function planRuby(request: PlanRequest): BuildPlan {
  const { inventory, settings } = request;
  const project = readProject(inventory);
  const version = settings.runtime ?? project.version.version;
  const site = sitePlan(project, request, version);
  if (site) return site;
  const serving = servingOf(project);
  const argv = request.command ?? serving?.argv;
  if (argv === undefined || argv.length === 0) throw nothingStarts();
  const rails = serving?.framework?.id === 'rails' && inventory.isFile('config/application.rb');
  const node = nodeFor(project);
  const workload = settings.workload ?? serving?.workload;
  const port = settings.port ?? (workload === 'service' ? serving?.port : undefined);
  const server = SERVERS.test(argv.join(' '));
  const built = hasGems(project) || rails || settings.build?.command !== undefined;
  const parts = { node: node.steps, site: undefined, rails, env: serving?.env ?? {} };
  return {
    stages: built ? [...(node.modules ? [node.modules.stage] : []), buildStage(project, request, version, parts)] : [],
    runtime: {
      base: rubyImage(version, true),
      os: 'debian',
      why: 'Ruby without compilers, on the Debian that the gems were built on',
      workdir: APP_ROOT,
      steps: runtimeSteps(project, serving, runtimeUser('debian', settings.run?.user), built),
      process: {
        argv,
        why: server
          ? 'the server itself as PID 1: on SIGTERM it answers what is under way and ends'
          : 'the program under an init, which ends it on SIGTERM',
        ...(serving ? { evidence: [serving.from] } : {}),
        init: !server,
      },
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : 'bash',
    },
    advice: [
      ...versionAdvice(version),
      ...lockAdvice(project),
      ...(node.modules?.advice ?? []),
      ...railsAdvice(serving),
    ],
  };
}
