import { joinPath, pathBelow } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import type { Advice, BuildPlan, Mount, Stage, Step } from '../../plan/plan.ts';
import { all, sh, shellOf, type Shell } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import type { PlanRequest, Scope } from '../language.ts';
import { codeIn, mainClasses, type Code, type MainClass } from '../java/code.ts';
import { APP_ROOT, BUILD_STAGE, OUTPUT, SOURCE_ROOT } from '../java/layout.ts';
import { groundOf } from '../java/runtime.ts';
import { DEFAULT_PORT, servingOf, type Serving } from '../java/serving.ts';
import { javaLine, javaVersion, mavenImage, versionAdvice } from '../java/version.ts';
import type { ChosenVersion, VersionSource } from '../runtime-version.ts';
import { readSbt, sbtFiles, settingIn, type SbtBuild, type SbtProject } from './build-file.ts';

export interface ScalaApp {
  readonly scope: Scope;
  readonly build: SbtBuild;
  readonly project: SbtProject | undefined;
  readonly tied: readonly SbtProject[];
  readonly main: MainClass | undefined;
  readonly serving: Serving;
}

/** Play's own main class; the app has none. https://www.playframework.com/documentation/latest/ProductionConfiguration */
const PLAY_MAIN: MainClass = {
  name: 'play.core.server.ProdServerStart',
  from: { file: 'build.sbt', why: 'Play starts the app' },
};
const CLASS = /^[\w$]+(\.[\w$]+)*$/;

/** Where Play has its tests. https://www.playframework.com/documentation/latest/Anatomy */
const TESTS = /^(?:test|it)\//;

const codeOf = ({ inventory }: Scope, { projects }: SbtBuild, { folder }: SbtProject): Code[] => {
  const others = projects
    .map((p) => p.folder)
    .filter((f) => f !== folder && f.startsWith(folder === '' ? '' : `${folder}/`));
  return codeIn(inventory, folder).filter(
    ({ path }) =>
      !path.startsWith('project/') &&
      !TESTS.test(pathBelow(folder, path)) &&
      !others.some((f) => path.startsWith(`${f}/`)),
  );
};

function mainOf(project: SbtProject, code: readonly Code[]): MainClass | undefined {
  if (project.packaging === 'play') return PLAY_MAIN;
  const stated = settingIn(
    project.text,
    String.raw`(?:mainClass|Compile\s{0,9}/\s{0,9}mainClass|mainClass\s{0,9}in\s{0,9}\(?Compile\)?|assembly\s{0,9}/\s{0,9}mainClass)`,
  );
  if (stated && CLASS.test(stated.value))
    return { name: stated.value, from: { file: 'build.sbt', why: `mainClass is ${stated.value}` } };
  return mainClasses(code)[0];
}

function choose(scope: Scope, build: SbtBuild): Pick<ScalaApp, 'project' | 'tied'> {
  const asked = build.projects.find((p) => p.folder === scope.member);
  if (scope.member !== '' && asked) return { project: asked, tied: [] };
  const startable = build.projects.filter((p) => mainOf(p, codeOf(scope, build, p)) !== undefined);
  const packaged = startable.filter((p) => p.packaging !== undefined);
  const candidates = packaged.length > 0 ? packaged : startable;
  const project = candidates.find((p) => p.folder === '') ?? (candidates.length === 1 ? candidates[0] : undefined);
  return { project: project ?? (candidates.length === 0 ? asked : undefined), tied: project ? [] : candidates };
}

export function scalaApp(scope: Scope): ScalaApp {
  const build = readSbt(scope.inventory);
  const { project, tied } = choose(scope, build);
  const code = project ? codeOf(scope, build, project) : [];
  const plays = project?.packaging === 'play' ? [{ id: 'org.playframework:play', from: PLAY_MAIN.from }] : [];
  return {
    scope,
    build,
    project,
    tied,
    main: project && mainOf(project, code),
    serving: servingOf(scope.inventory, project?.folder ?? '', [...plays, ...build.marks], code),
  };
}

