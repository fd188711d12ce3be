import { DEVELOPMENT_HOME, reloadOf, type Reload } from '../generate/reload.ts';
import type { Project } from '../generate/project.ts';
import { joinPath } from '../inventory/inventory.ts';
import type { Manifest } from '../manifest/schema.ts';
import { addBuildInputs } from '../plan/build-inputs.ts';
import { startedBy, type Started } from '../plan/command.ts';
import { installPackages } from '../plan/packages.ts';
import type { FinishedPlan, ImageFacts, Os, Stage, Step } from '../plan/plan.ts';
import { rebaseSteps } from '../plan/rebase.ts';
import { sh } from '../plan/shell.ts';

/**
 * The environments as stages of the one Dockerfile, after the stage that runs: `docker build --target staging`. The last,
 * and so the default, is production.
 */

const osOf = (stage: Stage, facts: ImageFacts, runtime: string): Os => {
  if (stage.name === runtime) return facts.os;
  const { base } = stage;
  return typeof base === 'object' && 'image' in base && /alpine/.test(`${base.image}:${base.tag}`)
    ? 'alpine'
    : 'debian';
};

const asRoot: Step = { kind: 'user', uid: 0, gid: 0, why: 'only to prepare the image; the last USER is not root' };
const asUser = ({ uid }: ImageFacts): Step => ({ kind: 'user', uid, gid: uid, why: 'never root, as in production' });

/** Packages that one environment has beyond the others: tools to look into a container with. */
function extraPackages(manifest: Manifest, base: Manifest): string[] {
  const known = new Set(base.run?.packages ?? []);
  return (manifest.run?.packages ?? []).filter((name) => !known.has(name));
}

/** The command of one environment, where it is another than everywhere else. */
const ownCommand = (manifest: Manifest, base: Manifest, program?: readonly string[]): Started | undefined =>
  JSON.stringify(manifest.command) === JSON.stringify(base.command) ? undefined : startedBy(manifest.command, program);

/** Where the program listens, and what the manifest says of it: the stage that builds it has none of that yet. */
function listeningSteps(plan: FinishedPlan, runtime: string, manifest: Manifest): Step[] {
  const { port } = plan.image;
  const listens = plan.stages
    .filter((stage) => stage.name === runtime)
    .flatMap((stage) => stage.steps.flatMap((step) => (step.kind === 'env' ? Object.entries(step.vars) : [])))
    .filter(([, value]) => value === '0.0.0.0' || value.includes('${PORT'));
  const vars = {
    ...(port === undefined ? {} : { PORT: String(port), HOST: '0.0.0.0' }),
    ...Object.fromEntries(listens),
    ...manifest.run?.env,
  };
  return [
    ...(Object.keys(vars).length > 0
      ? [{ kind: 'env', vars, why: 'where the program listens, and its settings' } satisfies Step]
      : []),
    ...(port === undefined
      ? []
      : [{ kind: 'expose', port, why: 'the port that the program listens on' } satisfies Step]),
  ];
}

/** The source, for a stage that has only what is installed. */
const sourceSteps = ({ addsSource = false }: Reload, { root }: Project): Step[] =>
  addsSource ? rebaseSteps([{ kind: 'copy', sources: ['.'], to: './', why: 'the source' }], root) : [];

/** The image that is worked with: the tools of the build, its source, and a command that watches it. */
function developmentStage(plan: FinishedPlan, project: Project, manifest: Manifest): Stage {
  const runtime = plan.stages.at(-1)?.name ?? 'runtime';
  const reload = reloadOf(project, plan);
  const base = plan.stages.find((stage) => stage.name === reload.stage) ?? plan.stages.at(-1);
  if (!base) throw new TypeError('a plan without stages');
  const onRuntime = base.name === runtime;
  const os = osOf(base, plan.image, runtime);
  const { uid } = plan.image;
  const own = ownCommand(manifest, project.merged.manifest);
  const command = own?.args ?? reload.command;
  const tools = installPackages(
    os,
    extraPackages(manifest, project.merged.manifest),
    'tools for looking into the container',
  );
  const folder = onRuntime ? plan.image.workdir : workdirIn(plan, base);
  const member = onRuntime ? '' : project.scope.member;
  const works = (os === 'debian' || os === 'alpine') && reload.onEdit !== 'rebuild' && folder !== '/';
  const opens: Step[] =
    works && folder !== undefined
      ? [
          {
            kind: 'run',
            command: sh`mkdir -p ${DEVELOPMENT_HOME} && chown -R ${uid}:${uid} ${DEVELOPMENT_HOME} ${folder}`,
            why: 'while it is worked on, its files are changed in the container',
          },
          { kind: 'env', vars: { HOME: DEVELOPMENT_HOME, ...reload.env }, why: 'tools keep their caches there' },
        ]
      : [];
  const asAdmin = [tools, ...opens].filter((step) => step !== undefined);
  const prepare: Step[] =
    own === undefined && reload.prepare !== undefined
      ? [{ kind: 'run', phase: 'build', command: reload.prepare, why: 'so that the first start fetches nothing' }]
      : [];
  const stage: Stage = {
    name: 'development',
    base: { stage: base.name },
    why: reload.why,
    steps: [
      ...sourceSteps(reload, project),
      ...(asAdmin.length > 0 && onRuntime ? [asRoot] : []),
      ...asAdmin,
      ...(member === '' || folder === undefined
        ? []
        : [{ kind: 'workdir', path: joinPath(folder, member), why: 'where the app lives' } satisfies Step]),
      ...(onRuntime ? [] : listeningSteps(plan, runtime, project.merged.manifest)),
      ...(onRuntime && asAdmin.length === 0 ? [] : [asUser(plan.image)]),
      ...prepare,
      ...(command ? [{ kind: 'cmd', argv: command, why: reload.why } satisfies Step] : []),
    ],
  };
  // The packages of the build are in the stage below.
  return addBuildInputs(stage, { build: { ...project.merged.manifest.build, packages: [] } });
}

