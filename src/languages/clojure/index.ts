import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Inferred, type Scope, type Sign } from '../language.ts';
import { fromArchive } from '../java/from-build.ts';
import { fromSource } from '../java/from-source.ts';
import { isVersionFile, versionFiles } from '../java/version.ts';
import { clojureCommand, clojureJava, clojureServing, planClojure } from './plan.ts';
import { isClojure, readClojure } from './project.ts';

function detect(inventory: Inventory): Sign[] {
  const file = ['project.clj', 'deps.edn'].find((name) => inventory.isFile(name));
  if (file === undefined) return [];
  return [
    {
      path: file,
      weight: weights.manifest,
      reason: file === 'project.clj' ? 'a project of Leiningen' : 'dependencies of Clojure',
    },
    ...(inventory.isFile('build.clj')
      ? [{ path: 'build.clj', weight: weights.tool, reason: 'a build of tools.build' }]
      : []),
  ];
}

function infer(scope: Scope): Inferred {
  const project = readClojure(scope.inventory);
  if (!project) return { findings: [] };
  const { name, version, file, main, tool } = project;
  const serving = clojureServing(project);
  const java = clojureJava(scope);
  const command = clojureCommand(project);
  const from = { file, why: 'the project’s file' };
  return {
    findings: [
      ...(name !== undefined && /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(name)
        ? [{ at: '/name', value: name, from } as const]
        : []),
      ...(version === undefined || version === '' ? [] : [{ at: '/version', value: version, from } as const]),
      { at: '/runtime', value: java.version, from: java.from, rejected: java.rejected },
      { at: '/packageManager', value: tool === 'lein' ? 'leiningen' : 'clojure-cli', from },
      { at: '/workload', value: serving.workload, from: serving.from },
      ...(command ? [{ at: '/command', value: command, from: main?.from ?? from } as const] : []),
      ...(serving.port ? [{ at: '/port', value: serving.port.port, from: serving.port.from } as const] : []),
    ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: 'target', purpose: 'build-output', why: 'made by the build' },
  { pattern: '.cpcache', purpose: 'cache', why: 'class paths worked out elsewhere' },
  { pattern: '.lein-*', purpose: 'cache', why: 'what Leiningen keeps for itself' },
  { pattern: '.nrepl-port', purpose: 'editor', why: 'a session of an editor' },
  { pattern: '.clj-kondo', purpose: 'editor', why: 'a linter’s cache' },
  { pattern: '.lsp', purpose: 'editor', why: 'an editor’s cache' },
];

export const clojure = defineLanguage({
  id: 'clojure',
  title: 'Clojure',
  facts: {
    detectedBy: ['project.clj', 'deps.edn'],
    versionOrder: versionFiles,
    packageManagers: ['leiningen', 'clojure-cli'],
    frameworks: [],
    variants: ['slim', 'alpine', 'distroless'],
    product: 'eclipse-temurin',
  },
  readsText: (path) => isClojure(path) || /(^|\/)deps\.edn$/.test(path) || isVersionFile(path),
  detect,
  infer,
  resolveCommand: (scope, argv) => fromSource(infer, scope, argv) ?? fromArchive(argv),
  plan: planClojure,
  ignore: () => IGNORED,
});
