import type { IgnoreRule } from '../../ignore/rule.ts';
import { pathBelow, type Inventory } from '../../inventory/inventory.ts';
import { parentOf } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Inferred, type Scope, type Sign } from '../language.ts';
import { fromArchive, fromScript } from '../java/from-build.ts';
import { fromSource } from '../java/from-source.ts';
import { isSource } from '../java/code.ts';
import { isSettingsFile } from '../java/settings-file.ts';
import { isVersionFile, versionFiles } from '../java/version.ts';
import { readSbt } from './build-file.ts';
import { planScala, scalaApp, scalaCommand, scalaFolders, scalaJava } from './plan.ts';

function detect(inventory: Inventory): Sign[] {
  if (!inventory.isFile('build.sbt')) return [];
  return [
    { path: 'build.sbt', weight: weights.manifest, reason: 'a build of sbt' },
    ...(inventory.isFile('project/build.properties')
      ? [{ path: 'project/build.properties', weight: weights.tool, reason: 'the version of sbt' }]
      : []),
    ...(inventory.isFile('project/plugins.sbt')
      ? [{ path: 'project/plugins.sbt', weight: weights.tool, reason: 'plugins of sbt' }]
      : []),
  ];
}

/** The nearest build above that has the folder as one of its projects. */
function workspaceOf(tree: Inventory, app: string): string | undefined {
  for (let at = app; at !== '';) {
    at = parentOf(at);
    const below = pathBelow(at, app);
    const inside = tree.at(at);
    if (inside.isFile('build.sbt') && readSbt(inside).projects.some((p) => p.folder === below)) return at;
  }
  return undefined;
}

function infer(scope: Scope): Inferred {
  const app = scalaApp(scope);
  const { project, main, serving } = app;
  if (!project) return { findings: [] };
  const version = scalaJava(app);
  const file = { file: 'build.sbt', why: 'a build of sbt' };
  const command = scalaCommand(app);
  return {
    findings: [
      { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
      { at: '/packageManager', value: 'sbt', from: file },
      ...(serving.framework
        ? [{ at: '/framework', value: serving.framework.framework.id, from: serving.framework.from } as const]
        : []),
      { at: '/workload', value: serving.workload, from: serving.from ?? file },
      ...(command ? [{ at: '/command', value: command, from: main?.from ?? file } as const] : []),
      ...(serving.port ? [{ at: '/port', value: serving.port.port, from: serving.port.from } as const] : []),
    ],
  };
}

function resolveCommand(scope: Scope, argv: readonly string[]): readonly string[] | undefined {
  const app = scalaApp(scope);
  return (
    fromSource(infer, scope, argv) ??
    fromScript(scalaCommand(app), argv) ??
    (app.project?.packaging === 'assembly' ? fromArchive(argv) : undefined)
  );
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '**/target', purpose: 'build-output', why: 'made by the build' },
  { pattern: '**/.bsp', purpose: 'editor', why: 'settings of editors' },
  { pattern: '**/.metals', purpose: 'editor', why: 'settings of editors' },
  { pattern: '**/.bloop', purpose: 'cache', why: 'what a build server keeps' },
  { pattern: '**/src/test', purpose: 'test', why: 'tests take no part in the build' },
];

export const scala = defineLanguage({
  id: 'scala',
  title: 'Scala',
  facts: {
    detectedBy: ['build.sbt'],
    versionOrder: [...versionFiles, '-release of scalacOptions', 'the newest that Scala and sbt run on'],
    packageManagers: ['sbt'],
    frameworks: ['play', 'akka-http', 'pekko-http', 'http4s', 'zio-http'],
    variants: ['slim', 'alpine', 'distroless'],
    product: 'eclipse-temurin',
  },
  readsText: (path) =>
    /\.(sbt|scala)$/.test(path) ||
    /(^|\/)(build\.properties)$/.test(path) ||
    isSource(path) ||
    isSettingsFile(path) ||
    isVersionFile(path),
  detect,
  workspaceOf,
  apps: (inventory) => scalaFolders({ inventory, member: '' }),
  infer,
  resolveCommand,
  plan: planScala,
  ignore: () => IGNORED,
});
