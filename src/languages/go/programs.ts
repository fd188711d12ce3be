import { baseName, joinPath, pathBelow } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';
import type { GoFunction } from './function.ts';
import { moduleOf, workspaceFolders, type GoModule, type GoProject } from './project.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Rejected } from '../language.ts';

/** A `package main` with its `func main`. */
export interface Program {
  /** Below the scope's root. */
  readonly folder: string;
  /** What the binary is called. */
  readonly name: string;
  readonly module: GoModule;
  /** The function that it is made of, where the project has no main of its own. */
  readonly fn?: GoFunction;
}

/** Programs for developing, not for running: examples, generators, test helpers. */
const ASIDE =
  /(^|\/)(_?examples?|samples?|demos?|tools?|hack|scripts?|tests?|testing|e2e|integration|benchmarks?|docs?|contrib|fixtures|fuzz|gen|codegen|mage|build|ci|\.[^/]*)(\/|$)/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** The last part of a module's path that is a name: `example.com/shop/v2` is `shop`. */
export function moduleName(path: string): string {
  const parts = path.split('/').filter((part) => !/^v\d+$/.test(part));
  const last = (parts.at(-1) ?? '').replace(/\.v\d+$/, '');
  return NAME.test(last) ? last : 'app';
}

/** Folders that say that there is a program, not what it is called. */
const NAMELESS = /^(cmd|main|src)$/;

function nameOf(folder: string, module: GoModule): string {
  const name = baseName(folder);
  return folder === module.folder || NAMELESS.test(name) || !NAME.test(name) ? moduleName(module.path) : name;
}

function isProgram(project: GoProject, folder: string): boolean {
  const files = (project.packages.get(folder) ?? []).filter((f) => f.takesPart.withCgo || f.takesPart.withoutCgo);
  if (files.some((f) => f.package === 'main' && f.hasMain)) return true;
  return files.some((f) => f.text === '' && f.path === joinPath(folder, 'main.go'));
}

/** Every program of the project, examples and tools among them. */
function allPrograms(project: GoProject): Program[] {
  return [...project.packages.keys()]
    .filter((folder) => isProgram(project, folder))
    .map((folder) => {
      const module = moduleOf(project, folder);
      return { folder, module, name: nameOf(folder, module) };
    });
}

/** What another package keeps to itself is run by its author: a generator, most likely. */
const isHidden = ({ folder }: Program): boolean => /(^|\/)internal\//.test(folder) && !/(^|\/)cmd(\/|$)/.test(folder);

/** The programs that may be meant, without examples and tools: of the member or its module, else of modules below. */
export function programsOf(project: GoProject): Program[] {
  const { member } = project;
  const all = allPrograms(project);
  const inside = (folder: string, root: string): boolean =>
    root === '' || folder === root || folder.startsWith(`${root}/`);
  if (member !== '') {
    const exact = all.filter((p) => p.folder === member);
    if (exact.length > 0) return exact;
  }
  const roots = [member, ...(member === '' ? workspaceFolders(project.workspace) : [])];
  const modules = new Set(roots.map((root) => moduleOf(project, root).folder));
  const below = (p: Program): string => pathBelow(member, p.folder);
  const meant = all.filter((p) => inside(p.folder, member) && !ASIDE.test(below(p)));
  const near = all.filter((p) => inside(p.folder, member) && modules.has(p.module.folder));
  const own = near.filter((p) => !ASIDE.test(below(p)) || p.folder === p.module.folder);
  const found = own.length > 0 ? own : meant;
  return found.every(isHidden) && all.every(isHidden) ? found : found.filter((p) => !isHidden(p));
}

export interface ChosenProgram {
  readonly program: Program;
  readonly why: string;
  readonly rejected: readonly Rejected[];
}

const listed = (programs: readonly Program[]): string => programs.map((p) => p.folder || '.').join(', ');

/** What a program of several is called when it is the one to run, best first. */
const USUAL = ['server', 'api', 'app', 'web', 'main'];
/** Programs beside the one to run: they change a database, fill it, or ask the server. */
const BESIDE =
  /^(.*[-_])?(migrate|migrations?|migrator|seed|seeder|seeds|cli|ctl|client|gen|generate|loadtest|bench|healthcheck|worker|cron)$/;

