import type { ImageRef, Stage, Step } from '../../plan/plan.ts';
import { joinPath } from '../../inventory/inventory.ts';
import { installPackages } from '../../plan/packages.ts';
import { sh } from '../../plan/shell.ts';
import type { Settings } from '../../manifest/schema.ts';
import type { App } from './app.ts';
import { buildEnv, buildSteps, execCommand } from './build.ts';
import { buildEnvSteps } from './build-image.ts';
import { inFolder } from './commands.ts';
import { addStep, installSteps, pruneStep, type InstallOptions } from './install.ts';
import { browserEnv, browserInstall, nativeModules } from './native.ts';
import { prismaEnv, prismaPackages, prismaSchema } from './prisma.ts';
import { referredMembers } from './referred-members.ts';
import { hasDependencies, hasDevDependencies, type JsProject } from './project.ts';

/** The stages before the runtime: dependencies, what is left of them in production, and the build. */

export const APP_ROOT = '/app';
const DEPENDENCIES = 'dependencies';
const PRODUCTION = 'production';
const BUILD = 'build';

export interface Stages {
  readonly stages: readonly Stage[];
  /** The stage whose /app holds what is installed for the runtime; undefined where nothing is. */
  readonly modules: string | undefined;
  /** The stage whose /app holds the built app; undefined where its source is run as it is. */
  readonly built: string | undefined;
}

export interface StageOptions extends InstallOptions {
  readonly image: ImageRef;
  readonly os: 'debian' | 'alpine';
  /** The runtime needs what is installed. */
  readonly needsModules: boolean;
  /** The runtime needs dev dependencies as well. */
  readonly keepsDev: boolean;
}

/** Members of the workspace that the app does not need stay out of its build. */
export function otherMembers({ inventory, app, members, needs }: JsProject): string[] {
  if (app.folder === '') return [];
  const used = [app, ...needs, ...referredMembers(inventory, app, members)].map((m) => m.folder);
  return members.map((m) => m.folder).filter((folder) => !used.some((u) => u === folder || u.startsWith(`${folder}/`)));
}

function prismaSteps(project: JsProject): Step[] {
  return prismaPackages(project).map((pkg): Step => {
    const schema = prismaSchema(project, pkg) ?? '';
    return {
      kind: 'run',
      phase: 'install',
      command: inFolder(pkg.folder, execCommand(project, ['prisma', 'generate'])),
      why: 'Prisma’s client, which is generated into what is installed',
      evidence: [{ file: schema, why: 'the schema of the client' }],
    };
  });
}

function browserSteps(project: JsProject): Step[] {
  const argv = browserInstall(project);
  if (argv === undefined) return [];
  const vars = browserEnv(project);
  return [
    { kind: 'env', vars, why: 'where the browser goes' },
    {
      kind: 'run',
      phase: 'install',
      command: inFolder(project.app.folder, execCommand(project, argv)),
      why: 'the browser that the library works with',
    },
  ];
}

function systemSteps(project: JsProject, os: StageOptions['os'], settings: Settings): Step[] {
  const native = nativeModules(project);
  const packages =
    os === 'alpine' ? (native.compiled ? ['g++', 'make', 'python3', ...native.alpineBuild] : []) : [...native.build];
  const step = installPackages(os, packages, 'what native modules are compiled with', [
    { file: project.root.file, why: 'native modules among the dependencies' },
  ]);
  void settings;
  return step ? [step] : [];
}

/** The configuration that is only for the image, in the place of the project's own. */
function configureSteps({ project, outcome }: App): Step[] {
  const configures = outcome?.kind === 'server' ? outcome.configures : undefined;
  if (!configures) return [];
  const at = (name: string): string => joinPath(project.app.folder, name);
  const why = `${configures.by} instead of ${configures.instead}, which builds for another platform`;
  return [
    {
      kind: 'run',
      command: sh`mv ${at(configures.file)} ${at(configures.own)}`,
      why: 'the configuration of the project',
    },
    { kind: 'file', path: `${APP_ROOT}/${at(configures.file)}`, text: configures.text, why },
  ];
}

export function stagesOf(app: App, settings: Settings, options: StageOptions): Stages {
  const { project } = app;
  const { image, os, needsModules, keepsDev } = options;
  const installs = hasDependencies(project);
  const base: Step[] = [
    { kind: 'workdir', path: APP_ROOT, why: 'where the app is built, and where it will run' },
    ...systemSteps(project, os, settings),
    ...buildEnvSteps(project),
    ...prismaEnv(project, settings),
  ];
  const dependencies: Stage = {
    name: DEPENDENCIES,
    base: image,
    why: 'everything that is installed, for the build and for the runtime',
    steps: [...base, ...installSteps(project, options), ...prismaSteps(project), ...browserSteps(project)],
  };
  const build = buildSteps(app, settings);
  const adds = app.outcome?.kind === 'server' ? (app.outcome.adds ?? []) : [];
  const env = buildEnv(app, options.node);
  const others = otherMembers(project);
  const built: Stage = {
    name: BUILD,
    base: installs ? { stage: DEPENDENCIES } : image,
    why: 'the build; its tools stay behind',
    steps: [
      ...(installs ? [] : base),
      {
        kind: 'copy',
        sources: ['.'],
        to: './',
        ...(others.length > 0 ? { exclude: others } : {}),
        why: others.length > 0 ? 'the source, without the members that the app does not need' : 'the source',
      },
      ...(Object.keys(env).length > 0 ? [{ kind: 'env', vars: env, why: 'settings of the build' } satisfies Step] : []),
      ...configureSteps(app),
      ...(adds.length > 0 ? [addStep(project, adds, 'what the framework would install while it builds')] : []),
      ...build,
    ],
  };
  const prune = needsModules && !keepsDev && installs && hasDevDependencies(project) ? pruneStep(project) : undefined;
  const production: Stage[] = prune
    ? [
        {
          name: PRODUCTION,
          base: { stage: DEPENDENCIES },
          why: 'what is installed, without what only the build needs',
          steps: [prune],
        },
      ]
    : [];
  return {
    stages: [...(installs ? [dependencies] : []), ...production, ...(build.length > 0 ? [built] : [])],
    modules: installs && needsModules ? (prune ? PRODUCTION : DEPENDENCIES) : undefined,
    built: build.length > 0 ? BUILD : undefined,
  };
}
