import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { IgnoreRule } from '../../ignore/rule.ts';
import { pickTag } from '../../images/catalogue.ts';
import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import type { BuildPlan, Step } from '../../plan/plan.ts';
import { installPackages } from '../../plan/packages.ts';
import { all, sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { hitsOf } from '../code.ts';
import { defineLanguage, weights, type Inferred, type PlanRequest, type Scope, type Sign } from '../language.ts';
import { codeIn, findPort, nativeFindings, nativePlan, type NativeApp, type PortRule } from '../native-plan.ts';
import { OUTPUT } from '../native-runtime.ts';
import { systemPackages } from './system-packages.ts';
import { programWords } from '../program-path.ts';
import { filesRead, foldersWritten, type FileHabits } from '../run-files.ts';
import type { ChosenVersion, VersionSource } from '../runtime-version.ts';
import { managedVersions } from '../version-files.ts';
import { tableOf } from '../../plan/table.ts';

/** Haskell by Stack or Cabal, with the compiler of the official image: neither tool downloads one. */

const HASKELL_TOKENS = /--[^\n]*|\{-[\s\S]*?(?:-\}|$)|"((?:[^"\\]|\\[\s\S])*)"/g;
const SOURCE = /\.hs$/;
const NOT_SOURCE = /(^|\/)(\.stack-work|dist-newstyle|tests?|bench)\//;
const NAME = /^[\w][\w.-]*$/;

const hpackSchema = z.looseObject({
  name: z.string().optional().catch(undefined),
  executable: z.unknown().optional(),
  executables: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
const stackSchema = z.looseObject({
  resolver: z.string().optional().catch(undefined),
  snapshot: z.string().optional().catch(undefined),
  packages: z.array(z.unknown()).optional().catch(undefined),
});

function yamlOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : parseYaml(text, { logLevel: 'error' });
  } catch {
    return undefined;
  }
}

const cabalFile = (inventory: Inventory): string | undefined =>
  inventory.names('').find((name) => name.endsWith('.cabal'));

interface Programs {
  readonly names: string[];
  readonly project: string | undefined;
  /** The package that says so. */
  readonly file: string;
}

/** The packages of a project that has none in its root: of those with a program, the first that has one. */
function programsBelow(inventory: Inventory): Programs | undefined {
  const files = inventory
    .files(/^(?:[^/.][^/]*\/){1,3}(?:[^/]+\.cabal|package\.yaml)$/)
    .filter((p) => !NOT_SOURCE.test(p));
  const folders = [...new Set(files.map((file) => parentOf(file)))];
  const all = folders.flatMap((folder) => {
    const { names, project, file } = programsHere(inventory.at(folder));
    return names.length > 0 ? [{ names, project, file: joinPath(folder, file) }] : [];
  });
  const [first] = all;
  return first && { names: all.flatMap(({ names }) => names), project: first.project, file: first.file };
}

const programsOf = (inventory: Inventory): Programs =>
  (cabalFile(inventory) === undefined && !inventory.isFile('package.yaml') ? programsBelow(inventory) : undefined) ??
  programsHere(inventory);

function programsHere(inventory: Inventory): Programs {
  const file = cabalFile(inventory);
  if (file !== undefined) {
    const text = inventory.text(file) ?? '';
    const names = [...text.matchAll(/^executable\s+([\w.-]+)\s*$/gim)].map((m) => m[1] ?? '');
    return { names, project: /^name:\s*([\w.-]+)/im.exec(text)?.[1], file };
  }
  const hpack = hpackSchema.safeParse(yamlOf(inventory.text('package.yaml'))).data;
  const names = Object.keys(hpack?.executables ?? {});
  return {
    names: hpack?.executable === undefined ? names : [hpack.name ?? 'app', ...names],
    project: hpack?.name,
    file: 'package.yaml',
  };
}

/** GHC by Stackage's long-term snapshots. https://www.stackage.org/ */
const GHC_OF_LTS = tableOf<string>({
  18: '8.10',
  19: '9.0',
  20: '9.2',
  21: '9.4',
  22: '9.6',
  23: '9.8',
  24: '9.10',
});
/** GHC by the version of `base` that comes with it. https://wiki.haskell.org/Base_package */
const GHC_OF_BASE = tableOf<string>({
  '4.16': '9.2',
  '4.17': '9.4',
  '4.18': '9.6',
  '4.19': '9.8',
  '4.20': '9.10',
  '4.21': '9.12',
  '4.22': '9.14',
});
/** Not the newest: libraries are slow to follow a new compiler. */
const USUAL = '9.10';

