import type { Manifest } from '../manifest/schema.ts';
import { debianSlim } from '../images/known.ts';
import { Problem } from '../problems/problem.ts';
import { startedBy } from './command.ts';
import { copiedByFolder } from './copy-parents.ts';
import { addBuildInputs } from './build-inputs.ts';
import { entrypointScript, renderSteps, scriptedParts } from './entrypoint.ts';
import { mapImages } from './mirror.ts';
import { installPackages } from './packages.ts';
import type { Advice, BuildPlan, FinishedPlan, ImageFacts, ImageRef, Os, Stage, Step } from './plan.ts';
import { probeArgv } from './probe.ts';
import { sh, type Shell } from './shell.ts';
import { volumeSteps } from './volumes.ts';

/**
 * What holds for every image, whatever the language: the user, an init where the program needs one, ports,
 * health, labels, the user's own packages, secrets, mirror and pins. A language's plan goes in, whole stages come out.
 */

/** Above the range that Debian and Alpine give to system users; what `docker init` uses as well. */
const APP_USER = 10001;
/** The user `nonroot` of distroless images. */
const DISTROLESS_USER = 65532;

export const runtimeUser = (os: Os, asked: number | undefined): number =>
  asked ?? (os === 'distroless' || os === 'scratch' ? DISTROLESS_USER : APP_USER);

function userSteps(os: Os, uid: number): Step[] {
  const why = 'a user of its own, without a login; what a program keeps at home goes where everyone may write';
  if (os === 'debian') {
    return [
      {
        kind: 'run',
        why,
        // The copies that the tools keep of the lists that they change are of no use.
        command: sh`groupadd --gid ${uid} app && useradd --uid ${uid} --gid ${uid} --no-log-init --no-create-home --home-dir /tmp --shell /usr/sbin/nologin app && rm -f /etc/*-`,
      },
    ];
  }
  if (os === 'alpine') {
    return [
      {
        kind: 'run',
        why,
        command: sh`addgroup -g ${uid} app && adduser -u ${uid} -G app -D -H -h /tmp -s /sbin/nologin app`,
      },
    ];
  }
  return [];
}

const INIT_STAGE = 'init';
const INIT = '/usr/local/bin/catatonit';

/** True for an entry point that only starts what CMD says. */
export const isInit = (entrypoint: readonly string[]): boolean => entrypoint[0] === INIT && entrypoint.length === 2;

/**
 * The init from a stage of its own: the runtime image gets one static file, which runs on any base, and no package
 * index. Debian's tini is linked dynamically in newer releases. https://github.com/openSUSE/catatonit
 */
const initStage: Stage = {
  name: INIT_STAGE,
  base: debianSlim,
  why: 'holds the init program, a static binary of less than 1 MB',
  steps: [
    installPackages('debian', ['catatonit'], 'catatonit ends the program on SIGTERM and reaps its children'),
  ].filter((s) => s !== undefined),
};

const initCopy: Step = {
  kind: 'copy',
  from: INIT_STAGE,
  sources: ['/usr/bin/catatonit'],
  to: INIT,
  why: 'as PID 1 the program would ignore SIGTERM; under an init it ends at once',
  comment: 'PID 1: passes SIGTERM on to the program and reaps its children.',
};

function labelsOf(manifest: Manifest): Record<string, string> {
  const own: Record<string, string | undefined> = {
    'org.opencontainers.image.title': manifest.name,
    'org.opencontainers.image.version': manifest.version,
  };
  const known = Object.entries(own).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...Object.fromEntries(known), ...manifest.image?.labels };
}

function closing(plan: BuildPlan, manifest: Manifest, uid: number, entrypoint: readonly string[]): Step[] {
  const { runtime } = plan;
  const steps: Step[] = [];
  const port = manifest.port ?? runtime.port;
  if (port !== undefined) {
    steps.push({
      kind: 'env',
      vars: { PORT: String(port) },
      why: 'the port is given by PORT, so that a platform can choose another',
    });
    steps.push({ kind: 'expose', port, why: 'the port that the program listens on' });
  }
  steps.push({
    kind: 'user',
    uid,
    gid: uid,
    why: 'never root, and as a number, so that a platform can check it (runAsNonRoot)',
  });
  const check =
    port === undefined ? undefined : probeArgv(runtime.probe, port, manifest.health?.path, runtime.probeArgv);
  if (check) {
    const what = manifest.health?.path === undefined ? 'the port takes connections' : `${manifest.health.path} answers`;
    steps.push({
      kind: 'healthcheck',
      argv: check,
      why: `healthy while ${what}; asked with what the image has anyway`,
    });
  }
  const signal = manifest.run?.stopSignal;
  if (signal !== undefined)
    steps.push({ kind: 'stopsignal', signal, why: 'the signal on which the program ends in order' });
  const { argv, settled = false, why, evidence } = runtime.process;
  const given = settled && manifest.entrypoint?.program === undefined ? undefined : manifest.command;
  const { program, args } = startedBy(given, manifest.entrypoint?.program) ?? { program: [], args: argv };
  if (entrypoint.length + program.length > 0) {
    steps.push({
      kind: 'entrypoint',
      argv: [...entrypoint, ...program],
      why:
        program.length > 0
          ? 'the fixed part of what runs; arguments of `docker run` take the place of CMD'
          : 'runs before the program, which takes its place or is its child',
    });
  } else if (runtime.clearEntrypoint) {
    steps.push({ kind: 'entrypoint', argv: [], why: 'the base image’s own entry point is not wanted' });
  }
  steps.push({ kind: 'cmd', argv: args, why, ...(evidence ? { evidence } : {}) });
  const labels = labelsOf(manifest);
  if (Object.keys(labels).length > 0)
    steps.push({ kind: 'label', labels, why: 'what the image is, for registries and people' });
  return steps;
}

