import { baseName, joinPath } from '../inventory/inventory.ts';
import type { FinishedPlan, Stage } from '../plan/plan.ts';
import type { Project } from './project.ts';

/** How a project is run while somebody works on it: in which stage, by which command, and what happens on an edit. */
export interface Reload {
  /** The stage that the development target is built on. */
  readonly stage: string;
  readonly command?: readonly string[];
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

type Script = { readonly command: readonly string[]; readonly why: string };

/** Scripts of a package.json by which people start a server that watches its files. */
const SCRIPTS = ['dev', 'start:dev', 'develop', 'watch'];
const BUILDER = /^(vite|astro dev|vue-cli-service serve|ng serve|webpack serve|webpack-dev-server)\b/;

function packageScript({ tree, app, merged }: Project): Script | undefined {
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
  // These listen on the loopback address unless they are told otherwise, which no port of a container reaches.
  const host = BUILDER.test(String(scripts[name])) ? [...(runner === 'npm' ? ['--'] : []), '--host', '0.0.0.0'] : [];
  return { command: [runner, 'run', name, ...host], why: `the script "${name}" of package.json` };
}

/** Servers that watch their files by a flag of their own. */
function watchingArgv(argv: readonly string[]): Script | undefined {
  const at = argv.findIndex((word) => /^(uvicorn|gunicorn|hypercorn|flask|fastapi|node|daphne)$/.test(baseName(word)));
  const program = baseName(argv[at] ?? '');
  const why = 'the server watches its files by a flag of its own';
  if (program === 'uvicorn' || program === 'gunicorn' || program === 'hypercorn') {
    if (program === 'uvicorn') return { command: [...withoutFlag(argv, '--workers'), '--reload'], why };
    return { command: [...argv, '--reload'], why };
  }
  if (program === 'fastapi') return { command: argv.map((w) => (w === 'run' ? 'dev' : w)), why };
  if (program === 'flask') return { command: [...argv, '--debug'], why };
  if (program === 'node') return { command: [...argv.slice(0, at + 1), '--watch', ...argv.slice(at + 1)], why };
  return undefined;
}

/** `--workers 4` and reloading exclude each other. */
function withoutFlag(argv: readonly string[], flag: string): string[] {
  const at = argv.indexOf(flag);
  return at < 0 ? argv.filter((w) => !w.startsWith(`${flag}=`)) : [...argv.slice(0, at), ...argv.slice(at + 2)];
}

/** Tools that build and run from source, started anew after an edit. */
function buildTool({ tree, app, merged }: Project, stage: Stage): Script | undefined {
  const has = (name: string): boolean => tree.isFile(joinPath(app.path, name));
  const spring = merged.manifest.framework === 'spring-boot' || merged.manifest.framework === 'spring';
  if (has('pom.xml') && spring)
    return { command: [has('mvnw') ? './mvnw' : 'mvn', 'spring-boot:run'], why: 'Spring Boot’s plugin for Maven' };
  if ((has('build.gradle') || has('build.gradle.kts')) && spring)
    return { command: [has('gradlew') ? './gradlew' : 'gradle', 'bootRun'], why: 'Spring Boot’s plugin for Gradle' };
  if (has('go.mod') && tree.isFile(joinPath(app.path, 'main.go')) && typeof stage.base === 'object')
    return { command: ['go', 'run', '.'], why: 'Go builds the program at every start' };
  if (has('Cargo.toml')) return { command: ['cargo', 'run'], why: 'Cargo builds what changed at every start' };
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
  const script = stage && packageScript(project);
  if (stage && script) return { stage: stage.name, ...script, onEdit: 'sync' };
  const { os, command, entrypoint } = plan.image;
  const hasShell = os === 'debian' || os === 'alpine';
  const watching = hasShell && entrypoint.length === 0 ? watchingArgv(command) : undefined;
  if (watching) return { stage: runtime, ...watching, onEdit: 'sync' };
  const tool = stage && buildTool(project, stage);
  if (stage && tool) return { stage: stage.name, ...tool, onEdit: 'sync+restart' };
  return rebuild;
}
