import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, Stage, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { buildEnvSteps, nodeBuildImage } from './build-image.ts';
import { installAdvice } from './install-advice.ts';
import { installSteps, managerArgv } from './install.ts';
import { nodeVersion } from './node-version.ts';
import { webpackEnv } from './old-webpack.ts';
import { laterCommands } from './own-scripts.ts';
import { readProject } from './project.ts';
import { rebaseSteps } from '../../plan/rebase.ts';

/**
 * For projects in other languages whose pages need JavaScript: a stage that installs the dependencies of a package.json
 * and runs its build script. The language copies what the script makes from it, with `from: stage.name`.
 */

export interface AssetOptions {
  /** The stage's name; `assets` when not given. */
  readonly name?: string;
  /** Where package.json is, below the project's root; '' for the root itself. */
  readonly folder?: string;
  /** The script that builds, the first one there is; `['build']` when not given. */
  readonly scripts?: readonly string[];
  /**
   * What the script reads, from the project's root: folders end in `/`. All of the project when not given. Name the
   * least that is enough: an edit of anything else then leaves the stage cached.
   */
  readonly sources?: readonly string[];
  /** Steps right before the script: environment, or what it reads from other stages. */
  readonly before?: readonly Step[];
}

export interface AssetBuild {
  readonly stage: Stage;
  /** The project's root in the stage: a file `public/build/x` of the project is `<root>/public/build/x` there. */
  readonly root: string;
  readonly advice: readonly Advice[];
}

const ROOT = '/app';

/** A build that another script does for production. */
const FOR_DEVELOPMENT = /:dev(elopment)?\b|--mode[= ]dev|NODE_ENV=dev/;

/** The stage, or undefined where there is no package.json, or none of the scripts in it. */
export function assetStage(inventory: Inventory, options: AssetOptions = {}): AssetBuild | undefined {
  const { name = 'assets', folder = '', scripts = ['build'], sources, before = [] } = options;
  const below = inventory.at(folder);
  if (!below.isFile('package.json')) return undefined;
  const project = readProject(below, '');
  const known = scripts.filter((s) => project.root.json.scripts[s] !== undefined);
  const script = known.find((s) => !FOR_DEVELOPMENT.test(project.root.json.scripts[s] ?? '')) ?? known[0];
  if (script === undefined) return undefined;
  const { version, from } = nodeVersion(below, [project.root]);
  const workdir = folder === '' ? ROOT : `${ROOT}/${folder}`;
  const env = webpackEnv(project, version);
  const manager = managerArgv(project).map((word) => (word.startsWith('/app/') ? `${workdir}/${word.slice(5)}` : word));
  const later = laterCommands(project, manager);
  const install = rebaseSteps(installSteps(project, { node: version }), folder);
  return {
    root: ROOT,
    advice: installAdvice(project),
    stage: {
      name,
      base: nodeBuildImage(project, version),
      why: `Node.js ${version} builds the assets (${from.why})`,
      steps: [
        { kind: 'workdir', path: workdir, why: 'where package.json is' },
        ...buildEnvSteps(project),
        ...install,
        ...(folder === '' ? [] : [{ kind: 'workdir', path: ROOT, why: 'the project' } satisfies Step]),
        sources === undefined
          ? { kind: 'copy', sources: ['.'], to: './', why: 'the source' }
          : { kind: 'copy', sources, to: './', parents: true, why: 'what the assets are made of' },
        ...(folder === '' ? [] : [{ kind: 'workdir', path: workdir, why: 'where package.json is' } satisfies Step]),
        ...(Object.keys(env).length > 0
          ? [{ kind: 'env', vars: env, why: 'settings of the build' } satisfies Step]
          : []),
        ...before,
        {
          kind: 'run',
          phase: 'build',
          command: { lines: [...later, sh`${manager} run ${script}`].flatMap((c) => c.lines) },
          why: `the ${script} script of package.json`,
          evidence: [{ file: folder === '' ? 'package.json' : `${folder}/package.json`, why: `scripts.${script}` }],
        },
      ],
    },
  };
}
