import { pickTag, tagsOf } from '../../images/catalogue.ts';
import { joinPath } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import type { ImageRef, Mount, Stage, Step } from '../../plan/plan.ts';
import { all, sh, shellOf } from '../../plan/shell.ts';
import type { PlanRequest } from '../language.ts';
import type { Candidate } from './candidates.ts';
import {
  bootDelivery,
  distributionDelivery,
  jarDelivery,
  quarkusDelivery,
  warDelivery,
  type BuiltFile,
  type Delivery,
} from './delivery.ts';
import { statedIn, type GradleBuild, type GradleProject } from './gradle.ts';
import { BUILD_STAGE, OUTPUT, SOURCE_ROOT } from './layout.ts';
import { statedMainClass } from './main-class.ts';
import { bootVersion, pluginVersion, type JavaProject } from './project.ts';
import { jdkImage } from './version.ts';

const USER_HOME = '/var/cache/gradle';
/** Held by one build at a time: a daemon of another container would hold its locks. */
const CACHE: Mount = { type: 'cache', target: USER_HOME, sharing: 'locked' };
const INIT_SCRIPT = '/tmp/application.gradle';

/** Which Gradle builds the project: its own wrapper, or an image. */
export interface GradleTool {
  readonly argv: readonly string[];
  /** Undefined where the wrapper brings it: then the image is a JDK. */
  readonly image: ((jdk: string) => ImageRef) | undefined;
  readonly version: readonly [major: number, minor: number];
  readonly why: string;
}

const WRAPPER = 'gradle/wrapper/gradle-wrapper.properties';

