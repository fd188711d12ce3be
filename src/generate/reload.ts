import { baseName, joinPath } from '../inventory/inventory.ts';
import { isInit } from '../plan/finish.ts';
import type { FinishedPlan, Stage } from '../plan/plan.ts';
import type { Project } from './project.ts';
import { tableOf } from '../plan/table.ts';

/** How a project is run while somebody works on it: in which stage, by which command, and what happens on an edit. */
export interface Reload {
  /** The stage that the development target is built on. */
  readonly stage: string;
  /** The source is not in that stage yet. */
  readonly addsSource?: boolean;
  readonly command?: readonly string[];
  /** Run while the image is built, by the user that will run the command: what that would else fetch and build at each first start. */
  readonly prepare?: readonly string[];
  /** Where the tools keep what they fetch. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether files are put into the running container (and it watches them itself, or is started anew), or the image is built anew. */
  readonly onEdit: 'sync' | 'sync+restart' | 'rebuild';
  readonly why: string;
}

/** Whether a stage holds the project's own source, and the tools to build it. */
const holdsSource = (stage: Stage): boolean =>
  stage.steps.some(
    (s) => s.kind === 'copy' && s.from === undefined && s.sources.some((x) => /^(\.|\.\/|.*\/)$/.test(x)),
  ) && stage.steps.some((s) => s.kind === 'run' && s.phase !== undefined && s.phase !== 'packages');

function sourceStage(plan: FinishedPlan): Stage | undefined {
  return plan.stages.slice(0, -1).findLast((stage) => holdsSource(stage) && typeof stage.base === 'object');
}

/** Where everything is installed that the project names, without its source. */
const installStage = (plan: FinishedPlan): Stage | undefined =>
  plan.stages
    .slice(0, -1)
    .find(
      (stage) => typeof stage.base === 'object' && stage.steps.some((s) => s.kind === 'run' && s.phase === 'install'),
    );

type Script = Pick<Reload, 'command' | 'prepare' | 'env' | 'why'>;

/** The user's home while it is worked on. */
export const DEVELOPMENT_HOME = '/home/dev';

/** Scripts of a package.json by which people start a server that watches its files. */
const SCRIPTS = ['dev', 'start:dev', 'develop', 'watch'];
const BUILDER = /^(vite|astro dev|vue-cli-service serve|ng serve|webpack serve|webpack-dev-server)\b/;

function packageScript({ tree, app, merged, language }: Project, port: number | undefined): Script | undefined {
  if (language.id !== 'node' && language.id !== 'bun') return undefined;
  const file = joinPath(app.path, 'package.json');
  let scripts: Record<string, unknown> = {};
  try {
    const parsed = JSON.parse(tree.text(file) ?? '{}') as { scripts?: Record<string, unknown> } | null;
    scripts = parsed?.scripts ?? {};
  } catch {
    return undefined;
  }
  const name = SCRIPTS.find((script) => typeof scripts[script] === 'string');
  if (name === undefined) return undefined;
  const manager = merged.manifest.packageManager ?? 'npm';
  const runner = ['npm', 'pnpm', 'yarn', 'bun'].includes(manager) ? manager : 'npm';
  // These listen on the loopback address, and on ports of their own, unless they are told otherwise.
  const place = BUILDER.test(String(scripts[name]))
    ? [
        ...(runner === 'npm' ? ['--'] : []),
        '--host',
        '0.0.0.0',
        ...(port === undefined ? [] : ['--port', String(port)]),
      ]
    : [];
  return {
    command: [runner, 'run', name, ...place],
    env: { NODE_ENV: 'development' },
    why: `the script "${name}" of package.json`,
  };
}

/** What a server is told after its name, so that it watches its files. */
const WATCH_FLAGS = tableOf<string>({
  uvicorn: '--reload',
  gunicorn: '--reload',
  hypercorn: '--reload',
  flask: '--debug',
  node: '--watch',
});
const WATCHES = 'the server watches its files by a flag of its own';

/** The same server, watching its files; undefined for one that cannot by a flag of its own. */
function watchingWords(words: readonly string[]): readonly string[] | undefined {
  const at = words.findIndex((word) => Object.hasOwn(WATCH_FLAGS, baseName(word)) || baseName(word) === 'fastapi');
  const program = baseName(words[at] ?? '');
  if (program === 'fastapi') return words.map((word) => (word === 'run' ? 'dev' : word));
  const flag = WATCH_FLAGS[program];
  if (flag === undefined) return undefined;
  const watching = [...words.slice(0, at + 1), flag, ...words.slice(at + 1)];
  return program === 'uvicorn' ? withoutFlag(watching, '--workers') : watching;
}

const EXEC = 'exec ';

