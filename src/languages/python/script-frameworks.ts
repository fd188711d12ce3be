import { baseName, parentOf, pathBelow } from '../../inventory/inventory.ts';
import type { AppObject } from './app-object.ts';
import { FRAMEWORKS } from './frameworks.ts';
import type { Source } from './modules.ts';
import { portOf } from './ports.ts';
import { isReflexConfig, REFLEX_ENV, reflexArgv } from './reflex.ts';
import type { PythonProject } from './project.ts';
import type { Start } from './start.ts';
import { doesSomething, programBehind } from './scripts.ts';
import { ADDED } from './servers.ts';
import { importsPackage } from './source-file.ts';

/** Frameworks with a server of their own, which take a file instead of an app object. */

interface ScriptFramework {
  readonly id: string;
  /** Whether a file is one that the framework runs. */
  readonly runs: (code: string, file: string) => boolean;
  /** Undefined where Python itself runs the file. */
  readonly argv?: (file: string, code: string) => readonly string[];
  /** False where a file of the framework's need not import it. */
  readonly imported?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly health?: string;
  readonly handlesSignals?: boolean;
  /** The port is told on the command line or by the environment, whatever stands in the source. */
  readonly told: boolean;
  /** It holds the project's other apps as well. */
  readonly whole?: true;
  /** A requirement without which it does not serve, where the project does not bring it. */
  readonly added?: (project: PythonProject) => string | undefined;
}

/**
 * A function that is served for HTTP, by its decorator or as the only one that takes a request; it reads PORT by itself.
 * https://github.com/GoogleCloudPlatform/functions-framework-python
 */
const FUNCTION = /^@functions_framework\.(?:http|cloud_event)[^\n]*\n(?:@[^\n]*\n)*(?:async )?def[ \t]+(\w+)/m;
const TAKES_REQUEST = /^(?:async )?def[ \t]+(\w+)\([ \t]*req(?:uest)?\b[^,)]*\)/gm;

function functionOf(code: string): string | undefined {
  const plain = [...code.matchAll(TAKES_REQUEST)];
  return FUNCTION.exec(code)?.[1] ?? (plain.length === 1 ? plain[0]?.[1] : undefined);
}

