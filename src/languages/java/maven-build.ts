import { baseName, joinPath } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import type { Mount, Stage, Step } from '../../plan/plan.ts';
import { all, shellOf, type Shell } from '../../plan/shell.ts';
import type { PlanRequest } from '../language.ts';
import type { Candidate } from './candidates.ts';
import {
  bootDelivery,
  classPathDelivery,
  functionDelivery,
  INVOKER,
  jarDelivery,
  LIBRARIES,
  quarkusDelivery,
  runnerDelivery,
  warDelivery,
  type BuiltFile,
  type Delivery,
} from './delivery.ts';
import { functionInvoker } from './function-target.ts';
import { BUILD_STAGE, SOURCE_ROOT } from './layout.ts';
import {
  expand,
  pluginOf,
  pomFiles,
  propertyOf,
  reactorOf,
  remoteParent,
  settingsOf,
  type MavenModule,
  type Plugin,
} from './maven.ts';
import { bootVersion, type JavaProject } from './project.ts';
import { settingOf } from './settings-file.ts';
import { javaLine, javaVersion, mavenImage } from './version.ts';

/** Held by one build at a time: Maven's repository is not made for two. */
const REPOSITORY: Mount = { type: 'cache', target: '/root/.m2/repository', sharing: 'locked' };

/** Checks of style and the like, which are no part of making an image, and what needs a history that is not sent. */
const SKIPS: Readonly<Record<string, string>> = {
  'maven-checkstyle-plugin': 'checkstyle.skip',
  'spring-javaformat-maven-plugin': 'spring-javaformat.skip',
  'spotless-maven-plugin': 'spotless.check.skip',
  'fmt-maven-plugin': 'fmt.skip',
  'maven-pmd-plugin': 'pmd.skip',
  'spotbugs-maven-plugin': 'spotbugs.skip',
  'jacoco-maven-plugin': 'jacoco.skip',
  'apache-rat-plugin': 'rat.skip',
  'license-maven-plugin': 'license.skip',
  'git-commit-id-plugin': 'maven.gitcommitid.skip',
  'git-commit-id-maven-plugin': 'maven.gitcommitid.skip',
  'maven-source-plugin': 'maven.source.skip',
  'maven-javadoc-plugin': 'maven.javadoc.skip',
};

/** Test classes that another module takes as a dependency have to be compiled. */
const sharesTests = (modules: readonly MavenModule[]): boolean =>
  modules.some(
    (m) =>
      m.pom.dependencies.some((d) => d.type === 'test-jar') || m.pom.plugins.some((p) => p.goals.includes('test-jar')),
  );

function skips(modules: readonly MavenModule[]): string[] {
  const declared = new Set(modules.flatMap((m) => m.chain.flatMap((p) => p.plugins.map((x) => x.artifactId))));
  const found = Object.entries(SKIPS)
    .filter(([plugin]) => declared.has(plugin))
    .map(([, property]) => `-D${property}`);
  return [sharesTests(modules) ? '-DskipTests' : '-Dmaven.test.skip=true', ...new Set(found)];
}

const modulesOf = (project: JavaProject): MavenModule[] =>
  project.modules.map((m) => m.maven).filter((m) => m !== undefined);

/** Which part of the build is made: a module and those it needs, or a pom that no other lists. */
function selection(project: JavaProject, { folder }: MavenModule): string[] {
  if (folder === '') return [];
  const listed = reactorOf(project.inventory).some((m) => m.folder === folder);
  return listed ? ['-pl', folder, '-am'] : ['-f', joinPath(folder, 'pom.xml')];
}

/** Settings that the project brings along for Maven itself. */
function mavenFiles(project: JavaProject): Step[] {
  const { inventory } = project;
  const config = inventory.text('.mvn/maven.config') ?? '';
  const named = /(?:^|\s)(?:-s|--settings)[\s=]{0,9}(\S+)/.exec(config)?.[1];
  const settings = named?.replace(/^(\.\/|\$\{[\w.]+\}\/)/, '');
  return [
    ...(inventory.isDirectory('.mvn')
      ? [{ kind: 'copy', sources: ['.mvn/'], to: './.mvn/', why: 'how the project wants Maven to run' } satisfies Step]
      : []),
    ...(settings !== undefined && !settings.startsWith('.mvn/') && inventory.isFile(settings)
      ? [
          {
            kind: 'copy',
            sources: [settings],
            to: `./${settings}`,
            why: 'settings that .mvn/maven.config names',
          } satisfies Step,
        ]
      : []),
  ];
}

