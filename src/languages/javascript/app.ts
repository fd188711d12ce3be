import { baseName, joinPath } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { needsShell, toArgv } from '../../plan/command.ts';
import { BUILD_SCRIPTS } from './build-scripts.ts';
import { configFile, cleanFolder } from './config-files.ts';
import { allDependencies, lineOfKey, type Package } from './package-json.ts';
import { conventional } from './conventional.ts';
import { withServer } from './exported-app.ts';
import { fetchedProgram } from './fetched-programs.ts';
import { nx } from './nx.ts';
import { nxPackage } from './nx-projects.ts';
import { onPlatform, platformOf } from './no-program.ts';
import { installsElsewhere } from './own-scripts.ts';
import type { Framework, FrameworkContext, Outcome, ServerOutcome } from './outcome.ts';
import { previewedPages } from './previewed-pages.ts';
import { kindOf, productionProgram, servedFolder } from './programs.ts';
import { withApp, type JsProject } from './project.ts';
import { commandBehind, resolveLine, resolveScript, type Line } from './script-line.ts';
import { serverFrameworks } from './server-frameworks.ts';
import { siteFrameworks } from './site-frameworks.ts';
import { compiledEntry } from './typescript.ts';
import { startsWrangler, workerOutcome, wranglerConfig } from './workers.ts';

/** What the project is, once it is built: decided from its start script, its frameworks and its conventional files. */

export interface App {
  readonly project: JsProject;
  readonly framework: Framework | undefined;
  /** Undefined where nothing says how it starts. */
  readonly outcome: Outcome | undefined;
  /** Commands that the start script runs before the program, which the build does not do. */
  readonly before: readonly string[];
  /** Commands of the start script that belong to the build. */
  readonly builds: readonly string[];
  /** Where a start script is started as it is, for want of a program to name. */
  readonly byScript?: string;
}

export const FRAMEWORKS: readonly Framework[] = [...serverFrameworks, ...siteFrameworks, nx];

/** Scripts that start in production, by the names that people give them. */
const PRODUCTION = ['start:prod', 'start:production', 'start-prod', 'prod', 'production', 'serve:prod', 'start:server'];

/** Scripts that start the part of a desktop program that needs no desktop. */
const FOR_SERVERS = ['start:server', 'start-server', 'server', 'serve', ...PRODUCTION];
const opensWindow = (command: string): boolean => /(^|[\s/])(electron(-forge|-vite)?|tauri|nw|neu)(\s|$)/.test(command);

const BUILD_STEP =
  /^(npx |pnpm (exec |run )?|yarn (run )?|npm (run |run-script )|bun run |bunx )?\s*(build\S*|compile\S*|bundle|rimraf|rm|mkdir|tsc|tsup|swc|esbuild|webpack|rollup|vite build|next build|nuxt build|astro build|nest build|ng build|react-scripts build|vue-cli-service build|gatsby build|parcel build|remix (vite:)?build|react-router build|prisma generate|babel|turbo (run )?build|nx build|clean\S*|lint\S*|copyfiles|cpx?|ncp|generate|codegen|svelte-kit sync)\b/;

/** Compilers of styles and scripts: a script of theirs is a part of the build. */
const COMPILERS =
  /^(npx )?(sass|node-sass|postcss|tailwindcss|lessc|stylus|esbuild|rollup|webpack|tsc|tsup|babel|browserify|grunt|gulp)\b/;
/** Commands that leave nothing behind, or what the image has by then; an echo that asks something first, such as a version, says what only the run knows. */
const CHECKS =
  /^(node-?version|check-?node)\b|^echo\b[^$`]*$|^(npm|yarn|pnpm|bun)( (i|install|ci)( (?!-g\b|--global\b)\S+)*|( --[\w-]+)*)$/;

/** What sets the environment before a command. */
const SETTINGS = /^(?:(?:npx )?cross-env(?:-shell)? )?(?:[A-Za-z_]\w*=[^\s"'$`]*\s+)+/;

function isBuild(project: JsProject, pkg: Package, part: string): boolean {
  const command = part.replace(SETTINGS, '');
  return BUILD_STEP.test(command) || COMPILERS.test(command) || COMPILERS.test(commandBehind(project, pkg, command));
}

const contextOf = (project: JsProject, pkg: Package): FrameworkContext => ({
  project,
  app: pkg,
  dependencies: allDependencies(pkg),
  buildScript: BUILD_SCRIPTS.map((name) => pkg.json.scripts[name]).find((script) => script !== undefined) ?? '',
  config: (...names) => configFile(project.inventory, pkg.folder, ...names),
});

interface Found {
  readonly framework: Framework;
  readonly outcome: Outcome | undefined;
}

