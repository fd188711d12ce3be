import { servedPages } from '../javascript/front-end-served.ts';
import { distroless } from '../../images/known.ts';
import type { Variant } from '../../manifest/schema.ts';
import { runtimeUser } from '../../plan/finish.ts';
import { installPackages, joinPackages } from '../../plan/packages.ts';
import type { BuildPlan, ImageRef, Runtime, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import type { PlanRequest } from '../language.ts';
import type { App } from '../javascript/app.ts';
import { askedOf, serverOf } from '../javascript/asked.ts';
import { isCalled } from '../javascript/called-programs.ts';
import { nodeBuildImage } from '../javascript/build-image.ts';
import { managerArgv, managerSteps } from '../javascript/install.ts';
import { majorOf, nodeImage, nodeVersion, nodeVersionAdvice } from '../javascript/node-version.ts';
import { otherRuntimes, type Ground } from '../javascript/other-runtimes.ts';
import { openHostStep } from '../javascript/open-host.ts';
import type { ServerOutcome } from '../javascript/outcome.ts';
import { runtimeFiles } from '../javascript/runtime-files.ts';
import { writableFolders } from '../javascript/writable.ts';
import {
  checkGround,
  commandOf,
  envStep,
  keepsDevDependencies,
  portOf,
  runtimeEnv,
  serverAdvice,
  withPath,
  workdirOf,
} from '../javascript/server-plan.ts';
import { runPackages } from '../javascript/run-packages.ts';
import { servingOf, type Serving } from '../javascript/serving.ts';
import { planSite } from '../javascript/site-plan.ts';
import { stagesOf, type StageOptions } from '../javascript/stages.ts';

/** Distroless images exist for long-term lines. https://github.com/GoogleContainerTools/distroless */
const DISTROLESS_LINES = [20, 22, 24];
const DISTROLESS_PATH = '/nodejs/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function groundOf(variant: Variant, version: string): Ground {
  if (variant === 'alpine')
    return {
      base: nodeImage(version, 'alpine'),
      os: 'alpine',
      why: 'Node.js on Alpine Linux: small, with another C library',
    };
  if (variant === 'debian')
    return { base: nodeImage(version, ''), os: 'debian', why: 'Node.js on Debian, with compilers and tools' };
  if (variant !== 'distroless')
    return { base: nodeImage(version, 'slim'), os: 'debian', why: 'Node.js on a small Debian' };
  if (!DISTROLESS_LINES.includes(majorOf(version))) {
    throw new Problem('not-plannable', {
      detail: `There is no distroless image with Node.js ${majorOf(version)}.`,
      hint: `Those there are: ${DISTROLESS_LINES.join(', ')}. Ask for variant=slim, or for one of these as runtime.`,
    });
  }
  return {
    base: distroless(`nodejs${majorOf(version)}`),
    os: 'distroless',
    why: 'Node.js and nothing else: no shell, no package manager',
  };
}

/** A program of another package that serves what the build made. */
function runnerStage({ runner }: ServerOutcome, image: ImageRef): BuildPlan['stages'] {
  if (runner === undefined) return [];
  return [
    {
      name: runner.name,
      base: image,
      why: `${runner.name} serves what the build makes`,
      steps: [
        {
          kind: 'run',
          phase: 'install',
          mounts: [{ type: 'cache', target: '/root/.npm' }],
          command: sh`npm install --prefix ${`/opt/${runner.name}`} --no-audit --no-fund ${`${runner.name}@${runner.version}`}`,
          why: 'the server, which neither the app nor its framework installs',
        },
      ],
    },
  ];
}

const runnerCopy = ({ runner }: ServerOutcome): Step[] =>
  runner === undefined
    ? []
    : [
        {
          kind: 'copy',
          from: runner.name,
          sources: [`/opt/${runner.name}/`],
          to: `/opt/${runner.name}/`,
          why: 'the server',
        },
      ];

interface Program {
  readonly app: App;
  readonly outcome: ServerOutcome;
  readonly serving: Serving;
  readonly version: string;
  readonly request: PlanRequest;
}

/** Package managers that the program itself calls; npm is in the image. */
function calledManagers({ app, serving, version }: Program, argv: readonly string[]): Step[] {
  const { manager } = app.project;
  const wanted = isCalled(serving.called, manager.name) || (argv[0] === manager.name && manager.name !== 'npm');
  return wanted ? managerSteps(app.project, { node: version }) : [];
}

