import { baseName, joinPath } from '../../inventory/inventory.ts';
import { configFile, settingOf } from './config-files.ts';
import { allDependencies, type Package } from './package-json.ts';
import type { JsProject } from './project.ts';
import type { Line } from './script-line.ts';
import { tableOf } from '../../plan/table.ts';

/** What kind of program a start script names, and how it is started in production. */

/** A command that has Docker start what runs, which a container cannot. */
export const startsContainers = (command: string): boolean =>
  /(?:^|\s)docker[- ]compose\b.*\s(?:up|run|start)\b/.test(command);

/** Servers for development: in production the framework's own takes their place, or a web server for what is built. */
const DEV_SERVERS: readonly RegExp[] = [
  /^(vite|rsbuild|rspack|snowpack|wmr|farm)( dev| serve)?( |$)(?!build|preview)/,
  /^next dev/,
  /^next( -|$)/,
  /^(nuxt|nuxi|astro|remix|react-router|vinxi|solid-start|waku|svelte-kit) (dev|develop)\b/,
  /^(nuxt|nuxi|astro)$/,
  /^remix vite:dev/,
  /^ng (serve|s|dev)\b/,
  /^ng$/,
  /^(react-scripts|react-app-rewired|craco|umi|max|sapper|sanity|slidev) (start|dev|preview)\b/,
  /^(brunch|stencil|preact) .*(w(atch)?\b|--(serve|watch)\b)/,
  /^vue-cli-service serve/,
  /^gatsby (develop|serve)/,
  /^(docusaurus|vuepress|vitepress|rspress) (start|dev|serve|preview)/,
  /^(webpack serve|webpack-dev-server|webpack-cli serve|webpack (-w|--watch))/,
  /^(parcel|poi|ember|quasar|ionic|preact|stencil|gridsome|hexo|elder) ?(serve|s|server|watch|start|develop|dev)?( .*\.html?)?( |$)/,
  /^(eleventy|@11ty\/eleventy) .*--serve/,
  /^expo (start|run|web)|^expo$/,
  /^(storybook|start-storybook|tauri|electron|electron-vite|electron-forge|wails|turbo|nx|lerna|gulp|grunt)\b/,
  /^nest start( |$)/,
  /^node ace serve/,
  /^wrangler (dev|pages dev)/,
];

/** Servers of files. The folder is their first argument that is no option. */
const FILE_SERVERS = new Set([
  'serve',
  'http-server',
  'sirv',
  'static-server',
  'local-web-server',
  'ws',
  'live-server',
  'lite-server',
  'superstatic',
  'node-static',
  'servor',
]);

export type Kind = 'development' | 'files' | 'program';

const text = (line: Line): string => [baseName(line.argv[0] ?? ''), ...line.argv.slice(1)].join(' ');

export function kindOf(line: Line): Kind {
  if (line.shell !== undefined) return 'program';
  const words = text(line);
  const [program = ''] = line.argv;
  if (FILE_SERVERS.has(baseName(program)) || /^(vite|astro|vitepress|rsbuild|vue-cli-service) preview\b/.test(words))
    return 'files';
  return startsContainers(words) || DEV_SERVERS.some((server) => server.test(words)) ? 'development' : 'program';
}

/** The folder that a server of files is told to serve, and whether it answers unknown paths with its index. */
export function servedFolder(line: Line): { readonly folder: string | undefined; readonly single: boolean } {
  const [program = '', ...args] = line.argv;
  const single = args.some((arg) => /^(-s|--single|--spa|-S|--push-state|--proxy)$/.test(arg));
  if (!FILE_SERVERS.has(baseName(program))) return { folder: undefined, single: false };
  const folder = args.find(
    (arg, i) =>
      !arg.startsWith('-') &&
      !/^(-p|-l|-L|-a|-c|-h|--port|--listen|--host|--config)$/.test(args[i - 1] ?? '') &&
      !/^\d+$/.test(arg),
  );
  return { folder, single };
}

export interface Program {
  readonly argv: readonly string[];
  /** The package that brings the program, where it is not Node.js itself. */
  readonly tool?: string;
}