/** The argv of such a server; in a line that a shell reads, it follows the last `exec`. */
function watchingArgv(argv: readonly string[]): Script | undefined {
  const [shell = '', option, line] = argv;
  if (shell !== '/bin/sh' || option !== '-c' || line === undefined) {
    const command = watchingWords(argv);
    return command && { command, why: WATCHES };
  }
  const at = line.lastIndexOf(EXEC) + EXEC.length;
  const words = at < EXEC.length ? undefined : watchingWords(line.slice(at).split(' '));
  return (
    words && { command: [shell, option, `${line.slice(0, at)}${words.join(' ')}`, ...argv.slice(3)], why: WATCHES }
  );
}

/** `--workers 4` and reloading exclude each other. */
function withoutFlag(argv: readonly string[], flag: string): string[] {
  const at = argv.indexOf(flag);
  return at < 0 ? argv.filter((w) => !w.startsWith(`${flag}=`)) : [...argv.slice(0, at), ...argv.slice(at + 2)];
}

const MAVEN_FLAGS = ['--batch-mode', '--no-transfer-progress', '-Dmaven.test.skip=true'];

/** Tools that build and run from source, started anew after an edit. */
function buildTool({ tree, app, merged }: Project, stage: Stage, command: readonly string[]): Script | undefined {
  const has = (name: string): boolean => tree.isFile(joinPath(app.path, name));
  const spring = merged.manifest.framework === 'spring-boot' || merged.manifest.framework === 'spring';
  if (has('pom.xml') && spring)
    return {
      command: [has('mvnw') ? './mvnw' : 'mvn', 'spring-boot:run'],
      prepare: [has('mvnw') ? './mvnw' : 'mvn', ...MAVEN_FLAGS, 'package'],
      // Java takes its home from the list of users, which this one is not on.
      env: { MAVEN_OPTS: `-Duser.home=${DEVELOPMENT_HOME}` },
      why: 'Spring Boot’s plugin for Maven',
    };
  if ((has('build.gradle') || has('build.gradle.kts')) && spring)
    return {
      command: [has('gradlew') ? './gradlew' : 'gradle', 'bootRun'],
      prepare: [has('gradlew') ? './gradlew' : 'gradle', '--no-daemon', 'bootClasses'],
      env: { GRADLE_USER_HOME: `${DEVELOPMENT_HOME}/.gradle` },
      why: 'Spring Boot’s plugin for Gradle',
    };
  if (has('go.mod') && tree.isFile(joinPath(app.path, 'main.go')) && typeof stage.base === 'object')
    return {
      command: ['go', 'run', '.'],
      prepare: ['go', 'build', '-o', '/dev/null', '.'],
      env: { GOMODCACHE: `${DEVELOPMENT_HOME}/go/pkg/mod` },
      why: 'Go builds the program at every start',
    };
  if (has('Cargo.toml')) {
    const program = baseName(command[0] ?? '');
    const bin = /^[\w-]+$/.test(program) && program !== 'sh' ? ['--bin', program] : [];
    return {
      command: ['cargo', 'run', ...bin],
      prepare: ['cargo', 'build', ...bin],
      env: { CARGO_HOME: `${DEVELOPMENT_HOME}/.cargo`, CARGO_TARGET_DIR: `${DEVELOPMENT_HOME}/target` },
      why: 'Cargo builds what changed at every start',
    };
  }
  return undefined;
}

/** How a project is best run while it is worked on. A command of `environments.development` goes over all of this. */
export function reloadOf(project: Project, plan: FinishedPlan): Reload {
  const stage = sourceStage(plan);
  const runtime = plan.stages.at(-1)?.name ?? 'runtime';
  const rebuild: Reload = {
    stage: runtime,
    onEdit: 'rebuild',
    why: 'nothing in the image watches files: an edit builds it anew',
  };
  if (project.merged.manifest.workload === 'static' && stage === undefined) return rebuild;
  const script = packageScript(project, plan.image.port);
  if (stage && script) return { stage: stage.name, ...script, onEdit: 'sync' };
  const installed = script && installStage(plan);
  if (installed) return { stage: installed.name, addsSource: true, ...script, onEdit: 'sync' };
  const { os, command, entrypoint } = plan.image;
  const hasShell = os === 'debian' || os === 'alpine';
  const fixed = entrypoint.length > 0 && !isInit(entrypoint);
  const watching = hasShell && !fixed ? watchingArgv(command) : undefined;
  // What Node.js runs out of a build does not change with the source.
  const isBuilt = stage !== undefined && project.language.id === 'node';
  if (watching && !isBuilt) return { stage: runtime, ...watching, onEdit: 'sync' };
  const tool = stage && buildTool(project, stage, command);
  if (stage && tool) return { stage: stage.name, ...tool, onEdit: 'sync+restart' };
  return rebuild;
}
