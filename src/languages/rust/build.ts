import { ownBuildStep } from '../../plan/build-inputs.ts';
import { joinPath, parentOf } from '../../inventory/inventory.ts';
import type { Evidence, RunStep, Stage, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import type { PlanRequest } from '../language.ts';
import { collectLibraries, OUTPUT } from '../native-runtime.ts';
import { APP_ROOT, BUILD_STAGE, rootfsSteps } from '../run-file-steps.ts';
import type { RustApp } from './app.ts';
import { CARGO_CONFIG, configuredTarget } from './cargo-config.ts';
import { CRATES, isLocked, TARGET, toolchainSteps } from './cargo-steps.ts';
import { demandedFeature } from './demanded-feature.ts';
import { leptosBuild } from './leptos.ts';
import type { CargoPackage } from './package.ts';
import type { Program } from './programs.ts';
import type { CargoProject } from './project.ts';
import type { Toolchain } from './version.ts';
import type { BrowserTools } from './wasm-tools.ts';

/**
 * Dependencies are compiled before the source is there, into the layer: cargo builds the project's own packages from
 * empty files, and with them everything that they need from outside. Then the source replaces the empty files.
 */

export interface RustBuild {
  readonly app: RustApp;
  readonly request: PlanRequest;
  readonly toolchain: Toolchain;
  /** Targets beside the machine's own. */
  readonly targets: readonly string[];
  readonly programs: readonly Program[];
  readonly writable: readonly string[];
  /** By what the C library is linked in: by a toolchain that links to no other, or by telling the compiler. */
  readonly linked: 'by-toolchain' | Evidence | undefined;
  /** What makes the files of an app that has a part for browsers. */
  readonly tools: BrowserTools | undefined;
}

/** The machine's own, by name: the flags are then for the program alone, not for build scripts and macros. https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags */
const HOST = sh` --target "$(rustc -vV | sed -n 's/^host: //p')"`;

/** The compiler is told what it would not do by itself. */
const isTold = ({ linked }: RustBuild): boolean => typeof linked === 'object';

function cargoBuild(build: RustBuild, program: Program): Shell {
  const { project } = build.app;
  const target = isTold(build) ? HOST : sh``;
  const locked = isLocked(project) ? sh` --locked` : sh``;
  const named = project.isWorkspace ? sh` --package ${program.package.name}` : sh``;
  const demanded = demandedFeature(project.inventory, program);
  const features = [...program.bin.requiredFeatures, ...(demanded ? [demanded.feature] : [])].filter((f) =>
    /^[\w+./-]+$/.test(f),
  );
  const asked = features.length > 0 ? sh` --features ${features.join(',')}` : sh``;
  return sh`cargo build --release${locked}${named} --bin ${program.bin.name}${asked}${target}`;
}

/** A path of the project as an argument of the shell in the work folder. */
const below = (workFolder: string, path: string): string => {
  if (workFolder === '') return path;
  if (path.startsWith(`${workFolder}/`)) return path.slice(workFolder.length + 1);
  return `${workFolder
    .split('/')
    .map(() => '..')
    .join('/')}/${path}`;
};

/** Empty files in place of a package's own: what cargo has to find, and nothing in them. */
function stubsOf(
  workFolder: string,
  { folder, lib, bins, buildScript, declared }: CargoPackage,
): { libs: string[]; mains: string[] } {
  const path = (file: string): string => below(workFolder, joinPath(folder, file));
  const mains = [...bins.map((b) => b.path), ...(buildScript === undefined ? [] : [buildScript]), ...declared];
  return { libs: lib === undefined ? [] : [path(lib)], mains: [...new Set(mains)].map(path) };
}

/** Crates from outside are built with these folders, or found there: they come before. */
function givenBefore({ inventory, workFolder, patched }: CargoProject): string[] {
  const config = CARGO_CONFIG.map((file) => joinPath(workFolder, file)).find((file) => inventory.isFile(file));
  const vendored = [...(inventory.text(config ?? '') ?? '').matchAll(/^[ \t]*directory\s*=\s*"([\w./-]+)"/gm)]
    .map((m) => joinPath(workFolder, (m[1] ?? '').replace(/^\.\//, '')))
    .filter((folder) => inventory.isDirectory(folder));
  const folders = [...new Set([...patched.filter((f) => f !== workFolder && inventory.isDirectory(f)), ...vendored])];
  return [...(config === undefined ? [] : [config]), ...folders.map((folder) => `${folder}/`)];
}

function manifestSteps(project: CargoProject): Step[] {
  const { inventory, workFolder, local, lock } = project;
  const why = 'what the packages depend on, before their source: an edit of the source compiles no dependency';
  const folders = [...new Set([workFolder, ...local.map((p) => p.folder)])].filter((f) =>
    inventory.isFile(joinPath(f, 'Cargo.toml')),
  );
  const given = givenBefore(project);
  return [
    ...folders.map((folder): Step => {
      const isRoot = folder === workFolder;
      const to = folder === '' ? './' : `./${folder}/`;
      const manifest = joinPath(folder, 'Cargo.toml');
      const lockPath = joinPath(folder, 'Cargo.lock');
      if (isRoot && !inventory.complete && lock === undefined)
        return { kind: 'copy', sources: [manifest, `${lockPath}*`], glob: true, to, why };
      return {
        kind: 'copy',
        sources: [manifest, ...(isRoot && inventory.isFile(lockPath) ? [lockPath] : [])],
        to,
        why,
      };
    }),
    ...given.map((source): Step => ({
      kind: 'copy',
      sources: [source],
      to: source.endsWith('/') ? `./${source}` : `./${parentOf(source)}/`,
      why: 'crates that stand in for others, or settings of cargo: dependencies are compiled with them',
    })),
  ];
}

const inFolder = (folder: string, command: Shell): Shell => (folder === '' ? command : all(sh`cd ${folder}`, command));

function dependencySteps(build: RustBuild): Step[] {
  const { project } = build.app;
  const { inventory, workFolder, local, patched } = project;
  // Members that were not sent are not known: cargo would miss their manifests.
  if (!inventory.complete && project.isWorkspace && local.length < 2) return [];
  const own = local.filter((p) => !patched.includes(p.folder));
  if (own.every((p) => p.dependencies.every((d) => d.path !== undefined))) return [];
  const stubs = own.map((p) => stubsOf(workFolder, p));
  const libs = stubs.flatMap((s) => s.libs);
  const mains = stubs.flatMap((s) => s.mains);
  const folders = [...new Set([...libs, ...mains].map((path) => parentOf(path)).filter((f) => f !== ''))].sort();
  const commands = [
    ...(folders.length > 0 ? [sh`mkdir -p ${folders}`] : []),
    ...(libs.length > 0 ? [sh`touch ${libs}`] : []),
    ...(mains.length > 0 ? [sh`echo 'fn main() {}' | tee ${mains} > /dev/null`] : []),
    ...build.programs.map((program) => cargoBuild(build, program)),
  ];
  return [
    ...manifestSteps(project),
    {
      kind: 'run',
      phase: 'install',
      mounts: CRATES,
      command: inFolder(workFolder, all(...commands)),
      why: 'compiles every dependency, with empty files in place of the project’s own',
      comment: 'Dependencies only: the project’s own packages are empty files here.',
    },
  ];
}

function compileStep(build: RustBuild): RunStep {
  const { app, request, programs } = build;
  const own = request.settings.build?.command;
  if (own !== undefined) return ownBuildStep(own, CRATES);
  const leptos = build.tools && leptosBuild(app.project, app.program);
  if (leptos) return { ...leptos, evidence: [app.from] };
  const target = configuredTarget(app.project);
  const folder = isTold(build) ? sh`/*` : target === undefined ? sh`` : sh`/${target}`;
  const built = programs.map(({ bin }) => sh`${TARGET}${folder}/release/${bin.name}`.lines.join(''));
  return {
    kind: 'run',
    phase: 'build',
    mounts: CRATES,
    command: all(
      // Cargo compares times, and files of the context may be older than what was built from the empty ones.
      sh`find ${APP_ROOT} -name '*.rs' -exec touch {} +`,
      ...programs.map((p) => cargoBuild(build, p)),
      { lines: [`mkdir -p ${OUTPUT} && cp ${built.join(' ')} ${OUTPUT}/`] },
    ),
    why: 'compiles the project itself; the source is newer than the empty files were',
    evidence: [app.from],
  };
}

/** Settings of cargo and the compiler among the build arguments: dependencies are compiled with them as well. */
const earlyArgs = ({ request }: RustBuild): Step[] =>
  Object.entries(request.settings.build?.args ?? {})
    .filter(([name]) => /^(CARGO_|RUST|SQLX_|CC|CXX|CFLAGS)/.test(name))
    .map(([name, value]) => ({ kind: 'arg', name, value, why: 'a setting of the compiler, from the manifest' }));

const linkingSteps = ({ linked }: RustBuild): Step[] =>
  typeof linked === 'object'
    ? [
        {
          kind: 'env',
          vars: { RUSTFLAGS: '-C target-feature=+crt-static' },
          why: 'the C library is linked into the program, so that the image needs none',
          comment: 'The C library is linked in, so that the image needs none.',
          evidence: [linked],
        },
      ]
    : [];

/** Queries that are checked while they are compiled are checked against what was kept of the database. https://docs.rs/sqlx/latest/sqlx/macro.query.html#offline-mode */
const keptQueries = ({ inventory }: CargoProject): boolean =>
  inventory.files(/(^|\/)(\.sqlx\/query-[^/]*\.json|sqlx-data\.json)$/).length > 0;

/** The stage that compiles: its output is `/out/NAME` for each program. */
export function buildStage(build: RustBuild): Stage {
  const { project } = build.app;
  const { workFolder } = project;
  const programs = build.programs.map((p) => `${OUTPUT}/${p.bin.name}`);
  return {
    name: BUILD_STAGE,
    base: build.toolchain.image,
    why: 'the Rust toolchain, with a C compiler for crates that have C code',
    steps: [
      { kind: 'workdir', path: APP_ROOT, why: 'the same place as in the image, so that paths compiled in hold there' },
      ...toolchainSteps({ ...build, project }),
      {
        kind: 'env',
        vars: { CARGO_TARGET_DIR: TARGET, ...(keptQueries(project) ? { SQLX_OFFLINE: 'true' } : {}) },
        why: 'what is built is kept apart from the source',
      },
      ...linkingSteps(build),
      ...rootfsSteps(build.writable),
      ...earlyArgs(build),
      ...(build.tools?.before ?? dependencySteps(build)),
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      ...(workFolder === ''
        ? []
        : [{ kind: 'workdir', path: `${APP_ROOT}/${workFolder}`, why: 'where cargo is run' } satisfies Step]),
      ...(build.tools?.after ?? []),
      compileStep(build),
      ...(build.linked === undefined ? [collectLibraries(programs)] : []),
    ],
  };
}
