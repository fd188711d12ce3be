import { reloadOf } from '../generate/reload.ts';
import type { Project } from '../generate/project.ts';
import type { Manifest } from '../manifest/schema.ts';
import { startedBy } from '../plan/command.ts';
import { installPackages } from '../plan/packages.ts';
import type { FinishedPlan, ImageFacts, Os, Stage, Step } from '../plan/plan.ts';
import { sh } from '../plan/shell.ts';

/**
 * The environments as stages of the one Dockerfile, after the stage that runs: `docker build --target staging`. The last,
 * and so the default, is production.
 */

const HOME = '/home/dev';

const osOf = (stage: Stage, facts: ImageFacts, runtime: string): Os => {
  if (stage.name === runtime) return facts.os;
  const { base } = stage;
  return typeof base === 'object' && 'image' in base && /alpine/.test(`${base.image}:${base.tag}`)
    ? 'alpine'
    : 'debian';
};

const workdirOf = ({ steps }: Stage): string | undefined => steps.findLast((step) => step.kind === 'workdir')?.path;

const asRoot: Step = { kind: 'user', uid: 0, gid: 0, why: 'only to prepare the image; the last USER is not root' };
const asUser = ({ uid }: ImageFacts): Step => ({ kind: 'user', uid, gid: uid, why: 'never root, as in production' });

/** Packages that one environment has beyond the others: tools to look into a container with. */
function extraPackages(manifest: Manifest, base: Manifest): string[] {
  const known = new Set(base.run?.packages ?? []);
  return (manifest.run?.packages ?? []).filter((name) => !known.has(name));
}

/** The image that is worked with: the tools of the build, its source, and a command that watches it. */
function developmentStage(plan: FinishedPlan, project: Project, manifest: Manifest): Stage {
  const runtime = plan.stages.at(-1)?.name ?? 'runtime';
  const reload = reloadOf(project, plan);
  const base = plan.stages.find((stage) => stage.name === reload.stage) ?? plan.stages.at(-1);
  if (!base) throw new TypeError('a plan without stages');
  const os = osOf(base, plan.image, runtime);
  const { port } = plan.image;
  const own = manifest.command === project.merged.manifest.command ? undefined : startedBy(manifest.command, undefined);
  const command = own?.args ?? reload.command;
  const tools = installPackages(
    os,
    extraPackages(manifest, project.merged.manifest),
    'tools for looking into the container',
  );
  const folder = base.name === runtime ? plan.image.workdir : workdirOf(base);
  const hasShell = os === 'debian' || os === 'alpine';
  const opens: Step | undefined =
    hasShell && reload.onEdit !== 'rebuild' && folder !== undefined && folder !== '/'
      ? {
          kind: 'run',
          command: sh`mkdir -p ${HOME} && chown -R ${plan.image.uid}:${plan.image.uid} ${HOME} ${folder}`,
          why: 'while it is worked on, its files are changed in the container',
        }
      : undefined;
  const prepares = [tools, opens].filter((step) => step !== undefined);
  return {
    name: 'development',
    base: { stage: base.name },
    why: reload.why,
    steps: [
      ...(prepares.length > 0 && base.name === runtime ? [asRoot] : []),
      ...prepares,
      ...(opens ? [{ kind: 'env', vars: { HOME }, why: 'tools keep their caches there' } satisfies Step] : []),
      ...(base.name !== runtime && port !== undefined
        ? [
            {
              kind: 'env',
              vars: { PORT: String(port), HOST: '0.0.0.0' },
              why: 'where the program listens',
            } satisfies Step,
            { kind: 'expose', port, why: 'the port that the program listens on' } satisfies Step,
          ]
        : []),
      ...(base.name !== runtime || prepares.length > 0 ? [asUser(plan.image)] : []),
      ...(command ? [{ kind: 'cmd', argv: command, why: reload.why } satisfies Step] : []),
    ],
  };
}

/** An environment that is deployed: the image as it runs, with what is different in this one. */
function deployedStage(name: string, plan: FinishedPlan, project: Project, manifest: Manifest): Stage {
  const base = project.merged.manifest;
  const tools = installPackages(
    plan.image.os,
    extraPackages(manifest, base),
    'packages that this environment has beside the others’',
  );
  const command =
    JSON.stringify(manifest.command) === JSON.stringify(base.command)
      ? undefined
      : startedBy(manifest.command, manifest.entrypoint?.program);
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

/** Adds a stage for each environment; `environments` has their merged manifests, production last. */
export function addTargets(
  plan: FinishedPlan,
  project: Project,
  environments: readonly { readonly name: string; readonly manifest: Manifest }[],
): FinishedPlan {
  const order = [...environments].sort((a, b) => Number(a.name === 'production') - Number(b.name === 'production'));
  const targets = order.map(({ name, manifest }) =>
    name === 'development' ? developmentStage(plan, project, manifest) : deployedStage(name, plan, project, manifest),
  );
  return { ...plan, stages: [...plan.stages, ...targets] };
}
