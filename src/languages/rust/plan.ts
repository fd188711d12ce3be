import { baseName, joinPath } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import { runtimeUser } from '../../plan/finish.ts';
import type { Advice, BuildPlan } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import type { PlanRequest } from '../language.ts';
import { nativeRuntime, OUTPUT, runtimeVariant } from '../native-runtime.ts';
import { programPath, programWords } from '../program-path.ts';
import { APP_ROOT, fileSteps, writableFolders } from '../run-file-steps.ts';
import { environmentOf, rustApp, servingAdvice, type RustApp } from './app.ts';
import { planBrowserApp } from './browser.ts';
import { buildStage } from './build.ts';
import { isLocked } from './cargo-steps.ts';
import { wholeLinked } from './linking.ts';
import { leptosEnv, leptosSite } from './leptos.ts';
import { lockDrift } from './lock-file.ts';
import { featureAdvice } from './demanded-feature.ts';
import { missingAdvice } from './missing.ts';
import { noProgram, programsOf, type Program } from './programs.ts';
import type { CargoProject } from './project.ts';
import { extraTargets, rustVersion, toolchainOf, versionAdvice } from './version.ts';
import { BROWSER_TARGET, browserTools } from './wasm-tools.ts';

const RUST_FILES = { test: /\.rs$/, glob: '**/*.rs' };

function lockAdvice({ lock, lockUnreadable, local, inventory, workFolder }: CargoProject): Advice[] {
  if (!inventory.complete) return [];
  const file = joinPath(workFolder, 'Cargo.lock');
  if (!lock) {
    return [
      {
        code: 'missing-lockfile',
        detail: `${file} ${lockUnreadable ? 'cannot be read' : 'is missing'}: the build takes the newest versions that fit, and they may differ from one build to the next.`,
        hint: 'Run `cargo generate-lockfile` and keep Cargo.lock in the repository.',
      },
    ];
  }
  const drift = lockDrift(lock, local);
  if (drift === undefined) return [];
  return [
    {
      code: 'drifted-lockfile',
      detail: `${file} is not that of the manifests: ${drift}. The build mends it each time.`,
      hint: 'Run `cargo update --workspace` and commit Cargo.lock.',
      file,
    },
  ];
}

/** The programs of other processes, and those that steps of the entry point call by name, are built as well. */
function programsToBuild({ project, program }: RustApp, { settings }: PlanRequest): Program[] {
  const lines = [...(settings.entrypoint?.steps ?? []), ...Object.values(settings.processes ?? {})];
  const words = new Set(lines.flatMap((line) => programWords(toArgv(line)).map((word) => baseName(word))));
  return [program, ...programsOf(project).filter((p) => p.bin.name !== program.bin.name && words.has(p.bin.name))];
}

/** Decides the build of a Rust project. Throws `ambiguous-app` or `no-start-command` where no program can be chosen. */
export function planRust(request: PlanRequest): BuildPlan {
  const { app, project } = rustApp(request, request.command);
  if (!app) throw noProgram(project);
  const { settings } = request;
  const { program } = app;
  if (app.browser) {
    const version = settings.runtime ?? rustVersion(project, program.package).version;
    const [toolchain, targets] = [toolchainOf(version, ''), extraTargets(project, program.package)];
    const plan = planBrowserApp(project, program, app.browser, { toolchain, targets }, request);
    return {
      ...plan,
      advice: [...missingAdvice(project, program.package), ...(isLocked(project) ? [] : lockAdvice(project))],
    };
  }
  const { variant, advice } = runtimeVariant(settings, request.variant, request.command);
  const musl = variant === 'alpine' || variant === 'scratch';
  const packages = settings.build?.packages ?? [];
  if (musl && packages.length > 0) {
    throw new Problem('not-plannable', {
      detail: `The variant ${variant} links everything into the program with musl, on Alpine; ${packages.join(', ')} are packages of Debian.`,
      hint: 'Ask for variant=distroless or variant=slim.',
    });
  }
  const version = settings.runtime ?? rustVersion(project, program.package).version;
  const toolchain = toolchainOf(version, musl ? 'alpine' : '');
  const workload = settings.workload ?? app.workload.value;
  const port = settings.port ?? (workload === 'service' ? (app.port ?? 8080) : undefined);
  const os =
    variant === 'scratch'
      ? 'scratch'
      : variant === 'distroless'
        ? 'distroless'
        : variant === 'alpine'
          ? 'alpine'
          : 'debian';
  const workdir = joinPath(APP_ROOT, app.startFolder);
  const writable = writableFolders(app.files, os, workdir);
  const programs = programsToBuild(app, request);
  const leptos = program.package.leptos !== undefined && app.framework?.framework.id === 'leptos';
  const tools = leptos ? browserTools(project, 'cargo-leptos') : undefined;
  const linked = musl
    ? 'by-toolchain'
    : variant === 'distroless' && !tools
      ? wholeLinked(project, programs, version, request)
      : undefined;
  const { runtime, stages } = nativeRuntime({
    variant,
    uid: runtimeUser(os, settings.run?.user),
    workdir,
    env: { ...environmentOf(app, port), ...(tools ? leptosEnv(program) : {}) },
    programs: programs.map(({ bin }, i) => ({
      from: `${OUTPUT}/${bin.name}`,
      to: programPath(i === 0 ? request.command : undefined, bin.name, workdir),
    })),
    files: [
      ...fileSteps(project.inventory, app.files, writable, RUST_FILES, workdir),
      ...(tools ? leptosSite(program) : []),
    ],
    linked: linked !== undefined,
    libraries: linked === undefined,
    process: {
      argv: request.command ?? [program.bin.name, ...app.args],
      evidence: [app.from],
      init: !app.endsOnSigterm,
    },
    port,
    compiler: { base: toolchain.image, argv: ['cc'] },
  });
  const build = buildStage({
    app,
    request,
    toolchain,
    targets: [...extraTargets(project, program.package), ...(tools ? [BROWSER_TARGET] : [])],
    programs,
    writable,
    linked,
    tools,
  });
  return {
    stages: [...stages, ...(tools ? [tools.stage] : []), build],
    runtime,
    advice: [
      ...advice,
      ...versionAdvice(version, project, program.package),
      ...missingAdvice(project, program.package),
      ...featureAdvice(project.inventory, program),
      ...(isLocked(project) ? [] : lockAdvice(project)),
      ...servingAdvice(app, port),
    ],
  };
}
