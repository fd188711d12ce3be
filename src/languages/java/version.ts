import { cyclesOf, defaultCycle, lifeOf, pickTag, tagsOf } from '../../images/catalogue.ts';
import { distroless } from '../../images/known.ts';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { miseTools, toolVersions, versionFile } from '../version-files.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { statedIn } from './gradle.ts';
import { expand, pluginOf, propertyOf, remoteParent, settingsOf, type Stated } from './maven.ts';
import { bootVersion, type JavaModule, type JavaProject } from './project.ts';

const PRODUCT = 'eclipse-temurin';
const IMAGE = 'eclipse-temurin';
/** The Ubuntu release of the images: its JRE has a shell and bash. */
const UBUNTU = 'noble';
/** Marks a level for the compiler, which newer JDKs serve as well. */
const RELEASE = 'release ';

/** `1.8` is 8; vendors' names and suffixes are passed over: `temurin-17.0.9+9`, `21.0.2-tem`, `22.3.r17-grl`. */
function majorOf(text: string): number | undefined {
  const named = /java-?(\d{1,2})\b/.exec(text) ?? /\.r(\d{1,2})-/.exec(text);
  const plain =
    named ??
    /(?<![\w.])v?(?:1\.(?=\d\b))?(\d{1,2})(?=$|[^\d])/.exec(
      text.replace(/^[a-z_-]*?64-/i, '').replaceAll(/[A-Za-z_]+-?/g, ' '),
    );
  const major = Number(plain?.[1]);
  return major >= 1 && major < 100 ? major : undefined;
}

/** The release lines that there is an image of, oldest first. */
const lines = (): number[] =>
  cyclesOf(PRODUCT)
    .map((c) => Number(c.cycle))
    .filter((n) => tagsOf(IMAGE).has(`${n}-jdk-${UBUNTU}`))
    .sort((a, b) => a - b);

const isLongTerm = (line: number): boolean =>
  cyclesOf(PRODUCT).find((c) => c.cycle === String(line))?.lts !== undefined;

/** The line itself where there is an image of it, else the next long-term one after it. */
function lineFor(major: number): string | undefined {
  const known = lines();
  const line = known.find((n) => n === major) ?? known.find((n) => n > major && isLongTerm(n));
  return line === undefined ? undefined : String(line);
}

/**
 * A `release` below 9 needs a compiler that knows the option, which that of Java 8 does not; today's plugins run on 17.
 * https://openjdk.org/jeps/247
 */
const FIRST_FOR_OLD_RELEASES = 17;

export function readVersion(text: string): string | undefined {
  const level = text.startsWith(RELEASE);
  const major = majorOf(level ? text.slice(RELEASE.length) : text);
  if (major === undefined) return undefined;
  return lineFor(level && major < 9 ? FIRST_FOR_OLD_RELEASES : major);
}

/** What came out of a file and goes into a sentence: short, and without control characters. */
const shown = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 40);

const stated = (found: Stated | undefined, prefix = ''): VersionSource[] =>
  found === undefined || found.value.includes('${')
    ? []
    : [{ text: `${prefix}${shown(found.value)}`, from: found.from }];

function lineIn(inventory: Inventory, file: string, pattern: RegExp): VersionSource[] {
  const rows = (inventory.text(file) ?? '').split('\n');
  const at = rows.findIndex((row) => pattern.test(row));
  const value = pattern.exec(rows[at] ?? '')?.[1];
  return value === undefined
    ? []
    : [{ text: shown(value), from: { file, line: at + 1, why: `${file} says ${shown(value)}` } }];
}

interface Place {
  readonly title: string;
  read(project: JavaProject, module: JavaModule | undefined): VersionSource[];
}

const inFolders =
  (read: (inventory: Inventory, file: string) => VersionSource[], ...files: readonly string[]) =>
  ({ inventory, member }: JavaProject, module: JavaModule | undefined): VersionSource[] =>
    [...new Set([module?.folder ?? member, ''])].flatMap((at) =>
      files.flatMap((file) => read(inventory, joinPath(at, file))),
    );

const property =
  (...names: readonly string[]) =>
  (_: JavaProject, module: JavaModule | undefined): VersionSource[] => {
    const { maven } = module ?? {};
    return maven
      ? names.flatMap((name) => stated(propertyOf(maven, name), name.endsWith('release') ? RELEASE : ''))
      : [];
  };