function runtimeOf(program: Program, ground: Ground, steps: readonly Step[]): Runtime {
  const { app, outcome, serving, request } = program;
  const argv = commandOf(app, outcome, request.command);
  const port = portOf(serving, request.settings);
  return {
    base: ground.base,
    os: ground.os,
    why: ground.why,
    workdir: workdirOf(app.project),
    steps,
    process: {
      argv,
      why: 'the program itself, under an init: as PID 1, Node.js would ignore SIGTERM unless the program handles it',
      evidence: [outcome.from],
      init: true,
    },
    clearEntrypoint: true,
    ...(port === undefined ? {} : { port }),
    probe: port === undefined ? 'none' : 'node',
  };
}

function planServer(program: Program, options: StageOptions): BuildPlan {
  const { app, outcome, serving, version, request } = program;
  const { variant, settings } = request;
  const argv = commandOf(app, outcome, request.command);
  const managers = calledManagers(program, argv);
  const others = otherRuntimes(app.project, serving.called, groundOf(variant, version), variant, {
    image: nodeImage(version, variant === 'alpine' ? 'alpine' : 'slim'),
    files: ['/usr/local/bin/node'],
    npm: managers.length > 0 || argv[0] === 'npm' || isCalled(serving.called, 'npm', 'npx'),
  });
  const { ground } = others;
  const { packages, evidence } = runPackages(app.project, ground.os, serving.called);
  checkGround(ground.os, argv, packages);
  const stages = stagesOf(app, settings, options);
  const env = runtimeEnv(app, outcome, serving, { modules: stages.modules !== undefined });
  const system = installPackages(
    ground.os,
    joinPackages(packages, others.packages),
    'libraries and programs that dependencies use',
    [evidence],
  );
  const vars =
    ground.os === 'distroless'
      ? { ...env, PATH: `${env['PATH']?.replace(/:\/usr\/local\/sbin.*/, ':') ?? ''}${DISTROLESS_PATH}` }
      : withPath(env, others.path);
  const writable = writableFolders(app, outcome, settings, ground.os);
  const pages = servedPages(app, outcome);
  return {
    stages: [...others.stages, ...pages.stages, ...stages.stages, ...runnerStage(outcome, options.image)],
    runtime: runtimeOf(program, ground, [
      ...(system ? [system] : []),
      ...others.steps,
      ...managers,
      ...(serving.opensHost ? [openHostStep] : []),
      envStep(vars, outcome.from),
      ...runnerCopy(outcome),
      ...runtimeFiles(app, outcome, stages, runtimeUser(ground.os, settings.run?.user)),
      ...pages.copies,
      ...writable.steps,
    ]),
    advice: [
      ...others.advice,
      ...nodeVersionAdvice(version),
      ...serverAdvice(app, outcome, serving, argv),
      ...pages.advice,
      ...writable.advice,
    ],
  };
}

/** Decides the build of a Node.js project. Throws `broken-file`, or `no-start-command` where nothing says how it starts. */
export function planNode(request: PlanRequest): BuildPlan {
  const { inventory, settings, variant } = request;
  const asked = askedOf(request, 'node');
  const { app, command } = asked;
  const { project } = app;
  const version = settings.runtime ?? nodeVersion(inventory, [project.app, project.root]).version;
  const alpine = variant === 'alpine';
  const options: StageOptions = {
    node: version,
    image: alpine ? nodeImage(version, 'alpine') : nodeBuildImage(project, version),
    os: alpine ? 'alpine' : 'debian',
    alpine,
    needsModules: true,
    keepsDev: false,
  };
  if (app.outcome?.kind === 'site' && command === undefined) return planSite(app, app.outcome, settings, options);
  const outcome = serverOf(asked);
  const argv = commandOf(app, outcome, command);
  const byManager = argv[0] === 'npm' || (argv[0] === managerArgv(project)[0] && argv[0] !== 'node');
  return planServer(
    { app, outcome, serving: servingOf(app, argv, version), version, request: { ...request, command } },
    {
      ...options,
      keepsDev: byManager || keepsDevDependencies(app, outcome) !== undefined,
      needsModules: outcome.output === undefined,
    },
  );
}
