import { baseName, joinPath } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import type { Rejected } from '../language.ts';
import { programWords } from '../program-path.ts';
import type { Bin, CargoPackage } from './package.ts';
import type { CargoProject } from './project.ts';

/** Which program of a project is run. */

export interface Program {
  readonly package: CargoPackage;
  readonly bin: Bin;
}

export interface Chosen {
  readonly program: Program;
  readonly from: Evidence;
  readonly rejected: readonly Rejected[];
}

/** Packages for developing, not for running. */
const ASIDE =
  /(^|[/_-])(xtasks?|examples?|samples?|demos?|tools?|scripts?|tests?|testing|e2e|benches|benchmarks?|bench|fuzz|docs?|codegen|macros?)$/;

/** A program with a window, beside those that an image can run. https://tauri.app/ */
const isForDesktops = ({ dependencies }: CargoPackage): boolean => dependencies.some((d) => d.name === 'tauri');

const programsIn = (packages: readonly CargoPackage[]): Program[] =>
  packages.flatMap((p) => p.bins.map((bin) => ({ package: p, bin })));

/** Every program that may be meant: of the member that was chosen, else of the workspace, without tools and tests. */
export function programsOf(project: CargoProject): Program[] {
  const { member, members, workFolder } = project;
  const own = members.filter((p) => p.folder === member);
  if (member !== workFolder && own.length > 0) return programsIn(own);
  const all = programsIn(members);
  const meant = all.filter(
    (p) => p.package.folder === workFolder || (!ASIDE.test(p.package.folder) && !isForDesktops(p.package)),
  );
  return meant.length > 0 ? meant : all;
}

const evidenceOf = ({ package: { folder }, bin }: Program, why: string): Evidence => ({
  file: joinPath(folder, bin.path),
  why,
});

/** What a program of several is called when it is the one to run, best first. */
const USUAL = ['server', 'api', 'app', 'web', 'backend', 'main'];
/** Programs beside the one to run: they change a database, fill it, or ask the server. */
const BESIDE =
  /^(.*[-_])?(migrate|migrations?|migrator|seed|seeder|cli|ctl|client|gen|generate|bench|healthcheck|worker|cron|xtask)$/;

/** `atuin-server` beside `atuin`. */
const SERVER_OF = /[-_](server|api|backend|web)$/;

interface Rule {
  readonly why: string;
  fits(program: Program): boolean;
}

function rulesFor(project: CargoProject): Rule[] {
  const root = project.members.find((p) => p.folder === project.workFolder);
  const defaults = new Set(project.defaults);
  const names = new Set(programsOf(project).map((p) => p.bin.name));
  return [
    { why: 'default-run of the package', fits: ({ package: p, bin }) => p.defaultRun === bin.name },
    { why: 'the program of the package at the root', fits: (p) => p.package === root },
    {
      why: 'the program that the package at the root is named after',
      fits: (p) => p.package === root && p.bin.name === root.name,
    },
    ...(defaults.size < project.members.length
      ? [
          {
            why: 'the only program of default-members',
            fits: (p: Program) => defaults.has(p.package),
          },
        ]
      : []),
    { why: 'the program that its package is named after', fits: (p) => p.bin.name === p.package.name },
    ...USUAL.map((usual): Rule => ({
      why: `of several programs, the one called ${usual}`,
      fits: (p) => p.bin.name === usual || baseName(p.package.folder) === usual,
    })),
    {
      why: 'of two programs, the one that says that it is the server of the other',
      fits: (p) => SERVER_OF.test(p.bin.name) && names.has(p.bin.name.replace(SERVER_OF, '')),
    },
    {
      why: 'of several programs, the one that is no tool beside another',
      fits: (p) => !BESIDE.test(p.bin.name),
    },
  ];
}

/** The program to run: the one that the command names, else by the first rule that fits exactly one. */
export function chooseProgram(project: CargoProject, command: readonly string[] | undefined): Chosen | undefined {
  const programs = programsOf(project);
  const words = new Set(programWords(command).map((word) => baseName(word)));
  const asked = programsIn(project.members).find((p) => words.has(p.bin.name));
  if (asked) return { program: asked, from: evidenceOf(asked, 'the command names it'), rejected: [] };
  const [only] = programs;
  if (only && programs.length === 1) return { program: only, from: evidenceOf(only, 'the only program'), rejected: [] };
  for (const rule of rulesFor(project)) {
    const { why } = rule;
    const [program, another] = programs.filter((p) => rule.fits(p));
    if (!program || another) continue;
    const rejected = programs
      .filter((p) => p !== program)
      .map((p): Rejected => ({ value: p.bin.name, from: evidenceOf(p, `${program.bin.name} is ${why}`) }));
    return { program, from: evidenceOf(program, why), rejected };
  }
  return undefined;
}

/** Says that no program was found, or that one of several has to be chosen. */
export function noProgram(project: CargoProject): Problem {
  const programs = programsOf(project);
  const [first] = programs;
  if (!first) {
    return new Problem('no-start-command', {
      detail: `${joinPath(project.workFolder, 'Cargo.toml')} has no program: no src/main.rs, nothing in src/bin/, and no [[bin]].`,
      hint: 'A library cannot be run. Send the package of the program that uses it, or choose one with ?app=.',
    });
  }
  const folders = [...new Set(programs.map((p) => p.package.folder))];
  const names = programs.map((p) => p.bin.name).join(', ');
  if (folders.length === 1) {
    return new Problem('no-start-command', {
      detail: `The package ${first.package.name} has ${programs.length} programs, and nothing tells which one to run: ${names}.`,
      hint: `Set default-run = "${first.bin.name}" in Cargo.toml, or "command": ["${first.bin.name}"] in the manifest.`,
      members: { programs: programs.map((p) => p.bin.name) },
    });
  }
  return new Problem('ambiguous-app', {
    detail: `The workspace holds ${programs.length} programs, and nothing tells which one to run: ${names}.`,
    hint: `Choose one by its folder (?app=${first.package.folder}), by its name ("command": ["${first.bin.name}"] in the manifest), or by default-members in Cargo.toml.`,
    members: { apps: folders.map((path) => ({ path, language: 'rust' })) },
  });
}