function parseReference(reference: string): ImageRef {
  const [name = '', digest] = reference.split('@');
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  const image = tagged ? name.slice(0, colon) : name;
  return { image, tag: tagged ? name.slice(colon + 1) : 'latest', ...(digest === undefined ? {} : { digest }) };
}

const hasShell = (os: Os): boolean => os === 'debian' || os === 'alpine';

function checkShell(os: Os, manifest: Manifest): void {
  if (hasShell(os)) return;
  const packages = (manifest.run?.packages?.length ?? 0) > 0 ? 'system packages' : undefined;
  const wanted = packages ?? scriptedParts(manifest.entrypoint)[0];
  if (wanted === undefined) return;
  throw new Problem('not-plannable', {
    detail: `The runtime image is ${os}: it has no shell and no package manager, so it cannot take ${wanted}.`,
    hint: 'Ask for variant=slim, or leave them out.',
  });
}

const textOf = (command: Shell | readonly string[]): string =>
  'lines' in command ? command.lines.join(' ') : command.join(' ');

/** Where a language's own steps give something to the user that the program runs as. */
function writableOf({ steps }: BuildPlan['runtime']): string[] {
  return steps.flatMap((step) => {
    if ((step.kind === 'copy' || step.kind === 'file') && step.chown !== undefined)
      return [step.kind === 'copy' ? step.to : step.path];
    if (step.kind === 'run' && /\b(chown|chmod|install -d)\b/.test(textOf(step.command))) return [textOf(step.command)];
    return [];
  });
}

function factsOf(plan: BuildPlan, manifest: Manifest, uid: number, final: Stage): ImageFacts {
  const { os, workdir } = plan.runtime;
  const port = manifest.port ?? plan.runtime.port;
  const argvOf = (kind: 'entrypoint' | 'cmd'): readonly string[] =>
    final.steps.flatMap((step) => (step.kind === kind ? step.argv : []));
  return {
    os,
    uid,
    workdir,
    ...(port === undefined ? {} : { port }),
    entrypoint: argvOf('entrypoint'),
    command: argvOf('cmd'),
    hasHealthcheck: final.steps.some((step) => step.kind === 'healthcheck'),
    writable: writableOf(plan.runtime),
  };
}

const withPackages = (manifest: Manifest, { build, run }: NonNullable<BuildPlan['packages']>): Manifest => ({
  ...manifest,
  build: { ...manifest.build, packages: [...build] },
  run: { ...manifest.run, packages: [...run] },
});

/**
 * Completes a language's plan. `merged` is the merged manifest, `root` the app's folder in the build context. Throws
 * `not-plannable` for what the image cannot do.
 */
export function finishPlan(plan: BuildPlan, merged: Manifest, root = ''): FinishedPlan {
  const { runtime } = plan;
  const manifest = plan.packages ? withPackages(merged, plan.packages) : merged;
  const { os } = runtime;
  checkShell(os, manifest);
  const uid = manifest.run?.user ?? runtime.user ?? runtimeUser(os, undefined);
  const init = runtime.process.init;
  const script = entrypointScript(manifest.entrypoint);
  const entrypoint = [...(init ? [INIT, '--'] : []), ...(script ? [script.path] : [])];
  const ownPackages = installPackages(
    os,
    manifest.run?.packages ?? [],
    'system packages that the app needs at run time',
  );
  const env = manifest.run?.env ?? {};
  const final: Stage = {
    name: 'runtime',
    base: manifest.image?.base === undefined ? runtime.base : parseReference(manifest.image.base),
    why: runtime.why,
    steps: [
      ...(ownPackages ? [ownPackages] : []),
      ...(runtime.user === undefined ? userSteps(os, uid) : []),
      ...(init ? [initCopy] : []),
      ...(script ? [script] : []),
      { kind: 'workdir', path: runtime.workdir, why: 'where the app lives' },
      ...runtime.steps,
      ...renderSteps(manifest.entrypoint, root, runtime.workdir, uid),
      ...(Object.keys(env).length > 0
        ? [{ kind: 'env', vars: env, why: 'settings from the manifest' } satisfies Step]
        : []),
      ...volumeSteps(manifest.run?.volumes ?? [], runtime.workdir, os, uid),
      ...closing(plan, manifest, uid, entrypoint),
    ],
  };
  const made = [...(init ? [initStage] : []), ...plan.stages.map((stage) => addBuildInputs(stage, manifest)), final];
  const stages = made.map((stage) => ({ ...stage, steps: copiedByFolder(stage.steps) }));
  const finished = {
    syntax: { image: 'docker/dockerfile', tag: '1' },
    stages,
    advice: [...plan.advice, ...baseAdvice(manifest)],
    image: factsOf(plan, manifest, uid, final),
  };
  return mapImages(finished, manifest.image?.registry, manifest.image?.pins ?? {});
}

function baseAdvice(manifest: Manifest): Advice[] {
  if (manifest.image?.base === undefined) return [];
  return [
    {
      code: 'own-base-image',
      detail: `The runtime stage is built on ${manifest.image.base}, which the service does not know.`,
      hint: 'It has to bring the same runtime, in the same version and with the same C library, as the build stages.',
    },
  ];
}
