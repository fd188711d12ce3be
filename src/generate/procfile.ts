import { joinPath, type Inventory } from '../inventory/inventory.ts';
import type { Finding, Language, Scope } from '../languages/language.ts';
import { toArgv } from '../plan/command.ts';
import type { Advice, Evidence } from '../plan/plan.ts';

/**
 * The processes of a Procfile, in any language: one image runs them all, and the web process is its command.
 * https://devcenter.heroku.com/articles/procfile
 */

interface Process {
  readonly name: string;
  readonly line: string;
  readonly from: Evidence;
}

const LINE = /^([A-Za-z0-9][A-Za-z0-9_-]*)\s*:\s*(\S.*)$/;
/** Heroku runs it when a release is made; never at build, and not at every start. */
const RELEASE = 'release';
/** A service that is told its port by PORT alone listens on this one unless it is told another. */
const WEB_PORT = 8080;

function readProcesses(text: string, file: string): Process[] {
  return text.split('\n').flatMap((raw, i): Process[] => {
    const [, name, line] = LINE.exec(raw.trim()) ?? [];
    if (name === undefined || line === undefined || /[\p{Cc}\u2028\u2029]/u.test(line)) return [];
    return [{ name, line, from: { file, line: i + 1, why: `the ${name} process of the Procfile` } }];
  });
}

export interface Processes {
  /** What the container runs, as the Procfile has it. */
  readonly command: readonly string[] | undefined;
  findings(language: Language, scope: Scope, inferred: readonly Finding[]): Finding[];
  readonly advice: readonly Advice[];
}

function releaseAdvice(processes: readonly Process[]): Advice[] {
  const release = processes.find((p) => p.name === RELEASE);
  if (!release) return [];
  return [
    {
      code: 'release-process',
      detail: `The Procfile's release process is run neither by the build nor at each start: ${release.line}`,
      hint: 'Run it once for each release, as a job with the same image, or name it in entrypoint.steps to run it at every start.',
      ...release.from,
    },
  ];
}

/** Reads the Procfile of an app: web is its command, else a worker, else the only process that there is. */
export function readProcfile(tree: Inventory, app: string): Processes {
  const file = joinPath(app, 'Procfile');
  const processes = readProcesses(tree.text(file) ?? '', file);
  const runnable = processes.filter((p) => p.name !== RELEASE);
  const main =
    runnable.find((p) => p.name === 'web') ??
    runnable.find((p) => p.name === 'worker') ??
    (runnable.length === 1 ? runnable[0] : undefined);
  const command = main && toArgv(main.line);
  return {
    command,
    advice: releaseAdvice(processes),
    findings: (language, scope, inferred) => {
      if (!main || !command) return [];
      const argv = (line: string): readonly string[] => {
        const given = toArgv(line);
        return language.resolveCommand?.(scope, given) ?? given;
      };
      const others = processes.filter((p) => p !== main);
      const isWeb = main.name === 'web';
      const port = inferred.some((f) => f.at === '/port');
      return [
        { at: '/command', value: argv(main.line), from: main.from },
        { at: '/workload', value: isWeb ? 'service' : 'worker', from: main.from },
        ...others.map((p): Finding => ({ at: '/processes', value: { [p.name]: argv(p.line) }, from: p.from })),
        ...(isWeb && !port ? [{ at: '/port', value: WEB_PORT, from: main.from } as const] : []),
      ];
    },
  };
}
