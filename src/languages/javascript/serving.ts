import { cyclesOf } from '../../images/catalogue.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { App } from './app.ts';
import { buildDependencies, type JsProject } from './project.ts';

/** What a program is once it runs, read from its source: a server with its port, a worker, or something that ends. */

export interface Serving {
  readonly workload: 'service' | 'worker' | 'job';
  readonly from: Evidence;
  readonly port: { readonly port: number; readonly from: Evidence } | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Package managers that the program calls itself. */
  readonly calls: readonly string[];
  /** Where it listens on an address that nothing outside the container reaches. */
  readonly loopback: Evidence | undefined;
}

const SERVERS = new Set([
  'express',
  'fastify',
  'koa',
  'hono',
  '@hono/node-server',
  '@hapi/hapi',
  'restify',
  'polka',
  'micro',
  'h3',
  'sails',
  'elysia',
  'itty-router',
  '@feathersjs/express',
  '@feathersjs/koa',
  '@feathersjs/feathers',
  '@nestjs/core',
  '@adonisjs/core',
  'apollo-server',
  'apollo-server-express',
  '@apollo/server',
  'graphql-yoga',
  'socket.io',
  '@strapi/strapi',
  'directus',
  '@keystone-6/core',
  'payload',
  'json-server',
  'probot',
  'parse-server',
  'ghost',
  '@medusajs/medusa',
  '@medusajs/framework',
  '@google-cloud/functions-framework',
  'meteor-node-stubs',
  'total.js',
  'total4',
  'moleculer-web',
  'loopback',
  '@loopback/rest',
  '@foal/core',
  'uWebSockets.js',
  'hyper-express',
  'srvx',
  'nitropack',
  'vike',
  '@redwoodjs/api-server',
  'node-red',
  'peer',
  'fastify-cli',
  '@marblejs/http',
  'tinyhttp',
  '@tinyhttp/app',
  'http-proxy',
  'vite-express',
  '@backstage/backend-defaults',
]);
const WORKERS = new Set([
  'discord.js',
  'eris',
  'oceanic.js',
  'telegraf',
  'grammy',
  'node-telegram-bot-api',
  '@slack/bolt',
  'tmi.js',
  'twitch-js',
  'mineflayer',
  'whatsapp-web.js',
  '@whiskeysockets/baileys',
  'matrix-bot-sdk',
  'matrix-js-sdk',
  'oicq',
  'bullmq',
  'bull',
  'bee-queue',
  'agenda',
  'node-cron',
  'cron',
  'node-schedule',
  'amqplib',
  'kafkajs',
  'sqs-consumer',
  '@temporalio/worker',
  'pg-boss',
  'graphile-worker',
  'nats',
  'mqtt',
]);

/** https://docs.npmjs.com/cli/v11/using-npm/scripts#environment */
const FROM_NPM = /\bnpm_(package_(?:name|version)|config_user_agent|lifecycle_event)\b/g;

interface Source {
  readonly file: string;
  readonly text: string;
}

const TESTS =
  /(^|\/)(tests?|__tests__|e2e|spec|cypress|playwright|examples?|docs?|scripts|node_modules|dist|build|public|static|coverage)\/|\.(test|spec|e2e|stories|config|d)\.[cm]?[jt]sx?$/;

/** Source files of which text is kept: those at the top, and those with names that servers have. */
export const isProgramSource = (path: string): boolean =>
  /\.[cm]?[jt]s$/.test(path) &&
  !TESTS.test(path) &&
  (/^[^/]+$|^(apps|packages|services)\/[^/]+\/[^/]+$/.test(path) ||
    /(^|\/)(src|bin|server|api|app|lib|config|backend)\/[^/]+$/.test(path) ||
    /(^|\/)(server|index|main|app|bot|start|config|env|www|worker|entry|http|bootstrap)\.[cm]?[jt]s$/.test(path));

