import { joinPath, parentOf } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import type { Settings } from '../../manifest/schema.ts';
import { appObjects, type AppObject } from './app-object.ts';
import { plainApp } from './plain-app.ts';
import { djangoOf, type DjangoProject } from './django.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { listenOptions } from './listen-options.ts';
import { moduleOf, readSources, type Source } from './modules.ts';
import { listensEverywhere, listensLocally, portOf, STANDARD_SERVER } from './ports.ts';
import type { PythonProject } from './project.ts';
import { chooseCommand, consoleCommands, declaredFunctions, entryFile, type Runnable } from './scripts.ts';
import { ADDED, serverFor, withPort, type Server, type Target } from './servers.ts';
import { importsPackage, mainGuard } from './source-file.ts';
import { scriptFramework } from './script-frameworks.ts';

/** How the program starts, what it is once it runs, and what of the project says so. */
export interface Start {
  /** `$PORT` in a word stands for the port; see `withPort`. */
  readonly argv: readonly string[];
  readonly from: Evidence;
  readonly rejected: readonly { readonly value: string; readonly from: Evidence }[];
  readonly framework: { readonly id: string; readonly from: Evidence } | undefined;
  readonly workload: NonNullable<Settings['workload']>;
  readonly workloadFrom: Evidence;
  readonly port: { readonly port: number; readonly from: Evidence } | undefined;
  readonly health: { readonly path: string; readonly from: Evidence } | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The working directory, from the inventory's root. */
  readonly folder: string;
  /** Folders for PYTHONPATH, from the inventory's root. */
  readonly importRoots: readonly string[];
  /** A requirement to install beside the project's own. */
  readonly added: string | undefined;
  /** The program handles SIGTERM, although its name does not say so. */
  readonly handlesSignals: boolean;
  readonly advice: readonly Advice[];
}

/** The port of a server that the image starts itself, where nothing in the project names one. */
const DEFAULT_PORT = 8000;

/** All that start detection reads, once. */
export interface Reading {
  readonly project: PythonProject;
  readonly sources: readonly Source[];
  readonly django: DjangoProject | undefined;
  readonly start: Start | undefined;
}

const none = {
  rejected: [],
  framework: undefined,
  port: undefined,
  health: undefined,
  env: {},
  importRoots: [],
  added: undefined,
  handlesSignals: false,
  advice: [],
} as const;

const addedAdvice = (framework: string, requirement: string, manager: string): Advice => {
  const [name = ''] = requirement.split(/[<>=]/);
  const command =
    {
      uv: `uv add ${name}`,
      poetry: `poetry add ${name}`,
      pdm: `pdm add ${name}`,
      pipenv: `pipenv install ${name}`,
      pip: `add ${name} to the requirements`,
    }[manager] ?? `add ${name}`;
  return {
    code: 'server-added',
    detail: `The project has no production server for ${framework}, so the image brings ${name}, in no version that the project has locked.`,
    hint: `Make it a dependency of the project: ${command}.`,
  };
};

interface Served {
  readonly argv: readonly string[];
  readonly added: string | undefined;
}

function serve(target: Target, has: (name: string) => boolean, configured: boolean, prefer?: string): Served {
  const own: Server | undefined = serverFor(target.protocol, has, prefer);
  if (own) return { argv: own.argv(target, { configured, has }), added: undefined };
  const { server, requirement } = ADDED[target.protocol];
  return { argv: server.argv(target, { configured, has }), added: requirement };
}

