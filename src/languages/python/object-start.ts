import { joinPath, pathBelow } from '../../inventory/inventory.ts';
import type { AppObject } from './app-object.ts';
import { listensLocally, portOf } from './ports.ts';
import { addedAdvice, serve } from './production-server.ts';
import type { PythonProject } from './project.ts';
import { serverFor, type Target } from './servers.ts';
import { mainGuard } from './source-file.ts';
import { DEFAULT_PORT, NOTHING_MORE, type Start } from './start.ts';

/** An app object of a framework, by a server. */

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

/** Undefined for an object of a framework that has a server of its own. */
export function objectStart(
  project: PythonProject,
  object: AppObject,
  others: readonly AppObject[],
  has: (name: string) => boolean,
): Start | undefined {
  const { framework, source } = object;
  if (framework.protocol === 'own') return undefined;
  const relative = pathBelow(project.folder, source.path);
  const target: Target = {
    module: object.module,
    variable: object.variable,
    factory: object.factory,
    protocol: framework.protocol,
  };
  const hint = portOf([source], DEFAULT_PORT);
  const base = {
    ...NOTHING_MORE,
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
