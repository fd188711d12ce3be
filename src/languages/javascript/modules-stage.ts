import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, Stage, Step } from '../../plan/plan.ts';
import { rebaseSteps } from '../../plan/rebase.ts';
import { buildEnvSteps, nodeBuildImage } from './build-image.ts';
import { installAdvice } from './install-advice.ts';
import { installSteps, managerSteps } from './install.ts';
import { nodeImage, nodeVersion } from './node-version.ts';
import { hasDependencies, readProject } from './project.ts';

/**
 * For projects in other languages whose own build runs JavaScript tools (a Rake task that calls Vite, a Mix task that
 * calls npm): Node.js and the packages of a package.json, to be copied into that language's build stage.
 */
export interface NodeModules {
  readonly stage: Stage;
  /** What brings them into a stage whose working directory is the project's root. */
  readonly steps: readonly Step[];
  readonly advice: readonly Advice[];
}

const ROOT = '/app';
const STAGE = 'modules';

/** Node.js with npm and, where the image has it, Yarn. */
const programs = (from: NonNullable<Extract<Step, { kind: 'copy' }>['from']>): Step[] =>
  ['/usr/local/bin/', '/usr/local/lib/node_modules/', '/opt/'].map((folder): Step => ({
    kind: 'copy',
    from,
    sources: [folder],
    to: folder,
    why: 'Node.js, which the build calls',
  }));

/** Node.js alone, straight from its image, for a build that only wants an engine for scripts. */
export function nodeProgram(inventory: Inventory): Step {
  const { version } = nodeVersion(inventory, []);
  const program = '/usr/local/bin/node';
  const why = 'Node.js, which runs scripts';
  return { kind: 'copy', from: nodeImage(version, 'slim'), sources: [program], to: program, why };
}

/** Node.js and the package manager alone, for a build that installs the packages by itself. */
export function nodeTools(
  inventory: Inventory,
  folder: string,
): Pick<NodeModules, 'steps'> & { readonly stages: Stage[] } {
  const below = inventory.at(folder);
  const project = readProject(below, '');
  const { version, from } = nodeVersion(below, [project.root]);
  const base = nodeImage(version, 'slim');
  const steps = managerSteps(project, { node: version });
  if (steps.length === 0) return { stages: [], steps: programs(base) };
  const why = `Node.js ${version} with the package manager (${from.why})`;
  return { stages: [{ name: STAGE, base, why, steps }], steps: programs(STAGE) };
}

/** `folder` is where package.json is, below the project's root; undefined where there is none. */
export function nodeModules(inventory: Inventory, folder = ''): NodeModules | undefined {
  const below = inventory.at(folder);
  if (below.text('package.json') === undefined) return undefined;
  const project = readProject(below, '');
  const { version, from } = nodeVersion(below, [project.root]);
  const workdir = folder === '' ? ROOT : `${ROOT}/${folder}`;
  const modules = `${workdir}/node_modules/`;
  return {
    stage: {
      name: STAGE,
      base: nodeBuildImage(project, version),
      why: `Node.js ${version} installs the packages (${from.why})`,
      steps: [
        { kind: 'workdir', path: workdir, why: 'where package.json is' },
        ...buildEnvSteps(project),
        ...rebaseSteps(installSteps(project, { node: version }), folder),
      ],
    },
    steps: [
      ...programs(STAGE),
      ...(hasDependencies(project)
        ? [{ kind: 'copy', from: STAGE, sources: [modules], to: modules, why: 'the packages' } satisfies Step]
        : []),
    ],
    advice: installAdvice(project),
  };
}