function pomCopy(modules: readonly MavenModule[]): Step {
  const files = pomFiles(modules);
  const why = 'what the modules depend on, before their source: an edit of the source downloads nothing';
  if (files.length === 1) return { kind: 'copy', sources: files, to: './', why };
  return { kind: 'copy', sources: files, to: './', parents: true, why };
}

const MVN = ['mvn', '--batch-mode', '--no-transfer-progress'];

/**
 * `--fail-never`, because not all can be resolved ahead: what depends on a module that is not built yet, plugins with
 * odd dependencies. The build resolves that itself. https://maven.apache.org/plugins/maven-dependency-plugin/go-offline-mojo.html
 */
const downloadStep = (selected: readonly string[]): Step => ({
  kind: 'run',
  phase: 'install',
  mounts: [REPOSITORY],
  command: shellOf([...MVN, '--fail-never', ...selected, 'dependency:go-offline']),
  why: 'dependencies and plugins; kept by the builder from one build to the next',
  comment: 'What cannot be resolved ahead of the build is left to it.',
});

export function mavenStage(
  project: JavaProject,
  candidate: Candidate,
  delivery: Delivery,
  request: PlanRequest,
  jdk: string,
): Stage {
  const maven = candidate.module.maven;
  if (!maven) throw new TypeError('no module of Maven');
  const modules = modulesOf(project);
  const selected = selection(project, maven);
  const own = request.settings.build?.command;
  const build =
    own === undefined
      ? shellOf([...MVN, ...skips(modules), ...selected, ...delivery.goals, ...(delivery.gather ?? [])])
      : shellOf(toArgv(own));
  return {
    name: BUILD_STAGE,
    base: mavenImage(jdk),
    why: `Maven and the JDK ${jdk}`,
    steps: [
      { kind: 'workdir', path: SOURCE_ROOT, why: 'the source' },
      ...mavenFiles(project),
      pomCopy(modules),
      downloadStep(selected),
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      {
        kind: 'run',
        phase: 'build',
        mounts: [REPOSITORY],
        command: all(build, ...delivery.collect),
        why: delivery.why,
        ...(delivery.from ? { evidence: [delivery.from] } : {}),
      },
    ],
  };
}

/** Plugins that leave further archives in `target/`, beside the one of the module. */
const ATTACHING = ['maven-assembly-plugin', 'maven-shade-plugin', 'maven-jar-plugin'];

function attaches(maven: MavenModule): boolean {
  return ATTACHING.some((id) => {
    const plugin = pluginOf(maven, id);
    return (
      plugin?.declared === true &&
      (id === 'maven-assembly-plugin' ||
        settingsOf(maven, plugin, 'shadedArtifactAttached')[0] === 'true' ||
        plugin.goals.includes('test-jar'))
    );
  });
}

const VERSION = /\$\{(?:project\.|pom\.)?version\}|\$\{(?:revision|sha1|changelist)\}/g;

/** A parent that cannot be read may call the archive by the artifact alone, as Helidon's does; Spring Boot's leaves the name as it is. */
function parentMayName(maven: MavenModule): boolean {
  const parent = remoteParent(maven);
  return parent !== undefined && parent.groupId !== 'org.springframework.boot' && !attaches(maven);
}

/** A folder that a plugin names, relative to its module; undefined where it is not below it. */
const belowModule = (folder: string | undefined): string | undefined =>
  /^(?:\$\{(?:project\.)?basedir\}\/)?((?!\.\.?\/)[\w.-]+(?:\/(?!\.\.?(?:\/|$))[\w.-]+)*)$/.exec(folder ?? '')?.[1];

