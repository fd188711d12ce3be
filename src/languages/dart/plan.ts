import semver from 'semver';
import { pickTag, tagsOf } from '../../images/catalogue.ts';
import { debianSlim } from '../../images/known.ts';
import { toArgv } from '../../plan/command.ts';
import { installPackages } from '../../plan/packages.ts';
import type { BuildPlan, ImageRef, Stage, Step } from '../../plan/plan.ts';
import { all, sh, shellOf, type Shell } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import type { PlanRequest, Scope } from '../language.ts';
import { HEALTH_PROGRAM, healthCopy, healthStage } from '../native-health.ts';
import { chooseVersion, type ChosenVersion } from '../runtime-version.ts';
import { managedVersions } from '../version-files.ts';
import { dartServing, readDart, type DartProject } from './project.ts';

const BUILD_STAGE = 'build';
const SOURCE_ROOT = '/src';
const OUTPUT = '/out';
const FALLBACK = '3';

/** The newest release line that there is an image of. */
const newest = (): string =>
  [...tagsOf('dart')].filter((tag) => /^\d+\.\d+$/.test(tag)).sort((a, b) => semver.rcompare(`${a}.0`, `${b}.0`))[0] ??
  FALLBACK;

/** The newest line where the constraint admits it; else the line that the constraint begins with. */
export function readVersion(text: string): string | undefined {
  const line = newest();
  const range = semver.validRange(text);
  if (range === null) return /^\d+(\.\d+)?/.exec(text)?.[0];
  if (semver.satisfies(`${line}.99`, range)) return line;
  const lowest = semver.minVersion(range);
  if (lowest === null) return undefined;
  // Dart 2.19 is the last of its major release, and compiles all that was written for it.
  return lowest.major === 2 ? '2.19' : `${lowest.major}.${lowest.minor}`;
}

export const versionOrder = [
  'runtime in the manifest',
  '.tool-versions',
  'mise.toml',
  'environment.sdk in pubspec.yaml',
];

export function dartVersion({ inventory }: Scope, { sdk }: DartProject): ChosenVersion {
  const own = sdk
    ? [
        {
          text: sdk.value,
          from: { file: 'pubspec.yaml', line: sdk.line, why: `the newest release that ${sdk.value} admits` },
        },
      ]
    : [];
  const chosen = chooseVersion('dart', [...managedVersions(inventory, 'dart'), ...own], readVersion);
  return chosen.version === 'latest' ? { ...chosen, version: newest() } : chosen;
}

const dartImage = (version: string): ImageRef => ({ image: 'dart', tag: pickTag('dart', [version]) });