/** The working directory of a stage, or of the one that it is built on. */
export function workdirIn(plan: FinishedPlan, stage: Stage): string | undefined {
  const own = stage.steps.findLast((step) => step.kind === 'workdir')?.path;
  if (own !== undefined || typeof stage.base !== 'object' || !('stage' in stage.base)) return own;
  const { stage: below } = stage.base;
  const base = plan.stages.find(({ name }) => name === below);
  return base && workdirIn(plan, base);
}

/** An environment that is deployed: the image as it runs, with what is different in this one. */
function deployedStage(name: string, plan: FinishedPlan, project: Project, manifest: Manifest): Stage {
  const base = project.merged.manifest;
  const tools = installPackages(
    plan.image.os,
    extraPackages(manifest, base),
    'packages that this environment has beside the others’',
  );
  const command = ownCommand(manifest, base, manifest.entrypoint?.program);
  return {
    name,
    base: { stage: plan.stages.at(-1)?.name ?? 'runtime' },
    why: `the image for ${name}`,
    steps: [
      ...(tools ? [asRoot, tools, asUser(plan.image)] : []),
      ...(command ? [{ kind: 'cmd', argv: command.args, why: `the command of ${name}` } satisfies Step] : []),
    ],
  };
}

/** Stages that have the name of an environment get another: `--target production` is the image for production. */
function freeNames(plan: FinishedPlan, names: ReadonlySet<string>): FinishedPlan {
  const renamed = new Map<string, string>();
  for (const { name } of plan.stages.filter((stage) => names.has(stage.name))) {
    let free = `${name}-stage`;
    while (names.has(free) || plan.stages.some((stage) => stage.name === free)) free = `${free}-`;
    renamed.set(name, free);
  }
  if (renamed.size === 0) return plan;
  const from = <T>(value: T | string): T | string =>
    typeof value === 'string' ? (renamed.get(value) ?? value) : value;
  const stepOf = (step: Step): Step => {
    if (step.kind === 'copy' && step.from !== undefined) return { ...step, from: from(step.from) };
    if (step.kind !== 'run' || step.mounts === undefined) return step;
    const mounts = step.mounts.map((mount) =>
      mount.type === 'bind' && mount.from !== undefined ? { ...mount, from: from(mount.from) } : mount,
    );
    return { ...step, mounts };
  };
  const stages = plan.stages.map((stage) => ({
    ...stage,
    name: from(stage.name),
    base: typeof stage.base === 'object' && 'stage' in stage.base ? { stage: from(stage.base.stage) } : stage.base,
    steps: stage.steps.map((step) => stepOf(step)),
  }));
  return { ...plan, stages };
}

/** Adds a stage for each environment; `environments` has their merged manifests, production last. */
export function addTargets(
  made: FinishedPlan,
  project: Project,
  environments: readonly { readonly name: string; readonly manifest: Manifest }[],
): FinishedPlan {
  const plan = freeNames(made, new Set(environments.map(({ name }) => name)));
  const order = [...environments].sort((a, b) => Number(a.name === 'production') - Number(b.name === 'production'));
  const targets = order.map(({ name, manifest }) =>
    name === 'development' ? developmentStage(plan, project, manifest) : deployedStage(name, plan, project, manifest),
  );
  return { ...plan, stages: [...plan.stages, ...targets] };
}
