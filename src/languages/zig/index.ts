import type { IgnoreRule } from '../../ignore/rule.ts';
import { officialImage } from '../../images/known.ts';
import { defaultCycle } from '../../images/catalogue.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { BuildPlan, Evidence } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { hitsOf, readCode } from '../code.ts';
import { defineLanguage, weights, type Inferred, type PlanRequest, type Scope, type Sign } from '../language.ts';
import { codeIn, findPort, nativeFindings, nativePlan, type NativeApp, type PortRule } from '../native-plan.ts';
import { OUTPUT } from '../native-runtime.ts';
import { programWords } from '../program-path.ts';
import { filesRead, foldersWritten, type FileHabits } from '../run-files.ts';
import type { ChosenVersion, VersionSource } from '../runtime-version.ts';
import { managedVersions, versionFile } from '../version-files.ts';

/**
 * Zig has no image of its own on Docker Hub. Its makers' binaries are on PyPI as well, with their checksums, so the
 * compiler is installed by pip into an image of Python. https://pypi.org/project/ziglang/
 */

/** The newest release that is known; a language before 1.0 changes with each of them. */
const NEWEST = '0.17';
const OLDEST_MINOR = 11;

const ZIG_TOKENS = /\/\/[^\n]*|\\\\[^\n]*|"((?:[^"\\\n]|\\.)*)"|'(?:[^'\\\n]|\\[^\n']{1,10}|\\')'/g;
const SOURCE = /\.zig$/;
const NOT_SOURCE = /(^|\/)(\.?zig-(cache|out|pkg)|tests?|examples?)\//;

