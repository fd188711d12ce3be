import type { Manifest } from '../manifest/schema.ts';
import { toArgv } from './command.ts';
import { installPackages, joinPackages } from './packages.ts';
import type { Mount, RunStep, Stage, Step } from './plan.ts';

/** The build that the manifest asks for, in place of a language's own. */
export const ownBuildStep = (command: string | readonly string[], mounts?: readonly Mount[]): RunStep => ({
  kind: 'run',
  phase: 'build',
  ...(mounts ? { mounts } : {}),
  command: toArgv(command),
  why: 'the build command of the manifest',
});

/** The environment variable that carries a build secret while a RUN is under way: `pypi-token` → `PYPI_TOKEN`. */
const secretVariable = (id: string): string =>
  id
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '_')
    .replace(/^(?=\d)/, '_');

function withSecrets(step: RunStep, secrets: readonly string[]): RunStep {
  const mounts = secrets.map((id): Mount => ({ type: 'secret', id, env: secretVariable(id) }));
  const given = new Set(secrets.map(secretVariable));
  // A language may have found the same variable by itself; the manifest says what it is called.
  const others = (step.mounts ?? []).filter((m) => m.type !== 'secret' || !given.has(m.env));
  return { ...step, mounts: [...others, ...mounts] };
}

const argSteps = (args: Readonly<Record<string, string>>): Step[] =>
  Object.entries(args).map(([name, value]) => ({
    kind: 'arg',
    name,
    value,
    why: 'a build argument of the manifest, in force for the steps after it only',
  }));

/**
 * Gives a build stage what the manifest asks for the build: secrets for the steps that install or build (as
 * mounts, never ARG or ENV), arguments right before the build (so that a change reuses what was installed),
 * and system packages before dependencies are installed.
 */
export function addBuildInputs(stage: Stage, manifest: Manifest): Stage {
  const { secrets = [], args = {}, packages = [] } = manifest.build ?? {};
  const phases = stage.steps.map((s) => (s.kind === 'run' ? s.phase : undefined));
  const firstInstall = phases.findIndex((phase) => phase === 'install' || phase === 'build');
  // Not after the whole source: an edit of it would install them again.
  const source = stage.steps.findIndex((s) => s.kind === 'copy' && s.from === undefined && s.sources.includes('.'));
  const before = source >= 0 && source < firstInstall ? source : firstInstall;
  const firstBuild = phases.indexOf('build');
  const extra =
    firstInstall < 0
      ? undefined
      : installPackages(stage.os ?? 'debian', joinPackages(packages), 'system packages that the manifest asks for');
  const steps = stage.steps.flatMap((step, i): Step[] => {
    const needsSecrets =
      step.kind === 'run' && (step.phase === 'install' || step.phase === 'build') && secrets.length > 0;
    return [
      ...(extra !== undefined && i === before ? [extra] : []),
      ...(i === firstBuild ? argSteps(args) : []),
      needsSecrets ? withSecrets(step, secrets) : step,
    ];
  });
  return { ...stage, steps };
}