/** The first framework that is there and knows what its build leaves; else one that is there at all. */
function frameworkOf(project: JsProject): Found | undefined {
  const context = contextOf(project, project.app);
  const built = nxPackage(project.inventory, project.app.folder) && nx.outcome(context);
  if (built) return { framework: nx, outcome: built };
  let first: Found | undefined;
  for (const framework of amongOf(context)) {
    const outcome = framework.outcome(context);
    if (outcome) return { framework, outcome };
    first ??= { framework, outcome };
  }
  return first ?? sharedFramework(project, context);
}

const amongOf = ({ dependencies }: FrameworkContext): Framework[] =>
  FRAMEWORKS.filter(({ packages }) => packages.some((name) => dependencies[name] !== undefined));

/** One that the root of the workspace installs for its members: theirs where a file of their own configures it. */
function sharedFramework({ root, app }: JsProject, own: FrameworkContext): Found | undefined {
  if (app.folder === '') return undefined;
  const context = { ...own, dependencies: { ...allDependencies(root), ...own.dependencies } };
  for (const framework of amongOf(context)) {
    const outcome = framework.outcome(context);
    const file = outcome?.from.file;
    if (file !== undefined && file !== app.file && file.startsWith(`${app.folder}/`)) return { framework, outcome };
  }
  return undefined;
}

const words = (line: Line): string => [baseName(line.argv[0] ?? ''), ...line.argv.slice(1)].join(' ');

/** The start script: one for production where `start` is for development. */
function startLine(project: JsProject, pkg: Package): Line | undefined {
  const start = resolveScript(project, pkg, 'start');
  const isWindow = start !== undefined && opensWindow(start.shell ?? words(start));
  if (isWindow)
    return FOR_SERVERS.map((name) => resolveScript(project, pkg, name)).find(
      (line) => line && kindOf(line) === 'program' && !opensWindow(line.shell ?? words(line)),
    );
  if (
    start &&
    kindOf(start) === 'program' &&
    !/\b(nodemon|ts-node-dev|tsx watch|--watch)\b/.test(start.shell ?? words(start))
  )
    return start;
  const production = PRODUCTION.map((name) => resolveScript(project, pkg, name)).find(
    (line) => line && kindOf(line) === 'program',
  );
  return production ?? start;
}

function serverOf(project: JsProject, line: Line, from: Evidence): ServerOutcome {
  const inFolder = (argv: readonly string[]): readonly string[] =>
    line.folder === ''
      ? argv
      : [
          '/bin/sh',
          '-c',
          `cd ${line.folder} && exec ${argv.map((w) => (/^[\w@%+=:,./-]+$/.test(w) ? w : `'${w.replaceAll("'", `'\\''`)}'`)).join(' ')}`,
        ];
  if (line.shell !== undefined) return { kind: 'server', argv: toArgv(line.shell), env: line.env, from };
  const program = productionProgram(project, line);
  const fetched = fetchedProgram(project, line.pkg, program);
  if (fetched) return { kind: 'server', ...fetched, argv: inFolder(fetched.argv), env: line.env, from };
  const { argv, tool } = program;
  const compiled = tool === 'tsx' || tool === 'ts-node' ? compiledEntry(project, argv.at(-1) ?? '') : undefined;
  if (compiled !== undefined) return { kind: 'server', argv: inFolder(['node', compiled]), env: line.env, from };
  return { kind: 'server', argv: inFolder(argv), env: line.env, from, ...(tool === undefined ? {} : { tool }) };
}

/** A script that is for the folder which the build makes: it names a file that is there, and not in the source. */
function startsInBuild({ inventory, app }: JsProject, program: ServerOutcome, built: ServerOutcome): boolean {
  const file = program.argv.at(-1) ?? '';
  return built.argv.at(-1)?.endsWith(`/${file}`) === true && !inventory.isFile(joinPath(app.folder, file));
}

const scriptEvidence = (pkg: Package, script: string | undefined): Evidence => ({
  ...lineOfKey(pkg, 'scripts', script ?? 'start'),
  why: `the ${script ?? 'start'} script`,
});

/** What a server of files gives out where no folder is named: where it is started, but for what is built and for http-server's public/. */
function folderServed({ inventory, app }: JsProject, line: Line): string {
  if (line.folder !== '') return line.folder;
  if (baseName(line.argv[0] ?? '') === 'http-server' && inventory.isDirectory(joinPath(app.folder, 'public')))
    return 'public';
  return inventory.isFile(joinPath(app.folder, 'index.html')) ||
    !BUILD_SCRIPTS.some((name) => app.json.scripts[name] !== undefined)
    ? ''
    : 'dist';
}

