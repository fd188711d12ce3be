import { ownBuildStep } from '../../plan/build-inputs.ts';
import { joinPath, parentOf } from '../../inventory/inventory.ts';
import type { ImageRef, Mount, RunStep, Stage, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import type { PlanRequest } from '../language.ts';
import { BUILD_STAGE, rootfsSteps } from '../run-file-steps.ts';
import type { GoApp } from './app.ts';
import { embeddedPages } from './frontend.ts';
import { functionServer } from './function.ts';
import { targetArgs } from './health-program.ts';
import { GODEPS, layoutOf, modulesToDownload, OUTPUT, SOURCE_ROOT, type Layout } from './layout.ts';
import type { GoModule, GoProject } from './project.ts';
import type { Program } from './programs.ts';

const MODULES: Mount = { type: 'cache', target: '/go/pkg/mod' };
const OBJECTS: Mount = { type: 'cache', target: '/root/.cache/go-build' };

export interface GoBuild {
  readonly app: GoApp;
  readonly request: PlanRequest;
  readonly toolchain: ImageRef;
  readonly cgo: boolean;
  /** C code, but no C library in the image: it is linked in. */
  readonly static: boolean;
  readonly programs: readonly Program[];
  /** Paths below the runtime's root that everyone may write to. */
  readonly writable: readonly string[];
}

function manifestCopies(project: GoProject, module: GoModule, layout: Layout): Step[] {
  const { inventory } = project;
  const why = 'what the modules require, before their source: an edit of the source downloads nothing';
  return modulesToDownload(project, module).map(({ folder }): Step => {
    const names =
      folder === '' && layout.workspace === 'used'
        ? ['go.work', 'go.work.sum', 'go.mod', 'go.sum']
        : ['go.mod', 'go.sum'];
    const sources = names.map((name) => joinPath(folder, name)).filter((path) => inventory.isFile(path));
    const to = folder === '' ? './' : `./${folder}/`;
    return inventory.complete || sources.length > 1
      ? { kind: 'copy', sources, to, why }
      : { kind: 'copy', sources: [joinPath(folder, 'go.mod'), joinPath(folder, 'go.sum*')], glob: true, to, why };
  });
}

/** In the folder where the go command has to run: another than the stage's before the source is there. */
const inFolder = (folder: string, command: Shell): Shell => (folder === '' ? command : all(sh`cd ${folder}`, command));

function downloadSteps({ app: { project, program } }: GoBuild, layout: Layout): Step[] {
  const { module } = program;
  if (layout.vendor === 'used' || (module.file === undefined && project.inventory.complete)) return [];
  const work: Step[] =
    layout.workspace === 'used' && !project.modules.has('')
      ? [
          {
            kind: 'copy',
            sources: ['go.work', 'go.work.sum'].filter((file) => project.inventory.isFile(file)),
            to: './',
            why: 'names the modules of the workspace',
          },
        ]
      : [];
  const needed = modulesToDownload(project, module).some((m) => (m.file?.requires ?? []).length > 0);
  if (!needed && project.inventory.complete) return [];
  return [
    ...work,
    ...manifestCopies(project, module, layout),
    {
      kind: 'run',
      phase: 'install',
      mounts: [MODULES],
      command: inFolder(layout.workFolder, sh`go mod download`),
      why: 'the modules that it requires, checked against go.sum; kept by the builder from one build to the next',
    },
  ];
}

function linkerFlags({ static: linked }: GoBuild): Shell {
  return linked
    ? sh`-ldflags='-s -w -linkmode external -extldflags "-static"' -tags netgo,osusergo`
    : sh`-ldflags='-s -w'`;
}

function buildCommand(build: GoBuild, layout: Layout, program: Program, target: string): Shell {
  const cross = build.cgo ? sh`go` : sh`GOOS=$TARGETOS GOARCH=$TARGETARCH go`;
  const absent = layout.workspace !== 'used' && (layout.sums === 'absent' || layout.sums === 'stale');
  const loose = program.fn !== undefined || absent || program.module.file === undefined || layout.vendor === 'off';
  const mod =
    layout.vendor === 'gopath' ? sh`` : layout.vendor === 'used' ? sh` -mod=vendor` : loose ? sh` -mod=mod` : sh``;
  return sh`${cross} build${mod} -trimpath ${linkerFlags(build)} -o ${`${OUTPUT}/${program.name}`} ${target}`;
}

/**
 * Without a go.mod: one is made, with the newest of everything that is imported. Packages that are kept in the project
 * are only found where it lies in GOPATH. https://pkg.go.dev/cmd/go#hdr-GOPATH_environment_variable
 */
function initSteps({ app: { project, program } }: GoBuild, layout: Layout): Shell[] {
  if (program.module.file !== undefined || !project.inventory.complete) return [];
  if (layout.vendor === 'gopath') {
    const place = `/go/src/${program.module.path}`;
    return [sh`mkdir -p ${parentOf(place)}`, sh`ln -s ${SOURCE_ROOT} ${place}`, sh`cd ${place}`];
  }
  return [sh`go mod init ${program.module.path}`, sh`go mod tidy`];
}

const TEMPL = 'github.com/a-h/templ';

/** Templates of templ whose Go code is not kept in the project. https://templ.guide/core-concepts/template-generation */
function generateSteps({ app: { project, program } }: GoBuild): Shell[] {
  const required = program.module.file?.requires.find((r) => r.path === TEMPL);
  const templates = required ? project.inventory.files(/\.templ$/) : [];
  const generated = templates.every((path) => project.inventory.isFile(path.replace(/\.templ$/, '_templ.go')));
  return required && !generated ? [sh`go run ${`${TEMPL}/cmd/templ@${required.version}`} generate`] : [];
}

function compileStep(build: GoBuild, layout: Layout): RunStep {
  const { app, request, programs } = build;
  const mounts = [MODULES, OBJECTS];
  const own = request.settings.build?.command;
  if (own !== undefined) {
    return ownBuildStep(own, mounts);
  }
  const commands = programs.map((program) => {
    const { target } = layoutOf({ ...app, program });
    return buildCommand(build, layout, program, target);
  });
  return {
    kind: 'run',
    phase: 'build',
    mounts,
    command: all(...initSteps(build, layout), ...generateSteps(build), ...commands),
    why: build.cgo
      ? 'compiled with its C code, without symbols and paths of the builder'
      : 'a static binary, without symbols and paths of the builder',
    evidence: [app.from],
  };
}

/** Settings of the go command among the build arguments: the download needs them as well. */
function earlyArgs({ request }: GoBuild): Step[] {
  return Object.entries(request.settings.build?.args ?? {})
    .filter(([name]) => /^(GO|GIT_)/.test(name))
    .map(([name, value]) => ({ kind: 'arg', name, value, why: 'a setting of the go command, from the manifest' }));
}

/** The stage that compiles. Its output is `/out/NAME` for each program, and `/rootfs` for folders with a mode. */
export function buildStage(build: GoBuild): Stage {
  const layout = layoutOf(build.app);
  const { fn } = build.app.program;
  const env = {
    CGO_ENABLED: build.cgo ? '1' : '0',
    GOTOOLCHAIN: 'local',
    ...(layout.workspace === 'off' ? { GOWORK: 'off' } : {}),
    ...(layout.vendor === 'gopath' ? { GO111MODULE: 'off' } : {}),
    ...(layout.vendor === 'gopath' && build.app.project.inventory.isDirectory(GODEPS)
      ? { GOPATH: `${SOURCE_ROOT}/${GODEPS}:/go` }
      : {}),
    ...(build.request.settings.build?.command === undefined ? {} : { GOBIN: OUTPUT }),
  };
  return {
    name: BUILD_STAGE,
    base: build.toolchain,
    ...(build.cgo ? {} : { buildPlatform: true }),
    why: build.cgo
      ? 'the Go toolchain and a C compiler, on the machine that the image is for'
      : 'the Go toolchain, on the builder’s own machine: it compiles for any other',
    steps: [
      { kind: 'workdir', path: SOURCE_ROOT, why: 'the source' },
      {
        kind: 'env',
        vars: env,
        why: 'whether C code is compiled; and the toolchain is that of the image, never one that is downloaded',
        ...(build.app.cgo ? { evidence: [build.app.cgo.from] } : {}),
      },
      ...rootfsSteps(build.writable),
      ...earlyArgs(build),
      ...downloadSteps(build, layout),
      ...(layout.workFolder === ''
        ? []
        : [
            { kind: 'workdir', path: `${SOURCE_ROOT}/${layout.workFolder}`, why: 'the module to build' } satisfies Step,
          ]),
      { kind: 'copy', sources: ['.'], to: layout.workFolder === '' ? '.' : `${SOURCE_ROOT}/`, why: 'the source' },
      ...embeddedPages(build.app.frontend),
      ...(fn ? [functionServer(fn, joinPath(SOURCE_ROOT, layout.workFolder))] : []),
      ...(build.cgo ? [] : targetArgs),
      compileStep(build, layout),
    ],
  };
}