const isFile = (word: string): boolean =>
  !word.startsWith('-') && (/\.[cm]?[jt]sx?$/.test(word) || word.includes('/') || word === '.');

/** `-r x`, `--require x` and the like are options of Node.js with a value. */
function withoutOptions(args: readonly string[], drop: RegExp, dropWithValue: RegExp): string[] {
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (dropWithValue.test(arg)) i++;
    else if (!drop.test(arg)) kept.push(arg);
  }
  return kept;
}

/** The program of a pm2 ecosystem file: the first app's script. https://pm2.keymetrics.io/docs/usage/application-declaration/ */
function ecosystemScript(project: JsProject, line: Line, file: string): string | undefined {
  const config =
    configFile(project.inventory, joinPath(line.pkg.folder, line.folder), file.replace(/\.[cm]?js$/, '')) ??
    configFile(project.inventory, line.pkg.folder, file);
  return settingOf(config, 'script');
}

const PM2_COMMANDS = /^(start|restart|reload|startOr(Restart|Reload|GracefulReload))$/;

function pm2(project: JsProject, line: Line): Program | undefined {
  const target = line.argv.slice(1).find((word) => !PM2_COMMANDS.test(word) && !word.startsWith('-'));
  if (target === undefined) return undefined;
  const script = /config\.[cm]?js$|\.json$/.test(target) ? ecosystemScript(project, line, target) : target;
  return script !== undefined && isFile(script) ? { argv: ['node', script.replace(/^\.\//, '')] } : undefined;
}

const mainOf = (line: Line): string => line.pkg.json.main ?? 'index.js';

/** Programs whose entry file is known, so that Node.js itself is the process. */
const ENTRIES = tableOf<readonly [tool: string, entry: string]>({
  next: ['next', 'next/dist/bin/next'],
  'remix-serve': ['@remix-run/serve', '@remix-run/serve/dist/cli.js'],
  fastify: ['fastify-cli', 'fastify-cli/cli.js'],
  strapi: ['@strapi/strapi', '@strapi/strapi/bin/strapi.js'],
  probot: ['probot', 'probot/bin/probot.js'],
  srvx: ['srvx', 'srvx/bin/srvx.mjs'],
});

/** Which package brings a program of another name. */
const TOOLS = tableOf<string>({
  'react-router-serve': '@react-router/serve',
  'ts-node': 'ts-node',
  'babel-node': '@babel/node',
  nest: '@nestjs/cli',
  medusa: '@medusajs/cli',
  strapi: '@strapi/strapi',
  fastify: 'fastify-cli',
  'remix-serve': '@remix-run/serve',
  sls: 'serverless',
  'functions-framework': '@google-cloud/functions-framework',
  payload: 'payload',
  keystone: '@keystone-6/core',
});

/** The package that a program is of: called as it is, or as command lines of something often are. */
function toolOf(pkg: Package, program: string): string {
  const packages = allDependencies(pkg);
  return [program, `${program}-cli`, `@${program}/cli`].find((name) => packages[name] !== undefined) ?? program;
}

/** An entry in node_modules is where its package is certain to be: at the root, or where pnpm links it. */
const linked = (project: JsProject): boolean =>
  project.linker !== 'pnp' && (project.app.folder === '' || project.manager.name === 'pnpm');

/** How a line's program is started in production. */
export function productionProgram(project: JsProject, line: Line): Program {
  const [first = '', ...args] = line.argv;
  const program = baseName(first);
  if (program === 'node' || program === 'nodejs') {
    const kept = withoutOptions(
      args,
      /^--(watch|inspect|inspect-brk|watch-preserve-output|trace-warnings)(=|$)|^--env-file/,
      /^--(watch-path)$/,
    );
    const loader = kept.find((_, i) =>
      /^(-r|--require|--import|--loader|--experimental-loader)$/.test(kept[i - 1] ?? ''),
    );
    const tool = loader?.startsWith('.') ? undefined : loader?.replace(/^(@[^/]+\/[^/]+|[^/]+).*$/, '$1');
    return { argv: ['node', ...(kept.length > 0 ? kept : [mainOf(line)])], ...(tool === undefined ? {} : { tool }) };
  }
  if (program === 'bun') {
    const kept = withoutOptions(args, /^(run|--watch|--hot|--smol|--no-clear-screen)$|^--env-file/, /^--port$/);
    return { argv: ['bun', ...(kept.length > 0 ? kept : [mainOf(line)])] };
  }
  if (program === 'nodemon' || program === 'node-dev' || program === 'supervisor' || program === 'forever') {
    const rest = withoutOptions(
      args,
      /^(--(quiet|inspect.*|respawn|legacy-watch|verbose|trace-.*)|-q|-L|-V|start)$/,
      /^(-w|--watch|-e|--ext|-i|--ignore|--delay|-d|--signal|-x|--exec)$/,
    );
    const exec = args[args.findIndex((arg) => arg === '-x' || arg === '--exec') + 1];
    const own = exec !== undefined && args.some((arg) => arg === '-x' || arg === '--exec') ? exec.split(/\s+/) : [];
    if (own.length > 0) return productionProgram(project, { ...line, argv: [...own, ...rest] });
    const file = rest.find(isFile) ?? mainOf(line);
    return /\.[cm]?tsx?$/.test(file)
      ? productionProgram(project, { ...line, argv: ['ts-node', file] })
      : { argv: ['node', ...(rest.length > 0 ? rest : [file])] };
  }
  if (program === 'pm2' || program === 'pm2-runtime' || program === 'pm2-docker')
    return pm2(project, line) ?? { argv: ['pm2-runtime', ...args.filter((a) => a !== 'start')], tool: 'pm2' };
  if (program === 'tsx') {
    const rest = withoutOptions(
      args,
      /^(watch|--watch|--clear-screen=.*|--inspect.*|--env-file.*)$/,
      /^--(ignore|include|exclude)$/,
    );
    return { argv: ['node', '--import', 'tsx', ...rest], tool: 'tsx' };
  }
  if (program === 'vite-node')
    return { argv: [program, ...withoutOptions(args, /^(-w|--watch)$/, /^$/)], tool: program };
  if (program === 'ts-node-dev' || program === 'tsnd') {
    const rest = withoutOptions(
      args,
      /^--(respawn|transpile-only|inspect.*|exit-child|clear|cls|rs|quiet|(no-)?notify|poll|files|prefer-ts.*|tree-kill|debug|dedupe|fast|(all-)?deps|log-error)(=|$)|^-T$/,
      /^--(ignore-watch|watch|debounce|interval|cache-directory)$/,
    );
    return productionProgram(project, { ...line, argv: ['ts-node', ...rest] });
  }
  if (program === 'ts-node') {
    const rest = withoutOptions(
      args,
      /^(--(transpile-only|transpileOnly|files|pretty)|-T|-s|--swc)$/,
      /^(-P|--project|-r|--require|-O)$/,
    );
    const paths = args.some((arg) => arg === 'tsconfig-paths/register') ? ['-r', 'tsconfig-paths/register'] : [];
    return { argv: ['node', '-r', 'ts-node/register/transpile-only', ...paths, ...rest], tool: 'ts-node' };
  }
  if (program === 'json-server') {
    const rest = withoutOptions(args, /^(--watch|-w|--host=.*)$/, /^(--host|-H)$/);
    return { argv: ['json-server', '--host', '0.0.0.0', ...rest], tool: 'json-server' };
  }
  // As a daemon it would leave the container without a process. https://www.eggjs.org/core/deployment
  if (program === 'egg-scripts' || program === 'eggctl')
    return {
      argv: [program, ...args.filter((a) => a !== '--daemon')],
      tool: program === 'eggctl' ? '@eggjs/scripts' : program,
    };
  const entry = ENTRIES[program];
  // Version 1 had its file at other places.
  const elsewhere = program === 'remix-serve' && /^[\^~]?1\./.test(allDependencies(line.pkg)['@remix-run/serve'] ?? '');
  if (entry !== undefined && linked(project) && !elsewhere)
    return { argv: ['node', `node_modules/${entry[1]}`, ...args], tool: entry[0] };
  const local = first.includes('/') && !/(^|\/)\.bin\//.test(first);
  return local ? { argv: line.argv } : { argv: [program, ...args], tool: TOOLS[program] ?? toolOf(line.pkg, program) };
}