export const scalaFolders = (scope: Scope): string[] => {
  const build = readSbt(scope.inventory);
  const startable = build.projects.filter((p) => mainOf(p, codeOf(scope, build, p)) !== undefined);
  return startable.map((p) => p.folder).filter((f) => f !== '');
};

/** The newest Java with long-term support that a compiler or an sbt runs on. https://docs.scala-lang.org/overviews/jdk-compatibility/overview.html */
const SCALA_ON: readonly (readonly [line: string, patch: number, java: number])[] = [
  ['3.3', 1, 21],
  ['3.0', 0, 17],
  ['3.1', 0, 17],
  ['3.2', 0, 17],
  ['3.3', 0, 17],
  ['2.13', 11, 21],
  ['2.13', 6, 17],
  ['2.13', 0, 11],
  ['2.12', 18, 21],
  ['2.12', 15, 17],
  ['2.12', 0, 11],
  ['2.11', 0, 8],
  ['2.10', 0, 8],
];

const numbersOf = (version = ''): number[] => version.match(/\d+/g)?.map(Number) ?? [];

function newestJava({ scalaVersion, sbtVersion }: SbtBuild): number {
  const [major = 3, minor = 3, patch = 99] = numbersOf(scalaVersion?.value);
  const scala = SCALA_ON.find(([line, from]) => line === `${major}.${minor}` && patch >= from)?.[2] ?? 21;
  const [sbtMajor = 1, sbtMinor = 99] = numbersOf(sbtVersion);
  const sbt = sbtMajor === 0 ? 8 : sbtMajor >= 2 || sbtMinor >= 9 ? 21 : sbtMinor >= 6 ? 17 : sbtMinor >= 3 ? 11 : 8;
  return Math.min(scala, sbt);
}

