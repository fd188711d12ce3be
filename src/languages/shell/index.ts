import { ownBuildStep } from '../../plan/build-inputs.ts';
import { debianSlim } from '../../images/known.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { BuildPlan, Stage, Step } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import { defineLanguage, type Finding, type Inferred, type PlanRequest, type Scope, type Sign } from '../language.ts';
import { CONVENTIONAL, scriptOf } from './script.ts';

const ROOT = '/app';
const BUILD_STAGE = 'build';

/** Below every source file of another language: most projects have a script beside their program. */
const WEIGHT = 5;

function detect(inventory: Inventory): Sign[] {
  const script = scriptOf(inventory);
  return script ? [{ path: script.path, weight: WEIGHT, reason: script.from.why }] : [];
}

function infer({ inventory }: Scope): Inferred {
  const script = scriptOf(inventory);
  if (!script) return { findings: [] };
  const { from, packages, interpreter, path, port } = script;
  const findings: Finding[] = [
    { at: '/workload', value: script.serves ? 'service' : 'job', from },
    { at: '/command', value: [...interpreter, path], from },
    ...(port === undefined ? [] : [{ at: '/port', value: port, from } as const]),
    ...(packages.length === 0
      ? []
      : [{ at: '/run/packages', value: packages, from: { file: path, why: 'the script calls them' } } as const]),
  ];
  return { findings };
}

/** The build command of the manifest, in a stage of its own; what it leaves in the folder is part of the app. */
function buildStages({ settings }: PlanRequest): Stage[] {
  const command = settings.build?.command;
  if (command === undefined) return [];
  return [
    {
      name: BUILD_STAGE,
      base: debianSlim,
      why: 'runs the build command',
      steps: [
        { kind: 'workdir', path: ROOT, why: 'the source' },
        { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
        ownBuildStep(command),
      ],
    },
  ];
}

function plan(request: PlanRequest): BuildPlan {
  const script = scriptOf(request.inventory);
  const argv = request.command ?? (script ? [...script.interpreter, script.path] : undefined);
  if (argv === undefined) {
    throw new Problem('no-start-command', {
      detail: 'No script at the root says by its name that it is the one to run.',
      hint: `Name it ${CONVENTIONAL.slice(0, 3).join(', ')} or the like, or give "command" in the manifest.`,
    });
  }
  const { settings } = request;
  const stages = buildStages(request);
  const service = (settings.workload ?? (script?.serves ? 'service' : 'job')) === 'service';
  const port = settings.port ?? (service ? script?.port : undefined);
  const why = 'the scripts, and the files that they read';
  const files: Step =
    stages.length > 0
      ? { kind: 'copy', from: BUILD_STAGE, sources: [`${ROOT}/`], to: './', why }
      : { kind: 'copy', sources: ['.'], to: './', why };
  return {
    stages,
    runtime: {
      base: debianSlim,
      os: 'debian',
      why: 'a small Debian: sh, bash and the usual commands',
      workdir: ROOT,
      steps: [files],
      process: {
        argv,
        why: 'the script under an init: as PID 1 a shell ignores SIGTERM unless it traps it',
        ...(script ? { evidence: [script.from] } : {}),
        init: true,
      },
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : 'bash',
    },
    advice: [],
  };
}

export const shell = defineLanguage({
  id: 'shell',
  title: 'Shell scripts',
  facts: {
    detectedBy: [...CONVENTIONAL, 'a single *.sh at the root'],
    versionOrder: [],
    packageManagers: [],
    frameworks: [],
    variants: ['slim'],
  },
  readsText: (path) => path.endsWith('.sh'),
  detect,
  infer,
  plan,
  ignore: () => [],
});