/** The archive that a module leaves. Its version is not written down, unless the name would fit several. */
function builtFile(
  maven: MavenModule,
  { classifier = '', extension = 'jar' }: { classifier?: string; extension?: string } = {},
): BuiltFile {
  const jar = extension === 'jar' ? pluginOf(maven, 'maven-jar-plugin') : undefined;
  const ofPlugin = jar === undefined ? undefined : settingsOf(maven, jar, 'finalName')[0];
  const said = ofPlugin ?? maven.chain.map((p) => p.finalName).find((n) => n !== undefined);
  const raw = said ?? (parentMayName(maven) ? '${project.artifactId}*' : '${project.artifactId}-${project.version}');
  const full = expand(maven, raw);
  const exact = attaches(maven) && classifier === '' && !full.includes('${');
  const name =
    exact || !raw.includes('${') ? full : expand(maven, raw.replaceAll(VERSION, '*')).replaceAll(/\$\{[^}]*\}/g, '*');
  const elsewhere = jar === undefined ? undefined : settingsOf(maven, jar, 'outputDirectory')[0];
  const folder = joinPath(maven.folder, belowModule(elsewhere) ?? 'target');
  const tail = `${classifier === '' ? '' : `-${classifier}`}.${extension}`;
  const star = name.indexOf('*');
  if (star < 0) return { prefix: `${folder}/${name}${tail}`, suffix: undefined };
  return { prefix: `${folder}/${name.slice(0, star)}`, suffix: `${name.slice(name.lastIndexOf('*') + 1)}${tail}` };
}

const isTrue = (maven: MavenModule, plugin: Plugin | undefined, name: string): boolean =>
  settingsOf(maven, plugin, name)[0] === 'true';

/** The tool that takes an archive's layers apart is written with classes of Spring, which must be in the archive. */
const usesSpring = ({ modules }: JavaProject, maven: MavenModule): boolean =>
  maven.chain.some((p) => p.parent?.groupId.includes('spring')) ||
  modules.some(({ dependencies }) => dependencies.some(({ id }) => id.includes('spring')));

function ofBoot(project: JavaProject, candidate: Candidate, maven: MavenModule, plugin: Plugin): Delivery {
  const inherited =
    maven.chain.some((p) => p.parent?.groupId === 'org.springframework.boot') || plugin.goals.includes('repackage');
  const goals = inherited ? ['package'] : ['package', 'spring-boot:repackage'];
  const classifier = settingsOf(maven, plugin, 'classifier')[0] ?? '';
  const extension = maven.pom.packaging === 'war' ? 'war' : 'jar';
  const built = builtFile(maven, { classifier, extension });
  const version = bootVersion(project, candidate.module);
  const plain =
    extension === 'war' ||
    !usesSpring(project, maven) ||
    version === undefined ||
    settingsOf(maven, plugin, 'layout').length > 0 ||
    plugin.configurations.some((c) =>
      c.children.some((x) => x.name === 'layers' && x.children.some((e) => e.name === 'enabled' && e.text === 'false')),
    );
  return plain
    ? jarDelivery(goals, built, plugin.from, `app.${extension}`)
    : bootDelivery(goals, built, version, plugin.from);
}

/** Until 1.12 Quarkus left a runner that looks for its libraries in `lib/` beside it. https://quarkus.io/blog/quarkus-1-12-0-final-released/ */
function isBeforeFastJar(maven: MavenModule, plugin: Plugin): boolean {
  const stated = [
    plugin.version === undefined ? undefined : expand(maven, plugin.version),
    ...['quarkus.version', 'quarkus.platform.version'].map((key) => propertyOf(maven, key)?.value),
  ].find((version) => version !== undefined && /^\d+\.\d+/.test(version));
  const [major = 3, minor = 0] = (stated ?? '').split('.').map(Number);
  return stated !== undefined && (major === 0 || (major === 1 && minor < 12));
}

function ofQuarkus(project: JavaProject, maven: MavenModule, plugin: Plugin): Delivery {
  const keys = ['quarkus.package.jar.type', 'quarkus.package.type'];
  const kind = keys
    .map((k) => propertyOf(maven, k)?.value ?? settingOf(project.inventory, maven.folder, k)?.value)
    .find((v) => v !== undefined);
  if (kind === 'uber-jar') {
    const { prefix, suffix } = builtFile(maven, { classifier: 'runner' });
    return jarDelivery(['package'], { prefix, suffix }, plugin.from);
  }
  if (isBeforeFastJar(maven, plugin)) {
    const libraries = joinPath(maven.folder, 'target/lib');
    return runnerDelivery(builtFile(maven, { classifier: 'runner' }), libraries, plugin.from);
  }
  return quarkusDelivery(['package'], joinPath(maven.folder, 'target/quarkus-app'), plugin.from);
}