const programName = ({ entry }: DartProject): string =>
  entry?.path.replace(/^(?:bin|lib)\//, '').replace(/\.dart$/, '') ?? 'server';
export const dartCommand = (project: DartProject): readonly string[] => [`/app/bin/${programName(project)}`];

const FROG = 'dart_frog';

function compile(project: DartProject): Shell {
  const out = `${OUTPUT}/${programName(project)}`;
  const generate = project.generates ? [sh`dart run build_runner build --delete-conflicting-outputs`] : [];
  if (project.entry === undefined && project.dependencies.has(FROG)) {
    return all(
      ...generate,
      sh`dart pub global activate dart_frog_cli`,
      sh`dart pub global run dart_frog_cli:dart_frog build`,
      sh`mkdir -p ${OUTPUT}`,
      sh`cd build`,
      sh`dart pub get`,
      sh`dart compile exe bin/server.dart -o ${out}`,
    );
  }
  return all(
    ...generate,
    sh`mkdir -p ${OUTPUT}`,
    sh`dart compile exe ${project.entry?.path ?? 'bin/server.dart'} -o ${out}`,
  );
}

/** Files that servers read beside their program, by the names that people give them. */
const assetFolders = ({ inventory }: Scope): string[] =>
  ['public', 'static', 'assets', 'web', 'views', 'templates'].filter((f) => inventory.isDirectory(f));

function buildStage(scope: Scope, project: DartProject, request: PlanRequest, version: string): Stage {
  const { inventory } = scope;
  const locked = inventory.isFile('pubspec.lock');
  const own = request.settings.build?.command;
  return {
    name: BUILD_STAGE,
    base: dartImage(version),
    why: 'the Dart SDK',
    steps: [
      { kind: 'workdir', path: SOURCE_ROOT, why: 'the source' },
      {
        kind: 'copy',
        sources: ['pubspec.yaml', ...(locked ? ['pubspec.lock'] : [])],
        to: './',
        why: 'what the app depends on, before its source: an edit of the source downloads nothing',
      },
      {
        kind: 'run',
        phase: 'install',
        command: sh`dart pub get`,
        why: locked ? 'packages, as pubspec.lock has them' : 'packages',
      },
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      {
        kind: 'run',
        phase: 'build',
        command: all(sh`dart pub get --offline`, own === undefined ? compile(project) : shellOf(toArgv(own))),
        why: 'compiled to one program, which needs no SDK',
        ...(project.entry ? { evidence: [project.entry.from] } : {}),
      },
    ],
  };
}

const compiler = {
  base: debianSlim,
  argv: ['gcc'],
  steps: [installPackages('debian', ['gcc', 'libc6-dev'], 'a compiler for the health check')].filter(
    (s) => s !== undefined,
  ),
};

/** Decides the build of a Dart program. */
export function planDart(request: PlanRequest): BuildPlan {
  const project = readDart(request.inventory);
  if (project.entry === undefined && !project.dependencies.has(FROG)) {
    throw new Problem('no-start-command', {
      detail: 'There is no program in bin/, and no server.dart, main.dart or app.dart with a main function.',
      hint: 'Put the file with main() into bin/, for example bin/server.dart.',
    });
  }
  const serving = dartServing(project);
  const version = request.settings.runtime ?? dartVersion(request, project).version;
  const service = (request.settings.workload ?? serving.workload) === 'service';
  const port = request.settings.port ?? (service ? serving.port?.port : undefined);
  const scratch = request.variant === 'scratch';
  const probed = scratch && port !== undefined;
  const certificates = installPackages('debian', ['ca-certificates'], 'certificates of those that it may ask');
  const program = dartCommand(project)[0] ?? '';
  const steps: Step[] = [
    ...(scratch
      ? [
          {
            kind: 'copy',
            from: BUILD_STAGE,
            sources: ['/runtime/'],
            to: '/',
            why: 'the few libraries and certificates that a Dart program needs',
          } satisfies Step,
        ]
      : certificates
        ? [certificates]
        : []),
    ...(probed ? [healthCopy] : []),
    ...assetFolders(request).map((folder): Step => ({
      kind: 'copy',
      sources: [`${folder}/`],
      to: `./${folder}/`,
      why: 'read at run time',
    })),
    {
      kind: 'copy',
      from: BUILD_STAGE,
      sources: [`${OUTPUT}/${programName(project)}`],
      to: program,
      why: 'the program',
    },
  ];
  return {
    stages: [...(probed ? [healthStage(compiler, port)] : []), buildStage(request, project, request, version)],
    runtime: {
      base: scratch ? 'scratch' : debianSlim,
      os: scratch ? 'scratch' : 'debian',
      why: scratch
        ? 'nothing but the program and the libraries that it needs'
        : 'Debian, for a shell and system packages',
      workdir: '/app',
      steps,
      process: {
        argv: request.command ?? dartCommand(project),
        why: 'the program itself; an init hands SIGTERM on, which Dart as PID 1 would ignore',
        ...(project.entry ? { evidence: [project.entry.from] } : {}),
        init: true,
      },
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : probed ? 'program' : 'bash',
      ...(probed ? { probeArgv: [HEALTH_PROGRAM] } : {}),
    },
    advice: serving.advice,
  };
}
