import { baseName } from '../../inventory/inventory.ts';
import type { Variant } from '../../manifest/schema.ts';
import { runtimeUser } from '../../plan/finish.ts';
import { toArgv } from '../../plan/command.ts';
import { scriptedParts } from '../../plan/entrypoint.ts';
import type { Advice, BuildPlan, Step } from '../../plan/plan.ts';
import type { PlanRequest } from '../language.ts';
import { adviceOf } from './advice.ts';
import { goApp, type GoApp } from './app.ts';
import { programPath, programWords } from '../program-path.ts';
import { APP_ROOT, BUILD_STAGE, fileSteps, writableFolders } from '../run-file-steps.ts';
import { buildStage, type GoBuild } from './build.ts';
import { servedPages } from './frontend.ts';
import { HEALTH_PROGRAM, healthCopy, healthStage } from './health-program.ts';
import { OUTPUT, SOURCE_ROOT } from './layout.ts';
import { noProgram, programsOf, type Program } from './programs.ts';
import { groundOf } from './runtime.ts';
import { DEFAULT_PORT } from './serving.ts';
import { goVersion, toolchainImage, versionAdvice } from './version.ts';

const usesShell = (argv: readonly string[] | undefined): boolean => /^(ba|da|a)?sh$/.test(baseName(argv?.[0] ?? ''));

/** Distroless unless something asked for needs a shell or a package manager. */
function variantOf({ settings, command, variant }: PlanRequest): { variant: Variant; advice: Advice[] } {
  if (settings.image?.variant !== undefined) return { variant, advice: [] };
  const wants = [
    ...((settings.run?.packages?.length ?? 0) > 0 ? ['system packages'] : []),
    ...scriptedParts(settings.entrypoint),
    ...(usesShell(command) ? ['a command that needs a shell'] : []),
  ];
  if (wants.length === 0) return { variant, advice: [] };
  return {
    variant: 'slim',
    advice: [
      {
        code: 'variant-with-shell',
        detail: `The image is Debian’s, not distroless, because of ${wants.join(' and ')}.`,
      },
    ],
  };
}

/** The programs of other processes, and those that steps of the entry point call by name, are built as well. */
function programsToBuild({ project, program }: GoApp, { settings }: PlanRequest): Program[] {
  const lines = [...(settings.entrypoint?.steps ?? []), ...Object.values(settings.processes ?? {})];
  const words = new Set(lines.flatMap((line) => programWords(toArgv(line)).map((word) => baseName(word))));
  const others = programsOf(project).filter((p) => p.name !== program.name && words.has(p.name));
  return [program, ...others];
}

/** The binaries: from `/out`, or from where the manifest's own build command leaves them. */
function binarySteps(build: GoBuild): Step[] {
  const { request, programs } = build;
  const own = request.settings.build?.command !== undefined;
  return programs.map((program, i): Step => {
    const to = programPath(i === 0 ? request.command : undefined, program.name);
    const built =
      own && to.startsWith(`${APP_ROOT}/`) ? to.replace(APP_ROOT, SOURCE_ROOT) : `${OUTPUT}/${program.name}`;
    return {
      kind: 'copy',
      from: BUILD_STAGE,
      sources: [built],
      to,
      why: i === 0 ? 'the program' : 'a program of another process, or of a step of the entry point',
    };
  });
}

/** The port: asked for, or found, or the usual one of a server that reads PORT. */
function portOf({ serving }: GoApp, { settings }: PlanRequest): number | undefined {
  if (settings.port !== undefined) return settings.port;
  const workload = settings.workload ?? serving.workload;
  if (workload !== 'service') return undefined;
  return serving.port?.port ?? serving.framework?.framework.port ?? DEFAULT_PORT;
}

function startOf({ from, serving: { preforks } }: GoApp): Omit<BuildPlan['runtime']['process'], 'argv'> {
  const why = 'the program itself as PID 1: a Go program ends on SIGTERM by itself';
  if (!preforks) return { why, evidence: [from], init: false };
  return {
    why: 'the program under an init: children of a program that is PID 1 take it for dead, and end',
    evidence: [from, preforks],
    init: true,
  };
}

const GO_FILES = { test: /\.go$/, glob: '**/*.go' };

/** Decides the build of a Go project. Throws `ambiguous-app` or `no-start-command` where no program can be chosen. */
export function planGo(request: PlanRequest): BuildPlan {
  const { app, project } = goApp(request, request.command);
  if (!app) throw noProgram(project);
  const { settings } = request;
  const { variant, advice } = variantOf(request);
  const asked = settings.build?.args?.['CGO_ENABLED'];
  const cgo = asked === undefined ? app.cgo !== undefined : asked === '1';
  const linked = cgo && (variant === 'alpine' || variant === 'scratch');
  const version = settings.runtime ?? goVersion(project, app.program.module).version;
  const toolchain = toolchainImage(version);
  const uid = runtimeUser(variant === 'scratch' ? 'scratch' : 'distroless', settings.run?.user);
  const ground = groundOf(variant, app.cgo, cgo && !linked, uid);
  const writable = writableFolders(app.files, ground.os);
  const build = { app, request, toolchain, cgo, static: linked, programs: programsToBuild(app, request), writable };
  const port = portOf(app, request);
  const probed = port !== undefined && ground.os !== 'debian';
  const { frontend } = app;
  return {
    stages: [
      ...(frontend ? [frontend.assets.stage] : []),
      ...(probed ? [healthStage(toolchain, port)] : []),
      buildStage(build),
    ],
    runtime: {
      base: ground.base,
      os: ground.os,
      why: ground.why,
      workdir: APP_ROOT,
      steps: [
        ...ground.steps,
        ...(probed ? [healthCopy] : []),
        ...fileSteps(project.inventory, app.files, writable, GO_FILES),
        ...servedPages(frontend),
        ...binarySteps(build),
      ],
      process: {
        argv: request.command ?? [app.program.name, ...app.serving.args],
        ...startOf(app),
      },
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : probed ? 'program' : 'bash',
      ...(probed ? { probeArgv: [HEALTH_PROGRAM] } : {}),
    },
    advice: [...advice, ...versionAdvice(version), ...adviceOf(app), ...(frontend?.assets.advice ?? [])],
  };
}
