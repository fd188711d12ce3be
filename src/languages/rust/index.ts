import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { IgnoreRule } from '../../ignore/rule.ts';
import { maySetPort } from '../configured-port.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { rustApp, type RustApp } from './app.ts';
import { isPage } from './browser.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { planRust } from './plan.ts';
import { cargoRootOf, readCargoProject } from './project.ts';
import { programsOf } from './programs.ts';
import { systemPackages } from './system-packages.ts';
import { isVersionFile, rustVersion, TOOLCHAIN_FILES, versionOrder } from './version.ts';

/** A manifest that makes a library for another language's program (a Python or Node module) is no program of its own. */
function isProgram(inventory: Inventory): boolean {
  const text = inventory.text('Cargo.toml') ?? '';
  if (/^[ \t]*\[workspace\]/m.test(text) || /^[ \t]*\[\[bin\]\]/m.test(text)) return true;
  if (!inventory.complete) return !/crate-type\s*=\s*\[[^\]]*cdylib/.test(text);
  return inventory.isFile('src/main.rs') || inventory.isDirectory('src/bin');
}

function detect(inventory: Inventory): Sign[] {
  if (!inventory.isFile('Cargo.toml')) return [];
  if (!isProgram(inventory)) return [{ path: 'Cargo.toml', weight: weights.tool, reason: 'a Rust library' }];
  const others = ['Cargo.lock', ...TOOLCHAIN_FILES].filter((file) => inventory.isFile(file));
  return [
    { path: 'Cargo.toml', weight: weights.manifest, reason: 'a package of Cargo' },
    ...(inventory.isFile('src/main.rs')
      ? [{ path: 'src/main.rs', weight: weights.entry, reason: 'the main file of a Rust program' }]
      : []),
    ...others.map((path) => ({ path, weight: weights.tool, reason: `${path} of a Rust project` })),
  ];
}

/** Members that hold a program, where there are several. */
function apps(inventory: Inventory): string[] {
  const programs = programsOf(readCargoProject({ inventory, member: '' }));
  const folders = [...new Set(programs.map((p) => p.package.folder))].filter((folder) => folder !== '');
  return folders.length > 1 || programs.some((p) => p.package.folder === '') ? folders : [];
}

function findingsOf(app: RustApp): Finding[] {
  const { project, program, from, rejected, framework, workload, ports, health, called } = app;
  const own = program.package;
  const manifest = { file: joinPath(own.folder, 'Cargo.toml'), why: `package ${own.name}` };
  const version = rustVersion(project, own);
  const system = systemPackages(project, own);
  return [
    { at: '/name', value: program.bin.name, from: manifest },
    ...(own.version === undefined || own.version === '0.0.0'
      ? []
      : [{ at: '/version', value: own.version, from: manifest } as const]),
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    { at: '/packageManager', value: 'cargo', from: manifest },
    ...(framework ? [{ at: '/framework', value: framework.framework.id, from: framework.from } as const] : []),
    ...(app.browser ? [{ at: '/framework', value: 'trunk', from: app.browser } as const] : []),
    { at: '/workload', value: workload.value, from: workload.from },
    ...(app.browser ? [] : [{ at: '/command', value: [program.bin.name, ...app.args], from, rejected } as const]),
    ...(ports.found && app.port !== undefined
      ? [{ at: '/port', value: app.port, from: ports.found.from } as const]
      : []),
    ...(health ? [{ at: '/health/path', value: health.path, from: health.from } as const] : []),
    ...(system ? [{ at: '/build/packages', value: system.build, from: system.from } as const] : []),
    ...(called ? [{ at: '/run/packages', value: called.packages, from: called.from } as const] : []),
  ];
}

function infer(scope: Scope): Inferred {
  const { app } = rustApp(scope, scope.command);
  return { findings: app ? findingsOf(app) : [] };
}

/** The program behind `cargo run --release --bin api -- --flag`, alone or in a line for a shell. */
function resolveCommand(scope: Scope, argv: readonly string[]): readonly string[] | undefined {
  const inShell = argv.length === 3 && argv[1] === '-c';
  const line = (inShell ? argv[2] : argv.join(' ')) ?? '';
  const run = /\bcargo run\b((?: -(?!- )\S+(?: (?!-)[\w./-]+)?)*)(?: --(?= |$))?/.exec(line);
  if (!run) return undefined;
  const named = /--bin[ =](\S+)/.exec(run[1] ?? '')?.[1];
  const packaged = /(?:--package|-p)[ =](\S+)/.exec(run[1] ?? '')?.[1];
  const project = readCargoProject(scope);
  const word = named ?? project.members.find((p) => p.name === packaged)?.bins[0]?.name;
  const { app } = rustApp(scope, word === undefined ? undefined : [word]);
  if (!app) return undefined;
  const text = line.replace(run[0], app.program.bin.name);
  if (inShell) return [...argv.slice(0, 2), text];
  return [app.program.bin.name, ...argv.slice(run[0].split(' ').length)];
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '**/target', purpose: 'build-output', why: 'made by cargo; it is made anew in the image' },
  { pattern: '**/*.rs.bk', purpose: 'editor', why: 'copies that rustfmt keeps' },
  { pattern: '**/*.pdb', purpose: 'build-output', why: 'debugging information for another system' },
  {
    pattern: '**/rust-toolchain',
    purpose: 'dependencies',
    why: 'the image is the toolchain: rustup has nothing to install',
  },
  {
    pattern: '**/rust-toolchain.toml',
    purpose: 'dependencies',
    why: 'the image is the toolchain: rustup has nothing to install',
  },
];

const SOURCE = /(^|\/)(target|node_modules)\//;

export const rust = defineLanguage({
  id: 'rust',
  title: 'Rust',
  facts: {
    detectedBy: ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml'],
    versionOrder,
    packageManagers: ['cargo'],
    frameworks: [...FRAMEWORKS.map((framework) => framework.id), 'trunk'],
    variants: ['distroless', 'slim', 'debian', 'scratch', 'alpine'],
    product: 'rust',
  },
  readsText: (path) =>
    (path.endsWith('.rs') && !SOURCE.test(path)) ||
    /(^|\/)(Cargo\.(toml|lock)|Rocket\.toml|\.cargo\/config(\.toml)?)$/.test(path) ||
    isVersionFile(path) ||
    maySetPort(path) ||
    isPage(path),
  detect,
  workspaceOf: cargoRootOf,
  apps,
  infer,
  resolveCommand,
  plan: planRust,
  ignore: () => IGNORED,
});