const habits: FileHabits = {
  code: /(\.(zig|zon|c|h)|(^|\/)build\.zig(\.zon)?)$/,
  takesPath: /(open\w*|read\w*|path|dir\w*|public_folder)\w*\s*[(=]?\s*[^()\n]{0,60}$/i,
  makesFiles: /\bcreateFile\w*\(|\bmakeDir\w*\(|\bmakePath\(/,
  makesFolder: /\bmake(?:Dir|Path)\(\s*"([^"]+)"/g,
};

const LISTENS = /\blisten\s*\(|\.listen\b|\bzap\.|\bhttpz\.|\bjetzig\.|\btk\.Server\b/g;
const PORTS: readonly PortRule[] = [
  {
    why: 'the address that it listens on',
    pattern: /\b(?:parseIp[46]?|resolveIp|parse)\(\s*"(?<host>[\w.:]+)"\s*,\s*(?<port>\d{2,5})/g,
  },
  {
    why: 'the address that it listens on',
    pattern: /\binit(?:Ip4)?\(\s*\.\{\s*(?<host>\d+,\s*\d+,\s*\d+,\s*\d+)\s*\}\s*,\s*(?<port>\d{2,5})/g,
  },
  { why: 'the port of its settings', pattern: /\.port\s*=\s*(?<port>\d{2,5})/g },
  { why: 'the port that the source names', pattern: /\b\w*port\w*\s*(?::\s*u16)?\s*=\s*(?<port>\d{2,5})\b/gi },
];

/** The names of programs in build.zig, and the one of the project in build.zig.zon. */
function programsOf(inventory: Inventory): { names: string[]; project: string | undefined; from: Evidence } {
  const { code } = readCode('build.zig', inventory.text('build.zig') ?? '', ZIG_TOKENS);
  const hits = hitsOf(
    [{ path: 'build.zig', code, literals: [] }],
    /\baddExecutable\s*\(\s*(?:\.\{[^;]{0,400}?\.name\s*=\s*)?"([^"]+)"/g,
    'a program of the build',
  );
  const zon = inventory.text('build.zig.zon') ?? '';
  const project = /^[ \t]*\.name\s*=\s*(?:\.@?"?([\w-]+)"?|"([\w-]+)")/m.exec(zon);
  const names = hits.map((h) => h.groups[1] ?? '').filter((name) => /^[\w][\w.-]*$/.test(name));
  return {
    names: [...new Set(names)],
    project: project?.[1] ?? project?.[2],
    from: hits[0]?.from ?? { file: 'build.zig', why: 'the build' },
  };
}

const lineOf = (text: string): string | undefined => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined || minor === undefined ? undefined : `${major}.${minor}`;
};

/** The release line: unlike in most languages, a minimum means that very line, because the next one breaks it. */
function zigVersion(inventory: Inventory): ChosenVersion {
  const zon = (inventory.text('build.zig.zon') ?? '').split('\n');
  const at = zon.findIndex((line) => /^\s*\.minimum_zig_version\s*=/.test(line));
  const minimum = /"([\w.+-]+)"/.exec(zon[at] ?? '')?.[1];
  const sources: VersionSource[] = [
    ...versionFile(inventory, '.zigversion'),
    ...versionFile(inventory, '.zig-version'),
    ...managedVersions(inventory, 'zig'),
    ...(minimum === undefined
      ? []
      : [
          {
            text: minimum,
            from: { file: 'build.zig.zon', line: at + 1, why: `minimum_zig_version ${minimum.slice(0, 40)}` },
          },
        ]),
  ];
  const known = sources.map((s) => ({ version: lineOf(s.text), from: s.from })).filter((s) => s.version !== undefined);
  const [first, ...others] = known;
  const fallback = { why: 'the newest release that is known' };
  return {
    version: first?.version ?? NEWEST,
    from: first?.from ?? fallback,
    rejected: others.filter((o) => o.version !== first?.version).map((o) => ({ value: o.version ?? '', from: o.from })),
  };
}

function zigApp({ inventory, member }: Scope, command: readonly string[] | undefined): NativeApp | undefined {
  const tree = inventory.at(member);
  const { names, project, from } = programsOf(tree);
  const words = new Set(programWords(command).map((w) => w.slice(w.lastIndexOf('/') + 1)));
  const name = names.find((n) => words.has(n)) ?? (names.length === 1 ? names[0] : names.find((n) => n === project));
  const fallback = names.length === 0 && /addExecutable/.test(tree.text('build.zig') ?? '') ? project : undefined;
  const chosen = name ?? fallback;
  if (chosen === undefined) return undefined;
  const code = codeIn(tree, SOURCE, NOT_SOURCE, ZIG_TOKENS);
  const [serves] = hitsOf(code, LISTENS, 'it listens on a port');
  return {
    inventory: tree,
    name: chosen,
    from,
    serves: serves?.from,
    port: findPort(code, PORTS),
    defaultPort: 8080,
    args: [],
    files: {
      read: filesRead({ inventory: tree, code, habits, bases: [''], embedded: [] }),
      written: foldersWritten(code, habits, false),
      empty: [],
    },
    advice: [],
  };
}

function noProgram(inventory: Inventory): Problem {
  const { names } = programsOf(inventory);
  return new Problem('no-start-command', {
    detail:
      names.length === 0
        ? 'build.zig adds no program (addExecutable).'
        : `build.zig adds ${names.length} programs, and nothing tells which one to run: ${names.join(', ')}.`,
    hint: 'Say what is run: "command": ["NAME"] in the manifest.',
  });
}

function plan(request: PlanRequest): BuildPlan {
  const app = zigApp(request, request.command);
  const tree = request.inventory.at(request.member);
  if (!app) throw noProgram(tree);
  const version = request.settings.runtime ?? zigVersion(tree).version;
  const minor = Number(version.split('.')[1] ?? 0);
  const build = tree.text('build.zig') ?? '';
  const system = /\blinkSystemLibrary\w*\(|\blinkFramework\(/.test(build);
  const canTarget = /\bstandardTargetOptions\b/.test(build);
  // Without a target the program would be for the very processor of the builder.
  const target = !canTarget ? sh`` : system ? sh` -Dcpu=baseline` : sh` -Dtarget="$(uname -m)-linux-musl"`;
  const release =
    minor >= 12 ? sh` --release=safe` : /\bstandardOptimizeOption\b/.test(build) ? sh` -Doptimize=ReleaseSafe` : sh``;
  const zon = tree.text('build.zig.zon') ?? '';
  const fetches = minor >= 12 && /\.url\s*=/.test(zon) && !/\.path\s*=/.test(zon);
  const requirement = /^\d+\.\d+\.\d+$/.test(version) ? `ziglang==${version}` : `ziglang~=${version}.0`;
  const built = `${OUTPUT}/bin/${app.name}`;
  return nativePlan({
    app: {
      ...app,
      advice:
        minor < OLDEST_MINOR
          ? [
              {
                code: 'runtime-too-old',
                detail: `Zig ${version} is older than what is known here.`,
                hint: 'Move to a newer release of Zig.',
              },
            ]
          : [],
    },
    request,
    toolchain: {
      name: 'toolchain',
      base: officialImage('python', defaultCycle('python')?.cycle ?? '3', 'slim'),
      why: 'Python, for its package installer: the compiler is on PyPI',
      steps: [
        {
          kind: 'run',
          command: sh`pip install --no-cache-dir --root-user-action=ignore ${requirement}`,
          why: 'the Zig compiler, as its makers publish it; checked by pip',
        },
        { kind: 'env', vars: { ZIG_GLOBAL_CACHE_DIR: '/zig-cache' }, why: 'where packages are kept' },
      ],
    },
    dependencies: fetches
      ? [
          {
            kind: 'copy',
            sources: ['build.zig', 'build.zig.zon'],
            to: './',
            why: 'what it depends on, before the source',
          },
          {
            kind: 'run',
            phase: 'install',
            command: sh`python -m ziglang build --fetch`,
            why: 'the packages that it depends on, by their hashes',
          },
        ]
      : [],
    build: all(
      sh`python -m ziglang build${release}${target} --prefix ${OUTPUT}`,
      sh`mv ${built} ${`${OUTPUT}/${app.name}`}`,
    ),
    compiler: ['python', '-m', 'ziglang', 'cc', '-target', 'native-native-musl'],
    static: canTarget && !system,
    code: { test: SOURCE, glob: '**/*.zig' },
  });
}

function detect(inventory: Inventory): Sign[] {
  const file = (path: string, weight: number, reason: string): Sign[] =>
    inventory.isFile(path) ? [{ path, weight, reason }] : [];
  return [
    ...file('build.zig', weights.manifest, 'a build of Zig'),
    ...file('build.zig.zon', weights.tool, 'a package of Zig'),
    ...file('src/main.zig', weights.source, 'the main file of a Zig program'),
  ];
}

function infer(scope: Scope): Inferred {
  const app = zigApp(scope, scope.command);
  if (!app) return { findings: [] };
  const { version, from, rejected } = zigVersion(scope.inventory.at(scope.member));
  return {
    findings: [
      ...nativeFindings(app),
      { at: '/runtime', value: version, from, rejected },
      { at: '/packageManager', value: 'zig', from: app.from },
    ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '**/.zig-cache', purpose: 'cache', why: 'the cache of the compiler' },
  { pattern: '**/zig-cache', purpose: 'cache', why: 'the cache of the compiler' },
  { pattern: '**/zig-out', purpose: 'build-output', why: 'made by the build' },
];

export const zig = defineLanguage({
  id: 'zig',
  title: 'Zig',
  facts: {
    detectedBy: ['build.zig', 'build.zig.zon'],
    versionOrder: [
      'runtime in the manifest',
      '.zigversion',
      '.zig-version',
      '.tool-versions',
      'mise.toml',
      'minimum_zig_version of build.zig.zon',
    ],
    packageManagers: ['zig'],
    frameworks: [],
    variants: ['distroless', 'slim', 'debian'],
  },
  readsText: (path) =>
    (SOURCE.test(path) && !NOT_SOURCE.test(path)) || /(^|\/)(build\.zig\.zon|\.zig-?version)$/.test(path),
  detect,
  infer,
  plan,
  ignore: () => IGNORED,
});
