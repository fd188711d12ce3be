import { tagsOf, pickTag } from '../../images/catalogue.ts';
import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { BuildPlan, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { hitsOf, readCode, type Code } from '../code.ts';
import { defineLanguage, weights, type Inferred, type PlanRequest, type Scope, type Sign } from '../language.ts';
import { codeIn, findPort, nativeFindings, nativePlan, type NativeApp, type PortRule } from '../native-plan.ts';
import { OUTPUT } from '../native-runtime.ts';
import { programWords } from '../program-path.ts';
import { APP_ROOT, BUILD_STAGE } from '../run-file-steps.ts';
import { filesRead, foldersWritten, type FileHabits } from '../run-files.ts';
import type { ChosenVersion, VersionSource } from '../runtime-version.ts';
import { managedVersions, versionFile } from '../version-files.ts';

/** Swift packages, on the image of swift.org for Ubuntu, whose C library is older than Debian 13's, with Swift's own linked in. */

const SWIFT_TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"((?:[^"\\\n]|\\.)*)"/g;
const SOURCE = /\.swift$/;
const NOT_SOURCE = /(^|\/)(\.build|Tests|Examples?|Benchmarks?)\//;

const newest = (): string =>
  [...tagsOf('swift')]
    .filter((tag) => /^\d+\.\d+$/.test(tag))
    .sort(
      (a, b) => Number(a.split('.')[0]) - Number(b.split('.')[0]) || Number(a.split('.')[1]) - Number(b.split('.')[1]),
    )
    .at(-1) ?? 'latest';