const lineOf = (text: string): string | undefined => /(\d+\.\d+)/.exec(text)?.[1];

const stackOf = (inventory: Inventory): z.infer<typeof stackSchema> | undefined =>
  stackSchema.safeParse(yamlOf(inventory.text('stack.yaml'))).data;

function ghcVersion(inventory: Inventory): ChosenVersion {
  const stack = stackOf(inventory);
  const snapshot = stack?.snapshot ?? stack?.resolver ?? '';
  const lts = /^lts-(\d+)/.exec(snapshot)?.[1] ?? /lts\/(\d+)/.exec(snapshot)?.[1];
  const bySnapshot = lts === undefined ? /^ghc-(\d+\.\d+)/.exec(snapshot)?.[1] : GHC_OF_LTS[lts];
  const project = inventory.text('cabal.project') ?? '';
  const pinned = /^with-compiler:\s*ghc-([\d.]+)/m.exec(project)?.[1];
  const file = cabalFile(inventory) ?? programsBelow(inventory)?.file;
  const cabal = (file === undefined ? undefined : inventory.text(file)) ?? '';
  const tested = [...(/^tested-with:\s*(.*(?:\n[ \t]+.*)*)/im.exec(cabal)?.[1] ?? '').matchAll(/\d+\.\d+(?:\.\d+)?/g)]
    .map((m) => m[0])
    .at(-1);
  const base = /\bbase\s*(?:\^>=|==|>=)\s*(\d+\.\d+)/.exec(cabal)?.[1];
  const upper = /\bbase\s*[^,\n]*<\s*(\d+)\.(\d+)/.exec(cabal);
  const bound = upper
    ? GHC_OF_BASE[`${upper[1] ?? ''}.${Number(upper[2]) - 1}`]
    : base === undefined
      ? undefined
      : GHC_OF_BASE[base];
  const sources: (VersionSource | undefined)[] = [
    bySnapshot === undefined
      ? undefined
      : { text: bySnapshot, from: { file: 'stack.yaml', why: `the compiler of ${snapshot.slice(0, 40)}` } },
    pinned === undefined
      ? undefined
      : { text: pinned, from: { file: 'cabal.project', why: `with-compiler ghc-${pinned}` } },
    ...managedVersions(inventory, 'ghc', 'haskell'),
    tested === undefined || file === undefined
      ? undefined
      : { text: tested, from: { file, why: `tested with GHC ${tested}` } },
    bound === undefined || file === undefined
      ? undefined
      : { text: bound, from: { file, why: 'the compiler with a base in these bounds' } },
  ];
  const [first, ...others] = sources.flatMap((s) =>
    s === undefined || lineOf(s.text) === undefined ? [] : [{ value: lineOf(s.text) ?? '', from: s.from }],
  );
  return {
    version: first?.value ?? USUAL,
    from: first?.from ?? { why: 'a release that most libraries have caught up with' },
    rejected: others.filter((o) => o.value !== first?.value),
  };
}

const habits: FileHabits = {
  code: /(\.(hs|lhs|cabal)|(^|\/)(package\.yaml|stack\.yaml(\.lock)?|cabal\.project.*))$/,
  takesPath: /(readFile|openFile|static\w*|file\w*|addBase|dir\w*|load\w*)\s*\(?\s*[^()\n]{0,60}$/i,
  makesFiles: /\b(?:writeFile|appendFile|createDirectory\w*)\b|\bWriteMode\b/,
  makesFolder: /\bcreateDirectory(?:IfMissing\s+\w+)?\s+"([^"]+)"/g,
};

