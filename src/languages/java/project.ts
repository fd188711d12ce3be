import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Scope } from '../language.ts';
import { buildFile, gradleBuild, settingsFile, type GradleBuild, type GradleProject } from './gradle.ts';
import {
  dependenciesOf,
  expand,
  importedBom,
  moduleAt,
  pluginOf,
  reactorOf,
  remoteParent,
  type Dependency,
  type MavenModule,
} from './maven.ts';

/** A project of the JVM, by whichever tool it is built. */

export interface JavaModule {
  /** Below the scope's root; '' is the root. */
  readonly folder: string;
  /** What its build file calls it. */
  readonly name: string;
  readonly file: string;
  readonly dependencies: readonly Dependency[];
  readonly maven?: MavenModule;
  readonly gradle?: GradleProject;
}

export type Tool = 'maven' | 'gradle' | 'javac';

export interface JavaProject {
  readonly inventory: Inventory;
  readonly member: string;
  readonly tool: Tool;
  /** The root first. */
  readonly modules: readonly JavaModule[];
  readonly gradle: GradleBuild | undefined;
}

const ofMaven = (maven: MavenModule): JavaModule => ({
  folder: maven.folder,
  name: maven.pom.artifactId,
  file: maven.pom.file,
  dependencies: dependenciesOf(maven).filter((d) => d.scope !== 'test'),
  maven,
});

const ofGradle = (inventory: Inventory, gradle: GradleProject): JavaModule => ({
  folder: gradle.folder,
  name: gradle.name,
  file: gradle.texts[0]?.file ?? settingsFile(inventory, '') ?? joinPath(gradle.folder, 'build.gradle'),
  dependencies: gradle.dependencies.map((d) => ({ ...d, scope: 'compile' })),
  gradle,
});

/** The modules, each with what those of the project that it depends on bring along. */
function withOwnModules(modules: readonly JavaModule[]): JavaModule[] {
  const needs = ({ dependencies, gradle }: JavaModule): JavaModule[] =>
    gradle
      ? modules.filter((m) => m.gradle !== undefined && gradle.projects.includes(m.gradle.path))
      : modules.filter((m) => dependencies.some((d) => d.id.endsWith(`:${m.name}`)));
  return modules.map((module) => {
    const all = new Set([module]);
    for (const next of all) for (const need of needs(next)) all.add(need);
    return all.size === 1 ? module : { ...module, dependencies: [...all].flatMap((m) => m.dependencies) };
  });
}

/** Maven where both are there: its files say what is built, Gradle's are programs. `packageManager` decides otherwise. */
function toolOf(inventory: Inventory, member: string, asked: string | undefined): Tool {
  const maven = inventory.isFile('pom.xml') || inventory.isFile(joinPath(member, 'pom.xml'));
  const gradle = buildFile(inventory, '') !== undefined || settingsFile(inventory, '') !== undefined;
  if (asked === 'gradle' && gradle) return 'gradle';
  if (maven) return 'maven';
  return gradle ? 'gradle' : 'javac';
}

/** Throws `broken-file` for a pom.xml that cannot be read. */
export function readProject({ inventory, member }: Scope, asked?: string): JavaProject {
  const tool = toolOf(inventory, member, asked);
  if (tool === 'maven') {
    const reactor = reactorOf(inventory);
    const inside = reactor.some((m) => m.folder === member);
    const own = inside ? undefined : moduleAt(inventory, member);
    const modules = withOwnModules([...reactor, ...(own ? [own] : [])].map(ofMaven));
    return { inventory, member, tool, modules, gradle: undefined };
  }
  if (tool === 'javac') {
    return {
      inventory,
      member,
      tool,
      modules: [{ folder: '', name: 'app', file: 'Main.java', dependencies: [] }],
      gradle: undefined,
    };
  }
  const gradle = gradleBuild(inventory);
  const modules = withOwnModules((gradle?.projects ?? []).map((p) => ofGradle(inventory, p)));
  return { inventory, member, tool, modules, gradle };
}

/** A Gradle plugin or a Maven plugin that is in force, by id or artifact. */
export function pluginVersion(
  module: JavaModule,
  ids: readonly string[],
): { version: string | undefined; from: Evidence } | undefined {
  for (const id of ids) {
    const gradle = module.gradle?.plugins.find((p) => p.id === id);
    if (gradle) return { version: gradle.version, from: gradle.from };
    const maven = module.maven && pluginOf(module.maven, id);
    if (maven?.declared) return { version: maven.version, from: maven.from };
  }
  return undefined;
}

const BOOT_PLUGINS = ['spring-boot-maven-plugin', 'org.springframework.boot'];

/** Spring Boot's version, from wherever the project takes it. */
export function bootVersion(project: JavaProject, module: JavaModule): string | undefined {
  const plain = (text: string | undefined): string | undefined => {
    const value = text === undefined ? undefined : module.maven ? expand(module.maven, text) : text;
    return value !== undefined && /^\d+\.\d+/.test(value) ? value : undefined;
  };
  const parent = module.maven && remoteParent(module.maven);
  const root = project.modules[0];
  const declared = root?.gradle?.texts.flatMap(({ text }) => [
    ...(/["']?org\.springframework\.boot["']?\)?\s{0,9}version\s{0,9}\(?["']([\d.]+)/.exec(text)?.slice(1) ?? []),
    ...(/spring-boot-gradle-plugin:([\d.]+)/.exec(text)?.slice(1) ?? []),
  ])[0];
  return (
    plain(parent?.groupId === 'org.springframework.boot' ? parent.version : undefined) ??
    plain(pluginVersion(module, BOOT_PLUGINS)?.version) ??
    plain(module.maven && importedBom(module.maven, 'spring-boot-dependencies')) ??
    plain(declared) ??
    plain(module.dependencies.find((d) => d.id.startsWith('org.springframework.boot:'))?.version)
  );
}

/** The nearest folder at or above `app` of which something holds. */
export function nearest(app: string, holds: (folder: string) => boolean): string | undefined {
  for (let at = app; ; at = parentOf(at)) {
    if (holds(at)) return at;
    if (at === '') return undefined;
  }
}
