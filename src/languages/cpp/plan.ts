import { ownBuildStep } from '../../plan/build-inputs.ts';
import { debianSlim } from '../../images/known.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { runtimeUser } from '../../plan/finish.ts';
import { installPackages } from '../../plan/packages.ts';
import type { Advice, BuildPlan, Stage, Step } from '../../plan/plan.ts';
import { all } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import type { Variant } from '../../manifest/schema.ts';
import type { PlanRequest, Scope } from '../language.ts';
import { loopbackAdvice } from '../loopback.ts';
import { collectLibraries, lacksLocale, nativeRuntime, OUTPUT, runtimeVariant } from '../native-runtime.ts';
import { programPath, programWords } from '../program-path.ts';
import { APP_ROOT, BUILD_STAGE, fileSteps, rootfsSteps, writableFolders } from '../run-file-steps.ts';
import { filesRead, foldersWritten, type FileHabits, type RunFiles } from '../run-files.ts';
import { BUILD, buildCommands, hasC, installsData, pickProgram, STAGING } from './build-commands.ts';
import { linkedLibraries } from './headers.ts';
import { cppPackages, type CppPackages } from './packages.ts';
import { chooseTarget, readCppProject, type ChosenTarget, type CppProject } from './project.ts';
import { servingOf, type CppServing } from './serving.ts';
import { VCPKG_TOOLS, vcpkgInstall, vcpkgItself } from './vcpkg.ts';

/** All that is known of the program to run; `infer` and `plan` both read it. */
export interface CppApp extends ChosenTarget {
  readonly project: CppProject;
  readonly serving: CppServing;
  readonly packages: CppPackages;
  readonly files: RunFiles;
  readonly port: number | undefined;
}

const DEFAULT_PORT = 8080;
const TOOLCHAIN = 'toolchain';

const CODE = { test: /\.(c|cc|cpp|cxx|h|hh|hpp|hxx|ipp|o|a)$/i, glob: '**/*.{c,cc,cpp,cxx,h,hh,hpp,hxx}' };

