import { joinPath } from '../../inventory/inventory.ts';
import { shellOf, type Shell } from '../../plan/shell.ts';
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
import { MVN } from './maven-build.ts';
import { expand, pluginOf, propertyOf, remoteParent, settingsOf, type MavenModule, type Plugin } from './maven.ts';
import { bootVersion, type JavaProject } from './project.ts';
import { settingOf } from './settings-file.ts';
import { javaLine, javaVersion } from './version.ts';

/** What a module of Maven leaves, where, and how that is started: by the plugins that are in force for it. */

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
