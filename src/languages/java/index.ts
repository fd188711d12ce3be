import type { IgnoreRule } from '../../ignore/rule.ts';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { fromSource } from './from-source.ts';
import { calledPackages } from '../called-packages.ts';
import { javaApp } from './app.ts';
import { candidatesOf } from './candidates.ts';
import { isSource } from './code.ts';
import { isServerSettings } from './dropwizard.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { buildFile, gradleRoot, isGradleFile, settingsFile } from './gradle.ts';
import { isMavenFile } from './maven-build.ts';
import { mavenRoot } from './maven.ts';
import { planJava } from './plan.ts';
import { nearest, readProject } from './project.ts';
import { isSettingsFile } from './settings-file.ts';
import { MANIFEST, unpackedFindings, unpackedIn } from './unpacked.ts';
import { isVersionFile, javaVersion, versionOrder } from './version.ts';

function detect(inventory: Inventory): Sign[] {
  if (unpackedIn({ inventory, member: '' }))
    return [{ path: MANIFEST, weight: weights.manifest, reason: 'an archive of Java, taken apart' }];
  const signs: Sign[] = [];
  const names = inventory.names('');
  const gradle = buildFile(inventory, '') ?? settingsFile(inventory, '');
  if (inventory.isFile('pom.xml'))
    signs.push({ path: 'pom.xml', weight: weights.manifest, reason: 'a project of Maven' });
  else if (gradle !== undefined) signs.push({ path: gradle, weight: weights.manifest, reason: 'a project of Gradle' });
  for (const tool of ['mvnw', 'gradlew']) {
    if (names.includes(tool)) signs.push({ path: tool, weight: weights.tool, reason: 'the wrapper of a build tool' });
  }
  if (signs.length > 0) {
    const source = ['src/main/java', 'src/main/kotlin'].find((folder) => inventory.isDirectory(folder));
    if (source !== undefined) signs.push({ path: source, weight: weights.program, reason: 'source of Java or Kotlin' });
    return signs;
  }
  const main = names.find((name) => /^(Main|App|Application|Server)\.java$/.test(name));
  const other =
    main ??
    names.find((name) => name.endsWith('.java')) ??
    inventory.entries.find((e) => /^src\/(main\/java\/)?([^/]+\/)?(Main|App)\.java$/.test(e.path))?.path;
  if (other !== undefined)
    signs.push({ path: other, weight: main === undefined ? weights.source : weights.entry, reason: 'source of Java' });
  return signs;
}

function workspaceOf(tree: Inventory, app: string): string | undefined {
  const pom = nearest(app, (folder) => tree.isFile(joinPath(folder, 'pom.xml')));
  if (pom === app) {
    const root = mavenRoot(tree, app);
    return root === app ? undefined : root;
  }
  return gradleRoot(tree, app);
}

/** Other modules than the root that can be started. */
function apps(inventory: Inventory): string[] {
  const all = candidatesOf(readProject({ inventory, member: '' }));
  return all.map((c) => c.module.folder).filter((folder) => folder !== '');
}

function infer(scope: Scope): Inferred {
  const unpacked = unpackedIn(scope);
  if (unpacked) return { findings: unpackedFindings(scope, unpacked) };
  const { project, candidate, choice, delivery } = javaApp(scope);
  if (!candidate) return { findings: [] };
  const { module, serving } = candidate;
  const version = javaVersion(project, module);
  const file = { file: module.file, why: `${project.tool} builds it` };
  const from = delivery?.from ?? file;
  const called = calledPackages(
    'java',
    candidate.code.map(({ path, text }) => ({ path, code: text, literals: [] })),
  );
  const workload = delivery?.war ? 'service' : serving.workload;
  const findings: Finding[] = [
    ...(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(module.name) && project.tool !== 'javac'
      ? [{ at: '/name', value: module.name, from: file } as const]
      : []),
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    ...(project.tool === 'javac' ? [] : [{ at: '/packageManager', value: project.tool, from: file } as const]),
    ...(serving.framework
      ? [{ at: '/framework', value: serving.framework.framework.id, from: serving.framework.from } as const]
      : []),
    { at: '/workload', value: workload, from: serving.from ?? from },
    ...(delivery ? [{ at: '/command', value: delivery.argv, from, rejected: choice.rejected } as const] : []),
    ...(serving.port ? [{ at: '/port', value: serving.port.port, from: serving.port.from } as const] : []),
    ...(serving.health ? [{ at: '/health/path', value: serving.health.path, from: serving.health.from } as const] : []),
    ...(called ? [{ at: '/run/packages', value: called.packages, from: called.from } as const] : []),
  ];
  return { findings };
}

function ignore(scope: Scope): IgnoreRule[] {
  if (unpackedIn(scope)) return [];
  const { modules, tool } = readProject(scope);
  const folders = [...new Set(['', ...modules.map((m) => m.folder)])].slice(0, 100);
  const testJars = modules.some(
    (m) =>
      m.maven?.pom.dependencies.some((d) => d.type === 'test-jar') ||
      m.maven?.pom.plugins.some((p) => p.goals.includes('test-jar')),
  );
  const output = tool === 'gradle' ? ['build', 'bin'] : tool === 'maven' ? ['target'] : ['out', 'bin'];
  return [
    ...folders.flatMap((folder) =>
      output.map((name): IgnoreRule => ({
        pattern: joinPath(folder, name),
        purpose: 'build-output',
        why: 'made by the build',
      })),
    ),
    { pattern: '**/*.class', purpose: 'build-output', why: 'compiled classes' },
    ...(tool === 'gradle'
      ? [{ pattern: '**/.gradle', purpose: 'cache', why: 'what Gradle keeps for itself' } as const]
      : []),
    ...(testJars
      ? []
      : folders.map((folder): IgnoreRule => ({
          pattern: joinPath(folder, 'src/test'),
          purpose: 'test',
          why: 'tests take no part in the build',
        }))),
    ...['.project', '.classpath', '.settings', '*.iml'].map((name): IgnoreRule => ({
      pattern: `**/${name}`,
      purpose: 'editor',
      why: 'settings of editors',
    })),
    { pattern: '**/hs_err_pid*', purpose: 'logs', why: 'written when Java crashed' },
  ];
}

export const java = defineLanguage({
  id: 'java',
  title: 'Java and Kotlin',
  facts: {
    detectedBy: ['pom.xml', 'build.gradle', 'build.gradle.kts', 'settings.gradle', 'Main.java'],
    versionOrder,
    packageManagers: ['maven', 'gradle'],
    frameworks: FRAMEWORKS.map((framework) => framework.id),
    variants: ['slim', 'alpine', 'distroless'],
    product: 'eclipse-temurin',
  },
  readsText: (path) =>
    isSource(path) ||
    isMavenFile(path) ||
    isGradleFile(path) ||
    isSettingsFile(path) ||
    isVersionFile(path) ||
    isServerSettings(path) ||
    path === MANIFEST,
  detect,
  workspaceOf,
  apps,
  infer,
  resolveCommand: (scope, argv) => fromSource(infer, scope, argv),
  plan: planJava,
  ignore,
});
