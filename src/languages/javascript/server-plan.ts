import { baseName, joinPath } from '../../inventory/inventory.ts';
import type { Settings } from '../../manifest/schema.ts';
import { shellOf } from '../../plan/shell.ts';
import type { Advice, Evidence, Os, Step } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import type { App } from './app.ts';
import { installAdvice } from './install-advice.ts';
import { configFile } from './config-files.ts';
import { loadedPackages, packagesOfSettings } from './loaded-packages.ts';
import { browserEnv } from './native.ts';
import { OPEN_HOST } from './open-host.ts';
import type { ServerOutcome } from './outcome.ts';
import { allDependencies } from './package-json.ts';
import { packagesOf, productionDependencies, type JsProject } from './project.ts';
import type { Serving } from './serving.ts';
import { wordsStarted } from './several-programs.ts';
import { APP_ROOT } from './stages.ts';

/** What the plans of Node.js and of Bun share for an app that is a program. */

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Programs of dependencies are found by name, by the command and by steps of the entry point. */
function pathOf({ app, members, runtime }: JsProject): string {
  const own = members.length > 0 && app.folder !== '' ? [`${APP_ROOT}/${app.folder}/node_modules/.bin`] : [];
  // Where the image of Bun has a `node` that is Bun itself, for programs that ask for it by name.
  const node = runtime === 'bun' ? ['/usr/local/bun-node-fallback-bin'] : [];
  return [...own, `${APP_ROOT}/node_modules/.bin`, SYSTEM_PATH, ...node].join(':');
}

export const workdirOf = ({ app }: JsProject): string => (app.folder === '' ? APP_ROOT : `${APP_ROOT}/${app.folder}`);

/** How Node.js finds modules where yarn puts no node_modules. https://yarnpkg.com/features/pnp */
const pnpOptions = ({ app, manager }: JsProject): string =>
  `--require ${APP_ROOT}/.pnp.${manager.version?.startsWith('2') ? 'js' : 'cjs'}${app.json.type === 'module' ? ` --experimental-loader file://${APP_ROOT}/.pnp.loader.mjs` : ''}`;

export interface EnvOptions {
  readonly modules: boolean;
}

export function runtimeEnv(
  app: App,
  outcome: ServerOutcome,
  serving: Serving,
  { modules }: EnvOptions,
): Record<string, string> {
  const { project } = app;
  // The port is an environment variable of every image that has one.
  const { PORT: _, ...own } = outcome.env;
  const options = [
    ...(modules && project.linker === 'pnp' ? [pnpOptions(project)] : []),
    ...(serving.opensHost ? [OPEN_HOST] : []),
    ...(own['NODE_OPTIONS'] === undefined ? [] : [own['NODE_OPTIONS']]),
  ];
  return {
    NODE_ENV: 'production',
    ...(modules && project.linker !== 'pnp' ? { PATH: pathOf(project) } : {}),
    ...serving.env,
    ...own,
    ...(options.length > 0 ? { NODE_OPTIONS: options.join(' ') } : {}),
    ...browserEnv(project),
  };
}

/** Folders of programs before all others. */
export const withPath = (env: Record<string, string>, first: readonly string[]): Record<string, string> =>
  first.length === 0 ? env : { ...env, PATH: [...first, env['PATH'] ?? SYSTEM_PATH].join(':') };

export const envStep = (vars: Record<string, string>, evidence?: Evidence): Step => ({
  kind: 'env',
  vars,
  why: 'settings of the runtime',
  ...(evidence ? { evidence: [evidence] } : {}),
});

/** The command: what is asked, or the program, after what the start script does before it. */
export function commandOf(app: App, outcome: ServerOutcome, asked: readonly string[] | undefined): readonly string[] {
  if (asked !== undefined) return asked;
  if (app.before.length === 0) return outcome.argv;
  const program =
    baseName(outcome.argv[0] ?? '') === 'sh' ? (outcome.argv[2] ?? '') : `exec ${shellOf(outcome.argv).lines.join('')}`;
  return ['/bin/sh', '-c', [...app.before.map((part) => part.replace(/^npx (?!-)/, '')), program].join(' && ')];
}

/** What makes the program need a package that production does not install. */
export interface KeptDev {
  readonly name: string;
  readonly detail: string;
  readonly file: string;
}

/** Servers of frameworks that read the settings of their build when they start. */
const SETTINGS_AT_START: ReadonlyMap<string, readonly string[]> = new Map([['waku', ['waku.config']]]);