function compilerSetting(module: JavaModule | undefined, plugin: string, ...names: readonly string[]): VersionSource[] {
  const { maven } = module ?? {};
  const found = maven && pluginOf(maven, plugin);
  if (!maven || !found) return [];
  return names.flatMap((name) =>
    settingsOf(maven, found, name)
      .slice(0, 1)
      .flatMap((value) =>
        stated(
          { value, from: { ...found.from, why: `${name} of ${plugin} is ${value}` } },
          name === 'release' ? RELEASE : '',
        ),
      ),
  );
}

function inBuildFile(pattern: RegExp, why: string, prefix = '') {
  return ({ gradle }: JavaProject, module: JavaModule | undefined): VersionSource[] => {
    const texts = [...(module?.gradle?.texts ?? []), ...(gradle?.root.texts ?? [])];
    return stated(statedIn(texts, pattern, why), prefix);
  };
}

/** The level of compilation that Spring Boot's parent sets where the project does not. */
function bootDefault(project: JavaProject, module: JavaModule | undefined): VersionSource[] {
  const version = module && bootVersion(project, module);
  if (version === undefined || !module) return [];
  const level = Number(version.split('.')[0]) >= 3 ? '17' : '8';
  return [
    {
      text: level,
      from: { file: module.file, why: `Spring Boot ${version} compiles for Java ${level} unless told otherwise` },
    },
  ];
}

/**
 * What the compiler's plugin asks of it where nothing is said, up to 3.10: Java 5, 6 or 7, which newer JDKs do not know.
 * https://maven.apache.org/plugins/maven-compiler-plugin/compile-mojo.html#source
 */
function pluginDefault(_: JavaProject, module: JavaModule | undefined): VersionSource[] {
  const { maven } = module ?? {};
  const plugin = maven && pluginOf(maven, 'maven-compiler-plugin');
  if (!maven || plugin?.version === undefined || remoteParent(maven)) return [];
  const version = expand(maven, plugin.version);
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (major === 0 || major > 3 || (major === 3 && minor > 10)) return [];
  const [text, level] = major < 3 || minor < 8 ? ['8', 5] : minor === 8 ? ['11', 6] : ['17', 7];
  const why = `maven-compiler-plugin ${shown(version)} compiles for Java ${level} unless told otherwise`;
  return [{ text, from: { ...plugin.from, why } }];
}

