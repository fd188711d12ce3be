import { ownBuildStep } from '../../plan/build-inputs.ts';
import { joinPath } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import type { RunStep, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import type { Settings } from '../../manifest/schema.ts';
import type { App } from './app.ts';
import { BUILD_SCRIPTS } from './build-scripts.ts';
import { inFolder } from './commands.ts';
import { managerArgv } from './install.ts';
import { webpackEnv } from './old-webpack.ts';
import { nxName, readNxProject } from './nx-projects.ts';
import { installsElsewhere, installsMore, laterCommands } from './own-scripts.ts';
import { allDependencies, lineOfKey, type Package } from './package-json.ts';
import type { JsProject } from './project.ts';
import { commandBehind } from './script-line.ts';
import { compilerOptions, compiledEntry } from './typescript.ts';
import { closureOf } from './workspace.ts';

/** The commands that build: those of the app, after those of the workspace's members that it needs. */

/** Runs a program that a dependency brings. */
export function execCommand(project: JsProject, argv: readonly string[]): Shell {
  const manager = managerArgv(project);
  const { name, berry } = project.manager;
  if (argv[0] === 'node') return sh`${argv}`;
  if (name === 'npm') return sh`npx --no-install ${argv}`;
  if (name === 'pnpm') return sh`pnpm exec ${argv}`;
  if (name === 'bun') return sh`bun run ${argv}`;
  return berry ? sh`${manager} run ${argv}` : sh`${manager} -s run ${argv}`;
}

const runScript = (project: JsProject, pkg: Package, script: string): Shell =>
  inFolder(pkg.folder, sh`${managerArgv(project)} run ${script}`);

function turboCommand(project: JsProject): Shell | undefined {
  const { inventory, root, app } = project;
  const usesTurbo = inventory.isFile('turbo.json') && allDependencies(root)['turbo'] !== undefined;
  if (!usesTurbo || app.folder === '' || app.json.name === undefined || app.json.scripts['build'] === undefined)
    return undefined;
  return execCommand(project, ['turbo', 'run', 'build', `--filter=${app.json.name}`]);
}

/** A target of Nx that no script names: inferred from configuration files, or written in project.json. */
function nxCommand(project: JsProject): Shell | undefined {
  const { inventory, root, app } = project;
  if (
    !inventory.isFile('nx.json') ||
    allDependencies(root)['nx'] === undefined ||
    app.folder === '' ||
    app.json.scripts['build'] !== undefined
  )
    return undefined;
  const { configurations, defaultConfiguration } = readNxProject(inventory, app.folder).targets?.['build'] ?? {};
  const production = configurations?.['production'] !== undefined && defaultConfiguration === undefined;
  return execCommand(project, [
    'nx',
    'build',
    nxName(inventory, app),
    ...(production ? ['--configuration=production'] : []),
  ]);
}

/** tsc, where TypeScript is compiled by no script. */
function compileCommand({ project, outcome }: App): Shell | undefined {
  if (outcome?.kind !== 'server' || allDependencies(project.app)['typescript'] === undefined) return undefined;
  const program = outcome.argv.at(-1) ?? '';
  const { outDir, noEmit } = compilerOptions(project);
  if (noEmit === true || outDir === undefined || project.inventory.isFile(joinPath(project.app.folder, program)))
    return undefined;
  const out = outDir.replace(/^\.\//, '').replace(/\/$/, '');
  const config = joinPath(project.app.folder, 'tsconfig.build.json');
  const flags = project.inventory.isFile(config) ? ['tsc', '-p', 'tsconfig.build.json'] : ['tsc'];
  return program.replace(/^\.\//, '').startsWith(`${out}/`)
    ? inFolder(project.app.folder, execCommand(project, flags))
    : undefined;
}

function memberBuilds(project: JsProject): Shell[] {
  return project.needs
    .filter((m) => m !== project.app && m.json.scripts['build'] !== undefined)
    .map((m) => runScript(project, m, 'build'));
}

/** Names for what builds inside of an image, without what only a running system has, such as a database. */
const FOR_IMAGES: readonly string[] = ['build:docker', 'build-docker', 'docker:build', 'docker-build'];
const MAKES_IMAGES = /\b(docker|podman|buildah|nerdctl)(-compose)?\s/;

/** A script that is there, and that makes no image, nor does one of those that it calls. */
function buildsHere(project: JsProject, name: string, seen: readonly string[] = []): boolean {
  const { inventory, app } = project;
  const text = app.json.scripts[name];
  if (text === undefined || MAKES_IMAGES.test(text)) return false;
  const words = text.split(/[\s;&|]+/);
  const files = words.filter((word) => word.includes('/') || word.endsWith('.sh'));
  if (files.some((word) => MAKES_IMAGES.test(inventory.text(joinPath(app.folder, word.replace(/^\.\//, ''))) ?? '')))
    return false;
  const called = words.filter((word) => app.json.scripts[word] !== undefined && !seen.includes(word));
  return called.every((word) => buildsHere(project, word, [...seen, name, ...called]));
}

/** The one script for a build, `build:frontend`, that runs this command: with the options that it needs. */
function scriptThatRuns(project: JsProject, argv: readonly string[]): string | undefined {
  const { scripts } = project.app.json;
  const [name, another] = Object.keys(scripts).filter(
    (script) =>
      /^build[:-]|[:-]build$/.test(script) &&
      buildsHere(project, script) &&
      ` ${scripts[script] ?? ''} `.includes(` ${argv.join(' ')} `),
  );
  return another === undefined ? name : undefined;
}

/** The member that makes the files which the root's start script gives out. */
function memberServed({ project, outcome }: App): Package | undefined {
  if (project.app.folder !== '' || outcome?.kind !== 'site') return undefined;
  return project.members.find(
    (m) => m.json.scripts['build'] !== undefined && outcome.folder.startsWith(`${m.folder}/`),
  );
}

interface BuildCommand {
  readonly command: Shell;
  readonly why: string;
  readonly from?: ReturnType<typeof lineOfKey>;
}

function mainBuild(app: App): BuildCommand | undefined {
  const { project, framework } = app;
  const turbo = turboCommand(project);
  if (turbo) return { command: turbo, why: 'Turborepo builds the app, and what it needs before it' };
  const scripts = project.app.json.scripts;
  const script =
    FOR_IMAGES.find((name) => buildsHere(project, name)) ?? BUILD_SCRIPTS.find((name) => scripts[name] !== undefined);
  const before = project.app.folder === '' ? [] : memberBuilds(project);
  if (script !== undefined) {
    return {
      command: all(...before, runScript(project, project.app, script)),
      why: `the ${script} script${before.length > 0 ? ', after those of the packages that the app needs' : ''}`,
      from: lineOfKey(project.app, 'scripts', script),
    };
  }
  const member = script === undefined ? memberServed(app) : undefined;
  if (member)
    return {
      command: all(
        ...memberBuilds({ ...project, needs: closureOf(member, project.members) }),
        runScript(project, member, 'build'),
      ),
      why: `the build script of ${member.folder}, whose files are given out`,
      from: lineOfKey(member, 'scripts', 'build'),
    };
  const own = framework?.build && app.outcome !== undefined ? scriptThatRuns(project, framework.build) : undefined;
  if (own !== undefined)
    return {
      command: all(...before, runScript(project, project.app, own)),
      why: `the ${own} script, which runs ${framework?.build?.join(' ') ?? ''}`,
      from: lineOfKey(project.app, 'scripts', own),
    };
  const nx = nxCommand(project);
  if (nx) return { command: nx, why: 'Nx builds the app, and what it needs before it' };
  if (
    framework?.build &&
    app.outcome !== undefined &&
    !(
      framework.id === 'nest' &&
      compileCommand(app) === undefined &&
      compiledEntry(project, 'src/main.ts') === undefined
    )
  )
    return {
      command: all(...before, inFolder(project.app.folder, execCommand(project, framework.build))),
      why: `${framework.id} is built; package.json has no script for it`,
    };
  const compiles = app.builds.some((part) => /^(npx )?tsc\b/.test(commandBehind(project, project.app, part)));
  const compile = compiles ? undefined : compileCommand(app);
  if (compile)
    return { command: all(...before, compile), why: 'TypeScript is compiled; package.json has no script for it' };
  return before.length > 0 ? { command: all(...before), why: 'the packages that the app needs' } : undefined;
}

const NX_QUIET = { NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };

/** Environment of the build, and nothing of the runtime's. */
export function buildEnv(app: App, node: string): Record<string, string> {
  const { project, framework, outcome } = app;
  const dependencies = allDependencies(project.root);
  return {
    // An install within the build would leave out what builds.
    ...(installsMore(app) ? {} : { NODE_ENV: 'production' }),
    ...framework?.buildEnv,
    ...(outcome?.kind === 'server' ? outcome.buildEnv : {}),
    ...webpackEnv(project, node),
    ...(dependencies['turbo'] === undefined ? {} : { TURBO_TELEMETRY_DISABLED: '1' }),
    ...(dependencies['nx'] === undefined ? {} : NX_QUIET),
  };
}

const cacheOf = (app: App): readonly string[] => (app.framework?.id === 'next' ? ['.next/cache'] : []);

/** What is run once the source is there; empty where nothing has to be built. */
export function buildSteps(app: App, { build }: Settings): Step[] {
  const { project } = app;
  const later = laterCommands(project, managerArgv(project));
  const mounts: RunStep['mounts'] = cacheOf(app).map((path) => ({
    type: 'cache',
    target: `/app/${joinPath(project.app.folder, path)}`,
  }));
  const own: RunStep[] =
    later.length > 0
      ? [
          {
            kind: 'run',
            phase: 'build',
            command: all(...later),
            why: 'install scripts of the project itself, now that its source is there',
          },
        ]
      : [];
  if (build?.command !== undefined) {
    return [...own, ownBuildStep(build.command, mounts)];
  }
  const main = mainBuild(app);
  const ran = main?.why ?? '';
  const scripts = app.builds.flatMap((text) => extraBuild(project, text, ran));
  if (!main && scripts.length === 0) return own;
  return [
    ...own,
    {
      kind: 'run',
      phase: 'build',
      ...(mounts.length > 0 ? { mounts } : {}),
      command: all(...(main ? [main.command] : []), ...scripts),
      why: main?.why ?? 'the part of the start script that builds',
      ...(main?.from ? { evidence: [{ ...main.from, why: main.why }] } : {}),
    },
  ];
}

/** A part of the start script that builds, unless it is the build script, which ran. */
function extraBuild(project: JsProject, text: string, ran: string): Shell[] {
  const script = /^(?:npm run|npm run-script|yarn|yarn run|pnpm|pnpm run|bun run) ([\w:.-]+)$/.exec(text.trim())?.[1];
  if (script !== undefined && BUILD_SCRIPTS.includes(script) && ran !== '') return [];
  if (script !== undefined && project.app.json.scripts[script] !== undefined)
    return [runScript(project, project.app, script)];
  if (installsElsewhere(text)) return [inFolder(project.app.folder, sh`${toArgv(text)}`)];
  if (ran !== '') return [];
  const argv = toArgv(text.replace(/^npx /, ''));
  return argv[0] === '/bin/sh'
    ? [inFolder(project.app.folder, sh`${argv}`)]
    : [inFolder(project.app.folder, execCommand(project, argv))];
}