/** Nobody outside the module is meant to run what lies here. */
const INTERNAL = /(^|\/)internal\//;

/** `shop-server` beside `shop`. */
const SERVER_OF = /[-_](server|api|backend|web)$/;

interface Rule {
  readonly why: string;
  readonly fits: (program: Program) => boolean;
}

/** What is known of programs beside their names. */
interface Known {
  /** Folders that files of the project name as what they build. */
  readonly hinted: readonly string[];
  /** Whether a program listens on a port; asked in the end only, for it reads all that the program reaches. */
  readonly serves: (program: Program) => boolean;
}

function rulesFor(project: GoProject, programs: readonly Program[], { hinted, serves }: Known): Rule[] {
  const root = moduleOf(project, project.member);
  const name = moduleName(root.path);
  const names = new Set([name, ...programs.map((p) => p.name)]);
  // Where other modules below hold programs of their own, none of them is more the project's than another.
  const modules = new Set(programs.map((p) => p.module.folder));
  const besideModules = allPrograms(project).some((p) => !modules.has(p.module.folder) && !ASIDE.test(p.folder));
  return [
    { why: 'the program at the root of the module', fits: (p) => p.folder === project.member },
    { why: 'the program that the module is named after', fits: (p) => p.name === name },
    { why: 'the only program below cmd/', fits: (p) => /(^|\/)cmd(\/|$)/.test(p.folder) && !INTERNAL.test(p.folder) },
    ...hinted.map((folder): Rule => ({
      why: 'the program that the project itself builds',
      fits: (p) => p.folder === folder,
    })),
    ...USUAL.map((usual): Rule => ({
      why: `of several programs, the one called ${usual}`,
      fits: (p) => p.name === usual,
    })),
    {
      why: 'of two programs, the one that says that it is the server of the other',
      fits: (p) => SERVER_OF.test(p.name) && names.has(p.name.replace(SERVER_OF, '')),
    },
    {
      why: 'of several programs, the one that is no tool beside another',
      fits: (p) => !BESIDE.test(p.name) && !INTERNAL.test(p.folder),
    },
    {
      why: 'of several programs, the only one that listens on a port',
      fits: (p) => !besideModules && serves(p),
    },
  ];
}

/** The program to run, by the first rule that fits exactly one; undefined where none does. */
export function chooseProgram(project: GoProject, known: Known): ChosenProgram | undefined {
  const programs = programsOf(project);
  const [only] = programs;
  if (only && programs.length === 1) {
    return { program: only, why: `the only program: ${only.folder || 'the root'} holds package main`, rejected: [] };
  }
  for (const { why, fits } of rulesFor(project, programs, known)) {
    const [program, another] = programs.filter((p) => fits(p));
    if (!program || another) continue;
    const rejected = programs
      .filter((p) => p !== program)
      .map((p): Rejected => ({ value: p.name, from: { file: p.folder || '.', why: `${program.name} is ${why}` } }));
    return { program, why, rejected };
  }
  return undefined;
}

/** The evidence of a program: its main.go, or its folder. */
export function evidenceOf(project: GoProject, { folder }: Program, why: string): Evidence {
  const file = project.packages.get(folder)?.find((f) => f.hasMain)?.path ?? joinPath(folder, 'main.go');
  return { file, why };
}

/** Says that no program was found, or that one of several has to be chosen. */
export function noProgram(project: GoProject): Problem {
  const programs = programsOf(project);
  const [first] = programs;
  if (first) {
    return new Problem('ambiguous-app', {
      detail: `The module holds ${programs.length} programs, and nothing tells which one to run: ${listed(programs)}.`,
      hint: `Choose one by its folder (?app=${first.folder}) or by its name ("command": ["${first.name}"] in the manifest).`,
      members: { apps: programs.map((p) => ({ path: p.folder, language: 'go' })) },
    });
  }
  const aside = allPrograms(project);
  return new Problem('no-start-command', {
    detail: 'The module is a library: no folder holds a package main with a func main.',
    hint:
      aside.length > 0
        ? `Examples and tools are not taken by themselves; choose one with ?app=, e.g. ?app=${aside[0]?.folder ?? ''}.`
        : 'Send the module of the program that uses it, or add cmd/NAME/main.go.',
  });
}
