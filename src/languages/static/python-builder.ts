import { defaultCycle } from '../../images/catalogue.ts';
import { officialImage } from '../../images/known.ts';
import { baseName, type Inventory } from '../../inventory/inventory.ts';
import { ownBuildStep } from '../../plan/build-inputs.ts';
import type { Evidence, Step } from '../../plan/plan.ts';
import { sh, type Shell } from '../../plan/shell.ts';
import { weights, type PlanRequest } from '../language.ts';
import type { SiteBuild, SiteBuilder } from './builder.ts';

/** What builders of sites that pip installs have in common. */

export interface PythonTool {
  readonly id: string;
  readonly title: string;
  readonly files: readonly string[];
  readonly readsText: (path: string) => boolean;
  /** The configuration of its site, where the files say that it is one. */
  readonly config: (inventory: Inventory) => string | undefined;
  /** Its own line in a file of requirements. */
  readonly listed: RegExp;
  /** What is installed where no file lists it, by the text of the configuration. */
  readonly packages: (text: string) => readonly string[];
  readonly command: (config: string, inventory: Inventory) => Shell;
  /** Where the command writes, and where a command of the user's is taken to write, below the project. */
  readonly output: { readonly own: string; readonly usual: string };
}

const REQUIREMENTS = [
  'requirements.txt',
  'docs/requirements.txt',
  'doc/requirements.txt',
  'requirements-docs.txt',
  'requirements/docs.txt',
];
/** Projects of their own, of which the site is only the manual. */
const MANIFESTS =
  /^(pyproject\.toml|setup\.(py|cfg)|Pipfile|package\.json|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(\.kts)?|composer\.json|Gemfile|manage\.py|(app|server)\.py)$/;

export const WORKDIR = '/app';
/** A folder outside of the source, for builders that can be told where to write. */
export const OUTPUT = '/site';

function installStep(tool: PythonTool, requirements: string | undefined, config: string, text: string): Step[] {
  const { title, packages } = tool;
  const pip = sh`pip install --root-user-action=ignore --disable-pip-version-check`;
  const mounts = [{ type: 'cache', target: '/root/.cache/pip' } as const];
  if (requirements !== undefined)
    return [
      { kind: 'copy', sources: [requirements], to: './', why: 'what builds the site, before its pages' },
      {
        kind: 'run',
        phase: 'install',
        mounts,
        command: sh`${pip} -r ${baseName(requirements)}`,
        why: `${title} and what it builds with`,
        evidence: [{ file: requirements, why: `it lists ${title}` }],
      },
    ];
  return [
    {
      kind: 'run',
      phase: 'install',
      mounts,
      command: sh`${pip} ${packages(text)}`,
      why: packages(text).length > 1 ? `${title} and what its configuration names` : title,
      evidence: [{ file: config, why: `no file of requirements lists ${title}` }],
    },
  ];
}

/** A builder of sites, by what tells it from the others. */
export function pythonBuilder(tool: PythonTool): SiteBuilder {
  const { id, title, output } = tool;
  const requirementsOf = (inventory: Inventory): string | undefined =>
    REQUIREMENTS.find((file) => tool.listed.test(inventory.text(file) ?? ''));
  const evidenceOf = (config: string): Evidence => ({ file: config, why: `the configuration of ${title}` });

  function build({ inventory, settings }: PlanRequest, config: string): SiteBuild {
    const evidence = evidenceOf(config);
    const own = settings.build?.command;
    const requirements = requirementsOf(inventory);
    return {
      stages: [
        {
          name: 'build',
          base: officialImage('python', settings.runtime ?? defaultCycle('python')?.cycle ?? '3', 'slim'),
          why: `Python, by which ${title} builds`,
          steps: [
            { kind: 'workdir', path: WORKDIR, why: 'where the site is built' },
            ...installStep(tool, requirements, config, inventory.text(config) ?? ''),
            { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
            own === undefined
              ? {
                  kind: 'run',
                  phase: 'build',
                  command: tool.command(config, inventory),
                  why: 'writes the pages',
                  evidence: [evidence],
                }
              : ownBuildStep(own, []),
          ],
        },
      ],
      output: own === undefined ? output.own : `${WORKDIR}/${output.usual}`,
      evidence,
      advice:
        requirements !== undefined
          ? []
          : [
              {
                code: 'requirements-missing',
                detail: `No file of requirements lists ${title}: each build takes the newest, and plugins that ${config} names may not be installed.`,
                hint: `Put ${id} and its plugins, with their versions, into requirements.txt.`,
                file: config,
              },
            ],
    };
  }

  return {
    id,
    files: tool.files,
    readsText: (path) =>
      tool.readsText(path) || REQUIREMENTS.some((file) => path === file || path.endsWith(`/${file}`)),
    config: (inventory) =>
      inventory.names('').some((name) => MANIFESTS.test(name)) ? undefined : tool.config(inventory),
    signs: (inventory, config) => [
      { path: config, weight: weights.program, reason: `the configuration of ${title}` },
      // At the root, they would tell of a program in Python.
      ...(requirementsOf(inventory) === 'requirements.txt'
        ? [{ path: 'requirements.txt', weight: weights.manifest, reason: 'what is installed builds the site' }]
        : []),
    ],
    findings: (inventory, config) => {
      const from = evidenceOf(config);
      const file = requirementsOf(inventory);
      return [
        { at: '/runtime', value: defaultCycle('python')?.cycle ?? '3', from: { why: 'the default Python' } },
        ...(file === undefined
          ? []
          : [{ at: '/packageManager', value: 'pip', from: { file, why: `it lists ${title}` } } as const]),
        { at: '/framework', value: id, from },
        { at: '/workload', value: 'static', from },
      ];
    },
    build,
    ignored: [{ pattern: output.usual, purpose: 'build-output', why: 'made in the image' }],
  };
}
