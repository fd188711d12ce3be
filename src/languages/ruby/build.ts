import { ownBuildStep } from '../../plan/build-inputs.ts';
import { installPackages } from '../../plan/packages.ts';
import type { Stage, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import type { PlanRequest } from '../language.ts';
import { hasFolder, type RubyProject } from './project.ts';
import type { Site } from './serving.ts';
import { rubyImage, switchesBundler, VERSION_FILE } from './version.ts';

export const BUILD_STAGE = 'build';
export const APP_ROOT = '/app';
/** Where the official image installs gems. https://hub.docker.com/_/ruby */
export const GEMS = '/usr/local/bundle';

/** Settings of Bundler that have to hold where gems are installed and where they are used. */
export function bundlerEnv({ lockState }: RubyProject): Record<string, string> {
  return {
    BUNDLE_WITHOUT: 'development:test',
    ...(lockState === 'exact' ? { BUNDLE_FROZEN: '1' } : {}),
  };
}

/** Whether there is anything that Bundler has to install. */
export const hasGems = ({ gemfile, lock }: RubyProject): boolean =>
  gemfile !== undefined &&
  (gemfile.gems.length > 0 || gemfile.gemspec || gemfile.reads.length > 0 || (lock?.fetched ?? 0) > 0);

function manifestsOf({ inventory, gemfile }: RubyProject): string[] {
  const names = (gemfile?.names ?? []).map((name) => name.replace(/^\.?\//, ''));
  const files = [
    'Gemfile',
    'Gemfile.lock',
    VERSION_FILE,
    '.tool-versions',
    ...(gemfile?.reads ?? []),
    ...names.flatMap((name) => [name, `${name}.rb`]),
  ];
  return [...new Set(files)].filter((file) => inventory.isFile(file) && !file.startsWith('../'));
}

function installSteps(project: RubyProject, version: string): Step[] {
  const { inventory, gemfile, lock, localGems } = project;
  if (!hasGems(project)) return [];
  const why = 'which gems there are, before the source: an edit of the source installs nothing';
  const whole = gemfile?.gemspec ?? false;
  const cached = inventory.isDirectory('vendor/cache') ? ['vendor/cache'] : [];
  const files = manifestsOf(project);
  const nested = inventory.complete ? files.filter((file) => file.includes('/')) : [];
  const bundler = lock?.bundler;
  const commands: Shell[] = [
    ...(bundler !== undefined && !switchesBundler(version) && (lock?.fetched ?? 0) > 0
      ? [sh`gem install bundler --no-document --version ${bundler}`]
      : []),
    sh`bundle install`,
    ...(project.gems.has('bootsnap') ? [sh`bundle exec bootsnap precompile --gemfile`] : []),
  ];
  const copies: Step[] = whole
    ? [
        {
          kind: 'copy',
          sources: ['.'],
          to: './',
          why: 'the Gemfile takes what the project’s gemspec lists, and that may read any file',
        },
      ]
    : [
        inventory.complete
          ? { kind: 'copy', sources: files.filter((file) => !file.includes('/')), to: './', why }
          : { kind: 'copy', sources: ['Gemfile', 'Gemfile.lock*'], glob: true, to: './', why },
        ...(nested.length > 0
          ? [{ kind: 'copy', sources: nested, to: './', parents: true, why: 'what the Gemfile reads' } satisfies Step]
          : []),
        ...[...localGems, ...cached].map((folder): Step => ({
          kind: 'copy',
          sources: [`${folder}/`],
          to: `./${folder}/`,
          why: 'gems kept with the project',
        })),
      ];
  return [
    ...copies,
    {
      kind: 'run',
      phase: 'install',
      mounts: [{ type: 'cache', target: `${GEMS}/cache` }],
      command: all(...commands),
      why:
        project.lockState === 'exact'
          ? 'exactly what Gemfile.lock has, without gems of development'
          : 'the gems, in versions that fit',
    },
  ];
}

const PIPELINES = [
  'propshaft',
  'sprockets-rails',
  'sprockets',
  'shakapacker',
  'webpacker',
  'vite_rails',
  'vite_ruby',
  'jsbundling-rails',
  'cssbundling-rails',
  'tailwindcss-rails',
  'dartsass-rails',
];

/** Whether a Rails app has assets that are made before it runs. */
const hasAssets = ({ gems, inventory }: RubyProject): boolean =>
  PIPELINES.some((name) => gems.has(name)) &&
  hasFolder(inventory, 'app/assets', 'app/javascript', 'app/frontend', 'app/packs');

/** An address that nothing connects to: some configurations only want one to be there. */
function databaseUrl({ inventory, gems }: RubyProject): Shell | undefined {
  if (!/fetch\(?\s*["']DATABASE_URL["']\s*\)?(?!\s*[,{])/.test(inventory.text('config/database.yml') ?? ''))
    return undefined;
  return gems.has('mysql2')
    ? sh`DATABASE_URL=mysql2://localhost/none`
    : gems.has('pg')
      ? sh`DATABASE_URL=postgresql://localhost/none`
      : undefined;
}

function railsSteps(project: RubyProject): Step[] {
  const folders = ['app', 'lib']
    .filter((folder) => project.inventory.isDirectory(folder))
    .map((folder) => `${folder}/`);
  const url = databaseUrl(project);
  const dummy = sh`SECRET_KEY_BASE_DUMMY=1 SECRET_KEY_BASE=none`;
  return [
    ...(project.gems.has('bootsnap') && folders.length > 0
      ? [
          {
            kind: 'run',
            phase: 'build',
            command: sh`bundle exec bootsnap precompile ${folders}`,
            why: 'compiled code, for a quicker start',
          } satisfies Step,
        ]
      : []),
    ...(hasAssets(project)
      ? [
          {
            kind: 'run',
            phase: 'build',
            command: sh`${dummy}${url ? sh` ${url}` : sh``} bundle exec rails assets:precompile`,
            why: 'the assets; the key only has to be there, nothing is signed with it',
          } satisfies Step,
        ]
      : []),
  ];
}

/** The source brings the old lockfile back; what was installed is written into it, without asking for anything. */
const relockSteps = (project: RubyProject): Step[] =>
  hasGems(project) && (project.lockState === 'drifted' || project.lockState === 'platform')
    ? [{ kind: 'run', command: sh`bundle install --local`, why: 'the lockfile again says what is installed' }]
    : [];

export interface BuildParts {
  /** Node.js and its packages, where the assets need them. */
  readonly node: readonly Step[];
  readonly site: Site | undefined;
  readonly rails: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export function buildStage(project: RubyProject, request: PlanRequest, version: string, parts: BuildParts): Stage {
  const own = request.settings.build?.command;
  const packages = installPackages('debian', project.native.build, `headers for ${project.native.gems.join(', ')}`);
  return {
    name: BUILD_STAGE,
    base: rubyImage(version, false),
    why: 'installs the gems, with compilers and headers',
    steps: [
      ...(packages ? [packages] : []),
      { kind: 'workdir', path: APP_ROOT, why: 'the source' },
      {
        kind: 'env',
        vars: { ...bundlerEnv(project), ...parts.env },
        why: 'no gems of development, and none that the lockfile does not have',
      },
      ...installSteps(project, version),
      ...parts.node,
      { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
      ...relockSteps(project),
      ...(own === undefined
        ? [
            ...(parts.rails ? railsSteps(project) : []),
            ...(parts.site
              ? [
                  {
                    kind: 'run',
                    phase: 'build',
                    command: ['bundle', 'exec', ...parts.site.build],
                    why: 'makes the pages',
                  } satisfies Step,
                ]
              : []),
          ]
        : [ownBuildStep(own)]),
    ],
  };
}