export function scalaJava({ scope, build }: ScalaApp): ChosenVersion {
  const release = /-(?:java-output-version|release|target)(?::jvm-|[:",\s]{1,9})(?:"\s{0,9},\s{0,9}")?(1\.8|\d+)/.exec(
    build.text,
  )?.[1];
  const newest = newestJava(build);
  const level: VersionSource[] =
    release === undefined
      ? []
      : [
          {
            text: String(Math.max(Number(release.replace('1.', '')), Math.min(newest, 17))),
            from: { file: 'build.sbt', why: `compiled for Java ${release}` },
          },
        ];
  const own: VersionSource = {
    text: String(newest),
    from: {
      ...build.scalaVersion?.from,
      why: `the newest long-term release that Scala ${build.scalaVersion?.value ?? ''} and sbt ${build.sbtVersion ?? ''} run on`.replaceAll(
        / {2,}/g,
        ' ',
      ),
    },
  };
  return javaVersion(
    { inventory: scope.inventory, member: scope.member, tool: 'javac', modules: [], gradle: undefined },
    undefined,
    [...level, own],
  );
}

const CACHES: readonly Mount[] = ['/root/.sbt', '/root/.cache/coursier', '/root/.ivy2'].map((target) => ({
  type: 'cache',
  target,
  sharing: 'locked',
}));
const LAUNCHER = '/opt/sbt/sbt-launch.jar';
/** For builds of sbt 0.13, and those that do not say: a launcher starts any version. */
const DEFAULT_LAUNCHER = '1.11.7';
const SBT: Shell = sh`java -Dsbt.log.noformat=true -Dsbt.ci=true -jar ${LAUNCHER}`;

function launcherStep({ sbtVersion }: SbtBuild): Step {
  const version = sbtVersion !== undefined && /^[1-9]\d*\.\d+\.\d+$/.test(sbtVersion) ? sbtVersion : DEFAULT_LAUNCHER;
  return {
    kind: 'run',
    mounts: [{ type: 'cache', target: '/root/.m2/repository', sharing: 'locked' }],
    command: sh`mvn --batch-mode --no-transfer-progress org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=${`org.scala-sbt:sbt-launch:${version}`} -DoutputDirectory=/opt/sbt -Dmdep.stripVersion=true`,
    why: 'sbt’s launcher, from Maven Central with its checksum; it brings the sbt that project/build.properties names',
    comment: 'sbt has no official image: its launcher comes from Maven Central.',
  };
}

const scoped = ({ id }: SbtProject, task: string): string => (id === undefined ? task : `${id}/${task}`);

/** Where a project's output lies: from sbt 2 on below the root's `target/out`, by platform, Scala and project. */
function outputOf({ sbtVersion }: SbtBuild, { id, folder }: SbtProject): { own: Shell; compiled: Shell } {
  if (/^[2-9]\./.test(sbtVersion ?? '')) {
    const own = id === undefined ? sh`target/out/*/*/*` : sh`target/out/*/*/${id}`;
    return { own, compiled: own };
  }
  const target = joinPath(folder, 'target');
  return { own: sh`${target}`, compiled: sh`${target}/scala-*` };
}

/** Tasks, and what they leave in /out. */
function packaging(
  { build, main }: ScalaApp,
  project: SbtProject,
): { tasks: readonly string[]; toFile?: string; collect: Shell[]; bundle: boolean } {
  const target = outputOf(build, project);
  if (project.packaging === 'play' || project.packaging === 'packager') {
    return {
      tasks: [scoped(project, 'stage')],
      collect: [sh`mkdir -p ${OUTPUT}`, sh`cp -r ${target.own}/universal/stage/. ${`${OUTPUT}/`}`],
      bundle: false,
    };
  }
  if (project.packaging === 'assembly') {
    const named = settingIn(
      build.text,
      String.raw`(?:assemblyJarName|assembly\s{0,9}/\s{0,9}assemblyJarName|assemblyJarName\s{0,9}in\s{0,9}assembly)`,
    )?.value;
    const copy =
      named !== undefined && /^[\w.-]+\.jar$/.test(named)
        ? sh`cp ${target.compiled}/${named} ${`${OUTPUT}/app.jar`}`
        : sh`cp ${target.compiled}/*assembly*.jar ${`${OUTPUT}/app.jar`}`;
    return { tasks: [scoped(project, 'assembly')], collect: [sh`mkdir -p ${OUTPUT}`, copy], bundle: true };
  }
  const list = '/tmp/classpath';
  return {
    tasks: [`export ${scoped(project, 'Runtime / fullClasspathAsJars')}`],
    toFile: list,
    collect: [sh`mkdir -p ${`${OUTPUT}/lib`}`, sh`tail -n 1 ${list} | tr ':' '\\n' | xargs cp -t ${`${OUTPUT}/lib`}`],
    bundle: main === undefined,
  };
}

function buildStage(app: ScalaApp, project: SbtProject, request: PlanRequest, line: string): Stage {
  const { inventory } = app.scope;
  const { tasks, toFile, collect } = packaging(app, project);
  const own = request.settings.build?.command;
  const command = own === undefined ? sh`${SBT} ${tasks}` : shellOf(toArgv(own));
  const meta = inventory.files(/^project\/[^/]+\.(sbt|scala|properties)$/);
  const why = 'the build’s definition, before the source: an edit of the source downloads nothing';
  return {
    name: BUILD_STAGE,
    base: mavenImage(line),
    why: `the JDK ${line}, and Maven to fetch sbt`,
    steps: [
      launcherStep(app.build),
      { kind: 'workdir', path: SOURCE_ROOT, why: 'the source' },
      { kind: 'copy', sources: sbtFiles(inventory), to: './', why },
      ...(meta.length > 0 ? [{ kind: 'copy', sources: meta, to: './project/', why } satisfies Step] : []),
      {
        kind: 'run',
        phase: 'install',
        mounts: CACHES,
        command: sh`${SBT} update`,
        why: 'sbt, the compiler and libraries; kept by the builder from one build to the next',
      },
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      {
        kind: 'run',
        phase: 'build',
        mounts: CACHES,
        command: all(toFile === undefined ? command : sh`${command} > ${toFile}`, ...collect),
        why:
          toFile === undefined
            ? 'packaged as its own plugin does'
            : 'no plugin of the project packages it: its class path is gathered',
        ...(app.main ? { evidence: [app.main.from] } : {}),
      },
    ],
  };
}

const outCopy = (sources: string, to: string, why: string): Step => ({
  kind: 'copy',
  from: BUILD_STAGE,
  sources: [`${OUTPUT}/${sources}`],
  to,
  why,
});

function started({ main, project }: ScalaApp): { argv: readonly string[]; copies: Step[] } | undefined {
  if (!project) return undefined;
  if (project.packaging === 'assembly')
    return {
      argv: ['java', '-jar', 'app.jar'],
      copies: [outCopy('app.jar', './app.jar', 'the app with all that it needs in it')],
    };
  if (project.packaging === 'play') {
    const command = sh`exec java -Dhttp.port=$PORT -Dplay.server.pidfile.path=/dev/null -cp ${'conf:lib/*'} ${PLAY_MAIN.name}`;
    return {
      argv: ['/bin/sh', '-c', command.lines.join('')],
      copies: [
        outCopy('lib/', './lib/', 'the app and its libraries'),
        outCopy('conf/', './conf/', 'its configuration'),
      ],
    };
  }
  if (!main) return undefined;
  return {
    argv: ['java', '-cp', 'lib/*', main.name],
    copies: [outCopy('lib/', './lib/', 'the app and its libraries')],
  };
}

export const scalaCommand = (app: ScalaApp): readonly string[] | undefined => started(app)?.argv;

function problemOf({ tied }: ScalaApp): Problem {
  if (tied.length > 1) {
    const folders = tied.map((p) => p.folder);
    return new Problem('ambiguous-app', {
      detail: `${tied.length} projects can be started: ${folders.join(', ')}.`,
      hint: `Choose one with ?app=${folders[0] ?? ''}, or "app" in the manifest.`,
      members: { apps: folders.map((path) => ({ path, language: 'scala' })) },
    });
  }
  return new Problem('no-start-command', {
    detail: 'No object with a main method was found, and build.sbt names none.',
    hint: 'Set `Compile / mainClass := Some("…")` in build.sbt, or "command" in the manifest or a Procfile.',
  });
}

function playAdvice({ project, scope }: ScalaApp): Advice[] {
  if (project?.packaging !== 'play') return [];
  const conf = scope.inventory.text(joinPath(project.folder, 'conf/application.conf')) ?? '';
  if (/\$\{\?[A-Z_]{1,60}SECRET/.test(conf)) return [];
  return [
    {
      code: 'play-secret',
      detail:
        'Play does not start in production without a secret of its own, and conf/application.conf takes none from the environment.',
      hint: 'Write `play.http.secret.key = ${?APPLICATION_SECRET}` there, and give APPLICATION_SECRET to the container.',
    },
  ];
}

/** Decides the build of a project of sbt. */
export function planScala(request: PlanRequest): BuildPlan {
  const app = scalaApp(request);
  const { project, serving } = app;
  const start = started(app);
  if (!project || !start) throw problemOf(app);
  const line = javaLine(request.settings.runtime ?? scalaJava(app).version);
  const ground = groundOf(request.variant, line, APP_ROOT);
  const service = (request.settings.workload ?? serving.workload) === 'service';
  const port = request.settings.port ?? (service ? (serving.port?.port ?? DEFAULT_PORT) : undefined);
  return {
    stages: [buildStage(app, project, request, line)],
    runtime: {
      base: ground.base,
      os: ground.os,
      why: ground.why,
      workdir: ground.workdir,
      steps: [...ground.steps, ...start.copies],
      process: {
        argv: request.command ?? start.argv,
        why: 'Java as PID 1: it ends in order on SIGTERM',
        ...(app.main ? { evidence: [app.main.from] } : {}),
        init: false,
      },
      ...(ground.clearEntrypoint ? { clearEntrypoint: true } : {}),
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : ground.probe,
    },
    advice: [...versionAdvice(line), ...serving.advice, ...playAdvice(app)],
  };
}
