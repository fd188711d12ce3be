import * as z from 'zod';
import { parse as parseYaml } from 'yaml';
import { defaultCycle } from '../../images/catalogue.ts';
import { officialImage } from '../../images/known.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { ownBuildStep } from '../../plan/build-inputs.ts';
import type { Evidence, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { weights, type PlanRequest } from '../language.ts';
import type { SiteBuild, SiteBuilder } from './builder.ts';

/** Sites that MkDocs builds of Markdown. https://www.mkdocs.org/user-guide/configuration/ */

const CONFIGS = ['mkdocs.yml', 'mkdocs.yaml'];
const REQUIREMENTS = ['requirements.txt', 'docs/requirements.txt', 'requirements-docs.txt', 'requirements/docs.txt'];
/** Projects of their own, of which the site is only the manual. */
const MANIFESTS =
  /^(pyproject\.toml|setup\.(py|cfg)|Pipfile|package\.json|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(\.kts)?|composer\.json|Gemfile|manage\.py|(app|server)\.py)$/;

const requirementsOf = (inventory: Inventory): readonly string[] =>
  REQUIREMENTS.filter((file) => /^mkdocs\b/im.test(inventory.text(file) ?? '')).slice(0, 1);

/** Tags such as `!ENV` and `!!python/name:…` stand in such files; their values are of no interest here. */
const configSchema = z.looseObject({
  theme: z
    .union([z.string(), z.looseObject({ name: z.string().optional() }).transform((theme) => theme.name)])
    .optional()
    .catch(undefined),
});

function themeOf(text: string): string | undefined {
  try {
    return configSchema.safeParse(parseYaml(text, { maxAliasCount: 0, logLevel: 'silent' })).data?.theme;
  } catch {
    return undefined;
  }
}

/** Themes that come in a package of their own. https://github.com/mkdocs/catalog#-theming */
const THEMES: ReadonlyMap<string, string> = new Map([
  ['material', 'mkdocs-material'],
  ['windmill', 'mkdocs-windmill'],
  ['cinder', 'mkdocs-cinder'],
  ['dracula', 'mkdocs-dracula-theme'],
  ['bootstrap', 'mkdocs-bootstrap'],
  ['terminal', 'mkdocs-terminal'],
  ['shadcn', 'mkdocs-shadcn'],
]);

function installStep(inventory: Inventory, config: string): readonly Step[] {
  const [requirements] = requirementsOf(inventory);
  const pip = sh`pip install --root-user-action=ignore --disable-pip-version-check`;
  const mounts = [{ type: 'cache', target: '/root/.cache/pip' } as const];
  if (requirements !== undefined)
    return [
      { kind: 'copy', sources: [requirements], to: './', why: 'what builds the site, before its pages' },
      {
        kind: 'run',
        phase: 'install',
        mounts,
        command: sh`${pip} -r ${requirements.slice(requirements.lastIndexOf('/') + 1)}`,
        why: 'MkDocs and what it builds with',
        evidence: [{ file: requirements, why: 'it lists MkDocs' }],
      },
    ];
  const theme = THEMES.get(themeOf(inventory.text(config) ?? '') ?? '');
  return [
    {
      kind: 'run',
      phase: 'install',
      mounts,
      command: sh`${pip} ${['mkdocs<2', ...(theme === undefined ? [] : [theme])]}`,
      why: theme === undefined ? 'MkDocs' : 'MkDocs and its theme',
      evidence: [{ file: config, why: 'no file of requirements lists MkDocs' }],
    },
  ];
}

const WORKDIR = '/app';
const OUTPUT = '/site';

function build({ inventory, settings }: PlanRequest, config: string): SiteBuild {
  const evidence: Evidence = { file: config, why: 'the configuration of MkDocs' };
  const own = settings.build?.command;
  const listed = requirementsOf(inventory).length > 0;
  return {
    stages: [
      {
        name: 'build',
        base: officialImage('python', settings.runtime ?? defaultCycle('python')?.cycle ?? '3', 'slim'),
        why: 'Python, by which MkDocs builds',
        steps: [
          { kind: 'workdir', path: WORKDIR, why: 'where the site is built' },
          ...installStep(inventory, config),
          { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
          own === undefined
            ? {
                kind: 'run',
                phase: 'build',
                command: sh`mkdocs build --config-file ${config} --site-dir ${OUTPUT}`,
                why: 'writes the pages',
                evidence: [evidence],
              }
            : ownBuildStep(own, []),
        ],
      },
    ],
    output: own === undefined ? OUTPUT : `${WORKDIR}/site`,
    evidence,
    advice: listed
      ? []
      : [
          {
            code: 'requirements-missing',
            detail: `No file of requirements lists MkDocs: each build takes the newest, and plugins that ${config} names are not installed.`,
            hint: 'Put mkdocs and its plugins, with their versions, into requirements.txt.',
            file: config,
          },
        ],
  };
}

export const mkdocs: SiteBuilder = {
  id: 'mkdocs',
  files: ['mkdocs.yml'],
  readsText: (path) =>
    /(^|\/)mkdocs\.ya?ml$/.test(path) || REQUIREMENTS.some((file) => path === file || path.endsWith(`/${file}`)),
  config: (inventory) =>
    inventory.names('').some((name) => MANIFESTS.test(name))
      ? undefined
      : CONFIGS.find((file) => inventory.isFile(file)),
  signs: (inventory, config) => [
    { path: config, weight: weights.program, reason: 'the configuration of MkDocs' },
    // At the root, they would tell of a program in Python.
    ...requirementsOf(inventory)
      .filter((path) => path === 'requirements.txt')
      .map((path) => ({ path, weight: weights.manifest, reason: 'what is installed builds the site' })),
  ],
  findings: (inventory, config) => {
    const from = { file: config, why: 'the configuration of MkDocs' };
    return [
      { at: '/runtime', value: defaultCycle('python')?.cycle ?? '3', from: { why: 'the default Python' } },
      ...requirementsOf(inventory).map(
        (file) => ({ at: '/packageManager', value: 'pip', from: { file, why: 'it lists MkDocs' } }) as const,
      ),
      { at: '/framework', value: 'mkdocs', from },
      { at: '/workload', value: 'static', from },
    ];
  },
  build,
  ignored: [{ pattern: 'site', purpose: 'build-output', why: 'made in the image' }],
};