/** The one order in which a version is looked for. */
const PLACES: readonly Place[] = [
  { title: '.java-version', read: inFolders(versionFile, '.java-version') },
  { title: '.sdkmanrc', read: inFolders((i, f) => lineIn(i, f, /^\s{0,9}java\s{0,9}=\s{0,9}(\S+)/), '.sdkmanrc') },
  { title: '.tool-versions', read: inFolders((i, f) => toolVersions(i, f, ['java']), '.tool-versions') },
  { title: 'mise.toml', read: inFolders((i, f) => miseTools(i, f, ['java']), 'mise.toml', '.mise.toml') },
  {
    title: 'java.runtime.version in system.properties',
    read: inFolders(
      (i, f) => lineIn(i, f, /^\s{0,9}java\.runtime\.version\s{0,9}[=:]\s{0,9}(\S+)/),
      'system.properties',
    ),
  },
  { title: 'maven.compiler.release in pom.xml', read: property('maven.compiler.release') },
  {
    title: 'release of maven-compiler-plugin',
    read: (_, module) => compilerSetting(module, 'maven-compiler-plugin', 'release'),
  },
  { title: 'java.version in pom.xml', read: property('java.version', 'jdk.version') },
  {
    title: 'maven.compiler.target and .source in pom.xml',
    read: property('maven.compiler.target', 'maven.compiler.source'),
  },
  {
    title: 'target and source of maven-compiler-plugin',
    read: (_, module) => compilerSetting(module, 'maven-compiler-plugin', 'target', 'source'),
  },
  {
    title: 'jvmTarget of Kotlin in pom.xml',
    read: (p, m) => [
      ...property('kotlin.compiler.jvmTarget')(p, m),
      ...compilerSetting(m, 'kotlin-maven-plugin', 'jvmTarget'),
    ],
  },
  {
    title: 'toolchain in build.gradle',
    read: inBuildFile(
      /JavaLanguageVersion\.of\(\s{0,9}["']?(\d+)|\bjvmToolchain\s{0,9}\(\s{0,9}(\d+)|\bjdkToolchain\s{0,9}\(\s{0,9}(\d+)/,
      'the toolchain is Java',
    ),
  },
  {
    title: 'sourceCompatibility, targetCompatibility, release and jvmTarget in build.gradle',
    read: inBuildFile(
      /\b(?:source|target)Compatibility\s{0,9}[=(]?\s{0,9}(?:JavaVersion\.(?:VERSION_|toVersion\(\s{0,9}["']?))?["']?(\d[\d._]*)|\brelease(?:\.set\(|\s{0,9}=)\s{0,9}(\d+)|\bjvmTarget\s{0,9}(?:=|\.set\()\s{0,9}(?:JvmTarget\.(?:JVM_|fromTarget\(["']))?["']?(\d[\d._]*)/,
      'compiled for Java',
    ),
  },
  {
    title: 'gradle/gradle-daemon-jvm.properties',
    read: ({ inventory }) => lineIn(inventory, 'gradle/gradle-daemon-jvm.properties', /^toolchainVersion=(\d+)/),
  },
  { title: 'the default of Spring Boot’s version', read: bootDefault },
  { title: 'the default of maven-compiler-plugin’s version', read: pluginDefault },
];

export const versionOrder: readonly string[] = ['runtime in the manifest', ...PLACES.map((place) => place.title)];

/** Those of the places that know nothing of Maven and Gradle: for other languages of the JVM. */
export const versionFiles: readonly string[] = versionOrder.slice(0, 6);

export const isVersionFile = (path: string): boolean =>
  /(^|\/)(\.java-version|\.sdkmanrc|system\.properties)$/.test(path);

/** The release line of the JDK, and what named it; `more` are a language's own places, asked last. */
export function javaVersion(
  project: JavaProject,
  module: JavaModule | undefined,
  more: readonly VersionSource[] = [],
): ChosenVersion {
  const sources = [...PLACES.flatMap((place) => place.read(project, module)), ...more].map((s) => ({
    ...s,
    text: s.text.replace('_', '.'),
  }));
  const chosen = chooseVersion(PRODUCT, sources, readVersion);
  return { ...chosen, rejected: chosen.rejected.filter((r) => r.value !== chosen.version) };
}

/** The major release of a version that was asked for, as it is or finer. */
export const javaLine = (version: string): string => readVersion(version) ?? defaultCycle(PRODUCT)?.cycle ?? version;

export const jdkImage = (line: string): ImageRef => ({
  image: IMAGE,
  tag: pickTag(IMAGE, [`${line}-jdk-${UBUNTU}`, `${line}-jdk`]),
});

export const jreImage = (line: string, alpine: boolean): ImageRef => ({
  image: IMAGE,
  tag: alpine ? pickTag(IMAGE, [`${line}-jre-alpine`]) : pickTag(IMAGE, [`${line}-jre-${UBUNTU}`, `${line}-jre`]),
});

/** https://github.com/GoogleContainerTools/distroless/blob/main/java/README.md */
const DISTROLESS_LINES = ['17', '21', '25'];

/** A newer runtime runs what an older compiler made, so the next line that there is serves. */
export function distrolessJava(line: string): ImageRef {
  const fitting = DISTROLESS_LINES.find((n) => Number(n) >= Number(line)) ?? line;
  return distroless(`java${fitting}`);
}

export const mavenImage = (line: string): ImageRef => ({
  image: 'maven',
  tag: pickTag('maven', [`3.9-eclipse-temurin-${line}-${UBUNTU}`, `3.9-eclipse-temurin-${line}`]),
});

export function versionAdvice(line: string): Advice[] {
  const { state, eol } = lifeOf(PRODUCT, line);
  if (state !== 'ended') return [];
  return [
    {
      code: 'runtime-end-of-life',
      detail: `Java ${line} gets no security fixes since ${eol ?? 'some time'}.`,
      hint: `${defaultCycle(PRODUCT)?.cycle ?? 'The newest'} is the newest release with long-term support.`,
    },
  ];
}
