import { parse as parseToml } from 'smol-toml';
import { satisfies } from 'semver';
import * as z from 'zod';
import { defaultCycle } from '../../images/catalogue.ts';
import { officialImage } from '../../images/known.ts';
import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import type { BuildPlan, ImageRef, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import {
  defineLanguage,
  weights,
  type Finding,
  type Inferred,
  type PlanRequest,
  type Scope,
  type Sign,
} from '../language.ts';
import { nodeImage, nodeVersion } from '../javascript/node-version.ts';
import { chooseVersion, type ChosenVersion } from '../runtime-version.ts';
import { managedVersions, versionFile } from '../version-files.ts';

/** https://gleam.run/writing-gleam/gleam-toml/ */
const manifestSchema = z.looseObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  version: z
    .string()
    .regex(/^[\w.+-]{1,64}$/)
    .optional()
    .catch(undefined),
  gleam: z.string().optional().catch(undefined),
  target: z.string().optional().catch(undefined),
  dependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

interface GleamProject {
  readonly name: string;
  readonly version: string | undefined;
  readonly javascript: boolean;
  readonly serves: boolean;
  readonly port: number;
  readonly gleam: ChosenVersion;
}

/** The catalogue has no life cycle for Gleam; this is a release of the time of its tags. https://github.com/gleam-lang/gleam/releases */
const GLEAM = '1.17.0';
const BUILD_STAGE = 'build';
const ROOT = '/app';
const PORT = 8000;
const SERVERS = ['mist', 'wisp', 'ewe', 'elli', 'glen', 'cowboy'];

function parsed(text: string): unknown {
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
}

/** What the requirement asks for at least, where the release that is taken otherwise is older. */
function required(requirement: string): string | undefined {
  const range = requirement.replaceAll(/\s+and\s+/g, ' ');
  const least = /(?:>=|==|~>)\s*(\d+\.\d+\.\d+)/.exec(requirement)?.[1];
  return satisfies(GLEAM, range) ? GLEAM : least;
}

function portOf(inventory: Inventory): number {
  const texts = inventory.files(/^src\/[^/]+\.gleam$/).map((path) => inventory.text(path) ?? '');
  const found = texts
    .map((text) =>
      /\bmist\.port\(\s*(\d{2,5})\s*\)|Error\(_?\w*\)\s*->\s*(\d{4,5})\b/.exec(text)?.slice(1).find(Boolean),
    )
    .find(Boolean);
  return Number(found ?? PORT);
}

function readProject(inventory: Inventory): GleamProject {
  const text = inventory.text('gleam.toml') ?? '';
  const read = manifestSchema.safeParse(parsed(text));
  if (!read.success) {
    throw new Problem('broken-file', {
      detail: 'gleam.toml is no TOML with a name.',
      hint: '`gleam build` says where; the name is of small letters, digits and underscores.',
    });
  }
  const { name, version, gleam, target, dependencies = {} } = read.data;
  const line = text.split('\n').findIndex((l) => /^\s*gleam\s*=/.test(l)) + 1;
  const sources = [
    ...managedVersions(inventory, 'gleam'),
    ...versionFile(inventory, '.gleam-version'),
    ...(gleam === undefined
      ? []
      : [{ text: `range:${gleam}`, from: { file: 'gleam.toml', line, why: `gleam = ${gleam}` } }]),
  ];
  const chosen = chooseVersion('gleam', sources, (t) =>
    t.startsWith('range:') ? required(t.slice('range:'.length)) : /^v?(\d+\.\d+\.\d+)/.exec(t)?.[1],
  );
  const named =
    chosen.version === 'latest'
      ? { ...chosen, version: GLEAM, from: { why: 'a release of the catalogue’s time' } }
      : chosen;
  const server = SERVERS.find((dependency) => dependency in dependencies);
  return {
    name,
    version,
    javascript: target === 'javascript',
    serves: server !== undefined,
    port: portOf(inventory),
    gleam: named,
  };
}

function detect(inventory: Inventory): Sign[] {
  if (!inventory.isFile('gleam.toml')) return [];
  const lock = inventory.isFile('manifest.toml')
    ? [{ path: 'manifest.toml', weight: weights.tool, reason: 'a lockfile of Gleam' }]
    : [];
  return [{ path: 'gleam.toml', weight: weights.manifest, reason: 'a Gleam project' }, ...lock];
}

const commandOf = ({ name, javascript }: GleamProject): readonly string[] =>
  javascript
    ? ['node', '--input-type=module', '--eval', `import { main } from "${ROOT}/${name}/${name}.mjs"; main();`]
    : [`${ROOT}/entrypoint.sh`, 'run'];

function infer({ inventory }: Scope): Inferred {
  const project = readProject(inventory);
  const { name, version, gleam, serves, port } = project;
  const from = { file: 'gleam.toml', why: 'gleam.toml' };
  const findings: Finding[] = [
    { at: '/name', value: name, from },
    ...(version === undefined ? [] : [{ at: '/version', value: version, from } as const]),
    { at: '/runtime', value: gleam.version, from: gleam.from, rejected: gleam.rejected },
    { at: '/packageManager', value: 'gleam', from },
    { at: '/workload', value: serves ? 'service' : 'job', from },
    { at: '/command', value: commandOf(project), from },
    ...(serves ? [{ at: '/port', value: port, from } as const] : []),
  ];
  return { findings };
}

/** The compiler, one static file, from the image of that name. */
const compiler = (version: string): Step => ({
  kind: 'copy',
  from: { image: 'ghcr.io/gleam-lang/gleam', tag: `v${version}-scratch` },
  sources: ['/bin/gleam'],
  to: '/usr/local/bin/gleam',
  why: 'the compiler, one static file',
});

function plan(request: PlanRequest): BuildPlan {
  const { inventory, settings } = request;
  const project = readProject(inventory);
  const erlang = defaultCycle('erlang')?.cycle ?? '28';
  const node = nodeVersion(inventory, []).version;
  const image = (slim: boolean): ImageRef =>
    project.javascript ? nodeImage(node, slim ? 'slim' : '') : officialImage('erlang', erlang, slim ? 'slim' : '');
  const locked = inventory.isFile('manifest.toml');
  const own = settings.build?.command;
  const service = (settings.workload ?? (project.serves ? 'service' : 'job')) === 'service';
  const port = settings.port ?? (service ? project.port : undefined);
  const build = project.javascript
    ? sh`gleam build --target javascript && mkdir -p build && mv build/dev/javascript build/app`
    : sh`gleam export erlang-shipment && mv build/erlang-shipment build/app`;
  return {
    stages: [
      {
        name: BUILD_STAGE,
        base: image(false),
        why: project.javascript
          ? 'Gleam, with Node.js beside it'
          : 'Gleam, with Erlang and the build tool of its packages',
        steps: [
          compiler(settings.runtime ?? project.gleam.version),
          { kind: 'workdir', path: ROOT, why: 'the source' },
          {
            kind: 'copy',
            sources: locked ? ['gleam.toml', 'manifest.toml'] : ['gleam.toml'],
            to: './',
            why: 'what it depends on, before the source',
          },
          {
            kind: 'run',
            phase: 'install',
            command: sh`gleam deps download`,
            why: locked ? 'the packages that manifest.toml has' : 'the newest packages that fit',
          },
          { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
          {
            kind: 'run',
            phase: 'build',
            command: own === undefined ? build : toArgv(own),
            why: own === undefined ? 'the compiled app with its packages' : 'the build command of the manifest',
          },
        ],
      },
    ],
    runtime: {
      base: image(true),
      os: 'debian',
      why: project.javascript ? 'Node.js, without the compiler' : 'Erlang, without the compiler',
      workdir: ROOT,
      steps: [
        ...(project.javascript
          ? []
          : [
              {
                kind: 'env',
                vars: { LANG: 'C.UTF-8' },
                why: 'Erlang writes in the encoding of the locale',
              } satisfies Step,
            ]),
        { kind: 'copy', from: BUILD_STAGE, sources: [`${ROOT}/build/app/`], to: './', why: 'the compiled app' },
      ],
      process: {
        argv: request.command ?? commandOf(project),
        why: project.javascript
          ? 'the program under an init: as PID 1 Node.js would not end on SIGTERM'
          : 'a start script whose place Erlang takes: as PID 1 it ends in order on SIGTERM',
        evidence: [{ file: 'gleam.toml', why: `the main function of ${project.name}` }],
        init: project.javascript,
      },
      clearEntrypoint: project.javascript,
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : project.javascript ? 'node' : 'bash',
    },
    advice:
      locked || !inventory.complete
        ? []
        : [
            {
              code: 'missing-lockfile',
              detail: 'There is no manifest.toml: each build takes the newest packages that fit.',
              hint: 'Run `gleam deps download` and keep manifest.toml in the repository.',
            },
          ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: 'build', purpose: 'build-output', why: 'made in the image' },
  { pattern: 'test', purpose: 'test', why: 'tests take no part in a build' },
  { pattern: 'erl_crash.dump', purpose: 'logs', why: 'written when Erlang ended by a fault' },
];

export const gleam = defineLanguage({
  id: 'gleam',
  title: 'Gleam',
  facts: {
    detectedBy: ['gleam.toml'],
    versionOrder: [
      'runtime in the manifest',
      '.tool-versions',
      'mise.toml',
      '.gleam-version',
      'gleam of gleam.toml, as a minimum',
    ],
    packageManagers: ['gleam'],
    frameworks: [],
    variants: ['slim'],
  },
  readsText: (path) => /(^|\/)(gleam\.toml|\.gleam-version)$/.test(path) || /(^|\/)src\/[^/]+\.gleam$/.test(path),
  detect,
  infer,
  plan,
  ignore: () => IGNORED,
});