/** Words that Gradle 7 and 9 have dropped; a build file that uses them is as old. https://docs.gradle.org/current/userguide/upgrading_major_version_9.html */
function oldestFor(build: GradleBuild): string {
  const text = build.projects.flatMap((p) => p.texts.map((t) => t.text)).join('\n');
  if (/\b(?:compile|testCompile|providedCompile|runtime)\s{1,9}['"(]/.test(text)) return '6';
  return /\bmainClassName\b|\barchivesBaseName\b|^(?:source|target)Compatibility\b/m.test(text) ? '8' : '9';
}

export function gradleTool({ inventory, gradle }: JavaProject): GradleTool {
  const url = inventory.text(WRAPPER) ?? '';
  const stated = /gradle-(\d+)\.(\d+)(?:\.(\d+))?/.exec(url);
  const script = inventory.entry('gradlew');
  const complete =
    script !== undefined &&
    stated !== null &&
    (!inventory.complete || inventory.isFile('gradle/wrapper/gradle-wrapper.jar'));
  const oldest = gradle ? oldestFor(gradle) : '9';
  const version = stated ? ([Number(stated[1]), Number(stated[2])] as const) : ([Number(oldest), 14] as const);
  if (complete) {
    const argv = (script.mode & 0o100) === 0 ? ['sh', './gradlew'] : ['./gradlew'];
    return { argv, image: undefined, version, why: `the wrapper brings Gradle ${stated[1] ?? ''}.${stated[2] ?? ''}` };
  }
  const line = stated ? `${version[0]}.${version[1]}` : oldest;
  const image = (jdk: string): ImageRef => ({
    image: 'gradle',
    tag: pickTag('gradle', [
      `${line}-jdk${jdk}-noble`,
      `${line}-jdk${jdk}`,
      `${version[0]}-jdk${jdk}-noble`,
      `${version[0]}-jdk${jdk}`,
    ]),
  });
  const known = tagsOf('gradle').has(line);
  return {
    argv: ['gradle'],
    image,
    version,
    why: `Gradle ${known ? line : version[0]}; the project has no wrapper that is whole`,
  };
}

/** The newest Java that a Gradle runs on, by its own table. https://docs.gradle.org/current/userguide/compatibility.html */
const RUNS_ON: readonly (readonly [major: number, minor: number, jdk: number])[] = [
  [9, 4, 26],
  [9, 1, 25],
  [8, 14, 24],
  [8, 10, 23],
  [8, 8, 22],
  [8, 5, 21],
  [8, 3, 20],
  [7, 6, 19],
  [7, 5, 18],
  [7, 3, 17],
  [7, 0, 16],
  [6, 7, 15],
  [6, 3, 14],
  [6, 0, 13],
  [5, 4, 12],
  [5, 0, 11],
  [0, 0, 8],
];
const IMAGES = [8, 11, 17, 21, 25];

export interface GradleJdks {
  /** What Gradle itself runs on. */
  readonly tool: string;
  /** A second one, where the project asks for another than Gradle can run on. */
  readonly toolchain: string | undefined;
  readonly runtime: string;
}

const TOOLCHAIN = /JavaLanguageVersion\.of\(|\bjvmToolchain\b|\bjdkToolchain\b/;

export function gradleJdks(project: JavaProject, { version: [major, minor] }: GradleTool, line: string): GradleJdks {
  const newest = RUNS_ON.find(([a, b]) => major > a || (major === a && minor >= b))?.[2] ?? 8;
  const oldest = major >= 9 ? 17 : 8;
  const wanted = Number(line);
  if (wanted >= oldest && wanted <= newest) return { tool: line, toolchain: undefined, runtime: line };
  const fitting = IMAGES.filter((n) => n >= oldest && n <= newest);
  const tool = String(wanted < oldest ? (fitting[0] ?? oldest) : (fitting.at(-1) ?? newest));
  const asks = project.gradle?.projects.some((p) => p.texts.some((t) => TOOLCHAIN.test(t.text))) === true;
  return asks ? { tool, toolchain: line, runtime: line } : { tool, toolchain: undefined, runtime: tool };
}

/** Build files that read others, or ask git, cannot be evaluated before those are there. */
const READS_FILES =
  /\.(?:readText|text|readLines|load)\b|\bfile\s{0,9}\(\s{0,9}["'](?!libs|src|build)|\bexec\s{0,9}[{(]|\.execute\(|\bProcessBuilder\b|\bproviders\.(?:exec|fileContents)\b|\bfrom\s{0,9}\(?\s{0,9}["'](?!src|build|lib)[\w./-]+\.gradle/;

/** What Gradle needs to know the project: build files, the catalogue, the wrapper, builds that it includes. */
function buildFiles(project: JavaProject, tool: GradleTool): Step[] {
  const { inventory, gradle } = project;
  const inProjects = new Set(gradle?.projects.map((p) => p.folder));
  const files = inventory.files((path) => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    return inProjects.has(folder) && /(\.gradle(\.kts)?|gradle\.properties|gradle\.lockfile)$/.test(path);
  });
  const sources = [...files, ...(tool.image === undefined && inventory.isFile('gradlew') ? ['gradlew'] : [])].sort();
  const nested = sources.some((path) => path.includes('/'));
  const folders = [...(inventory.isDirectory('gradle') ? ['gradle'] : []), ...(gradle?.included ?? [])];
  const why = 'what the project depends on, before its source: an edit of the source downloads nothing';
  return [
    ...(sources.length > 0
      ? [{ kind: 'copy', sources, to: './', ...(nested ? { parents: true } : {}), why } satisfies Step]
      : []),
    ...folders.map((folder): Step => ({
      kind: 'copy',
      sources: [`${folder}/`],
      to: `./${folder}/`,
      why: 'part of how the project is built',
    })),
  ];
}

function canLookAhead({ inventory, gradle }: JavaProject): boolean {
  if (!gradle || !inventory.complete) return false;
  const everyProject = gradle.projects.every((p) => p.folder === '' || p.texts[0]?.file.startsWith(`${p.folder}/`));
  const texts = [gradle.settings, ...gradle.projects.flatMap((p) => p.texts)].filter((t) => t !== undefined);
  return everyProject && !texts.some((t) => READS_FILES.test(t.text));
}

const taskOf = ({ path }: GradleProject, task: string): string => `${path}:${task}`;

const FLAGS = ['--no-daemon', '--console=plain'];

export function gradleStages(
  project: JavaProject,
  candidate: Candidate,
  delivery: Delivery,
  request: PlanRequest,
  tool: GradleTool,
  jdks: GradleJdks,
): Stage[] {
  const own = candidate.module.gradle;
  if (!own) throw new TypeError('no project of Gradle');
  const toolchain = jdks.toolchain === undefined ? undefined : `/opt/java/${jdks.toolchain}`;
  const flags = [
    ...FLAGS,
    ...(toolchain === undefined ? [] : [`-Porg.gradle.java.installations.paths=${toolchain}`]),
    ...(usesInitScript(candidate) ? ['--init-script', INIT_SCRIPT] : []),
  ];
  const command = request.settings.build?.command;
  const build = command === undefined ? shellOf([...tool.argv, ...flags, ...delivery.goals]) : shellOf(toArgv(command));
  const base = tool.image === undefined ? jdkImage(jdks.tool) : tool.image(jdks.tool);
  const ahead: Step[] = canLookAhead(project)
    ? [
        ...buildFiles(project, tool),
        {
          kind: 'run',
          phase: 'install',
          mounts: [CACHE],
          command: shellOf([...tool.argv, ...flags, '--quiet', taskOf(own, 'dependencies')]),
          why: `${tool.image === undefined ? 'Gradle itself, ' : ''}plugins and what the project depends on; kept by the builder from one build to the next`,
        },
      ]
    : [];
  return [
    {
      name: BUILD_STAGE,
      base,
      why: `the JDK ${jdks.tool}; ${tool.why}`,
      steps: [
        ...(toolchain === undefined
          ? []
          : [
              {
                kind: 'copy',
                from: jdkImage(jdks.toolchain ?? ''),
                sources: ['/opt/java/openjdk/'],
                to: `${toolchain}/`,
                why: `the toolchain that the project asks for; Gradle itself runs on Java ${jdks.tool}`,
              } satisfies Step,
            ]),
        { kind: 'workdir', path: SOURCE_ROOT, why: 'the source' },
        { kind: 'env', vars: { GRADLE_USER_HOME: USER_HOME }, why: 'where Gradle keeps what it downloads' },
        ...(usesInitScript(candidate)
          ? [
              {
                kind: 'file',
                path: INIT_SCRIPT,
                text: initScript(candidate),
                why: 'the build file makes no archive that can be started; Gradle’s own plugin gathers the libraries',
                comment: 'Gathers the app and its libraries (installDist), which the project’s own build does not.',
              } satisfies Step,
            ]
          : []),
        ...ahead,
        { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
        {
          kind: 'run',
          phase: 'build',
          mounts: [CACHE],
          command: all(build, ...delivery.collect),
          why: delivery.why,
          ...(delivery.from ? { evidence: [delivery.from] } : {}),
        },
      ],
    },
  ];
}

const APPLICATION = ['application', 'io.ktor.plugin', 'io.micronaut.application', 'io.micronaut.minimal.application'];
const SHADOW = ['com.gradleup.shadow', 'com.github.johnrengelman.shadow'];
const BOOT = 'org.springframework.boot';

const makesFatJar = ({ texts }: GradleProject): boolean =>
  texts.some(
    (t) =>
      /Main-Class/.test(t.text) &&
      // Libraries that the archive only names lie beside it.
      !/Class-Path/.test(t.text) &&
      /runtimeClasspath|configurations\.(?:compile|runtime)\b/.test(t.text),
  );

const MULTIPLATFORM = 'org.jetbrains.kotlin.multiplatform';

/** The target for the JVM of a multiplatform project, by the name that its tasks have. https://kotlinlang.org/docs/multiplatform-dsl-reference.html */
const jvmTarget = ({ texts }: GradleProject): string =>
  statedIn(texts, /\bjvm\s{0,9}\(\s{0,9}["'](\w+)["']/, 'the target is')?.value ?? 'jvm';

/** Kotlin's plugin for several platforms knows no `application`: the archive and its class path are gathered by hand. */
const gathering = (target: string): string => `allprojects {
    plugins.withId('${MULTIPLATFORM}') {
        tasks.register('installDist', Sync) {
            from(tasks.named('${target}Jar'), configurations.named('${target}RuntimeClasspath'))
            into(layout.buildDirectory.dir('install/app/lib'))
        }
    }
}
`;

const APPLY = "allprojects {\n    plugins.withId('java') {\n        plugins.apply('application')\n    }\n}\n";

const initScript = ({ module }: Candidate): string =>
  module.gradle && pluginVersion(module, [MULTIPLATFORM]) ? gathering(jvmTarget(module.gradle)) : APPLY;

/** Only a main method is known: no plugin of the project makes anything that starts. */
function usesInitScript({ module, main }: Candidate): boolean {
  const { gradle } = module;
  if (!gradle || main === undefined) return false;
  return (
    !pluginVersion(module, [...APPLICATION, ...SHADOW, BOOT, 'io.quarkus', 'war']) &&
    !(makesFatJar(gradle) && statedMainClass(module))
  );
}

/** How a project of Gradle is started; undefined where nothing says it. */
export function gradleDelivery(project: JavaProject, candidate: Candidate): Delivery | undefined {
  const { module, main } = candidate;
  const { gradle } = module;
  if (!gradle) return undefined;
  const has = (...ids: readonly string[]) => pluginVersion(module, ids);
  const libs: (extension: string) => BuiltFile = (extension) => ({
    prefix: `${joinPath(gradle.folder, 'build/libs')}/`,
    suffix: `.${extension}`,
  });
  const boot = has(BOOT);
  if (boot) {
    if (has('war')) return jarDelivery([taskOf(gradle, 'bootWar')], libs('war'), boot.from, 'app.war');
    const version = bootVersion(project, module);
    const goals = [taskOf(gradle, 'bootJar')];
    return version === undefined
      ? jarDelivery(goals, libs('jar'), boot.from)
      : bootDelivery(goals, libs('jar'), version, boot.from);
  }
  const quarkus = has('io.quarkus');
  if (quarkus)
    return quarkusDelivery(
      [taskOf(gradle, 'quarkusBuild')],
      joinPath(gradle.folder, 'build/quarkus-app'),
      quarkus.from,
    );
  const war = has('war');
  if (war) return warDelivery([taskOf(gradle, 'war')], libs('war'), war.from);
  const application = has(...APPLICATION);
  const shadow = has(...SHADOW);
  if (!application && shadow && statedMainClass(module))
    return jarDelivery([taskOf(gradle, 'shadowJar')], libs('jar'), shadow.from);
  if (!application && makesFatJar(gradle) && statedMainClass(module))
    return jarDelivery([taskOf(gradle, 'jar')], libs('jar'), main?.from);
  if (!application && main === undefined) return undefined;
  const installed = `${joinPath(gradle.folder, 'build/install')}/`;
  const settings = gradle.texts.some((t) => /applicationDefaultJvmArgs|\bstartScripts\b/.test(t.text));
  if (main !== undefined && !settings) {
    return distributionDelivery(
      [taskOf(gradle, 'installDist')],
      [sh`cp -r ${installed}*/lib ${`${OUTPUT}/`}`],
      { mainClass: main.name },
      main.from,
    );
  }
  const name =
    statedIn(gradle.texts, /\bapplicationName\s{0,9}=\s{0,9}["']([\w.-]+)["']/, 'the application’s name is')?.value ??
    gradle.name;
  return distributionDelivery(
    [taskOf(gradle, 'installDist')],
    [sh`cp -r ${installed}*/. ${`${OUTPUT}/`}`],
    { script: name },
    application?.from,
  );
}
