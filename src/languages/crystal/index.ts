import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { installPackages, joinPackages } from '../../plan/packages.ts';
import type { BuildPlan, Evidence, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { hitsOf } from '../code.ts';
import { defineLanguage, weights, type Inferred, type PlanRequest, type Scope, type Sign } from '../language.ts';
import { codeIn, findPort, nativeFindings, nativePlan, type NativeApp, type PortRule } from '../native-plan.ts';
import { OUTPUT } from '../native-runtime.ts';
import { programWords } from '../program-path.ts';
import { filesRead, foldersWritten, type FileHabits } from '../run-files.ts';
import type { ChosenVersion, VersionSource } from '../runtime-version.ts';
import { managedVersions, versionFile } from '../version-files.ts';
import { tableOf } from '../../plan/table.ts';

/**
 * Crystal links everything into the program on Alpine, and only there.
 * https://crystal-lang.org/reference/latest/guides/static_linking.html
 */

const CRYSTAL_TOKENS = /#(?!\{)[^\n]*|"((?:[^"\\]|\\[\s\S])*)"|'(?:[^'\\\n]|\\[^\n']{1,10}|\\')'/g;
const SOURCE = /\.cr$/;
const NOT_SOURCE = /(^|\/)(lib|spec|examples?|bin)\//;

const shardSchema = z.looseObject({
  name: z.string(),
  crystal: z
    .union([z.string(), z.number().transform(String)])
    .optional()
    .catch(undefined),
  targets: z
    .record(z.string(), z.looseObject({ main: z.string() }))
    .optional()
    .catch(undefined),
  dependencies: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});
type Shard = z.infer<typeof shardSchema>;

function readShard(inventory: Inventory): Shard | undefined {
  const text = inventory.text('shard.yml');
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = parseYaml(text, { logLevel: 'error' });
  } catch {
    parsed = undefined;
  }
  const result = shardSchema.safeParse(parsed);
  if (result.success) return result.data;
  throw new Problem('broken-file', {
    detail: `shard.yml: ${result.error.issues[0]?.message ?? 'it is not valid'}.`,
    hint: 'It is YAML with at least a name. Run `shards check`, and send the project again.',
  });
}

/** What shards link to, as packages of Alpine: to compile, and to link statically. */
const PACKAGES = tableOf<readonly string[]>({
  sqlite3: ['sqlite-dev', 'sqlite-static'],
  'crystal-sqlite3': ['sqlite-dev', 'sqlite-static'],
  lucky: [],
  magickwand: ['imagemagick-dev'],
  zstd: ['zstd-dev', 'zstd-static'],
  gmp: ['gmp-dev'],
});

