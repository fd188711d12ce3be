import { baseName, joinPath } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import type { Mount, Stage, Step } from '../../plan/plan.ts';
import { all, shellOf } from '../../plan/shell.ts';
import type { PlanRequest } from '../language.ts';
import type { Candidate } from './candidates.ts';
import type { Delivery } from './delivery.ts';
import { BUILD_STAGE, SOURCE_ROOT } from './layout.ts';
import { pomFiles, reactorOf, type MavenModule } from './maven.ts';
import type { JavaProject } from './project.ts';
import { mavenImage } from './version.ts';

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

export const MVN = ['mvn', '--batch-mode', '--no-transfer-progress'];

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

export const isMavenFile = (path: string): boolean =>
  baseName(path) === 'pom.xml' || /(^|\/)\.mvn\/(maven\.config|jvm\.config)$/.test(path);