/** A server for tools of language models, over HTTP; without a transport it talks over its standard input. https://gofastmcp.com/deployment/running-server */
const MCP_HTTP = /["'](?:streamable-http|sse)["']|\btransport\s*=\s*["']http["']|\brun_(?:\w+_)?(?:http|sse)_async\(/;

/** Panel's command is Bokeh's own, by another name. https://docs.bokeh.org/en/latest/docs/user_guide/server/deploy.html */
const servedByBokeh =
  (program: string) =>
  (file: string): readonly string[] => [
    program,
    'serve',
    file,
    '--address',
    '0.0.0.0',
    '--port',
    '$PORT',
    '--allow-websocket-origin',
    '*',
  ];

/** The name of the app object, which Shiny looks for as `app`; a file for Shiny Express has none. https://shiny.posit.co/py/docs/express-vs-core.html */
const SHINY_APP = /^(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?:shiny\.)?App[ \t]*\(/m;
const SHINY_EXPRESS = /^[ \t]*(?:from|import)[ \t]+shiny\.express\b|^[ \t]*from[ \t]+shiny[ \t]+import\b.*\bexpress\b/m;

const MESOP = /^import mesop(?: as (\w+))?$/m;

/** Since 0.25 what serves browsers is a package of its own, in the same version. https://flet.dev/docs/publish/web/dynamic-website/hosting/self-hosting */
function fletWeb({ packages }: PythonProject): string | undefined {
  const flet = packages.get('flet');
  if (packages.has('flet-web') || flet?.extras.some((extra) => extra === 'web' || extra === 'all') === true)
    return undefined;
  const version = flet?.version;
  const [major = 0, minor = 0] = version?.split('.').map(Number) ?? [];
  if (version === undefined) return 'flet-web';
  return major > 0 || minor >= 25 ? `flet-web==${version}` : undefined;
}

const ALL: readonly ScriptFramework[] = [
  {
    id: 'reflex',
    runs: isReflexConfig,
    argv: (_, code) => reflexArgv(code),
    env: REFLEX_ENV,
    health: '/ping',
    handlesSignals: true,
    told: true,
    whole: true,
  },
  {
    id: 'streamlit',
    runs: (code) => /\bst\.\w+|\bstreamlit\.\w+|^from streamlit/m.test(code),
    argv: (file) => [
      'streamlit',
      'run',
      file,
      '--server.address',
      '0.0.0.0',
      '--server.port',
      '$PORT',
      '--server.headless',
      'true',
      '--browser.gatherUsageStats',
      'false',
    ],
    health: '/_stcore/health',
    told: true,
  },
  {
    id: 'chainlit',
    runs: (code) => /@(cl|chainlit)\./.test(code),
    argv: (file) => ['chainlit', 'run', file, '--host', '0.0.0.0', '--port', '$PORT', '--headless'],
    // For a command of the project's own, which may leave the host to it. https://docs.chainlit.io/deploy/overview
    env: { CHAINLIT_HOST: '0.0.0.0' },
    told: true,
  },
  {
    id: 'marimo',
    runs: (code) => /marimo\.App\(/.test(code),
    argv: (file) => ['marimo', 'run', file, '--host', '0.0.0.0', '--port', '$PORT', '--headless'],
    told: true,
  },
  {
    id: 'panel',
    runs: (code) => /\.servable\(/.test(code),
    argv: servedByBokeh('panel'),
    told: true,
  },
  {
    // https://solara.dev/documentation/getting_started/deploying/self-hosted
    id: 'solara',
    runs: (code) => /^@solara\.component|^Page\s*=/m.test(code),
    argv: (file) => ['solara', 'run', file, '--host', '0.0.0.0', '--port', '$PORT', '--production'],
    told: true,
  },
  {
    // https://mesop-dev.github.io/mesop/guides/deployment/
    id: 'mesop',
    runs: (code) => MESOP.test(code),
    argv: (file, code) => [
      'gunicorn',
      '--worker-tmp-dir',
      '/dev/shm',
      `${file.replace(/\.py$/, '').replaceAll('/', '.')}:${MESOP.exec(code)?.[1] ?? 'mesop'}`,
    ],
    handlesSignals: true,
    told: true,
    added: ({ packages }) => (packages.has('gunicorn') ? undefined : ADDED.wsgi.requirement),
  },
  {
    id: 'bokeh',
    runs: (code) => /\bcurdoc\(\)/.test(code),
    argv: servedByBokeh('bokeh'),
    told: true,
  },
  { id: 'pywebio', runs: (code) => /\bstart_server\(/.test(code), told: false },
  {
    id: 'shiny',
    runs: (code) => SHINY_APP.test(code) || SHINY_EXPRESS.test(code),
    argv: (file, code) => {
      const name = SHINY_EXPRESS.test(code) ? 'app' : (SHINY_APP.exec(code)?.[1] ?? 'app');
      return ['shiny', 'run', '--host', '0.0.0.0', '--port', '$PORT', name === 'app' ? file : `${file}:${name}`];
    },
    handlesSignals: true,
    told: true,
  },
  {
    id: 'flet',
    runs: (code) => /\b(?:ft|flet)\.(?:app|run)(?:_async)?\(|^from flet import.*\b(?:app|run)\b/m.test(code),
    argv: (file) => ['env', 'FLET_SERVER_PORT=$PORT', 'python', file],
    env: { FLET_FORCE_WEB_SERVER: 'true', FLET_SERVER_IP: '0.0.0.0' },
    told: true,
    added: fletWeb,
  },
  {
    id: 'functions-framework',
    runs: (code) => functionOf(code) !== undefined,
    imported: false,
    argv: (file, code) => [
      'functions-framework',
      '--target',
      functionOf(code) ?? 'main',
      ...(file === 'main.py' ? [] : ['--source', file]),
    ],
    told: true,
  },
  {
    id: 'gradio',
    runs: (code) => /\.(launch|queue)\(/.test(code),
    argv: (file) => ['env', 'GRADIO_SERVER_PORT=$PORT', 'python', file],
    env: { GRADIO_SERVER_NAME: '0.0.0.0', GRADIO_ANALYTICS_ENABLED: 'False' },
    told: true,
  },
  {
    id: 'google-adk',
    // The folder that is named holds a folder for each agent. https://google.github.io/adk-docs/get-started/quickstart/
    runs: (code, file) => /^root_agent\b/m.test(code) && file.includes('/'),
    argv: (file) => ['adk', 'api_server', '--host', '0.0.0.0', '--port', '$PORT', parentOf(parentOf(file)) || '.'],
    handlesSignals: true,
    told: true,
  },
  {
    id: 'mcp',
    runs: (code) => /\.run(?:_\w+)?\(/.test(code) && MCP_HTTP.test(code),
    env: { FASTMCP_HOST: '0.0.0.0' },
    handlesSignals: true,
    told: false,
  },
  { id: 'nicegui', runs: (code) => /\bui\.run\(/.test(code), told: false },
  {
    id: 'aiohttp',
    // A runner beside a program that does something else, such as a bot, answers health checks alone.
    runs: (code) => /\bweb\.run_app\(/.test(code) || (/\bweb\.(AppRunner|TCPSite)\(/.test(code) && doesSomething(code)),
    handlesSignals: true,
    told: false,
  },
  { id: 'tornado', runs: (code) => /\.(listen|bind)\(/.test(code), told: false },
  {
    id: 'cherrypy',
    runs: (code) => /cherrypy\.(quickstart|engine)/.test(code),
    told: false,
  },
  {
    id: 'robyn',
    runs: (code) => /\.start\(/.test(code),
    env: { ROBYN_HOST: '0.0.0.0' },
    told: false,
  },
];

const FILES = [
  'streamlit_app',
  'app',
  'main',
  'Home',
  'home',
  'Hello',
  'server',
  'index',
  'run',
  'web',
  'demo',
  'dashboard',
  '__main__',
];

const rank = (path: string): number => {
  const at = FILES.indexOf(baseName(path).replace(/\.py$/, ''));
  return (at < 0 ? FILES.length : at) + 20 * (path.split('/').length - 1) + (/(^|\/)pages\//.test(path) ? 100 : 0);
};

export interface ScriptStart {
  readonly start: Start;
  /** True where it goes before an app object that was found as well: its file is the nearer one. */
  readonly before: (object: AppObject) => boolean;
}

function sanicStart(project: PythonProject, object: AppObject): ScriptStart {
  const target = object.factory
    ? [`${object.module}:${object.variable}`, '--factory']
    : [`${object.module}:${object.variable}`];
  return {
    before: () => true,
    start: {
      argv: ['sanic', ...target, '--host', '0.0.0.0', '--port', '$PORT', '--single-process'],
      from: object.from,
      rejected: [],
      framework: { id: 'sanic', from: object.from },
      workload: 'service',
      workloadFrom: object.from,
      port: portOf([object.source], 8000) ?? { port: 8000, from: { why: 'the usual port of Sanic' } },
      health: undefined,
      env: {},
      folder: project.folder,
      importRoots: object.root === project.folder ? [] : [object.root],
      added: undefined,
      handlesSignals: true,
      advice: [],
    },
  };
}

/** How a framework of this kind starts, where the project has one and a file that it runs. */
export function scriptFramework(
  project: PythonProject,
  sources: readonly Source[],
  has: (name: string) => boolean,
  object?: AppObject,
): ScriptStart | undefined {
  if (object?.framework.id === 'sanic') return sanicStart(project, object);
  for (const { id, runs, argv, imported = true, env = {}, health, handlesSignals = false, told, added, whole } of ALL) {
    const framework = FRAMEWORKS.find((f) => f.id === id);
    if (!framework?.packages.some(has)) continue;
    const below = ({ path }: Source): string => pathBelow(project.folder, path);
    const [source] = sources
      .filter(
        (s) => (!imported || framework.modules.some((m) => importsPackage(s.imports, m))) && runs(s.code, below(s)),
      )
      .toSorted((a, b) => rank(a.path) - rank(b.path) || a.path.length - b.path.length);
    if (!source) continue;
    const file = below(source);
    const plain = argv === undefined ? programBehind(project, sources, source, id) : undefined;
    const from = { file: source.path, why: `${file} is a ${id} app` };
    const found = portOf([source], framework.port);
    return {
      before: (other) =>
        whole === true || (rank(source.path) < rank(other.source.path) && other.framework.id !== 'fastapi'),
      start: {
        argv: argv?.(file, source.code) ?? plain?.argv ?? [],
        from,
        rejected: [],
        framework: { id, from },
        workload: 'service',
        workloadFrom: from,
        port: !told && found ? found : { port: framework.port, from: { why: `the usual port of ${id}` } },
        health:
          health === undefined ? undefined : { path: health, from: { why: `${id} answers there while it lives` } },
        env,
        folder: project.folder,
        importRoots: plain?.root === undefined ? [] : [plain.root],
        added: added?.(project),
        handlesSignals,
        advice: [],
      },
    };
  }
  return undefined;
}