function sourcesOf({ inventory, app }: JsProject, argv: readonly string[]): Source[] {
  const prefix = app.folder === '' ? '' : `${app.folder}/`;
  const stems = argv
    .filter((word) => !word.startsWith('-'))
    .map((word) =>
      word
        .replace(/^\.\//, '')
        .replace(/\.[cm]?[jt]sx?$/, '')
        .replace(/^(dist|build|lib|out)\//, ''),
    );
  const all = inventory
    .files(
      (path) =>
        path.startsWith(prefix) &&
        (/\.[cm]?[jt]s$/.test(path) || path === `${prefix}bin/www`) &&
        !TESTS.test(path.slice(prefix.length)),
    )
    .flatMap((file): Source[] => {
      const text = inventory.text(file);
      return text === undefined ? [] : [{ file, text }];
    });
  const isEntry = ({ file }: Source): boolean => {
    const stem = file.slice(prefix.length).replace(/\.[cm]?[jt]s$/, '');
    return stems.some((s) => s === stem || `src/${s}` === stem);
  };
  return [...all.filter(isEntry), ...all.filter((s) => !isEntry(s))];
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

interface Hit {
  readonly groups: readonly (string | undefined)[];
  readonly from: Evidence;
}

/** The first place in the sources that fits; `pattern` is global. */
function hit(sources: readonly Source[], pattern: RegExp, why: string): Hit | undefined {
  for (const { file, text } of sources) {
    const found = [...text.matchAll(pattern)].find(
      (m) => !/^\s*(\/\/|\*)/.test(text.slice(text.lastIndexOf('\n', m.index) + 1, m.index + 1)),
    );
    if (found) return { groups: found, from: { file, line: lineAt(text, found.index), why } };
  }
  return undefined;
}

const LISTENS =
  /\.listen\s*\(|\bcreateServer\s*\(|\bBun\.serve\s*\(|\bDeno\.serve\s*\(|\bserve\s*\(\s*(\{|app)|\bexport default \{?\s*(app|server|port)\b|WebSocketServer\s*\(|\.startServer\s*\(|startStandaloneServer\s*\(/g;
const READS_PORT =
  /\b(?:process|Bun)\.env(?:\.PORT\b|\[['"]PORT['"]\])(?:\s*\)?\s*(?:\|\||\?\?|,)\s*(?:Number\(|parseInt\()?['"]?(\d{2,5}))?|\bget(?:<[^>\n]{1,40}>)?\(\s*['"]PORT['"](?:\s*,\s*(\d{2,5}))?|\bPORT\s*[:=]\s*(?:z|Joi|port|num|envalid|Type|v)\b|\benv\.PORT\b|\{[^}\n]*\bPORT\b[^}\n]*\}\s*=\s*(?:process|Bun)\.env/g;
const FIXED =
  /\.listen\s*\(\s*['"]?(\d{2,5})\b|\.listen\s*\(\s*\{[^}]{0,300}?\bport\s*:\s*(\d{2,5})|\bserve\s*\([^)]{0,300}?\bport\s*:\s*(\d{2,5})|\blisten\s*:\s*\{\s*port\s*:\s*(\d{2,5})/g;
const NAMED = /\b(?:port|PORT|Port|serverPort|SERVER_PORT|httpPort)\s*(?::\s*number\s*)?[=:]\s*['"]?(\d{2,5})\b/g;
const DEFAULT = /\b(?:port|PORT|Port|defaultPort|DEFAULT_PORT)\s*(?::\s*number\s*)?=\s*['"]?(\d{4,5})\b/g;
const LOOPBACK =
  /\.listen\s*\([^;\n]{0,120}['"](?:localhost|127\.0\.0\.1)['"]|\bhost(?:name)?\s*:\s*['"](?:localhost|127\.0\.0\.1)['"]/g;
const FASTIFY_LISTEN = /\.listen\s*\(\s*\{([^}]{0,300})\}/g;
const READS_HOST =
  /\b(?:process|Bun)\.env(?:\.HOST\b|\[['"]HOST['"]\])|\{[^}\n]*\bHOST\b[^}\n]*\}\s*=\s*(?:process|Bun)\.env/g;
const CALLS = /\b(?:exec|execSync|spawn|spawnSync|execa|execFile|execFileSync)\s*\(\s*['"`](npx?|pnpm|yarn)\b/g;

/** Servers listen on a port that nobody has to be root for. */
const isPort = (port: number): boolean => port >= 80 && port <= 65535;

const DEFAULT_PORT = 3000;

/** The port among a command's own options. */
function portInArgv(argv: readonly string[]): number | undefined {
  for (const [i, word] of argv.entries()) {
    const inline = /^(?:--?port|-p)[=]?(\d{2,5})$/.exec(word)?.[1];
    const next = /^(--port|-p|--http-port)$/.test(word) ? /^\d{2,5}$/.exec(argv[i + 1] ?? '')?.[0] : undefined;
    if (inline !== undefined || next !== undefined) return Number(inline ?? next);
  }
  return undefined;
}

function portOf(sources: readonly Source[]): Serving['port'] {
  const first = (found: Hit | undefined): number | undefined => {
    const port = found?.groups.slice(1).find((g) => g !== undefined);
    return port !== undefined && isPort(Number(port)) ? Number(port) : undefined;
  };
  const reads = hit(sources, READS_PORT, 'it reads PORT');
  if (reads) {
    const nearby = hit(
      sources.filter((s) => s.file === reads.from.file),
      DEFAULT,
      'the default of PORT',
    );
    return { port: first(reads) ?? first(nearby) ?? DEFAULT_PORT, from: reads.from };
  }
  const fixed = hit(sources, FIXED, 'the port that it listens on');
  const port = first(fixed);
  if (fixed && port !== undefined) return { port, from: fixed.from };
  const named = hit(sources, NAMED, 'the port that it listens on');
  const other = first(named);
  return named && other !== undefined ? { port: other, from: named.from } : undefined;
}

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

/** Reads what the app's program is. `node` is its version, for those who ask. */
export function servingOf(app: App, argv: readonly string[], node: string): Serving {
  const { project, outcome, framework } = app;
  const sources = sourcesOf(project, argv);
  const names = Object.keys(buildDependencies(project));
  const server = names.find((name) => SERVERS.has(name));
  const worker = names.find((name) => WORKERS.has(name));
  const listens = hit(sources, LISTENS, 'it listens on a port');
  const own = outcome?.kind === 'server' ? outcome.port : undefined;
  const host = hit(sources, READS_HOST, 'it reads HOST');
  const env = {
    ...npmEnv(sources, app, node),
    ...(host ? { HOST: '0.0.0.0' } : {}),
    ...(names.includes('fastify-cli') ? { FASTIFY_ADDRESS: '0.0.0.0' } : {}),
  };
  const calls = [...new Set(sources.flatMap(({ text }) => [...text.matchAll(CALLS)].map((m) => m[1] ?? '')))].filter(
    (name) => name !== '' && !name.startsWith('np'),
  );
  const base = { env, calls };
  const from = listens?.from ?? {
    ...outcome?.from,
    why: server ?? framework?.id ?? worker ?? 'nothing in it listens or waits',
  };
  const serves =
    own !== undefined ||
    listens !== undefined ||
    server !== undefined ||
    (!project.inventory.complete && worker === undefined);
  if (!serves)
    return { ...base, workload: worker === undefined ? 'job' : 'worker', from, port: undefined, loopback: undefined };
  const asked = portInArgv(argv);
  const found = portOf(sources);
  const port =
    asked !== undefined
      ? { port: asked, from: { ...outcome?.from, why: `the port in the command` } }
      : own !== undefined &&
          ((outcome?.kind === 'server' && (outcome.output !== undefined || outcome.tool !== undefined)) || !found)
        ? { port: own, from: outcome?.from ?? from }
        : found;
  const fastify = names.includes('fastify')
    ? hit(sources, FASTIFY_LISTEN, 'it listens without a host, which is this machine’s own address for Fastify')
    : undefined;
  const loopback =
    hit(sources, LOOPBACK, 'it listens on this machine’s own address')?.from ??
    (fastify && !/\bhost\b/.test(fastify.groups[1] ?? '') ? fastify.from : undefined);
  return {
    ...base,
    workload: 'service',
    from,
    port: port ?? { port: DEFAULT_PORT, from: { why: 'the usual port of servers in Node.js' } },
    loopback: own === undefined || !outcome ? loopback : undefined,
  };
}