function fromLine(project: JsProject, line: Line, found: Found | undefined): Omit<App, 'project' | 'framework'> {
  const commandOf = (part: string): string => commandBehind(project, line.pkg, part);
  const builds = line.before.filter((part) => isBuild(project, line.pkg, part) || installsElsewhere(commandOf(part)));
  const before = line.before
    .filter((part) => !builds.includes(part))
    .map(commandOf)
    .filter((command) => !CHECKS.test(command));
  const kind = kindOf(line);
  const outcome = found?.outcome;
  const from = scriptEvidence(line.pkg, line.script);
  if (kind === 'development' && outcome) return { outcome, before: [], builds: [] };
  const platform = platformOf(words(line));
  if (platform) {
    if (outcome === undefined) throw onPlatform(line.pkg, words(line), platform);
    return { outcome, before: [], builds: [] };
  }
  const pages = outcome ? undefined : previewedPages(project, line, from);
  if (pages) return { outcome: pages, before: [], builds };
  const worker = startsWrangler(line) ? wranglerConfig(project) : undefined;
  if (worker) return { outcome: outcome ?? workerOutcome(project, worker, found === undefined), before, builds };
  if (kind === 'files') {
    const { folder, single } = servedFolder(line);
    if (outcome?.kind === 'server') return { outcome, before: [], builds };
    const served = cleanFolder(folder);
    const base = outcome ?? {
      kind: 'site' as const,
      folder: served ?? folderServed(project, line),
      fallback: single,
      from,
    };
    return {
      outcome: { ...base, ...(served === undefined ? {} : { folder: served }), fallback: base.fallback || single },
      before: [],
      builds,
    };
  }
  const isOwn = found?.framework.own?.test(words(line)) === true && line.shell === undefined;
  if (isOwn && outcome?.kind === 'site') return { outcome, before: [], builds };
  const program = serverOf(project, line, from);
  if (isOwn && outcome?.kind === 'server') {
    const takesOwn =
      outcome.output !== undefined || outcome.replaces === true || startsInBuild(project, program, outcome);
    return {
      outcome: takesOwn
        ? { ...outcome, env: { ...outcome.env, ...line.env } }
        : { ...outcome, ...program, env: { ...outcome.env, ...program.env } },
      before,
      builds,
    };
  }
  const base =
    outcome?.kind === 'server'
      ? {
          env: { ...outcome.env, ...program.env },
          ...(outcome.port === undefined ? {} : { port: outcome.port }),
          ...(outcome.writes === undefined ? {} : { writes: outcome.writes }),
        }
      : {};
  return { outcome: { ...program, ...base }, before, builds };
}

/** The program of the project's own that the only script starts for those who develop it: `nodemon --exec tsx script.ts`. */
function developed(project: JsProject): ServerOutcome | undefined {
  const line = resolveScript(project, project.app, 'dev');
  if (line === undefined || line.shell !== undefined || kindOf(line) !== 'program') return undefined;
  const ownFile = line.argv.some((word) =>
    project.inventory.isFile(joinPath(line.pkg.folder, word.replace(/^\.\//, ''))),
  );
  const outcome = serverOf(project, line, scriptEvidence(line.pkg, 'dev'));
  return ownFile && outcome.argv[0] === 'node' && !platformOf(words(line)) ? outcome : undefined;
}

/** Understands the app. `command` is what is asked to be run, where something is. */
export function understandApp(given: JsProject, command?: readonly string[]): App {
  const app = understand(given, command);
  // A program of a dependency has no path of its own under Plug'n'Play: only yarn, which no image holds, would find it.
  const found = app.outcome?.kind !== 'server' || (app.outcome.argv[0] === 'node' && app.before.length === 0);
  return found || given.linker !== 'pnp' || !given.manager.berry
    ? app
    : understand({ ...given, linker: 'node-modules' }, command);
}

function understand(given: JsProject, command?: readonly string[]): App {
  const asked = command === undefined ? undefined : lineOf(given, command);
  const line = asked ?? startLine(given, given.app);
  const project = line && line.pkg.folder !== given.app.folder ? withApp(given, line.pkg) : given;
  const found = frameworkOf(project);
  if (line && line.argv.length > 0) {
    const rest = fromLine(project, line, found);
    if (rest.outcome) return { project, framework: found?.framework, ...rest };
  }
  const worker = found?.outcome === undefined && line === undefined ? wranglerConfig(project) : undefined;
  const program =
    found?.outcome ??
    (worker ? workerOutcome(project, worker, found === undefined) : (conventional(project) ?? developed(project)));
  const outcome = program?.kind === 'server' ? withServer(project, program) : program;
  return { project, framework: found?.framework, outcome, before: [], builds: [] };
}

/** A command as a line: a shell's own text is looked into as well. */
function lineOf(project: JsProject, command: readonly string[]): Line | undefined {
  const [first = '', flag, text] = command;
  if (/(^|\/)(ba|da)?sh$/.test(first) && flag === '-c' && text !== undefined)
    return resolveLine(
      project,
      project.app,
      text.replace(/^exec\s+(env\s+)?/, '').replace(/&&\s*exec\s+(env\s+)?/, '&& '),
    );
  const quoted = command
    .map((word) =>
      needsShell(word) || /[\s"'\\]/.test(word) || word === '' ? `'${word.replaceAll("'", `'\\''`)}'` : word,
    )
    .join(' ');
  return resolveLine(project, project.app, quoted);
}
