import type { IgnoreRule } from '../../ignore/rule.ts';
import { defineLanguage, weights, type Inferred, type Scope } from '../language.ts';
import { dartCommand, dartVersion, planDart, versionOrder } from './plan.ts';
import { dartServing, isDart, readDart } from './project.ts';

function infer(scope: Scope): Inferred {
  const project = readDart(scope.inventory);
  const { name, version, entry, others } = project;
  const serving = dartServing(project);
  const sdk = dartVersion(scope, project);
  const from = { file: 'pubspec.yaml', why: 'the package’s file' };
  return {
    findings: [
      ...(name !== undefined && /^[a-z0-9_]{1,60}$/.test(name) && /^[a-z0-9]/.test(name) && /[a-z0-9]$/.test(name)
        ? [{ at: '/name', value: name, from } as const]
        : []),
      ...(version === undefined ? [] : [{ at: '/version', value: version, from } as const]),
      { at: '/runtime', value: sdk.version, from: sdk.from, rejected: sdk.rejected },
      { at: '/packageManager', value: 'pub', from },
      { at: '/workload', value: serving.workload, from: serving.from },
      ...(entry
        ? [
            {
              at: '/command',
              value: dartCommand(project),
              from: entry.from,
              rejected: others.map((path) => ({ value: path, from: { file: path, why: 'another program in bin/' } })),
            } as const,
          ]
        : []),
      ...(serving.port ? [{ at: '/port', value: serving.port.port, from: serving.port.from } as const] : []),
    ],
  };
}

const IGNORED: readonly IgnoreRule[] = [
  { pattern: '.dart_tool', purpose: 'cache', why: 'what Dart keeps for itself' },
  { pattern: '.packages', purpose: 'cache', why: 'what Dart keeps for itself' },
  { pattern: 'build', purpose: 'build-output', why: 'made by the build' },
  { pattern: 'test', purpose: 'test', why: 'tests take no part in a build' },
];

export const dart = defineLanguage({
  id: 'dart',
  title: 'Dart',
  facts: {
    detectedBy: ['pubspec.yaml'],
    versionOrder,
    packageManagers: ['pub'],
    frameworks: [],
    variants: ['scratch', 'slim'],
  },
  readsText: (path) => isDart(path) || /(^|\/)pubspec\.yaml$/.test(path),
  detect: (inventory) =>
    inventory.isFile('pubspec.yaml')
      ? [{ path: 'pubspec.yaml', weight: weights.manifest, reason: 'a package of Dart' }]
      : [],
  infer,
  plan: planDart,
  ignore: () => IGNORED,
});