/** The name that a plugin gives its archive, where it is another than the module's own. */
const namedBy = (maven: MavenModule, plugin: Plugin): string | undefined =>
  settingsOf(maven, plugin, 'finalName').find((name) => name !== '${project.build.finalName}');

/** A jar with everything in it, as shade and assembly make it while the module is packaged. */
function ofBundle(maven: MavenModule): Delivery | undefined {
  const shade = pluginOf(maven, 'maven-shade-plugin');
  if (
    shade?.declared &&
    settingsOf(maven, shade, 'mainClass').length + settingsOf(maven, shade, 'Main-Class').length > 0
  ) {
    const attached = isTrue(maven, shade, 'shadedArtifactAttached');
    const classifier = attached ? (settingsOf(maven, shade, 'shadedClassifierName')[0] ?? 'shaded') : '';
    const own = namedBy(maven, shade);
    const built =
      own === undefined
        ? builtFile(maven, { classifier })
        : { prefix: `${joinPath(maven.folder, 'target')}/${own}.jar`, suffix: undefined };
    return jarDelivery(['package'], built, shade.from);
  }
  // It starts the verticle that its settings name. https://reactiverse.io/vertx-maven-plugin/
  const verticle = pluginOf(maven, 'vertx-maven-plugin');
  if (verticle?.declared && verticle.goals.includes('package'))
    return jarDelivery(['package'], builtFile(maven), verticle.from);
  const assembly = pluginOf(maven, 'maven-assembly-plugin');
  const bound = assembly?.goals.some((g) => g === 'single' || g === 'assembly') === true;
  if (
    assembly?.declared &&
    bound &&
    settingsOf(maven, assembly, 'mainClass').length > 0 &&
    settingsOf(maven, assembly, 'descriptorRef').includes('jar-with-dependencies')
  ) {
    const appended = settingsOf(maven, assembly, 'appendAssemblyId')[0] !== 'false';
    const own = namedBy(maven, assembly);
    const classifier = appended ? 'jar-with-dependencies' : '';
    if (own === undefined) return jarDelivery(['package'], builtFile(maven, { classifier }), assembly.from);
    return jarDelivery(
      ['package'],
      {
        prefix: `${joinPath(maven.folder, 'target')}/${own}${appended ? '-jar-with-dependencies' : ''}.jar`,
        suffix: undefined,
      },
      assembly.from,
    );
  }
  return undefined;
}

/** In the module's own folder nothing is asked of its plugins: the goal is named in full. */
const fetchInvoker = (artifact: string): Shell =>
  shellOf([
    ...MVN,
    '-N',
    'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
    `-Dartifact=${artifact}`,
    `-DoutputDirectory=${INVOKER}`,
    '-Dmdep.stripVersion=true',
  ]);

/** How a module of Maven is started; undefined where nothing says it. */
export function mavenDelivery(project: JavaProject, candidate: Candidate): Delivery | undefined {
  const { module, main, functionTarget: target } = candidate;
  const { maven } = module;
  if (!maven) return undefined;
  const boot = pluginOf(maven, 'spring-boot-maven-plugin');
  if (boot?.declared && !isTrue(maven, boot, 'skip')) return ofBoot(project, candidate, maven, boot);
  const quarkus = pluginOf(maven, 'quarkus-maven-plugin');
  if (quarkus?.declared) return ofQuarkus(project, maven, quarkus);
  if (maven.pom.packaging === 'war')
    return warDelivery(['package'], builtFile(maven, { extension: 'war' }), {
      file: module.file,
      why: 'its packaging is war',
    });
  const bundle = ofBundle(maven);
  if (bundle) return bundle;
  const starts = main ?? target;
  if (starts === undefined) return undefined;
  const libraries =
    module.dependencies.some((d) => d.scope === 'compile' || d.scope === 'runtime') || candidate.assumesLibraries;
  const gather = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${LIBRARIES}`];
  const made = {
    ...classPathDelivery(['package'], builtFile(maven), starts.name, libraries, starts.from),
    ...(libraries ? { gather } : {}),
  };
  if (main !== undefined) return made;
  const line = javaLine(javaVersion(project, module).version);
  return functionDelivery(made, fetchInvoker(functionInvoker(line)), starts.name);
}

export const isMavenFile = (path: string): boolean =>
  baseName(path) === 'pom.xml' || /(^|\/)\.mvn\/(maven\.config|jvm\.config)$/.test(path);
