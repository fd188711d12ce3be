import type { Inventory } from '../inventory/inventory.ts';
import { toArgv } from '../plan/command.ts';
import { runtimeUser } from '../plan/finish.ts';
import type { Advice, BuildPlan, Evidence, ImageRef, Stage, Step } from '../plan/plan.ts';
import type { Shell } from '../plan/shell.ts';
import { ASKED_PORTS } from './asked-ports.ts';
import { hitsOf, readCode, type Code } from './code.ts';
import type { Finding, PlanRequest } from './language.ts';
import { isLoopback, loopbackAdvice } from './loopback.ts';
import type { Compiler } from './native-health.ts';
import { collectLibraries, lacksLocale, nativeRuntime, OUTPUT, runtimeVariant } from './native-runtime.ts';
import { programPath } from './program-path.ts';
import { APP_ROOT, BUILD_STAGE, fileSteps, rootfsSteps, writableFolders } from './run-file-steps.ts';
import type { RunFiles } from './run-files.ts';

/** The plan of a compiled language whose build is one command: a toolchain, a build stage, and the image of the program. */

export interface PortFound {
  readonly port: number;
  readonly from: Evidence;
  readonly loopback: boolean;
}

export interface NativeApp {
  readonly inventory: Inventory;
  readonly name: string;
  readonly from: Evidence;
  readonly serves: Evidence | undefined;
  readonly port: PortFound | undefined;
  readonly defaultPort: number;
  readonly args: readonly string[];
  readonly files: RunFiles;
  readonly advice: readonly Advice[];
}

/** Rules by which a port is found in source; groups `port` and, where it is known, `host`. */
export interface PortRule {
  readonly why: string;
  readonly pattern: RegExp;
}

/** An address of four numbers, as Zig and Swift write it. */
const LOCAL_NUMBERS = /^127,\s*0,\s*0,\s*1$/;

/** The first port that others can reach, by the rules in order; else the first of all. Databases' ports come last. */
export function findPort(code: readonly Code[], rules: readonly PortRule[]): PortFound | undefined {
  const found = rules.flatMap(({ why, pattern }) =>
    hitsOf(code, pattern, why).flatMap(({ groups, from }) => {
      const port = Number(groups.groups?.['port']);
      const host = groups.groups?.['host'];
      const loopback = isLoopback(host) || LOCAL_NUMBERS.test(host ?? '');
      return port >= 80 && port <= 65535 ? [{ port, from, loopback }] : [];
    }),
  );
  const own = found.filter((f) => !ASKED_PORTS.has(f.port));
  const likely = own.length > 0 ? own : found;
  return likely.find((f) => !f.loopback) ?? likely[0];
}

/** The text of the files that fit, to look for calls in. */
export const codeIn = (inventory: Inventory, fits: RegExp, not: RegExp, tokens: RegExp): Code[] =>
  inventory
    .files((path) => fits.test(path) && !not.test(path))
    .flatMap((path) => {
      const text = inventory.text(path);
      return text === undefined ? [] : [readCode(path, text, tokens)];
    });

/** What any such program says of itself in the manifest. */
export function nativeFindings(app: NativeApp): Finding[] {
  return [
    { at: '/name', value: app.name, from: app.from },
    {
      at: '/workload',
      value: app.serves ? 'service' : 'job',
      from: app.serves ?? { ...app.from, why: 'nothing in it listens' },
    },
    { at: '/command', value: [app.name, ...app.args], from: app.from },
    ...(app.serves && app.port ? [{ at: '/port', value: app.port.port, from: app.port.from } as const] : []),
  ];
}

export interface NativeBuild {
  readonly app: NativeApp;
  readonly request: PlanRequest;
  readonly toolchain: {
    readonly name: string;
    readonly base: ImageRef;
    readonly steps: readonly Step[];
    readonly why: string;
  };
  /** Dependencies, before the source. */
  readonly dependencies: readonly Step[];
  /** Leaves the program at `/out/NAME`. */
  readonly build: Shell;
  readonly env?: Readonly<Record<string, string>>;
  /** Programs of the language read and write in the encoding of the locale. */
  readonly asksLocale?: boolean;
  readonly compiler: readonly string[];
  /** Everything is linked in. */
  readonly static: boolean;
  readonly code: { readonly test: RegExp; readonly glob: string };
  /** Further copies to the runtime stage. */
  readonly beside?: readonly Step[];
  /** Where the program goes, where it is not PATH. */
  readonly folder?: string;
}

export function nativePlan(given: NativeBuild): BuildPlan {
  const { app, request, toolchain } = given;
  const { settings } = request;
  const { variant, advice } = runtimeVariant(settings, request.variant, request.command);
  const os = variant === 'scratch' || variant === 'alpine' || variant === 'distroless' ? variant : 'debian';
  const writable = writableFolders(app.files, os);
  const workload = settings.workload ?? (app.serves ? 'service' : 'job');
  const port = settings.port ?? (workload === 'service' ? (app.port?.port ?? app.defaultPort) : undefined);
  const own = settings.build?.command;
  const out = `${OUTPUT}/${app.name}`;
  const stage: Stage = {
    name: BUILD_STAGE,
    base: { stage: toolchain.name },
    why: 'compiles the project',
    steps: [
      { kind: 'workdir', path: APP_ROOT, why: 'the source, at the place that it has in the image' },
      ...rootfsSteps(writable),
      ...given.dependencies,
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      {
        kind: 'run',
        phase: 'build',
        command: own === undefined ? given.build : toArgv(own),
        why:
          own === undefined
            ? 'compiled with the settings for a release'
            : `the build command of the manifest; it leaves the program at ${out}`,
        evidence: [app.from],
      },
      ...(given.static ? [] : [collectLibraries([out], given.asksLocale === true && lacksLocale(variant))]),
    ],
  };
  const compiler: Compiler = { base: { stage: toolchain.name }, argv: given.compiler };
  const to = given.folder === undefined ? programPath(request.command, app.name) : `${given.folder}/${app.name}`;
  const { runtime, stages } = nativeRuntime({
    variant,
    uid: runtimeUser(os, settings.run?.user),
    env: given.env ?? {},
    programs: [{ from: out, to }],
    files: [...(given.beside ?? []), ...fileSteps(app.inventory, app.files, writable, given.code)],
    linked: given.static,
    libraries: !given.static,
    asksLocale: given.asksLocale ?? false,
    process: { argv: request.command ?? [app.name, ...app.args], evidence: [app.from], init: true },
    port,
    compiler,
  });
  return {
    stages: [
      { name: toolchain.name, base: toolchain.base, why: toolchain.why, steps: toolchain.steps },
      ...stages,
      stage,
    ],
    runtime,
    advice: [...advice, ...app.advice, ...loopbackAdvice(app.serves && app.port)],
  };
}
