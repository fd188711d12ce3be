import type { Finding, Language, Scope } from '../languages/language.ts';
import { toArgv } from '../plan/command.ts';
import type { Advice } from '../plan/plan.ts';
import type { Declared } from '../platforms/index.ts';
import { RELEASE, START, type Process } from '../platforms/platform.ts';

/**
 * The processes that a project's Procfile or another platform's file names, in any language: one image runs them all,
 * and the web process is its command.
 */

/** A service that is told its port by PORT alone listens on this one unless it is told another. */
const WEB_PORT = 8080;

/** What a release process asks of the one who runs the image. */
export function releaseAdvice({ processes }: Declared): Advice[] {
  const release = processes.find((p) => p.name === RELEASE);
  if (!release) return [];
  const shown = typeof release.line === 'string' ? release.line : release.line.join(' ');
  return [
    {
      code: 'release-process',
      detail: `The release process is run neither by the build nor at each start: ${shown}`,
      hint: 'Run it once for each release, as a job with the same image, or name it in entrypoint.steps to run it at every start.',
      ...release.from,
    },
  ];
}

/** What the build does, and what a running container can do no more: it has neither the tools nor the right to write there. */
const PREPARATION =
  /^\s*(?:(?:pip3?|python3? -m pip) install|(?:npm|pnpm|yarn|bun) (?:ci|i|install|run build|build)|yarn|(?:bundle|poetry|pdm|pipenv|composer) install|(?:uv|pipenv|rye) sync|(?:npx )?prisma generate)(?: [^&|;<>"'`$]*)?&&/;

function withoutPreparation(line: Process['line']): Process['line'] {
  if (typeof line !== 'string') return line;
  const step = PREPARATION.exec(line)?.[0];
  return step === undefined ? line : withoutPreparation(line.slice(step.length).trim());
}

/** Programs that run a file of the project: of several files, a language may have taken another than the platform does. */
const INTERPRETER = /^(python|node|bun|deno|ruby|php|bash|sh)$/;

const withoutBundler = (argv: readonly string[]): readonly string[] =>
  argv[0] === 'bundle' && argv[1] === 'exec' ? argv.slice(2) : argv;

/** Whether a language knows how the app starts, by its framework or by what it compiles, and does not go by a file's name. */
function isCertain(inferred: readonly Finding[]): boolean {
  const command = inferred.find((f) => f.at === '/command');
  if (command?.at !== '/command') return false;
  return inferred.some((f) => f.at === '/framework') || !INTERPRETER.test(withoutBundler(command.value)[0] ?? '');
}

/** Of the processes: web, else a worker, else the only one that there is. */
function mainOf(processes: readonly Process[]): Process | undefined {
  const runnable = processes.filter((p) => p.name !== RELEASE);
  return (
    runnable.find((p) => p.name === 'web') ??
    runnable.find((p) => p.name === 'worker') ??
    (runnable.length === 1 ? runnable[0] : undefined)
  );
}

/** A process as the file has it. */
export const argvOf = (process: Process): readonly string[] => toArgv(withoutPreparation(process.line));

/** The main process of a Procfile, which goes over what a language finds. */
export const bindingProcess = ({ binding, processes }: Declared): Process | undefined =>
  binding ? mainOf(processes) : undefined;

/** Of what stands in, that which adds to what was found: arguments without which the program may not start. */
function standingIn(process: Process, inferred: readonly Finding[]): Process | undefined {
  const command = inferred.find((f) => f.at === '/command');
  if (command?.at !== '/command') return process;
  const found = command.value;
  const program = withoutBundler(found);
  const argv = argvOf(process);
  const same = argv.length > program.length && program.every((word, i) => word === argv[i]);
  return same ? { ...process, line: [...found, ...argv.slice(program.length)] } : undefined;
}

/** The main process, where it goes over what a language finds by itself: that of a Procfile does, another over a guess. */
export function startingProcess(declared: Declared, inferred: readonly Finding[]): Process | undefined {
  if (!declared.binding && isCertain(inferred)) return undefined;
  const main = mainOf(declared.processes);
  return main && declared.standIn ? standingIn(main, inferred) : main;
}

function workloadOf(main: Process, inferred: readonly Finding[]): Finding {
  const known = inferred.find((f) => f.at === '/workload');
  if (main.name === START) return known ?? { at: '/workload', value: 'service', from: main.from };
  return { at: '/workload', value: main.name === 'web' ? 'service' : 'worker', from: main.from };
}

/** What is declared, as findings that go over `inferred`, where `main` is what is started. */
export function declaredFindings(
  { processes, packages, port, health, standIn }: Declared,
  main: Process | undefined,
  language: Language,
  scope: Scope,
  inferred: readonly Finding[],
): Finding[] {
  const argv = (p: Process): readonly string[] => language.resolveCommand?.(scope, argvOf(p)) ?? argvOf(p);
  const workload = main ? workloadOf(main, inferred) : inferred.find((f) => f.at === '/workload');
  const serves = workload?.value === 'service';
  const knows = (at: Finding['at']): boolean => inferred.some((f) => f.at === at);
  const listens = port ?? (main && { value: WEB_PORT, from: main.from });
  const others = standIn ? [] : processes.filter((p) => p !== mainOf(processes));
  return [
    ...(main && workload ? [{ at: '/command', value: argv(main), from: main.from } as const, workload] : []),
    ...others.map((p): Finding => ({ at: '/processes', value: { [p.name]: argv(p) }, from: p.from })),
    ...packages.map((p): Finding => ({ at: p.at, value: p.names, from: p.from })),
    ...(serves && health && !knows('/health/path')
      ? [{ at: '/health/path', value: health.path, from: health.from } as const]
      : []),
    ...(serves && listens && (!knows('/port') || (standIn && main && port))
      ? [{ at: '/port', ...listens } as const]
      : []),
  ];
}
