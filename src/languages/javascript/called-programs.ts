import { joinPath } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { managedVersions } from '../version-files.ts';
import { hit, sourcesOf, type Source } from './program-source.ts';
import { productionDependencies, type JsProject } from './project.ts';

/** Programs that a program's own source starts, by their names. */

/** By its name, or by the path where Debian has it, with the first argument where it stands in the same text. */
const CALLED =
  /\b(?:exec|execSync|spawn|spawnSync|execa|execaSync|execFile|execFileSync)\s*\(\s*['"`](?:\/usr(?:\/local)?\/bin\/)?([\w.-]+)(?:['"`]|\s+([\w-]+)?)/g;
/** What is asked of a repository that no image has. */
const OF_REPOSITORY = /^(rev-parse|describe|log|show|status|branch|diff|rev-list|config|remote|tag)$/;

/** The program is in a variable: what it can be stands elsewhere in the source. */
const CALLED_BY_VARIABLE = /\b(?:exec|execSync|spawn|spawnSync|execFile|execFileSync)\s*\(\s*[A-Za-z_$][\w$.]*\s*[,)]/g;

/** The names by which version managers know a runtime, and the command that it has. */
const MANAGED: readonly { readonly tool: string; readonly also?: string; readonly commands: readonly string[] }[] = [
  { tool: 'python', commands: ['python', 'python3'] },
  { tool: 'go', also: 'golang', commands: ['go'] },
  { tool: 'node', also: 'nodejs', commands: ['node'] },
];

const fromNames = ({ file, text }: Source): Called[] =>
  [...text.matchAll(CALLED)]
    .filter(([, program, first]) => program !== 'git' || !OF_REPOSITORY.test(first ?? ''))
    .map(([, program = '']) => ({ program, from: { file, why: `${program} in ${file}` } }));

/** Runtimes that a version manager's file names, where a source that starts what a variable says has a text that begins with one. */
function fromVariables(project: JsProject, sources: readonly Source[]): Called[] {
  const { inventory, app } = project;
  const named = MANAGED.filter(({ tool, also }) =>
    [...new Set([app.folder, ''])].some(
      (folder) => managedVersions(inventory.at(folder), tool, ...(also === undefined ? [] : [also])).length > 0,
    ),
  ).flatMap(({ commands }) => commands);
  if (named.length === 0) return [];
  const texts = new RegExp(String.raw`['"\`](${named.join('|')})(?=[\s'"\`])`, 'g');
  return sources
    .filter((source) => hit([source], CALLED_BY_VARIABLE, '') !== undefined)
    .flatMap(({ file, text }) =>
      [...text.matchAll(texts)].map(([, program = '']) => ({ program, from: { file, why: `${program} in ${file}` } })),
    );
}

export interface Called {
  readonly program: string;
  readonly from: Evidence;
}

/** Packages that start a program for those who use them. https://github.com/extrabacon/python-shell */
const STARTERS: ReadonlyMap<string, string> = new Map([['python-shell', 'python3']]);

/** Whether one of these programs is among those that are started. */
export const isCalled = (called: readonly Called[], ...programs: readonly string[]): boolean =>
  called.some(({ program }) => programs.includes(program));

/** All of them, as often as they are started. */
export function calledPrograms(project: JsProject): Called[] {
  const sources = sourcesOf(project, []);
  const installed = productionDependencies(project);
  const file = joinPath(project.app.folder, 'package.json');
  return [
    ...sources.flatMap(fromNames),
    ...fromVariables(project, sources),
    ...[...STARTERS]
      .filter(([name]) => installed[name] !== undefined)
      .map(([name, program]) => ({ program, from: { file, why: `${name} starts ${program}` } })),
  ];
}
