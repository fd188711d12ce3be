import { ownBuildStep } from '../../plan/build-inputs.ts';
import { parentOf, type Inventory } from '../../inventory/inventory.ts';
import { installPackages } from '../../plan/packages.ts';
import type { Advice, BuildPlan, Evidence, Stage, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { readPackage } from '../javascript/package-json.ts';
import { nodeModules, type NodeModules } from '../javascript/modules-stage.ts';
import type { PlanRequest } from '../language.ts';
import { readMix, type MixFile } from './mix.ts';
import { buildImage, runtimeGround, versionsOf, type Versions } from './version.ts';

const BUILD_STAGE = 'build';
const ROOT = '/app';
const PHOENIX_PORT = 4000;

/** All that is known of a Mix project; `infer` and `plan` both read it. */
export interface MixProject {
  readonly inventory: Inventory;
  readonly mix: MixFile;
  readonly versions: Versions;
  /** The release to build; undefined for an umbrella that configures none. */
  readonly release: string | undefined;
  readonly phoenix: boolean;
  /** It answers HTTP: Phoenix, or a web server of its own. */
  readonly serves: boolean;
  readonly port: number;
  /** Something has to be fetched from Hex or git. */
  readonly fetches: boolean;
}

const SERVERS = ['phoenix', 'bandit', 'plug_cowboy', 'cowboy'];

/** Mix files of the root and of an umbrella's applications. */
const mixFiles = (inventory: Inventory, { appsPath }: MixFile): readonly string[] =>
  inventory.files(
    (path) =>
      path === 'mix.exs' ||
      (appsPath !== undefined && path.startsWith(`${appsPath}/`) && /^[^/]+\/[^/]+\/mix\.exs$/.test(path)),
  );

const PORTS = [
  /\bget_env\(\s*"(?:\w{1,40}_)?PORT"\s*(?:,\s*(?:[^()\n]*\bprod:\s*)?"(\d{2,5})"|\)\s*\|\|\s*"(\d{2,5})")/,
  // The one of `url:` is that by which others ask, behind a proxy.
  /(?<!\burl:\s*\[[^\]]{0,200})\bport:\s*(\d{2,5})\b/,
];

const applications = (inventory: Inventory): readonly string[] =>
  inventory.files((path) => /^(lib|apps\/[^/]+\/lib)\/([^/]+\/)?application\.ex$/.test(path));

function portOf(inventory: Inventory): number | undefined {
  const places = ['config/runtime.exs', 'config/prod.exs', 'config/config.exs'];
  for (const pattern of PORTS) {
    for (const file of [...places, ...applications(inventory)]) {
      const port = Number(
        pattern
          .exec(inventory.text(file) ?? '')
          ?.slice(1)
          .find((group) => group !== undefined),
      );
      if (port > 0 && port <= 65535) return port;
    }
  }
  return undefined;
}

/** A socket of its own, opened where the application starts. */
const listens = (inventory: Inventory): boolean =>
  applications(inventory).some((file) => /:gen_tcp\.listen|:inets\b|:httpd\b/.test(inventory.text(file) ?? ''));

export function mixProject(inventory: Inventory, asked?: string): MixProject {
  const mix = readMix(inventory.text('mix.exs') ?? '');
  const members = mixFiles(inventory, mix).map((file) => readMix(inventory.text(file) ?? ''));
  const dependencies = [...mix.dependencies, ...members.flatMap((member) => member.dependencies)];
  const phoenix = dependencies.includes('phoenix');
  const locked = /"\w+":\s*\{:(hex|git)/.test(inventory.text('mix.lock') ?? '');
  return {
    inventory,
    mix,
    versions: versionsOf(inventory, mix, asked),
    release: mix.releases[0] ?? (mix.appsPath === undefined ? mix.app : undefined),
    phoenix,
    serves: SERVERS.some((name) => dependencies.includes(name)) || listens(inventory),
    port: portOf(inventory) ?? PHOENIX_PORT,
    fetches: dependencies.length > 0 || locked || (!inventory.complete && inventory.isFile('mix.lock')),
  };
}

export const releaseCommand = (name: string): readonly string[] => [`${ROOT}/bin/${name}`, 'start'];

/** Folders with a package.json whose packages the assets are built with. */
function assetFolders(inventory: Inventory): string[] {
  return inventory.files((path) => /^(apps\/[^/]+\/)?assets\/package\.json$/.test(path)).map((path) => parentOf(path));
}

/** Phoenix's own task only installs programs; one that calls npm needs the source. */
const setsUpEarly = ({ aliases, setup }: MixFile): boolean =>
  aliases.includes('assets.setup') && /^\s*(?:"\w+\.install(?: --[\w-]+)*"\s*,?\s*)*$/.test(setup);

function dependencySteps({ inventory, mix, fetches }: MixProject): Step[] {
  const config = ['config/config.exs', 'config/prod.exs'].filter((file) => inventory.isFile(file));
  const members = mixFiles(inventory, mix).filter((file) => file !== 'mix.exs');
  if (!fetches) return [];
  const why = 'what it depends on, before the source: an edit of the source fetches and compiles none of it again';
  const locked = inventory.isFile('mix.lock');
  return [
    {
      kind: 'run',
      phase: 'packages',
      command: all(sh`mix local.hex --force`, sh`mix local.rebar --force`),
      why: 'the package manager, and the build tool of packages in Erlang',
    },
    { kind: 'copy', sources: locked ? ['mix.exs', 'mix.lock'] : ['mix.exs'], to: './', why },
    ...(members.length > 0 ? [{ kind: 'copy', sources: members, to: './', parents: true, why } satisfies Step] : []),
    {
      kind: 'run',
      phase: 'install',
      mounts: [{ type: 'cache', target: '/root/.cache/rebar3' }],
      command: sh`mix deps.get --only prod`,
      why: locked ? 'exactly what mix.lock has' : 'the newest packages that fit',
    },
    ...(config.length > 0
      ? [
          {
            kind: 'copy',
            sources: config,
            to: './config/',
            why: 'settings that packages are compiled with',
          } satisfies Step,
        ]
      : []),
    { kind: 'run', phase: 'install', command: sh`mix deps.compile`, why: 'the packages, compiled' },
    ...(setsUpEarly(mix)
      ? [
          {
            kind: 'run',
            phase: 'install',
            command: sh`mix assets.setup`,
            why: 'the programs that build the assets, in the versions of the configuration',
          } satisfies Step,
        ]
      : []),
  ];
}

/** The script of the assets' package.json, which is called where no task of Mix does: as older Phoenix has it. */
function assetScript(inventory: Inventory): string | undefined {
  const scripts = readPackage(inventory, 'assets')?.json.scripts ?? {};
  return ['deploy', 'build'].find((name) => scripts[name] !== undefined);
}

/** Where the assets' tasks are: in the application of an umbrella that has them, else at the root. */
function assetCommands(project: MixProject): Shell[] {
  const { inventory, mix } = project;
  const places = mixFiles(inventory, mix).map((file) => ({
    folder: parentOf(file),
    own: readMix(inventory.text(file) ?? ''),
  }));
  const deploying = places.find(({ own }) => own.aliases.includes('assets.deploy'));
  const digests = project.phoenix && inventory.files(/(^|\/)priv\/static\//).length > 0;
  if (!deploying) {
    const script = mix.appsPath === undefined ? assetScript(inventory) : undefined;
    const built = script === undefined ? [] : [sh`npm run ${script} --prefix assets`];
    return project.phoenix && (built.length > 0 || (digests && mix.appsPath === undefined))
      ? [...built, sh`mix phx.digest`]
      : built;
  }
  const early = deploying.folder === '' && project.fetches && setsUpEarly(deploying.own);
  const tasks = [...(early ? [] : ['assets.setup']), 'assets.deploy'].filter((task) =>
    deploying.own.aliases.includes(task),
  );
  return tasks.map((task) =>
    deploying.folder === ''
      ? sh`mix ${task}`
      : { lines: [`(${all(sh`cd ${deploying.folder}`, sh`mix ${task}`).lines.join(' && ')})`] },
  );
}

/** Mix takes the name of a configured release only; the one that every application has goes without. */
const releaseTask = ({ releases }: MixFile, release: string): Shell =>
  releases.length > 0 ? sh`mix release ${release} --path /release` : sh`mix release --path /release`;

function buildStage(project: MixProject, request: PlanRequest, release: string, node: NodeModules | undefined): Stage {
  const { versions } = project;
  const own = request.settings.build?.command;
  const elixir = request.settings.runtime ?? versions.elixir.version;
  const assets = assetCommands(project);
  return {
    name: BUILD_STAGE,
    base: buildImage(elixir, versions.otp),
    why: 'Elixir and Erlang, with compilers for packages in C',
    steps: [
      { kind: 'workdir', path: ROOT, why: 'the source' },
      {
        kind: 'env',
        vars: { MIX_ENV: 'prod', LANG: 'C.UTF-8', ELIXIR_ERL_OPTIONS: '+fnu' },
        why: 'compiled for production; file names are UTF-8',
      },
      ...dependencySteps(project),
      ...(node?.steps ?? []),
      { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
      ...(own === undefined ? [] : [ownBuildStep(own)]),
      {
        kind: 'run',
        phase: 'build',
        command: all(sh`mix compile`, ...assets, releaseTask(project.mix, release)),
        why:
          assets.length > 0
            ? 'the app, its assets, and a release that brings Erlang along'
            : 'the app, and a release that brings Erlang along',
      },
    ],
  };
}

function adviceOf({ inventory, phoenix, fetches, versions }: MixProject): Advice[] {
  return [
    ...versions.advice,
    ...(fetches && inventory.complete && !inventory.isFile('mix.lock')
      ? [
          {
            code: 'missing-lockfile',
            detail: 'There is no mix.lock: each build takes the newest packages that fit.',
            hint: 'Run `mix deps.get` and keep mix.lock in the repository.',
          },
        ]
      : []),
    ...(phoenix
      ? [
          {
            code: 'secret-key-base',
            detail: 'SECRET_KEY_BASE is not in the image, and Phoenix does not start without it.',
            hint: 'Give it and PHX_HOST at run time (mix phx.gen.secret makes one). Migrations are a step of a release: bin/APP eval "APP.Release.migrate".',
          },
        ]
      : []),
  ];
}

const nothingStarts = ({ mix }: MixProject): Problem =>
  new Problem('no-start-command', {
    detail:
      mix.appsPath === undefined
        ? 'mix.exs names no application (app: :name).'
        : `mix.exs is an umbrella over ${mix.appsPath}/ and configures no release.`,
    hint: 'Add "releases: [name: [applications: [app: :permanent]]]" to the project in mix.exs.',
  });

/** Decides the build of a Mix project. Throws `no-start-command` for an umbrella without a release. */
export function planElixir(request: PlanRequest): BuildPlan {
  const { inventory, settings } = request;
  const project = mixProject(inventory, settings.runtime);
  const { release, phoenix } = project;
  if (release === undefined) throw nothingStarts(project);
  const { base, packages } = runtimeGround(project.versions.otp);
  const folder = assetFolders(inventory)[0];
  const node = folder === undefined ? undefined : nodeModules(inventory, folder);
  const needed = installPackages('debian', packages, 'libraries that Erlang is linked with');
  const evidence: Evidence[] = [{ file: 'mix.exs', why: `the release ${release}` }];
  const service = (settings.workload ?? (project.serves ? 'service' : 'worker')) === 'service';
  const port = settings.port ?? (service ? project.port : undefined);
  return {
    stages: [...(node ? [node.stage] : []), buildStage(project, request, release, node)],
    runtime: {
      base,
      os: 'debian',
      why: 'the Debian that Erlang was built on',
      workdir: ROOT,
      steps: [
        ...(needed ? [needed] : []),
        {
          kind: 'env',
          vars: {
            LANG: 'C.UTF-8',
            ELIXIR_ERL_OPTIONS: '+fnu',
            RELEASE_TMP: '/tmp',
            ...(phoenix ? { PHX_SERVER: 'true' } : {}),
          },
          why: 'file names are UTF-8; what the start script writes goes where everyone may write',
        },
        { kind: 'copy', from: BUILD_STAGE, sources: ['/release/'], to: './', why: 'the release' },
      ],
      process: {
        argv: request.command ?? releaseCommand(release),
        why: 'the start script, whose place Erlang takes: as PID 1 it ends in order on SIGTERM',
        evidence,
        init: false,
      },
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : 'bash',
    },
    advice: [...adviceOf(project), ...(node?.advice ?? [])],
  };
}

export const mixPaths = (path: string): boolean =>
  /(^|\/)mix\.(exs|lock)$/.test(path) ||
  /(^|\/)config\/(config|prod|runtime)\.exs$/.test(path) ||
  /(^|\/)lib\/([^/]+\/)?application\.ex$/.test(path);