const habits: FileHabits = {
  code: /(\.(c|cc|cpp|cxx|h|hh|hpp|hxx|ipp|cmake|am|ac|in|o|a)|(^|\/)(CMakeLists\.txt|CMakePresets\.json|meson\.build|vcpkg\.json|conanfile\.(txt|py)|[Mm]akefile))$/i,
  takesPath:
    /(open|fopen|ifstream|path|load\w*|read\w*|set_mount_point|serve\w*|root|dir\w*|File|parse\w*)\w*\s*[({][^(){}\n]{0,60}$/i,
  makesFiles: /\bofstream\b|\bfopen\s*\([^)]*"[wa]|\bsqlite3_open|\bcreate_director(?:y|ies)\b|\bmkdir\s*\(/,
  makesFolder: /\b(?:create_director(?:y|ies)|mkdir)\s*\(\s*"([^"]+)"/g,
};

/** Reads a project and picks its program; undefined where none can be. */
export function cppApp(
  { inventory, member }: Scope,
  command: readonly string[] | undefined,
): { app: CppApp | undefined; project: CppProject | undefined } {
  const tree = inventory.at(member);
  const words = programWords(command).map((word) => word.slice(word.lastIndexOf('/') + 1));
  const project = readCppProject(tree, words[0]);
  const chosen = project && chooseTarget(project, words);
  if (!project || !chosen) return { app: undefined, project };
  const serving = servingOf(project);
  const search = { inventory: tree, code: serving.code, habits, bases: [''], embedded: [] };
  const files = { read: filesRead(search), written: foldersWritten(serving.code, habits, false), empty: [] };
  const port = serving.serves ? (serving.port?.port ?? DEFAULT_PORT) : undefined;
  return {
    app: { project, ...chosen, serving, packages: cppPackages(project, serving.headers), files, port },
    project,
  };
}

function noProgram(project: CppProject | undefined): Problem {
  const names = (project?.targets ?? []).map((t) => t.name);
  if (!project || names.length === 0) {
    return new Problem('no-start-command', {
      detail: `${project?.file ?? 'The project'} names no program: ${project?.system === 'cmake' ? 'no add_executable' : project?.system === 'meson' ? 'no executable()' : 'no source file with a main function that stands out'}.`,
      hint: 'A library cannot be run. Add a program, or say what is run: "command": ["NAME"] in the manifest, with "build": {"command": …} where the build is another.',
    });
  }
  return new Problem('no-start-command', {
    detail: `${project.file} makes ${names.length} programs, and nothing tells which one to run: ${names.join(', ')}.`,
    hint: `Say which it is: "command": ["${names[0] ?? ''}"] in the manifest.`,
    members: { programs: names },
  });
}

const TOOLS: Readonly<Record<CppProject['system'], readonly string[]>> = {
  cmake: ['cmake', 'ninja-build'],
  meson: ['meson', 'ninja-build'],
  autotools: ['autoconf', 'automake', 'libtool', 'make'],
  make: ['make'],
  compiler: [],
};

/** The compiler and the build system, in a stage of their own: no change of the project installs them again. */
function toolchainStage({ system, inventory }: CppProject, vcpkg: boolean): Stage {
  const more = vcpkg ? VCPKG_TOOLS : [];
  const packages = ['ca-certificates', 'g++', 'git', 'libc6-dev', 'pkg-config', ...TOOLS[system], ...more].sort();
  const install = installPackages(
    'debian',
    packages,
    'the compiler of Debian, so that what is linked is what the image has, and the build system',
  );
  return {
    name: TOOLCHAIN,
    base: debianSlim,
    why: 'the compiler and the build system',
    steps: [...(install ? [install] : []), ...(vcpkg ? vcpkgItself(inventory) : [])],
  };
}

/** The compiler alone, nothing but the standard library, and nothing asked of the system: all of it fits in one file. */
const fitsInOneFile = ({ project, packages, serving }: CppApp): boolean =>
  project.system === 'compiler' &&
  packages.packages.length === 0 &&
  serving.serves === undefined &&
  serving.standsAlone &&
  linkedLibraries(serving.headers).length === 0;

function buildStage(
  app: CppApp,
  { settings }: PlanRequest,
  {
    variant,
    writable,
    linked,
  }: { readonly variant: Variant; readonly writable: readonly string[]; readonly linked: boolean },
): Stage {
  const own = settings.build?.command;
  const out = `${OUTPUT}/${app.target.name}`;
  return {
    name: BUILD_STAGE,
    base: { stage: TOOLCHAIN },
    why: 'compiles the project',
    steps: [
      { kind: 'workdir', path: APP_ROOT, why: 'the source' },
      ...rootfsSteps(writable),
      ...(app.packages.vcpkg ? vcpkgInstall(app.project.inventory) : []),
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      own === undefined
        ? {
            kind: 'run',
            phase: 'build',
            command: all(...buildCommands(app, linked)),
            why: `compiled by ${app.project.system === 'compiler' ? 'the compiler itself' : app.project.system}, with the settings for a release`,
            evidence: [app.from],
            ...(['make', 'autotools'].includes(app.project.system) && hasC(app.project.inventory)
              ? { comment: 'The second try takes C that compilers before GCC 14 only warned about.' }
              : {}),
          }
        : ownBuildStep(own),
      ...(own === undefined
        ? []
        : [
            {
              kind: 'run',
              command: pickProgram(app.target.name, APP_ROOT, BUILD),
              why: 'the program that it made',
            } satisfies Step,
          ]),
      ...(linked ? [] : [collectLibraries([out], app.serving.asksLocale && lacksLocale(variant))]),
    ],
  };
}

function adviceOf({ packages, serving, port }: CppApp): Advice[] {
  const unknown = packages.unknown.map(({ name, from }) => ({
    code: 'unknown-library',
    detail: `The build looks for ${name}, and it is not known which Debian package has it.`,
    hint: 'Name the package with its headers under build.packages in the manifest; the library itself is copied along.',
    ...(from.file === undefined ? {} : { file: from.file }),
    ...(from.line === undefined ? {} : { line: from.line }),
  }));
  const managed = packages.managed.map((file) => ({
    code: 'package-manager-set-aside',
    detail: `The libraries that ${file} asks for are taken from Debian, in its versions.`,
    hint: 'Where other versions are needed, run the package manager in build.command.',
    file,
  }));
  return [...unknown, ...managed, ...(port === undefined ? [] : loopbackAdvice(serving.port))];
}

/** Decides the build of a C or C++ project. Throws `no-start-command` where no program can be chosen. */
export function planCpp(request: PlanRequest): BuildPlan {
  const { app, project } = cppApp(request, request.command);
  if (!app || !project) throw noProgram(project);
  const { settings } = request;
  const wanted = runtimeVariant(settings, request.variant, request.command);
  const { advice } = wanted;
  const free = settings.image?.variant === undefined && settings.image?.base === undefined;
  const linked = free && settings.build?.command === undefined && wanted.variant === 'distroless' && fitsInOneFile(app);
  const variant = linked ? 'scratch' : wanted.variant;
  const os = variant === 'distroless' || variant === 'scratch' ? variant : 'debian';
  const writable = writableFolders(app.files, os);
  const workload = settings.workload ?? (app.serving.serves ? 'service' : 'job');
  const port = settings.port ?? (workload === 'service' ? (app.port ?? DEFAULT_PORT) : undefined);
  const name = app.target.name;
  const staged: Step[] =
    installsData(project) &&
    settings.build?.command === undefined &&
    (project.system === 'cmake' || project.system === 'meson')
      ? [
          {
            kind: 'copy',
            from: BUILD_STAGE,
            sources: [`${STAGING}/usr/local/share/`],
            to: '/usr/local/share/',
            why: 'what the project installs beside its program',
          },
        ]
      : [];
  const { runtime, stages } = nativeRuntime({
    variant,
    uid: runtimeUser(os, settings.run?.user),
    env: project.system === 'autotools' ? { LD_LIBRARY_PATH: '/usr/local/lib' } : {},
    programs: [{ from: `${OUTPUT}/${name}`, to: programPath(request.command, name) }],
    files: [...staged, ...fileSteps(project.inventory, app.files, writable, CODE)],
    linked,
    libraries: !linked,
    asksLocale: app.serving.asksLocale,
    process: {
      argv: request.command ?? [name],
      evidence: [app.from],
      init: !app.serving.endsOnSigterm && !app.serving.endsAtOnce,
      ...(app.serving.endsAtOnce
        ? { why: 'the program itself: nothing in it waits, so it ends before it is stopped' }
        : {}),
    },
    port,
    compiler: { base: { stage: TOOLCHAIN }, argv: ['cc'] },
  });
  return {
    stages: [
      toolchainStage(project, app.packages.vcpkg),
      ...stages,
      buildStage(app, request, { variant, writable, linked }),
    ],
    runtime,
    advice: [...advice, ...adviceOf(app)],
  };
}

/** For detection: whether a folder's plain source files make a program. */
export const hasPlainProgram = (inventory: Inventory): boolean =>
  readCppProject(inventory, undefined)?.system === 'compiler';
