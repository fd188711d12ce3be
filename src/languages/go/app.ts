import { baseName, joinPath, resolveTarget } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Rejected, Scope } from '../language.ts';
import { programWords } from '../program-path.ts';
import type { RunFiles } from '../run-files.ts';
import { cgoOf, type Cgo } from './cgo.ts';
import { codeOf } from './code.ts';
import { flagPaths } from './flag-paths.ts';
import { frontendOf, type Frontend } from './frontend.ts';
import { functionOf, functionServing } from './function.ts';
import { hintedFolders } from './hints.ts';
import { moduleOf, readProject, type GoModule, type GoProject } from './project.ts';
import { chooseProgram, evidenceOf, moduleName, programsOf, type Program } from './programs.ts';
import { reachByRequirements, reachOf, type Reach } from './reach.ts';
import { runFilesOf } from './run-files.ts';
import { servingOf, withSettings, type Serving } from './serving.ts';

/** All that is known of the program to run; `infer` and `plan` both read it. */
export interface GoApp {
  readonly project: GoProject;
  readonly program: Program;
  readonly from: Evidence;
  readonly rejected: readonly Rejected[];
  readonly reach: Reach;
  readonly cgo: Cgo | undefined;
  readonly serving: Serving;
  readonly files: RunFiles;
  readonly frontend: Frontend | undefined;
}

/** Whether a program listens, by its source. */
function serves(project: GoProject, program: Program): boolean {
  const { all } = reachesOf(project, program, program.module);
  return servingOf(all, program.name, evidenceOf(project, program, '')).workload === 'service';
}

interface Pick {
  readonly program: Program;
  readonly from: Evidence;
  readonly rejected: readonly Rejected[];
}

function pickProgram(project: GoProject, command: readonly string[] | undefined): Pick | undefined {
  const programs = programsOf(project);
  const named = (words: readonly string[]): Program | undefined =>
    words.map((word) => programs.find((p) => p.name === baseName(word))).find((p) => p !== undefined);
  const asked = named(programWords(command));
  if (asked) return { program: asked, from: evidenceOf(project, asked, 'the command names it'), rejected: [] };
  const chosen = chooseProgram(project, {
    hinted: hintedFolders(project),
    serves: (program) => serves(project, program),
  });
  if (chosen) return { ...chosen, from: evidenceOf(project, chosen.program, chosen.why) };
  const served = programs.length === 0 ? functionOf(project) : undefined;
  if (served) {
    const { fn, module, from } = served;
    return { program: { folder: project.member, name: moduleName(module.path), module, fn }, from, rejected: [] };
  }
  if (project.inventory.complete || programs.length > 0) return undefined;
  const module = moduleOf(project, project.member);
  const name = baseName(programWords(command)[0] ?? '') || moduleName(module.path);
  const program = { folder: project.member, name, module };
  return { program, from: { file: 'go.mod', why: 'the program at the root of the module' }, rejected: [] };
}

const knowsSource = (project: GoProject, { folder }: Program): boolean =>
  (project.packages.get(folder) ?? []).some((file) => file.text !== '');

function reachesOf(project: GoProject, program: Program, module: GoModule): { all: Reach; pure: Reach } {
  if (!knowsSource(project, program)) {
    const required = reachByRequirements(module);
    return { all: required, pure: required };
  }
  const all = reachOf(project, module, program.folder, true);
  return { all, pure: reachOf(project, module, program.folder, false) };
}

/** The program behind `go run ./cmd/api --flag`, alone or in a line for a shell: its name, and the arguments. */
export function programOfRun(scope: Scope, argv: readonly string[]): readonly string[] | undefined {
  const line = argv.length === 3 && argv[1] === '-c' ? argv[2] : argv.join(' ');
  const run = /\bgo run (?:-\S+ )*(?:\S+\.go )*(\S+)/.exec(line ?? '');
  const named = (run?.[1] ?? '').replace(/(^|\/)[^/]*\.go$/, '');
  const folder = resolveTarget(joinPath(scope.member, 'x'), named);
  const program = run && programsOf(readProject(scope)).find((p) => p.folder === folder);
  if (!program) return undefined;
  if (argv.length === 3 && argv[1] === '-c') return [...argv.slice(0, 2), (line ?? '').replace(run[0], program.name)];
  return [program.name, ...argv.slice(run[0].split(' ').length)];
}

/** Reads a project and picks its program, the one that `command` names or else by rule; undefined where none can be. */
export function goApp(scope: Scope, command?: readonly string[]): { app: GoApp | undefined; project: GoProject } {
  const project = readProject(scope);
  const picked = pickProgram(project, command);
  if (!picked) return { app: undefined, project };
  const { program, from } = picked;
  const { all, pure } = reachesOf(project, program, program.module);
  const cgo = cgoOf(project, all);
  const reach = cgo ? all : pure;
  const { inventory } = project;
  const flagged = flagPaths(inventory, program, codeOf(reach));
  const bySource = program.fn ? functionServing(program.fn, from) : servingOf(reach, program.name, from);
  const stores = bySource.framework?.framework.stores ?? false;
  const files = runFilesOf(inventory, program, reach, { stores, flagged });
  const args = flagged.map(({ flag, to }) => `--${flag}=${to}`);
  const serving = withSettings({ ...bySource, args: [...bySource.args, ...args] }, inventory, files, reach);
  const frontend = frontendOf(inventory, program, reach, files.read);
  return { app: { project, ...picked, reach, cgo, serving, files, frontend }, project };
}
