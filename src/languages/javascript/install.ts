import semver from 'semver';
import type { ImageRef, Mount, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import { inFolder } from './commands.ts';
import { isBelow, manifestCopies, registryVariables } from './install-files.ts';
import { majorOf } from './node-version.ts';
import { yarnSettings, type PackageManager } from './package-manager.ts';
import { ownScripts } from './own-scripts.ts';
import { packagesOf, type JsProject } from './project.ts';

/** How dependencies are installed: the package manager itself, the files it goes by, and its own exact mode. */

const PNPM_STORE = '/pnpm/store';
/** The newest line that takes projects made before install scripts had to be approved. https://pnpm.io/supply-chain-security */
const DEFAULT_PNPM = '10';

const BUN: ImageRef = { image: 'oven/bun', tag: '1' };

export interface InstallOptions {
  /** The version of Node.js in the image. */
  readonly node: string;
  /** The image brings bun along, and maybe no npm. */
  readonly bunImage?: boolean;
  readonly alpine?: boolean;
}

function mountsOf(project: JsProject): Mount[] {
  const { manager } = project;
  const target = {
    npm: '/root/.npm',
    pnpm: PNPM_STORE,
    yarn: manager.berry ? '/root/.yarn/berry/cache' : '/usr/local/share/.cache/yarn',
    bun: '/root/.bun/install/cache',
  }[manager.name];
  return [
    { type: 'cache', target, ...(manager.name === 'yarn' ? { sharing: 'locked' as const } : {}) },
    ...registryVariables(project).map((name): Mount => ({ type: 'secret', id: name, env: name })),
  ];
}

/** https://pnpm.io/installation#compatibility */
function pnpmFor(node: string): string {
  const major = majorOf(node);
  if (major < 16) return '7';
  return major < 18 ? '8' : DEFAULT_PNPM;
}

/**
 * Versions of pnpm that cannot ask a registry on Node.js 20 and later give way to the newest that reads the same locks.
 * https://github.com/pnpm/pnpm/issues/6424
 */
function pnpmOn(node: string, version: string): string {
  if (majorOf(node) < 20) return version;
  const line = version.split('.')[0] ?? '';
  if (line === '6' || line === '7') return '7';
  return /^8\.([0-2]\.|3\.0)/.test(version) ? '8' : version;
}

const pnpmVersion = (version: string | undefined, node: string): string => pnpmOn(node, version ?? pnpmFor(node));

/**
 * From version 11 on pnpm installs before it runs a script, where package.json looks newer than what is installed; in an
 * image it always does, once the source is copied. https://pnpm.io/settings#verifydepsbeforerun
 */
function withoutVerifying({ manager: { name, version } }: JsProject, node: string): Step[] {
  if (name !== 'pnpm') return [];
  const asked = pnpmVersion(version, node);
  if (semver.validRange(asked) === null || !semver.intersects(asked, '>=11')) return [];
  const vars = { pnpm_config_verify_deps_before_run: 'false' };
  return [{ kind: 'env', vars, why: 'what is installed stays as it is when a script is run' }];
}

/** What images of Node.js bring, by release line. https://nodejs.org/en/about/previous-releases */
const BUNDLED_NPM: Readonly<Record<number, string>> = {
  14: '6.14.18',
  16: '8.19.4',
  18: '10.8.2',
  20: '10.8.2',
  22: '10.9.4',
  24: '11.6.2',
  26: '11.12.0',
};
/** From 12 on, npm runs no install script that a project has not approved: a range that allows an older one means that. */
const NPM_LINES = ['11', '10', '9', '8', '7', '6'];

/** The npm to install for a version or a range; undefined where that of the image will do. */
function npmOn(node: string, wanted: string): string | undefined {
  if (semver.valid(wanted) !== null || semver.validRange(wanted) === null) return wanted;
  const bundled = BUNDLED_NPM[majorOf(node)];
  if (bundled !== undefined && semver.satisfies(bundled, wanted)) return undefined;
  return NPM_LINES.find((line) => semver.intersects(wanted, `^${line}`)) ?? wanted;
}

function globalInstall({ manager }: JsProject, { node }: InstallOptions): Shell | undefined {
  const { name, version, berry, release } = manager;
  if (name === 'npm') {
    const npm = version === undefined ? undefined : npmOn(node, version);
    return npm === undefined ? undefined : sh`npm install -g ${`npm@${npm}`}`;
  }
  if (name === 'pnpm') return sh`npm install -g ${`pnpm@${pnpmVersion(version, node)}`}`;
  if (name !== 'yarn' || release !== undefined) return undefined;
  if (berry) return sh`npm install -g --force ${`@yarnpkg/cli-dist@${version ?? '4'}`}`;
  const bundled = majorOf(node) < 26 && (version === undefined || '1.22.22'.startsWith(version));
  return bundled ? undefined : sh`npm install -g --force ${`yarn@${version ?? '1'}`}`;
}

/** Brings the package manager into the image, in the version that the project names. */
export function managerSteps(project: JsProject, options: InstallOptions): Step[] {
  const { manager } = project;
  if (manager.name === 'bun') {
    return options.bunImage
      ? []
      : [
          {
            kind: 'copy',
            from: bunImageOf(project, options.alpine === true),
            sources: ['/usr/local/bin/bun'],
            to: '/usr/local/bin/bun',
            why: 'the package manager; the program itself runs on Node.js',
            evidence: [manager.from],
          },
        ];
  }
  const command = globalInstall(project, options);
  if (command === undefined) return [];
  return [
    {
      kind: 'run',
      phase: 'install',
      mounts: [{ type: 'cache', target: '/root/.npm' }],
      command,
      why: `the package manager, in the version that the project is made with`,
      evidence: [manager.from],
    },
    ...withoutVerifying(project, options.node),
  ];
}

function bunImageOf({ manager }: JsProject, alpine: boolean): ImageRef {
  const tag =
    manager.name === 'bun' && /^\d+(\.\d+)*$/.test(manager.version ?? '') ? (manager.version ?? '1') : BUN.tag;
  return { ...BUN, tag: alpine ? `${tag}-alpine` : tag };
}

/** The program by which the manager is called. */
export function managerArgv({ manager }: JsProject): readonly string[] {
  if (manager.name === 'yarn' && manager.release !== undefined) return ['node', `/app/${manager.release}`];
  return [manager.name];
}

/** The exact mode where the lock is there and holds all that is asked for, else the plain one. */
const isExact = ({ lock }: JsProject): boolean => lock !== undefined && lock.drift === undefined;

/** Managers that install for single members of a workspace are told which. */
const npmScope = ({ app, members }: JsProject): Shell =>
  app.folder === '' || members.length === 0 ? sh`` : sh` --workspace=${app.folder} --include-workspace-root`;

const pnpmScope = ({ app, members }: JsProject): Shell =>
  app.folder === '' || members.length === 0 ? sh`` : sh` --filter=${`{${app.folder}}...`} --filter=${'{.}'}`;

/** Install scripts that pnpm would leave out, and without which a module does not work. https://pnpm.io/settings#allowbuilds */
const NEEDS_SCRIPTS = [
  'better-sqlite3',
  'sqlite3',
  'bcrypt',
  'canvas',
  're2',
  'node-sass',
  '@prisma/client',
  'prisma',
  '@prisma/engines',
  'isolated-vm',
  'puppeteer',
  'cpu-features',
  'node-pty',
  'serialport',
  'zeromq',
  'libxmljs2',
  'couchbase',
  '@nestjs/core',
];

export function allowsAllBuilds(project: JsProject): boolean {
  const { manager, inventory, root } = project;
  if (manager.name !== 'pnpm' || manager.version !== undefined) return false;
  const approved =
    /onlyBuiltDependencies|allowBuilds|neverBuiltDependencies|ignoredBuiltDependencies|dangerouslyAllowAllBuilds/;
  if (approved.test(root.text) || approved.test(inventory.text('pnpm-workspace.yaml') ?? '')) return false;
  const names = new Set(
    packagesOf(project).flatMap((p) => [...Object.keys(p.json.dependencies), ...Object.keys(p.json.devDependencies)]),
  );
  return NEEDS_SCRIPTS.some((name) => names.has(name));
}

const commands: Readonly<Record<PackageManager['name'], (project: JsProject, exact: boolean) => Shell>> = {
  npm: (project, exact) => {
    const quiet = sh`--no-audit --no-fund${npmScope(project)}`;
    if (!project.inventory.complete && project.lock === undefined)
      return sh`if [ -f package-lock.json ]; then npm ci ${quiet}; else npm install ${quiet}; fi`;
    if (exact) return sh`npm ci ${quiet}`;
    // Peers that exclude each other stop npm; it is then asked to leave them alone, as most projects that have them do.
    return sh`npm install ${quiet} || { npm config set legacy-peer-deps true && npm install ${quiet}; }`;
  },
  pnpm: (project, exact) => {
    const builds = allowsAllBuilds(project) ? sh` --config.dangerouslyAllowAllBuilds=true` : sh``;
    const mode = exact ? sh`--frozen-lockfile` : sh`--no-frozen-lockfile`;
    return sh`CI=1 pnpm install --store-dir=${PNPM_STORE} ${mode}${pnpmScope(project)}${builds}`;
  },
  yarn: (project, exact) => {
    const yarn = managerArgv(project);
    if (project.manager.berry) return exact ? sh`${yarn} install --immutable` : sh`${yarn} install --no-immutable`;
    const quiet = ['--ignore-engines', '--non-interactive'];
    // Alone among the managers it stops where the engines of a dependency leave out the Node.js that runs.
    return exact ? sh`${yarn} install --frozen-lockfile ${quiet}` : sh`${yarn} install ${quiet}`;
  },
  bun: ({ lock }, exact) => {
    if (exact) return sh`bun install --frozen-lockfile`;
    return lock === undefined ? sh`bun install` : sh`bun install --no-save`;
  },
};

function scriptlessSteps(project: JsProject, options: InstallOptions): Step[] {
  const { removed } = ownScripts(project);
  if (removed.length === 0 || project.app.file.endsWith('5')) return [];
  const tool = options.bunImage ? sh`bun pm pkg` : sh`npm pkg`;
  const commands = removed.map(({ folder, names }) =>
    inFolder(folder, sh`${tool} delete ${names.map((name) => `scripts.${name}`)}`),
  );
  return [
    {
      kind: 'run',
      command: all(...commands),
      why: 'install scripts of the project itself would need its source; those that do something are run when it is there',
      comment: 'Install scripts of the project itself come after its source; those of its dependencies run as always.',
    },
  ];
}

/** Settings that keep large downloads, which an image has no use for or gets from elsewhere, out of the install. */
function installEnv(project: JsProject): Record<string, string> {
  const names = new Set(
    packagesOf(project).flatMap((p) => [...Object.keys(p.json.dependencies), ...Object.keys(p.json.devDependencies)]),
  );
  const has = (...wanted: readonly string[]): boolean => wanted.some((name) => names.has(name));
  return {
    ...(project.manager.name === 'npm' && project.lock?.refused !== undefined
      ? { NPM_CONFIG_LEGACY_PEER_DEPS: 'true' }
      : {}),
    ...(has('cypress') ? { CYPRESS_INSTALL_BINARY: '0' } : {}),
    ...(has('puppeteer') ? { PUPPETEER_SKIP_DOWNLOAD: 'true' } : {}),
    ...(has('@playwright/test') ? { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' } : {}),
    ...(project.manager.berry &&
    project.linker !== 'pnp' &&
    project.inventory.files(isBelow('.yarn/cache')).length === 0
      ? { YARN_ENABLE_GLOBAL_CACHE: 'true' }
      : {}),
    ...(project.manager.berry && project.linker !== (yarnSettings(project.inventory).nodeLinker ?? 'pnp')
      ? { YARN_NODE_LINKER: project.linker }
      : {}),
    ...(project.manager.berry && project.linker === 'pnp' ? { YARN_ENABLE_GLOBAL_CACHE: 'false' } : {}),
    ...(project.manager.berry && project.manager.release === undefined ? { YARN_IGNORE_PATH: '1' } : {}),
  };
}

/** All steps from an image with Node.js to one with every dependency installed below the working directory. */
export function installSteps(project: JsProject, options: InstallOptions): Step[] {
  const env = installEnv(project);
  const { lock, manager } = project;
  return [
    ...(Object.keys(env).length > 0
      ? [{ kind: 'env', vars: env, why: 'settings of the package manager and of what it downloads' } satisfies Step]
      : []),
    ...managerSteps(project, options),
    ...manifestCopies(project),
    ...scriptlessSteps(project, options),
    {
      kind: 'run',
      phase: 'install',
      mounts: mountsOf(project),
      command: commands[manager.name](project, isExact(project)),
      why: isExact(project)
        ? `exactly what ${lock?.file ?? 'the lockfile'} holds; what was downloaded is kept by the builder from one build to the next`
        : 'the dependencies; what was downloaded is kept by the builder from one build to the next',
      evidence: [manager.from],
    },
  ];
}

const prunes: Readonly<Record<PackageManager['name'], (project: JsProject, exact: boolean) => Shell | undefined>> = {
  npm: (project) => sh`npm prune --omit=dev --ignore-scripts --no-audit --no-fund${npmScope(project)}`,
  pnpm: (project, exact) => {
    const mode = exact ? sh` --frozen-lockfile` : sh``;
    return sh`CI=1 pnpm install --prod --ignore-scripts --prefer-offline --store-dir=${PNPM_STORE}${mode}${pnpmScope(project)}`;
  },
  yarn: (project) => {
    const yarn = managerArgv(project);
    const { manager, app } = project;
    if (!manager.berry)
      return sh`${yarn} install --production --frozen-lockfile --ignore-scripts --ignore-engines --prefer-offline --non-interactive`;
    if (!(manager.version ?? '4').startsWith('4')) return undefined;
    return app.folder === '' || app.json.name === undefined
      ? sh`${yarn} workspaces focus --all --production`
      : sh`${yarn} workspaces focus --production ${app.json.name}`;
  },
  bun: (_, exact) =>
    all(sh`rm -rf node_modules`, sh`bun install --production ${exact ? sh`--frozen-lockfile` : sh`--no-save`}`),
};

const additions: Readonly<Record<PackageManager['name'], (project: JsProject, names: readonly string[]) => Shell>> = {
  npm: (_, names) => sh`NODE_ENV=development npm install --no-save --no-audit --no-fund ${names}`,
  pnpm: (_, names) => sh`NODE_ENV=development CI=1 pnpm add --save-dev --store-dir=${PNPM_STORE} ${names}`,
  yarn: (project, names) => sh`NODE_ENV=development ${managerArgv(project)} add --dev ${names}`,
  bun: (_, names) => sh`NODE_ENV=development bun add --dev ${names}`,
};

/** Installs packages that the app does not name, for the build alone. */
export const addStep = (project: JsProject, names: readonly string[], why: string): Step => ({
  kind: 'run',
  phase: 'build',
  mounts: mountsOf(project),
  command: inFolder(project.app.folder, additions[project.manager.name](project, names)),
  why,
});

/** Leaves only what the app runs with, in a tree where everything is installed. Undefined where the manager cannot. */
export function pruneStep(project: JsProject): Step | undefined {
  const command = prunes[project.manager.name](project, isExact(project));
  if (command === undefined) return undefined;
  return {
    kind: 'run',
    phase: 'install',
    mounts: mountsOf(project),
    command,
    why: 'takes out what only the build needs',
  };
}