const PORTS: readonly PortRule[] = [
  {
    why: 'the default beside PORT',
    pattern: /"PORT"[\s\S]{0,160}?\b(?:fromMaybe|maybe|Nothing\s*->)\s*\(?"?(?<port>\d{2,5})/g,
  },
  { why: 'the default beside PORT', pattern: /\b(?:fromMaybe|maybe)\s+"?(?<port>\d{2,5})"?[\s\S]{0,120}?"PORT"/g },
  {
    why: 'the port that it listens on',
    pattern:
      /\b(?:run|runEnv|warp|scotty|setPort|runSettings|runSpock|spockPort|defaultSpockCfg|quickHttpServe|port)\s+\(?(?<port>\d{4,5})\b/gi,
  },
  { why: 'the port that the source names', pattern: /\b\w*port\w*\s*=\s*(?<port>\d{4,5})\b/gi },
];
const LISTENS =
  /\bimport\s+(?:qualified\s+)?(?:Network\.Wai\.Handler\.Warp|Web\.Scotty|Web\.Spock|Snap|Happstack|IHP\.|Yesod|Web\.Twain)\b/g;

interface Haskell {
  readonly app: NativeApp;
  readonly framework: { readonly id: string; readonly file: string } | undefined;
}

const FRAMEWORKS = ['yesod', 'servant-server', 'scotty', 'Spock', 'snap', 'happstack-server', 'warp'];

function haskellApp({ inventory, member }: Scope, command: readonly string[] | undefined): Haskell | undefined {
  const tree = inventory.at(member);
  const { names, project, file } = programsOf(tree);
  const words = new Set(programWords(command).map((w) => w.slice(w.lastIndexOf('/') + 1)));
  const good = names.filter((n) => NAME.test(n));
  const named = new Set([project, `${project ?? ''}-exe`].map((n) => n?.toLowerCase()));
  const name =
    good.find((n) => words.has(n)) ?? (good.length === 1 ? good[0] : good.find((n) => named.has(n.toLowerCase())));
  if (name === undefined) return undefined;
  const code = codeIn(tree, SOURCE, NOT_SOURCE, HASKELL_TOKENS);
  const [listens] = hitsOf(code, LISTENS, 'it listens on a port');
  const text = tree.text(file) ?? '';
  const framework = FRAMEWORKS.find((f) => new RegExp(String.raw`(^|[\s,-])${f}(?=[\s,<>=^]|$)`, 'm').test(text));
  return {
    framework: framework === undefined ? undefined : { id: framework.toLowerCase(), file },
    app: {
      inventory: tree,
      name,
      from: { file, why: `the executable ${name}` },
      serves: listens?.from,
      port: findPort(code, PORTS),
      defaultPort: 3000,
      args: [],
      files: {
        read: filesRead({ inventory: tree, code, habits, bases: [''], embedded: [] }),
        written: foldersWritten(code, habits, false),
        empty: [],
      },
      advice: [],
    },
  };
}

function plan(request: PlanRequest): BuildPlan {
  const tree = request.inventory.at(request.member);
  const found = haskellApp(request, request.command);
  if (!found) {
    const { names, file } = programsOf(tree);
    throw new Problem('no-start-command', {
      detail:
        names.length === 0
          ? `${tree.isFile(file) ? file : 'The project'} has no executable.`
          : `${file} has ${names.length} executables, and nothing tells which one to run: ${names.join(', ')}.`,
      hint: 'Say what is run: "command": ["NAME"] in the manifest. A library cannot be run.',
    });
  }
  const { app } = found;
  const version = request.settings.runtime ?? ghcVersion(tree).version;
  const byStack = tree.isFile('stack.yaml');
  const files = tree
    .names('')
    .filter(
      (name) =>
        name.endsWith('.cabal') ||
        /^(package\.yaml|stack\.yaml|stack\.yaml\.lock|cabal\.project|cabal\.project\.freeze|cabal\.project\.local)$/.test(
          name,
        ),
    );
  const several =
    !tree.names('').some((name) => name.endsWith('.cabal') || name === 'package.yaml') ||
    /^packages:/m.test(tree.text('cabal.project') ?? '') ||
    (stackOf(tree)?.packages ?? []).some((folder) => folder !== '.' && folder !== './');
  const tool = byStack ? sh`stack --system-ghc --no-install-ghc --skip-ghc-check` : sh`cabal`;
  // Hackage's index comes with the first step that needs it.
  const prepare = byStack ? [] : [sh`cabal update`];
  const dependencies: Step[] =
    several || files.length === 0
      ? []
      : [
          { kind: 'copy', sources: files, to: './', why: 'what it depends on, before its source' },
          {
            kind: 'run',
            phase: 'install',
            command: byStack
              ? sh`${tool} build --only-dependencies`
              : all(...prepare, sh`cabal build --only-dependencies ${`exe:${app.name}`}`),
            why: 'compiles what it depends on, into the layer',
          },
        ];
  const build = byStack
    ? all(sh`mkdir -p ${OUTPUT}`, sh`${tool} build --copy-bins --local-bin-path ${OUTPUT}`)
    : all(
        ...(dependencies.length === 0 ? prepare : []),
        sh`mkdir -p ${OUTPUT}`,
        sh`cabal build ${`exe:${app.name}`}`,
        sh`cp "$(cabal list-bin ${`exe:${app.name}`})" ${`${OUTPUT}/${app.name}`}`,
      );
  const headers = installPackages(
    'debian',
    systemPackages(tree),
    'headers of libraries that its packages are bound to',
  );
  return nativePlan({
    app,
    request,
    toolchain: {
      name: 'toolchain',
      base: {
        image: 'haskell',
        tag: pickTag('haskell', [`${version}-bookworm`, `${version}-slim-bookworm`, `${version}-bullseye`, version]),
      },
      why: 'GHC with Stack and Cabal',
      steps: headers ? [headers] : [],
    },
    dependencies,
    build,
    compiler: ['gcc'],
    static: false,
    code: { test: SOURCE, glob: '**/*.hs' },
    asksLocale: true,
  });
}

function detect(inventory: Inventory): Sign[] {
  const file = (path: string, weight: number, reason: string): Sign[] =>
    inventory.isFile(path) ? [{ path, weight, reason }] : [];
  const cabal = cabalFile(inventory);
  const hpack =
    inventory.isFile('package.yaml') && (inventory.isFile('stack.yaml') || inventory.files(SOURCE).length > 0);
  return [
    ...(cabal === undefined ? [] : file(cabal, weights.manifest, 'a package of Cabal')),
    ...(cabal === undefined && hpack ? file('package.yaml', weights.manifest, 'a package of hpack') : []),
    ...file('stack.yaml', weights.tool, 'a project of Stack'),
    ...file('cabal.project', weights.tool, 'a project of Cabal'),
  ];
}

function infer(scope: Scope): Inferred {
  const found = haskellApp(scope, scope.command);
  if (!found) return { findings: [] };
  const tree = scope.inventory.at(scope.member);
  const { version, from, rejected } = ghcVersion(tree);
  const byStack = tree.isFile('stack.yaml');
  return {
    findings: [
      ...nativeFindings(found.app),
      { at: '/runtime', value: version, from, rejected },
      {
        at: '/packageManager',
        value: byStack ? 'stack' : 'cabal',
        from: byStack ? { file: 'stack.yaml', why: 'a project of Stack' } : found.app.from,
      },
      ...(found.framework
        ? [
            {
              at: '/framework',
              value: found.framework.id,
              from: { file: found.framework.file, why: `depends on ${found.framework.id}` },
            } as const,
          ]
        : []),
    ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '**/.stack-work', purpose: 'build-output', why: 'made by Stack' },
  { pattern: '**/dist-newstyle', purpose: 'build-output', why: 'made by Cabal' },
  { pattern: '**/*.hi', purpose: 'build-output', why: 'made by the compiler' },
  { pattern: '**/*.o', purpose: 'build-output', why: 'made by the compiler' },
];

export const haskell = defineLanguage({
  id: 'haskell',
  title: 'Haskell',
  facts: {
    detectedBy: ['*.cabal', 'package.yaml', 'stack.yaml', 'cabal.project'],
    versionOrder: [
      'runtime in the manifest',
      'snapshot of stack.yaml',
      'with-compiler of cabal.project',
      '.tool-versions',
      'mise.toml',
      'tested-with of the .cabal file',
      'bounds of base',
    ],
    packageManagers: ['stack', 'cabal'],
    frameworks: FRAMEWORKS.map((f) => f.toLowerCase()),
    variants: ['distroless', 'slim', 'debian'],
  },
  readsText: (path) =>
    (SOURCE.test(path) && !NOT_SOURCE.test(path)) ||
    /(^|\/)([^/]+\.cabal|package\.yaml|stack\.yaml|cabal\.project)$/.test(path),
  detect,
  infer,
  plan,
  ignore: () => IGNORED,
});
