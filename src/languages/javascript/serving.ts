import { cyclesOf } from '../../images/catalogue.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { App } from './app.ts';
import { calledPrograms, type Called } from './called-programs.ts';
import { runsOwnSource } from './outcome.ts';
import { unnamedHost } from './open-host.ts';
import { DEFAULT_PORT, portInArgv, portInShell, portOf, type FoundPort } from './ports.ts';
import { hit, sourcesOf, usesNothing, type Source } from './program-source.ts';
import { buildDependencies, type JsProject } from './project.ts';
import { SERVERS, WORKERS } from './server-packages.ts';
import { wordsStarted } from './several-programs.ts';

/** What a program is once it runs, read from its source: a server with its port, a worker, or something that ends. */

export interface Serving {
  readonly workload: 'service' | 'worker' | 'job';
  readonly from: Evidence;
  readonly port: FoundPort | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Programs that it starts, by its source or by scripts. */
  readonly called: readonly Called[];
  /** It names no host to listen on, and is given one by what Node.js loads before it. */
  readonly opensHost: boolean;
  /** Where it listens on an address that nothing outside the container reaches. */
  readonly loopback: Evidence | undefined;
}

/** Bots keep a connection of their own: a server among their dependencies may be for something else. */
const BOTS =
  /\b(?:from|require\()\s*['"](?:discord\.js|eris|telegraf|grammy|node-telegram-bot-api|tmi\.js|mineflayer|whatsapp-web\.js)['"]/;

/** The other way round: it connects to Slack, and `start` listens on nothing. https://docs.slack.dev/apis/events-api/using-socket-mode */
const SOCKET_MODE = /\bsocketMode\s*:\s*true\b/;

/** https://docs.npmjs.com/cli/v11/using-npm/scripts#environment */
const FROM_NPM = /\bnpm_(package_(?:name|version)|config_user_agent|lifecycle_event)\b/g;

const LISTENS =
  /\.listen\s*\(|\bcreateServer\s*\(|\bBun\.serve\s*\(|\bDeno\.serve\s*\(|\bserve\s*\(\s*(\{|app)|\bexport default \{?\s*(app|server|port)\b|WebSocketServer\s*\(|\.startServer\s*\(|startStandaloneServer\s*\(|\.start\s*\(\s*(?:process\.env\.PORT\b|\{\s*port\b|[3-9]\d{3}\s*[,)])/g;
const LOOPBACK =
  /\.listen\s*\([^;\n]{0,120}['"](?:localhost|127\.0\.0\.1)['"]|\bhost(?:name)?\s*:\s*['"](?:localhost|127\.0\.0\.1)['"]/g;
const READS_HOST =
  /\b(?:process|Bun)\.env(?:\.HOST\b|\[['"]HOST['"]\])|\{[^}\n]*\bHOST\b[^}\n]*\}\s*=\s*(?:process|Bun)\.env/g;
/** A variable that is there where the program is to be reached from elsewhere: `'RENDER' in env ? '0.0.0.0' : 'localhost'`. */
const OPENS_HOST =
  /(?:["']([A-Z][A-Z0-9_]*)["']\s+in\s+process\.env|\bprocess\.env\.([A-Z][A-Z0-9_]*)(?:\s*===?\s*["'](\w+)["'])?)\s*\)*\s*\?\s*["'`]0\.0\.0\.0["'`]\s*:/g;
/** The image’s own runtime and package managers, which scripts start others by. */
const OF_RUNTIME = /^(npx?|pnpm|yarn|node)$/;

/** The newest of a manager's line, as the manager would say itself. */
function agentOf({ manager }: JsProject, node: string): string {
  const version = manager.version ?? '';
  const exact =
    /^\d+\.\d+\.\d+/.exec(version)?.[0] ??
    cyclesOf(manager.name).find((c) => c.cycle === version)?.latest ??
    cyclesOf(manager.name)[0]?.latest ??
    '1.0.0';
  return `${manager.name}/${exact} node/v${node}`;
}

/** Variables that npm sets for a script, where the program reads them: it is started without npm. */
function npmEnv(sources: readonly Source[], { project }: App, node: string): Record<string, string> {
  const read = new Set(sources.flatMap(({ text }) => [...text.matchAll(FROM_NPM)].map((m) => m[0])));
  const { name, version } = project.app.json;
  const values: Record<string, string | undefined> = {
    npm_package_name: name,
    npm_package_version: version,
    npm_config_user_agent: agentOf(project, node),
    npm_lifecycle_event: 'start',
  };
  return Object.fromEntries(
    Object.entries(values).filter(
      (pair): pair is [string, string] => read.has(pair[0]) && pair[1] !== undefined && /^[^\p{Cc}]*$/u.test(pair[1]),
    ),
  );
}

/** The port that the start script sets for its program. */
function portInEnv(outcome: App['outcome']): number | undefined {
  const text = outcome?.kind === 'server' ? outcome.env['PORT'] : undefined;
  return text !== undefined && /^\d{2,5}$/.test(text) ? Number(text) : undefined;
}

/** Reads what the app's program is. `node` is its version, for those who ask. */
export function servingOf(app: App, argv: readonly string[], node: string): Serving {
  const { project, outcome, framework } = app;
  const sources = sourcesOf(project, argv);
  const packages = usesNothing(project, argv, sources) ? {} : buildDependencies(project);
  const names = Object.keys(packages);
  const server = names.find((name) => SERVERS.has(name));
  const worker = names.find((name) => WORKERS.has(name));
  const listens = hit(sources, LISTENS, 'it listens on a port');
  const own = outcome?.kind === 'server' ? outcome.port : undefined;
  const host = hit(sources, READS_HOST, 'it reads HOST');
  const opens = hit(sources, OPENS_HOST, 'it listens for others where this is set')?.groups;
  const opening = opens?.[1] ?? opens?.[2] ?? 'NODE_ENV';
  const env = {
    ...npmEnv(sources, app, node),
    ...(opening === 'NODE_ENV' ? {} : { [opening]: opens?.[3] ?? 'true' }),
    ...(host ? { HOST: '0.0.0.0' } : {}),
    ...(names.includes('fastify-cli') ? { FASTIFY_ADDRESS: '0.0.0.0' } : {}),
  };
  const started = wordsStarted(project, argv);
  const byScripts = started.size === 0 ? [] : ['npm', ...started].filter((word) => OF_RUNTIME.test(word));
  const called: Called[] = [
    ...calledPrograms(project),
    ...byScripts.map((program) => ({ program, from: { ...outcome?.from, why: `a script starts ${program}` } })),
  ];
  const handed = portInShell(argv) ?? portInEnv(outcome);
  const base = { env, called };
  const from = listens?.from ?? {
    ...outcome?.from,
    why:
      server ??
      framework?.id ??
      worker ??
      (handed === undefined ? 'nothing in it listens or waits' : 'the command hands a port on'),
  };
  const [entry] = sources;
  const isBot =
    entry !== undefined && (BOTS.test(entry.text) ? entry.text.search(LISTENS) < 0 : SOCKET_MODE.test(entry.text));
  const serves =
    !isBot &&
    (own !== undefined ||
      listens !== undefined ||
      handed !== undefined ||
      server !== undefined ||
      (!project.inventory.complete && worker === undefined));
  if (!serves)
    return {
      ...base,
      workload: worker === undefined ? 'job' : 'worker',
      from,
      port: undefined,
      opensHost: false,
      loopback: undefined,
    };
  const asked = portInArgv(argv) ?? handed;
  const found = portOf(sources);
  const port =
    asked !== undefined
      ? { port: asked, from: { ...outcome?.from, why: `the port in the command` } }
      : own !== undefined && ((outcome?.kind === 'server' && !runsOwnSource(outcome)) || !found)
        ? { port: own, from: outcome?.from ?? from }
        : found;
  const decides = own === undefined || !outcome;
  const named = decides ? hit(sources, LOOPBACK, 'it listens on this machine’s own address')?.from : undefined;
  // Of a framework's program, such as Nest's, only where the project's own source is what listens.
  const listensItself = decides || (outcome?.kind === 'server' && runsOwnSource(outcome));
  const unnamed = listensItself && named === undefined ? unnamedHost(packages, sources) : undefined;
  const opensHost = unnamed !== undefined && project.runtime === 'node';
  return {
    ...base,
    workload: 'service',
    from,
    port: port ?? { port: DEFAULT_PORT, from: { why: 'the usual port of servers in Node.js' } },
    opensHost,
    loopback: named ?? (opensHost ? undefined : unnamed),
  };
}