/** Set where the program, something it starts first, or a package that it loads at once is of a dev dependency. */
export function keepsDevDependencies(app: App, outcome: ServerOutcome): KeptDev | undefined {
  const { project } = app;
  const production = productionDependencies(project);
  const all = Object.assign({}, ...packagesOf(project).map(allDependencies)) as Record<string, string>;
  const programs = [
    ...(outcome.tool === undefined ? [] : [outcome.tool]),
    ...app.before.flatMap((part) => part.replace(/^npx /, '').split(/\s+/).slice(0, 1)),
    ...(outcome.argv[0] === '/bin/sh' ? (outcome.argv[2] ?? '').split(/[\s;&|]+/) : []),
    ...wordsStarted(project, outcome.argv),
  ];
  const isDev = (name: string): boolean => production[name] === undefined && all[name] !== undefined;
  const program = programs.find(isDev);
  if (program !== undefined)
    return { name: program, detail: `The program is started by ${program}`, file: project.app.file };
  if (outcome.output !== undefined) return undefined;
  const settings = configFile(
    project.inventory,
    project.app.folder,
    ...(SETTINGS_AT_START.get(outcome.argv[0] ?? '') ?? []),
  );
  const needed = packagesOfSettings(settings?.code ?? '').find(isDev);
  if (settings && needed !== undefined)
    return { name: needed, detail: `${settings.file} loads ${needed} at each start`, file: settings.file };
  if (!['node', 'bun'].includes(outcome.argv[0] ?? '')) return undefined;
  const entry = outcome.argv.slice(1).find((word) => /\.[cm]?js$/.test(word)) ?? '';
  const loaded = [...loadedPackages(project.inventory, project.app.folder, entry)].find(([name]) => isDev(name));
  return loaded && { name: loaded[0], detail: `${loaded[1]} loads ${loaded[0]}`, file: loaded[1] };
}

const reachesShell = (argv: readonly string[]): boolean => /^(ba|da|a)?sh$/.test(baseName(argv[0] ?? ''));

export function serverAdvice(app: App, outcome: ServerOutcome, serving: Serving, argv: readonly string[]): Advice[] {
  const { project } = app;
  const advice: Advice[] = [...installAdvice(project)];
  const kept = keepsDevDependencies(app, outcome);
  if (kept !== undefined) {
    advice.push({
      code: 'dev-dependencies-in-image',
      detail: `${kept.detail}, which is a dev dependency: all of them are in the image.`,
      hint: `Move ${kept.name} to dependencies, or start what the build makes with node.`,
      file: kept.file,
    });
  }
  const { configures } = outcome;
  if (configures) {
    advice.push({
      code: 'adapter-replaced',
      detail: `${configures.file} builds for another platform (${configures.instead}); for the image it is built by ${configures.by}.`,
      hint: `Use ${configures.by} in the project itself, to have its options.`,
      file: joinPath(project.app.folder, configures.file),
    });
  }
  if (serving.loopback) {
    const { file, line } = serving.loopback;
    advice.push({
      code: 'listens-on-loopback',
      detail: `${serving.loopback.why}: nothing outside the container reaches that.`,
      hint: 'Listen on the host 0.0.0.0.',
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    });
  }
  if (['npm', 'yarn', 'pnpm', 'npx'].includes(argv[0] ?? '')) {
    advice.push({
      code: 'started-by-package-manager',
      detail: `The command starts ${argv.join(' ')}, which starts the program: signals and exit codes go through it.`,
      hint: 'Name the program itself, such as `node server.js`.',
    });
  }
  return advice;
}

const needsShellAtRun = (argv: readonly string[]): boolean => reachesShell(argv) || argv.some((word) => word === 'npm');

/** A variant without a shell takes neither a command that needs one nor system packages. Throws `not-plannable`. */
export function checkGround(os: Os, argv: readonly string[], packages: readonly string[]): void {
  if (os !== 'distroless') return;
  const wanted =
    packages.length > 0
      ? `system packages (${packages.join(', ')})`
      : needsShellAtRun(argv)
        ? 'a shell, for its command'
        : undefined;
  if (wanted === undefined) return;
  throw new Problem('not-plannable', {
    detail: `The app needs ${wanted}; a distroless image has none.`,
    hint: 'Ask for variant=slim.',
  });
}

/** The port that is told to the program: asked for, or its own; none for what does not serve. */
export function portOf(serving: Serving, settings: Settings): number | undefined {
  if (settings.port !== undefined) return settings.port;
  return (settings.workload ?? serving.workload) === 'service' ? serving.port?.port : undefined;
}