const habits: FileHabits = {
  code: /(\.cr|(^|\/)shard\.(yml|lock|override\.yml))$/,
  takesPath: /(open|read|each_line|public_folder|path|join|glob|File\.\w+|render|serve\w*)\s*[( ]\s*[^()\n]{0,60}$/i,
  makesFiles: /\bFile\.(?:write|open\([^)]*"[wa])|\bDir\.mkdir|\bDB\.open\s*\(?\s*"sqlite3/,
  makesFolder: /\bDir\.mkdir(?:_p)?\(?\s*"([^"]+)"/g,
};

interface Framework {
  readonly id: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}
/** https://kemalcr.com/guide/, https://amberframework.org, https://spider-gazelle.net */
const FRAMEWORKS = tableOf<Framework>({
  kemal: { id: 'kemal', port: 3000, env: { KEMAL_ENV: 'production' } },
  amber: { id: 'amber', port: 3000, env: { AMBER_ENV: 'production', HOST: '0.0.0.0' } },
  lucky: { id: 'lucky', port: 5000, env: { LUCKY_ENV: 'production', HOST: '0.0.0.0' } },
  'action-controller': { id: 'action-controller', port: 3000 },
  grip: { id: 'grip', port: 4004 },
  athena: { id: 'athena', port: 3000 },
});

const PORTS: readonly PortRule[] = [
  { why: 'the default beside PORT', pattern: /"PORT"\s*(?:,|\]\?\s*\|\||\)\s*\{)\s*"?(?<port>\d{2,5})/g },
  { why: 'the port that it listens on', pattern: /\bKemal\.run\s*\(?\s*(?<port>\d{2,5})/g },
  {
    why: 'the address that it listens on',
    pattern: /\b(?:bind_tcp|listen)\s*\(?\s*(?:"(?<host>[\w.:]+)"\s*,\s*)?(?<port>\d{2,5})/g,
  },
  { why: 'the port that it answers with', pattern: /\bdef port\b[^\n]*\n\s*(?<port>\d{2,5})\b/g },
  { why: 'the port of its settings', pattern: /\bport\s*[:=]\s*(?<port>\d{2,5})\b/gi },
];
const LISTENS =
  /\bbind_tcp\b|\bKemal\.run\b|\bserver\.listen\b|\bTCPServer\.new\b|\bATH\.run\b|\bAmber::Server\b|\bMarten\.(?:start|setup)\b|\bRuncobo\.start\b|\.start\s*\(?[^()\n]{0,80}\bport:\s*\d/g;

interface Crystal {
  readonly app: NativeApp;
  readonly shard: Shard | undefined;
  readonly main: string;
  readonly framework: Framework | undefined;
  readonly declared: boolean;
}

function crystalApp({ inventory, member }: Scope, command: readonly string[] | undefined): Crystal | undefined {
  const tree = inventory.at(member);
  const shard = readShard(tree);
  const words = new Set(programWords(command).map((w) => w.slice(w.lastIndexOf('/') + 1)));
  const targets = Object.entries(shard?.targets ?? {}).filter(
    ([name, { main }]) => /^[\w][\w.-]*$/.test(name) && /^[\w./-]+\.cr$/.test(main),
  );
  const chosen =
    targets.find(([name]) => words.has(name)) ??
    (targets.length === 1 ? targets[0] : targets.find(([name]) => name === shard?.name));
  const single = [
    `src/${shard?.name ?? 'main'}.cr`,
    'src/main.cr',
    'src/app.cr',
    'src/server.cr',
    'main.cr',
    'server.cr',
    'app.cr',
  ].find((path) => tree.isFile(path));
  const name = chosen?.[0] ?? (targets.length === 0 && single !== undefined ? (shard?.name ?? 'app') : undefined);
  const main = chosen?.[1].main ?? single;
  if (name === undefined || main === undefined || !/^[\w][\w.-]*$/.test(name)) return undefined;
  const code = codeIn(tree, SOURCE, NOT_SOURCE, CRYSTAL_TOKENS);
  const framework = Object.keys(shard?.dependencies ?? {})
    .map((d) => FRAMEWORKS[d])
    .find((f) => f !== undefined);
  const [listens] = hitsOf(code, LISTENS, 'it listens on a port');
  const from: Evidence = chosen
    ? { file: 'shard.yml', why: `the target ${name}` }
    : { file: main, why: 'the main file' };
  const app: NativeApp = {
    inventory: tree,
    name,
    from,
    serves: framework ? { file: 'shard.yml', why: `depends on ${framework.id}` } : listens?.from,
    port: findPort(code, PORTS),
    defaultPort: framework?.port ?? 8080,
    args: [],
    files: {
      read: filesRead({ inventory: tree, code, habits, bases: [''], embedded: [] }),
      written: foldersWritten(code, habits, false),
      empty: [],
    },
    advice: [],
  };
  return { app, shard, main, framework, declared: chosen !== undefined };
}

function crystalVersion(inventory: Inventory): ChosenVersion {
  const sources: VersionSource[] = [
    ...versionFile(inventory, '.crystal-version'),
    ...managedVersions(inventory, 'crystal'),
  ];
  const [first, ...others] = sources.filter((s) => /^\d+\.\d+\.\d+$/.test(s.text));
  return {
    version: first?.text ?? 'latest',
    from: first?.from ?? { why: 'the newest release; shard.yml asks for a minimum' },
    rejected: others.map((o) => ({ value: o.text, from: o.from })),
  };
}

function plan(request: PlanRequest): BuildPlan {
  const tree = request.inventory.at(request.member);
  const found = crystalApp(request, request.command);
  if (!found) {
    const names = Object.keys(readShard(tree)?.targets ?? {});
    throw new Problem('no-start-command', {
      detail:
        names.length > 0
          ? `shard.yml has ${names.length} targets, and nothing tells which one to run: ${names.join(', ')}.`
          : 'shard.yml has no target, and there is no src/NAME.cr.',
      hint: 'Add the program under "targets" in shard.yml, or say what is run: "command": ["NAME"] in the manifest.',
    });
  }
  const { app, shard, main, framework, declared } = found;
  const version = request.settings.runtime ?? crystalVersion(tree).version;
  const dependencies = Object.keys(shard?.dependencies ?? {});
  const locked = tree.isFile('shard.lock');
  const packages = installPackages(
    'alpine',
    joinPackages(...dependencies.map((d) => PACKAGES[d])),
    'the C libraries of its shards, to be linked in',
  );
  const files = ['shard.yml', 'shard.lock', 'shard.override.yml'].filter((file) => tree.isFile(file));
  const install: Step[] =
    dependencies.length === 0
      ? []
      : [
          { kind: 'copy', sources: files, to: './', why: 'what it depends on, before its source' },
          {
            kind: 'run',
            phase: 'install',
            command: locked ? sh`shards install --production` : sh`shards install --without-development`,
            why: locked
              ? 'exactly what the lock says, without what is for developing'
              : 'the newest that fits, as there is no lock',
          },
        ];
  const build = declared
    ? all(
        sh`shards build ${app.name} --release --static --no-debug`,
        sh`mkdir -p ${OUTPUT}`,
        sh`cp ${`bin/${app.name}`} ${OUTPUT}/`,
      )
    : all(
        sh`mkdir -p ${OUTPUT}`,
        sh`crystal build ${main} --release --static --no-debug -o ${`${OUTPUT}/${app.name}`}`,
      );
  const advice =
    locked || dependencies.length === 0
      ? []
      : [
          {
            code: 'missing-lockfile',
            detail: 'shard.lock is missing: the build takes the newest versions that fit.',
            hint: 'Run `shards install` and keep shard.lock in the repository.',
          },
        ];
  return nativePlan({
    app: { ...app, advice },
    request,
    toolchain: {
      name: 'toolchain',
      base: { image: 'crystallang/crystal', tag: `${version}-alpine` },
      why: 'the compiler on Alpine, where everything can be linked into the program',
      steps: packages ? [packages] : [],
    },
    dependencies: install,
    build,
    ...(framework?.env ? { env: framework.env } : {}),
    compiler: ['cc'],
    static: true,
    code: { test: SOURCE, glob: '**/*.cr' },
  });
}

function detect(inventory: Inventory): Sign[] {
  const file = (path: string, weight: number, reason: string): Sign[] =>
    inventory.isFile(path) ? [{ path, weight, reason }] : [];
  const source = inventory.names('').find((name) => SOURCE.test(name));
  return [
    ...file('shard.yml', weights.manifest, 'a shard of Crystal'),
    ...file('shard.lock', weights.tool, 'a lock of shards'),
    ...(source === undefined ? [] : [{ path: source, weight: weights.source, reason: 'Crystal source at the root' }]),
  ];
}

function infer(scope: Scope): Inferred {
  const found = crystalApp(scope, scope.command);
  if (!found) return { findings: [] };
  const { version, from, rejected } = crystalVersion(scope.inventory.at(scope.member));
  return {
    findings: [
      ...nativeFindings(found.app),
      { at: '/runtime', value: version, from, rejected },
      { at: '/packageManager', value: 'shards', from: { file: 'shard.yml', why: 'a shard of Crystal' } },
      ...(found.framework
        ? [{ at: '/framework', value: found.framework.id, from: found.app.serves ?? found.app.from } as const]
        : []),
    ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: 'lib', purpose: 'dependencies', why: 'installed by shards; it is installed anew in the image' },
  { pattern: 'bin', purpose: 'build-output', why: 'made by shards build' },
  { pattern: '.shards', purpose: 'cache', why: 'the cache of shards' },
  { pattern: '.crystal', purpose: 'cache', why: 'the cache of the compiler' },
  { pattern: '**/*.dwarf', purpose: 'build-output', why: 'debugging information' },
  { pattern: 'spec', purpose: 'test', why: 'tests take no part in a build' },
];

export const crystal = defineLanguage({
  id: 'crystal',
  title: 'Crystal',
  facts: {
    detectedBy: ['shard.yml', 'shard.lock'],
    versionOrder: ['runtime in the manifest', '.crystal-version', '.tool-versions', 'mise.toml'],
    packageManagers: ['shards'],
    frameworks: [...new Set(Object.values(FRAMEWORKS).map((f) => f.id))],
    variants: ['distroless', 'slim', 'debian'],
  },
  readsText: (path) =>
    (SOURCE.test(path) && !NOT_SOURCE.test(path)) || /(^|\/)(shard\.yml|\.crystal-version)$/.test(path),
  detect,
  infer,
  plan,
  ignore: () => IGNORED,
});