const habits: FileHabits = {
  code: /(\.swift|(^|\/)Package\.(swift|resolved))$/,
  takesPath: /(path|atPath|contentsOf\w*|directory|file\w*|named)\w*\s*:?\s*\(?[^()\n]{0,60}$/i,
  makesFiles: /\bcreateFile\(|\bcreateDirectory\(|\.write\(to(?:File)?:|\.sqlite\(\s*\.file/,
  makesFolder: /\bcreateDirectory\(atPath:\s*"([^"]+)"/g,
};

interface Framework {
  readonly id: string;
  readonly packages: RegExp;
  /** Folders that it reads by its own convention. */
  readonly folders: readonly string[];
}

/** Hummingbird's settings by swift-configuration, whose keys are variables of the environment too. */
const READS_SETTINGS = /\bApplicationConfiguration\s*\(\s*reader:\s*\w+(?:\.scoped\(\s*to:\s*"([a-z.]+)"\s*\))?/g;

function settingsPrefix(code: readonly Code[]): string | undefined {
  const [hit] = hitsOf(code, READS_SETTINGS, 'reads where it listens');
  if (!hit) return undefined;
  const scope = hit.groups[1];
  return scope === undefined ? '' : `${scope.replaceAll('.', '_').toUpperCase()}_`;
}

const FRAMEWORKS: readonly Framework[] = [
  { id: 'vapor', packages: /\/vapor(?:\.git)?"|\bname:\s*"Vapor"/i, folders: ['Public', 'Resources'] },
  { id: 'hummingbird', packages: /\/hummingbird(?:\.git)?"/i, folders: ['public', 'templates'] },
  { id: 'kitura', packages: /\/Kitura(?:\.git)?"/i, folders: ['public', 'Views'] },
];

const PORTS: readonly PortRule[] = [
  { why: 'the default beside PORT', pattern: /"(?:SERVER_|HTTP_)?PORT"[^;\n]{0,120}\?\?\s*"?(?<port>\d{2,5})/g },
  {
    why: 'the address that it listens on',
    pattern: /\.hostname\(\s*"(?<host>[\w.:]+)"\s*,\s*port:\s*(?<port>\d{2,5})/g,
  },
  { why: 'the address that it listens on', pattern: /\bhost:\s*"(?<host>[\w.:]+)"\s*,\s*port:\s*(?<port>\d{2,5})/g },
  {
    why: 'the port that its server is given',
    pattern: /(?:\bonPort:|\.(?:start|listen)\()\s*(?<port>\d{4,5})\b/g,
  },
  { why: 'the port of its settings', pattern: /\bport\s*(?::\s*Int)?\s*[:=]\s*(?<port>\d{2,5})\b/g },
];
const LISTENS =
  /\bServerBootstrap\b|\.http\.server\b|\bApplication\s*\(|\bbuildApplication\b|\b(?:HB)?H(?:TTP|ttp)Server\b|\["(?:SERVER_|HTTP_)?PORT"\]|\bKitura\.addHTTPServer\b|\blisten\s*\(/g;

/** The programs of Package.swift: products first, then targets. https://docs.swift.org/package-manager/PackageDescription/PackageDescription.html */
function programsOf(manifest: Code): string[] {
  const named = (kind: string): string[] =>
    [...manifest.code.matchAll(new RegExp(String.raw`\.${kind}\s*\(\s*name:\s*"([\w-]+)"`, 'g'))].map(
      (m) => m[1] ?? '',
    );
  const products = named('executable');
  return [...new Set(products.length > 0 ? products : named('executableTarget'))];
}

function swiftApp(
  { inventory, member }: Scope,
  command: readonly string[] | undefined,
): { app: NativeApp; framework: Framework | undefined; settings: string | undefined } | undefined {
  const tree = inventory.at(member);
  const text = tree.text('Package.swift');
  if (text === undefined) return undefined;
  const manifest = readCode('Package.swift', text, SWIFT_TOKENS);
  const names = programsOf(manifest);
  const old =
    names.length === 0 ? tree.files(/^Sources\/[\w-]+\/main\.swift$/).map((path) => path.split('/')[1] ?? '') : [];
  const all = [...names, ...old];
  const words = new Set(programWords(command).map((w) => w.slice(w.lastIndexOf('/') + 1)));
  const project = /\bPackage\s*\(\s*name:\s*"([\w -]+)"/.exec(manifest.code)?.[1];
  const name =
    all.find((n) => words.has(n)) ??
    (all.length === 1 ? all[0] : all.find((n) => n === project || /^(App|Run|Server)$/.test(n)));
  if (name === undefined) return undefined;
  const code = codeIn(tree, SOURCE, NOT_SOURCE, SWIFT_TOKENS);
  const own = code.filter((file) => file.path !== 'Package.swift');
  const framework = FRAMEWORKS.find((f) => f.packages.test(manifest.code));
  const [listens] = hitsOf(own, LISTENS, 'it listens on a port');
  const serves = framework ? { file: 'Package.swift', why: `depends on ${framework.id}` } : listens?.from;
  const found = findPort(own, PORTS);
  // Programs made from Hummingbird's template take where to listen as options, and listen on this machine only by themselves.
  const options = own.some((file) => /@Option[^\n]{0,200}\n?[^\n]{0,80}\bvar\s+hostname\b/.test(file.code));
  const port = framework?.id === 'vapor' || options ? found && { ...found, loopback: false } : found;
  const args =
    framework?.id === 'vapor'
      ? ['serve', '--env', 'production', '--hostname', '0.0.0.0', ...(port ? ['--port', String(port.port)] : [])]
      : options
        ? ['--hostname', '0.0.0.0', '--port', String(port?.port ?? 8080)]
        : [];
  const read = [
    ...filesRead({ inventory: tree, code: own, habits, bases: [''], embedded: [] }),
    ...(framework?.folders ?? []).filter((f) => tree.isDirectory(f)).map((f) => ({ source: f, to: f, folder: true })),
  ];
  return {
    framework,
    settings: settingsPrefix(own),
    app: {
      inventory: tree,
      name,
      from: { file: 'Package.swift', why: `the program ${name}` },
      serves,
      port,
      defaultPort: 8080,
      args,
      files: {
        read: [...new Map(read.map((f) => [f.to, f])).values()],
        written: foldersWritten(own, habits, false),
        empty: [],
      },
      advice: [],
    },
  };
}

const lineOf = (text: string): string | undefined => /^(\d+\.\d+)/.exec(text)?.[1];

function swiftVersion(inventory: Inventory): ChosenVersion {
  const sources: VersionSource[] = [
    ...versionFile(inventory, '.swift-version'),
    ...managedVersions(inventory, 'swift'),
  ];
  const tools = /^\/\/\s*swift-tools-version\s*:\s*(\d+\.\d+)/.exec(inventory.text('Package.swift') ?? '')?.[1];
  const [first, ...others] = sources.flatMap((s) =>
    lineOf(s.text) === undefined ? [] : [{ value: lineOf(s.text) ?? '', from: s.from }],
  );
  const latest = newest();
  const higher =
    tools !== undefined && latest !== 'latest' && Number.parseFloat(tools) > Number.parseFloat(latest) ? tools : latest;
  return {
    version: first?.value ?? higher,
    from: first?.from ?? {
      ...(tools === undefined ? {} : { file: 'Package.swift', line: 1 }),
      why:
        tools === undefined ? 'the newest release' : `the newest release, as the tools version ${tools} is a minimum`,
    },
    rejected: others,
  };
}

function plan(request: PlanRequest): BuildPlan {
  const tree = request.inventory.at(request.member);
  const found = swiftApp(request, request.command);
  if (!found) {
    throw new Problem('no-start-command', {
      detail:
        'Package.swift has no program that stands out: no executable product, no executableTarget, or several of them.',
      hint: 'Say what is run: "command": ["NAME"] in the manifest. A library or an app for a device cannot be run in a container.',
    });
  }
  const { app, settings } = found;
  const port = request.settings.port ?? app.port?.port ?? app.defaultPort;
  const version = request.settings.runtime ?? swiftVersion(tree).version;
  const release = sh`swift build -c release --product ${app.name} --static-swift-stdlib`;
  const resolved = tree.isFile('Package.resolved');
  const depends = /\.package\s*\(\s*(?:name:[^)]*?)?(?:url|id):/.test(tree.text('Package.swift') ?? '');
  const local = /\.package\s*\([^)]*path:/.test(tree.text('Package.swift') ?? '');
  const dependencies: Step[] =
    depends && !local
      ? [
          {
            kind: 'copy',
            sources: ['Package.swift', ...(resolved ? ['Package.resolved'] : [])],
            to: './',
            why: 'what it depends on, before its source',
          },
          {
            kind: 'run',
            phase: 'install',
            command: resolved ? sh`swift package resolve --force-resolved-versions` : sh`swift package resolve`,
            why: 'the packages that it depends on',
          },
        ]
      : [];
  return nativePlan({
    app: {
      ...app,
      advice:
        depends && !resolved
          ? [
              {
                code: 'missing-lockfile',
                detail: 'Package.resolved is missing: the build takes the newest versions that fit.',
                hint: 'Run `swift package resolve` and keep Package.resolved in the repository.',
              },
            ]
          : [],
    },
    request,
    toolchain: {
      name: 'toolchain',
      base: { image: 'swift', tag: pickTag('swift', [`${version}-noble`, `${version}-bookworm`, `${version}-jammy`]) },
      why: 'the Swift toolchain',
      steps: [],
    },
    dependencies,
    build: all(
      release,
      sh`mkdir -p ${OUTPUT} /resources`,
      sh`cp "$(swift build -c release --show-bin-path)/"${app.name} ${OUTPUT}/`,
      // Bundles of resources are looked for beside the program.
      sh`find -L "$(swift build -c release --show-bin-path)" -maxdepth 1 -name '*.resources' -exec cp -R {} /resources/ ';'`,
    ),
    compiler: ['clang'],
    static: false,
    code: { test: SOURCE, glob: '**/*.swift' },
    folder: APP_ROOT,
    env: {
      PATH: `${APP_ROOT}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      ...(settings === undefined ? {} : { [`${settings}HOST`]: '0.0.0.0', [`${settings}PORT`]: String(port) }),
    },
    beside: [
      {
        kind: 'copy',
        from: BUILD_STAGE,
        sources: ['/resources/'],
        to: `${APP_ROOT}/`,
        why: 'resources of its packages, beside the program',
      },
    ],
  });
}

function detect(inventory: Inventory): Sign[] {
  const file = (path: string, weight: number, reason: string): Sign[] =>
    inventory.isFile(path) ? [{ path, weight, reason }] : [];
  return [
    ...file('Package.swift', weights.manifest, 'a Swift package'),
    ...file('Package.resolved', weights.tool, 'a lock of Swift packages'),
    ...file('.swift-version', weights.tool, 'a version of Swift'),
  ];
}

function infer(scope: Scope): Inferred {
  const found = swiftApp(scope, scope.command);
  if (!found) return { findings: [] };
  const { app, framework } = found;
  const { version, from, rejected } = swiftVersion(scope.inventory.at(scope.member));
  return {
    findings: [
      ...nativeFindings(app),
      { at: '/runtime', value: version, from, rejected },
      { at: '/packageManager', value: 'swiftpm', from: app.from },
      ...(framework ? [{ at: '/framework', value: framework.id, from: app.serves ?? app.from } as const] : []),
    ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '**/.build', purpose: 'build-output', why: 'made by the build' },
  { pattern: '.swiftpm', purpose: 'editor', why: 'settings of an editor' },
  { pattern: '**/*.xcodeproj', purpose: 'editor', why: 'a project of Xcode' },
  { pattern: 'DerivedData', purpose: 'build-output', why: 'made by Xcode' },
];

export const swift = defineLanguage({
  id: 'swift',
  title: 'Swift',
  facts: {
    detectedBy: ['Package.swift', 'Package.resolved'],
    versionOrder: [
      'runtime in the manifest',
      '.swift-version',
      '.tool-versions',
      'mise.toml',
      'swift-tools-version of Package.swift, as a minimum',
    ],
    packageManagers: ['swiftpm'],
    frameworks: FRAMEWORKS.map((f) => f.id),
    variants: ['distroless', 'slim', 'debian'],
  },
  readsText: (path) => (SOURCE.test(path) && !NOT_SOURCE.test(path)) || /(^|\/)\.swift-version$/.test(path),
  detect,
  infer,
  plan,
  ignore: () => IGNORED,
});
