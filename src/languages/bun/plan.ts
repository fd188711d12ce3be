import { servedPages } from '../javascript/front-end-served.ts';
import type { Variant } from '../../manifest/schema.ts';
import { runtimeUser } from '../../plan/finish.ts';
import { installPackages, joinPackages } from '../../plan/packages.ts';
import type { BuildPlan, ImageRef, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import type { PlanRequest } from '../language.ts';
import { askedOf, serverOf, type Asked } from '../javascript/asked.ts';
import { isCalled } from '../javascript/called-programs.ts';
import { nodeBuildImage } from '../javascript/build-image.ts';
import { nodeImage, nodeVersion } from '../javascript/node-version.ts';
import { otherRuntimes, type Ground } from '../javascript/other-runtimes.ts';
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
import { stagesOf, type StageOptions, type Stages } from '../javascript/stages.ts';
import { bunVersion } from './version.ts';

/** https://hub.docker.com/r/oven/bun: one image, in flavours. */
const bunImage = (version: string, flavour: '' | 'slim' | 'alpine' | 'distroless'): ImageRef => ({
  image: 'oven/bun',
  tag: flavour === '' ? version : `${version}-${flavour}`,
});

function groundOf(variant: Variant, version: string): Ground {
  if (variant === 'alpine') return { base: bunImage(version, 'alpine'), os: 'alpine', why: 'Bun on Alpine Linux' };
  if (variant === 'debian') return { base: bunImage(version, ''), os: 'debian', why: 'Bun on Debian' };
  if (variant === 'distroless')
    return { base: bunImage(version, 'distroless'), os: 'distroless', why: 'Bun and nothing else' };
  return { base: bunImage(version, 'slim'), os: 'debian', why: 'Bun on a small Debian' };
}

/** A package manager in JavaScript that the program itself calls; the image's `node` runs it. */
function calledPrograms({ app }: Asked, serving: Serving, { modules }: Stages, node: string): Step[] {
  const { name } = app.project.manager;
  const nodeCopy: Step[] = isCalled(serving.called, 'node', 'npm', 'npx')
    ? [
        {
          kind: 'copy',
          from: nodeImage(node, 'slim'),
          sources: ['/usr/local/bin/node'],
          to: '/usr/local/bin/node',
          why: 'the program calls node itself, which in this image is Bun',
        },
      ]
    : [];
  if (!isCalled(serving.called, name) || name !== 'pnpm' || modules === undefined) return nodeCopy;
  return [
    ...nodeCopy,
    {
      kind: 'copy',
      from: modules,
      sources: [`/usr/local/lib/node_modules/${name}/`],
      to: `/usr/local/lib/node_modules/${name}/`,
      why: `the program calls ${name} itself`,
    },
    {
      kind: 'run',
      command: sh`ln -s ../lib/node_modules/pnpm/bin/pnpm.cjs /usr/local/bin/pnpm`,
      why: `found by its name`,
    },
  ];
}

function planServer(
  request: PlanRequest,
  asked: Asked,
  outcome: ServerOutcome,
  version: string,
  options: StageOptions,
): BuildPlan {
  const { app, command } = asked;
  const { settings, variant } = request;
  const argv = commandOf(app, outcome, command);
  const serving = servingOf(app, argv, version);
  const others = otherRuntimes(app.project, serving.called, groundOf(variant, version), variant, {
    image: bunImage(version, variant === 'alpine' ? 'alpine' : 'slim'),
    files: ['/usr/local/bin/bun'],
  });
  const { ground } = others;
  const { packages, evidence } = runPackages(app.project, ground.os, serving.called);
  checkGround(ground.os, argv, packages);
  const stages = stagesOf(app, settings, options);
  const env = withPath(runtimeEnv(app, outcome, serving, { modules: stages.modules !== undefined }), others.path);
  const system = installPackages(
    ground.os,
    joinPackages(packages, others.packages),
    'libraries and programs that dependencies use',
    [evidence],
  );
  const port = portOf(serving, settings);
  const writable = writableFolders(app, outcome, settings, ground.os);
  const pages = servedPages(app, outcome);
  return {
    stages: [...others.stages, ...pages.stages, ...stages.stages],
    runtime: {
      base: ground.base,
      os: ground.os,
      why: ground.why,
      workdir: workdirOf(app.project),
      steps: [
        ...(system ? [system] : []),
        ...others.steps,
        envStep(env, outcome.from),
        ...calledPrograms(asked, serving, stages, options.node),
        ...runtimeFiles(app, outcome, stages, runtimeUser(ground.os, settings.run?.user)),
        ...pages.copies,
        ...writable.steps,
      ],
      process: {
        argv,
        why: 'the program itself, under an init: as PID 1, Bun would ignore SIGTERM unless the program handles it',
        evidence: [outcome.from],
        init: true,
      },
      clearEntrypoint: true,
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : 'bun',
    },
    advice: [...others.advice, ...serverAdvice(app, outcome, serving, argv), ...pages.advice, ...writable.advice],
  };
}

/** Decides the build of a project that runs on Bun. */
export function planBun(request: PlanRequest): BuildPlan {
  const { inventory, settings, variant } = request;
  const asked = askedOf(request, 'bun');
  const { app, command } = asked;
  const { project } = app;
  const version = settings.runtime ?? bunVersion(inventory, [project.app, project.root]).version;
  const byBun = project.manager.name === 'bun';
  const node = nodeVersion(inventory, [project.app, project.root]).version;
  const alpine = variant === 'alpine' && byBun;
  const options: StageOptions = {
    node,
    bunImage: byBun,
    image: byBun ? bunImage(version, alpine ? 'alpine' : '') : nodeBuildImage(project, node),
    os: alpine ? 'alpine' : 'debian',
    alpine,
    needsModules: true,
    keepsDev: false,
  };
  if (app.outcome?.kind === 'site' && command === undefined) return planSite(app, app.outcome, settings, options);
  const outcome = serverOf(asked);
  const keepsDev = keepsDevDependencies(app, outcome) !== undefined;
  return planServer(request, asked, outcome, version, {
    ...options,
    keepsDev,
    needsModules: outcome.output === undefined,
  });
}