function djangoStart(
  project: PythonProject,
  django: DjangoProject,
  sources: readonly Source[],
  has: (name: string) => boolean,
): Start | undefined {
  const { wsgi, asgi, text } = django;
  const wantsAsgi = has('channels') || (/["'](channels|daphne)["']/.test(text) && /^ASGI_APPLICATION/m.test(text));
  const asgiOnly = !has('gunicorn') && !has('waitress') && !has('uwsgi') && serverFor('asgi', has) !== undefined;
  const entry = asgi && (wantsAsgi || asgiOnly || !wsgi) ? asgi : wsgi;
  if (!entry) return undefined;
  const protocol = entry === asgi ? 'asgi' : 'wsgi';
  const configured = project.inventory.isFile(joinPath(django.root, 'gunicorn.conf.py'));
  const { argv, added } = serve(
    { module: entry.module, variable: entry.variable, factory: false, protocol },
    has,
    configured,
  );
  const from = { ...entry.from, why: entry.from.why };
  const settings = sources.filter((s) => s.path === django.settingsFile);
  return {
    ...none,
    argv,
    from,
    framework: { id: 'django', from: django.from },
    workload: 'service',
    workloadFrom: django.from,
    port: portOf(settings, DEFAULT_PORT) ?? { port: DEFAULT_PORT, from: { why: 'the usual port of the server' } },
    folder: django.root,
    added,
    advice: added === undefined ? [] : [addedAdvice('Django', added, project.manager)],
  };
}

const HEALTH_PATHS = [
  '/livez',
  '/healthz',
  '/health',
  '/health_check',
  '/healthcheck',
  '/health-check',
  '/readyz',
  '/ping',
  '/status',
  '/up',
  '/api/health',
  '/api/healthz',
];

/** A route for health checks on the app object itself: on a router it may get a prefix. */
function healthOf({ source, variable, factory }: AppObject): Start['health'] {
  if (factory) return undefined;
  const routes = new RegExp(`^@${variable}\\.(?:get|route|api_route)\\(\\s*["'](/[\\w/-]+?)/?["']`, 'gm');
  const found = new Set([...source.code.matchAll(routes)].map((m) => m[1] ?? ''));
  const path = HEALTH_PATHS.find((p) => found.has(p));
  return path === undefined
    ? undefined
    : { path, from: { file: source.path, why: `a route for health checks, ${path}` } };
}

/** A script that starts the server itself when it is run, on all addresses, by what is installed. */
function ownStart({ source }: AppObject, has: (name: string) => boolean): boolean {
  const guard = mainGuard(source.code);
  const rest = guard === undefined ? '' : source.code.slice(guard);
  const imported = [
    ...source.code.matchAll(/^[ \t]*(?:import|from)[ \t]+(uvicorn|hypercorn|waitress|gevent|eventlet)\b/gm),
  ];
  return (
    imported.every(([, name = '']) => has(name)) &&
    /\.run\(|serve\(|\.serve_forever\(/.test(rest) &&
    /["'](0\.0\.0\.0|::)["']/.test(source.code) &&
    !listensLocally(rest)
  );
}

/**
 * A script that does nothing else when it is run than to start the server with its debugger, which runs code of whoever
 * reaches it: another server takes its place. https://werkzeug.palletsprojects.com/en/stable/debug/
 */
function startsDebugger({ source, variable }: AppObject): boolean {
  const guard = mainGuard(source.code);
  if (guard === undefined) return false;
  let body = source.code.slice(guard).replace(/^[^\n]*\n?/, '');
  if (!/\bdebug\s*=\s*True\b/.test(body) || /\bssl_context\b/.test(body)) return false;
  for (let before = ''; before !== body;) {
    before = body;
    body = body.replaceAll(/\([^()]*\)/g, '…');
  }
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  return (
    lines.some((line) => line.trim() === `${variable}.run…`) &&
    lines.every(
      (line) => /^\s+(?:[A-Za-z_]\w*\s*=[^=].*|print…|import [\w.]+)$/.test(line) || line.trim() === `${variable}.run…`,
    )
  );
}

/** An installed project in `src/` is on the import path as it is. */
const importRootsOf = (project: PythonProject, root: string): string[] =>
  root === project.folder || (project.packaged && root === joinPath(project.folder, 'src')) ? [] : [root];

function objectStart(
  project: PythonProject,
  object: AppObject,
  others: readonly AppObject[],
  has: (name: string) => boolean,
): Start | undefined {
  const { framework, source } = object;
  if (framework.protocol === 'own') return undefined;
  const relative = project.folder === '' ? source.path : source.path.slice(project.folder.length + 1);
  const target: Target = {
    module: object.module,
    variable: object.variable,
    factory: object.factory,
    protocol: framework.protocol,
  };
  const hint = portOf([source], DEFAULT_PORT);
  const base = {
    ...none,
    from: object.from,
    rejected: others.slice(0, 5).map((o) => ({
      value: `${o.module}:${o.variable}`,
      from: { ...o.from, why: `${o.from.why}; ${object.source.path} comes before` },
    })),
    framework: { id: framework.id, from: object.from },
    workload: 'service',
    workloadFrom: object.from,
    health: healthOf(object),
    folder: project.folder,
    importRoots: importRootsOf(project, object.root),
  } as const;
  const configured = project.inventory.isFile(joinPath(project.folder, 'gunicorn.conf.py'));
  const own = serverFor(framework.protocol, has);
  const dashWithoutServer = framework.id === 'dash' && !/\.server$/m.test(lineOf(source.code, object.variable));
  if ((!own && !object.factory && ownStart(object, has) && !startsDebugger(object)) || dashWithoutServer) {
    return {
      ...base,
      argv: ['python', relative],
      port: hint ?? { port: framework.port, from: { why: `the usual port of ${framework.id}` } },
      env: dashWithoutServer ? { HOST: '0.0.0.0' } : {},
      advice: [
        {
          code: 'development-server',
          detail: `${relative} starts the server of ${framework.id} itself, which is made for development; the project has no production server.`,
          hint:
            framework.protocol === 'wsgi'
              ? 'Make gunicorn a dependency; it is then used.'
              : 'Make uvicorn a dependency; it is then used.',
          file: source.path,
        },
      ],
    };
  }
  const { argv, added } = serve(target, has, configured);
  return {
    ...base,
    argv,
    added,
    port: hint ?? { port: DEFAULT_PORT, from: { why: 'the usual port of the server' } },
    advice: added === undefined ? [] : [addedAdvice(framework.id, added, project.manager)],
  };
}

const lineOf = (code: string, variable: string): string =>
  new RegExp(`^${variable}[ \\t]*=.*$`, 'm').exec(code)?.[0].trim() ?? '';

const BOTS = [
  'python-telegram-bot',
  'aiogram',
  'pytelegrambotapi',
  'telethon',
  'pyrogram',
  'discord-py',
  'py-cord',
  'disnake',
  'nextcord',
  'slack-bolt',
  'mattermostdriver',
  'twitchio',
  'vkbottle',
  'interactions-py',
  'hikari',
];
const WORKERS = [
  'apscheduler',
  'schedule',
  'kafka-python',
  'confluent-kafka',
  'aiokafka',
  'pika',
  'aio-pika',
  'faust-streaming',
  'arq',
  'nats-py',
  'paho-mqtt',
];
const LASTS =
  /\bwhile\s+(True|1)\s*:|run_forever\(|\.run_polling\(|start_polling\(|infinity_polling\(|start_consuming\(|BlockingScheduler\(/;
const SERVES =
  /\buvicorn\.(run|Server)\(|\bweb\.run_app\(|\.listen\(\s*\w|\bserve\(|\bapp\.run\(|\.serve_forever\(|socketio\.run\(|\bWSGIServer\(|\bwaitress\b|\bmcp\.run\([^)]*(?:http|sse)/;

/** What a script or command is once it runs. */
function scriptStart(
  project: PythonProject,
  runnable: Runnable,
  sources: readonly Source[],
  has: (name: string) => boolean,
): Start {
  const { source } = runnable;
  const near = source
    ? [source, ...sources.filter((s) => s !== source && parentOf(s.path) === parentOf(source.path))]
    : [];
  const code = source?.code ?? '';
  const framework =
    source && FRAMEWORKS.find((f) => f.packages.some(has) && f.modules.some((m) => importsPackage(source.imports, m)));
  const isBot = BOTS.some(has);
  const serves =
    (SERVES.test(code) &&
      (framework !== undefined || /uvicorn|waitress|web\.run_app|\.listen\(|0\.0\.0\.0/.test(code))) ||
    STANDARD_SERVER.test(code);
  const base = {
    ...none,
    argv: runnable.argv,
    from: runnable.from,
    folder: project.folder,
    importRoots: runnable.root === undefined ? [] : [runnable.root],
    handlesSignals:
      /signal\.(signal|SIGTERM)|add_signal_handler|web\.run_app\(|uvicorn\.(run|Server)\(|aiogram|run_polling\(/.test(
        code,
      ),
  };
  if (serves && !isBot) {
    const told = listenOptions(code);
    const port = told ? { port: told.port, from: runnable.from } : portOf(near, framework?.port ?? DEFAULT_PORT);
    const local = !told && listensLocally(code) && !listensEverywhere(code);
    return {
      ...base,
      argv: [...runnable.argv, ...(told?.words ?? [])],
      framework: framework && { id: framework.id, from: runnable.from },
      workload: 'service',
      workloadFrom: { file: source?.path ?? '', why: 'it listens on a port' },
      port: port ?? { port: framework?.port ?? DEFAULT_PORT, from: { why: 'the usual port' } },
      advice: local
        ? [
            {
              code: 'listens-on-loopback',
              detail: `${source?.path ?? 'The program'} listens on 127.0.0.1; nothing outside the container reaches that.`,
              hint: 'Listen on 0.0.0.0.',
              ...(source ? { file: source.path } : {}),
            },
          ]
        : [],
    };
  }
  const lasting = isBot || LASTS.test(code) || WORKERS.some(has);
  return {
    ...base,
    workload: lasting ? 'worker' : 'job',
    workloadFrom: {
      ...(source ? { file: source.path } : {}),
      why: lasting ? 'it runs on, and nothing in it listens' : 'nothing in it listens or waits',
    },
  };
}

/** A framework that the program imports, and that no file of the project asks for. */
function undeclared({ inventory, packages }: PythonProject, { source }: Runnable): Advice[] {
  const found =
    source && packages.size === 0 && inventory.complete
      ? FRAMEWORKS.find((f) => f.modules.some((module) => importsPackage(source.imports, module)))
      : undefined;
  if (!source || !found) return [];
  return [
    {
      code: 'undeclared-dependency',
      detail: `${source.path} imports ${found.id}, which nothing in the project asks for: the program would end at once.`,
      hint: `Name ${found.packages[0] ?? found.id} in a requirements.txt.`,
      file: source.path,
    },
  ];
}

const CELERY = /^([A-Za-z_]\w*)[ \t]*=[ \t]*(?:\w+\.)?Celery\(/m;

function workerStart(
  project: PythonProject,
  sources: readonly Source[],
  has: (name: string) => boolean,
): Start | undefined {
  if (!has('celery')) return undefined;
  const source = sources.find(({ code }) => CELERY.test(code));
  const module = source && moduleOf(project.inventory, project.folder, source, project.packaged);
  if (!source || !module) return undefined;
  const variable = CELERY.exec(source.code)?.[1] ?? 'app';
  const from = { file: source.path, why: `${variable} is the Celery app` };
  return {
    ...none,
    argv: ['celery', '--app', `${module.name}:${variable}`, 'worker', '--loglevel', 'INFO'],
    from,
    framework: { id: 'celery', from },
    workload: 'worker',
    workloadFrom: from,
    folder: project.folder,
    importRoots: module.root === project.folder ? [] : [module.root],
  };
}

/** Finds how a project starts. Undefined where nothing tells. */
export function findStart(project: PythonProject): Omit<Reading, 'project'> {
  const { inventory, folder } = project;
  const has = (name: string): boolean => project.packages.has(name);
  const sources = readSources(inventory, folder);
  const django = has('django') || !inventory.complete ? djangoOf(inventory, folder) : undefined;
  const start = (): Start | undefined => {
    const bySettings = django && djangoStart(project, django, sources, has);
    if (bySettings) return bySettings;
    const objects = appObjects(inventory, folder, sources, has, project.packaged);
    const [object, ...others] = objects;
    const byScript = scriptFramework(project, sources, has);
    if (object && !(byScript && byScript.before(object))) {
      const started = objectStart(project, object, others, has);
      if (started) return started;
      const own = byScript ?? scriptFramework(project, sources, has, object);
      if (own) return own.start;
    }
    if (byScript) return byScript.start;
    const commands = consoleCommands(project, sources);
    const command = chooseCommand(project, commands);
    if (command) return scriptStart(project, command, sources, has);
    const entry = entryFile(project, sources);
    const called = chooseCommand(project, declaredFunctions(project, sources));
    if (called && (!entry || entry.source === called.source)) return scriptStart(project, called, sources, has);
    const plain = plainApp(project, sources);
    const served = plain && objectStart(project, plain, [], has);
    if (served) return { ...served, framework: undefined };
    const worker = workerStart(project, sources, has);
    if (worker && (!entry || entry.source?.path === worker.from.file)) return worker;
    if (!entry) return undefined;
    const started = scriptStart(project, entry, sources, has);
    return { ...started, advice: [...started.advice, ...undeclared(project, entry)] };
  };
  return { sources, django, start: start() };
}

/** The command as an image with a shell runs it. */
export const startArgv = ({ argv }: Start): readonly string[] => withPort(argv);
