import { baseName, parentOf, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import type { Rejected, Scope } from '../language.ts';
import { fileProgram } from './file-program.ts';
import { isProjectFile, isTrue, readProjectFile, type DotnetProject } from './project-file.ts';

/** The projects of a tree, and which of them is the app. */

export interface Solution {
  readonly inventory: Inventory;
  readonly member: string;
  readonly command: readonly string[] | undefined;
  /** By path. */
  readonly projects: ReadonlyMap<string, DotnetProject>;
}

const NOT_SOURCE = /(^|\/)(bin|obj|node_modules|\.[^/]+)\//;

export function readSolution({ inventory, member, command }: Scope): Solution {
  const projects = new Map<string, DotnetProject>();
  for (const file of inventory.files((path) => isProjectFile(path) && !NOT_SOURCE.test(path))) {
    const project = readProjectFile(inventory, file);
    if (project) projects.set(file, project);
  }
  const single = projects.size === 0 ? fileProgram(inventory) : undefined;
  if (single) projects.set(single.file, single);
  return { inventory, member, command, projects };
}

type Kind = 'web' | 'worker' | 'console' | 'browser' | 'function' | 'library' | 'test';

const WEB = /^Microsoft\.NET\.Sdk\.Web\b/;
const TEST =
  /^(Microsoft\.NET\.Test\.Sdk|xunit(\.v3)?|NUnit|MSTest(\.TestFramework)?|TUnit|BenchmarkDotNet|SharpFuzz|NBomber)$/i;

/** Libraries that bring ASP.NET Core along, for projects whose SDK is not that of the web: F# has several. */
const WEB_PACKAGES =
  /^(Giraffe|Saturn|Falco|Oxpecker|Suave\.AspNetCore|Carter|FastEndpoints|Google\.Cloud\.Functions\.Hosting)$/i;

const hostsAspNet = ({ frameworks, packages }: DotnetProject): boolean =>
  frameworks.includes('Microsoft.AspNetCore.App') || packages.some((p) => WEB_PACKAGES.test(p));

export function kindOf(project: DotnetProject): Kind {
  const { sdk, packages, properties } = project;
  if (isTrue(project, 'IsTestProject') || packages.some((p) => TEST.test(p)) || sdk.startsWith('MSTest.Sdk'))
    return 'test';
  if (sdk.startsWith('Aspire.AppHost.Sdk') || isTrue(project, 'IsAspireHost')) return 'library';
  if (/^Microsoft\.NET\.Sdk\.BlazorWebAssembly\b/.test(sdk)) return 'browser';
  const output = properties.get('OutputType')?.value.toLowerCase();
  if (WEB.test(sdk)) return output === 'library' ? 'library' : 'web';
  if (/^Microsoft\.NET\.Sdk\.Worker\b/.test(sdk)) return 'worker';
  if (output !== 'exe' && output !== 'winexe') return 'library';
  // Azure's host starts it: by itself it ends, so any app beside it goes before it.
  if (packages.some((p) => /^Microsoft\.Azure\.Functions\.Worker(\.Sdk)?$/i.test(p))) return 'function';
  return hostsAspNet(project) ? 'web' : 'console';
}

export const assemblyOf = (project: DotnetProject): string => {
  const stated = project.properties.get('AssemblyName')?.value ?? '';
  return /^[\w. -]+$/.test(stated) ? stated : project.name;
};

/** A project and all that it refers to, itself first. */
export function closureOf({ projects }: Solution, project: DotnetProject): DotnetProject[] {
  const found = new Map([[project.file, project]]);
  for (const { references } of found.values()) {
    for (const path of references) {
      const next = projects.get(path);
      if (next) found.set(path, next);
    }
  }
  return [...found.values()];
}

/** Projects that can be started and that no other one of them takes in. */
export function runnableProjects(solution: Solution): DotnetProject[] {
  const all = [...solution.projects.values()].filter((p) => !['library', 'test'].includes(kindOf(p)));
  const taken = new Set(
    all.flatMap((p) =>
      closureOf(solution, p)
        .slice(1)
        .map((x) => x.file),
    ),
  );
  return all.filter((p) => !taken.has(p.file));
}

export interface Choice {
  readonly project: DotnetProject | undefined;
  readonly from: Evidence;
  readonly rejected: readonly Rejected[];
  readonly tied: readonly DotnetProject[];
}

/** Folders of programs that show how the others are used. */
const SHOWN = /(^|\/)(samples?|examples?|demos?|playgrounds?|sandbox|benchmarks?|perf)(\/|$)/i;

const ORDER: readonly Kind[] = ['web', 'worker', 'console', 'browser', 'function'];

/** The one project whose folder or program stands in the command. */
function namedBy(command: readonly string[] | undefined, all: readonly DotnetProject[]): DotnetProject | undefined {
  const words = (command ?? []).flatMap((word) => word.split(/[\s;&|"']+/)).map((word) => word.replace(/^\.\//, ''));
  const named = all.filter((project) => {
    const name = assemblyOf(project);
    const programs = new Set([name, `${name}.dll`]);
    const places = new Set([project.file, project.folder]);
    return words.some((word) => programs.has(baseName(word)) || (word !== '' && places.has(word)));
  });
  return named.length === 1 ? named[0] : undefined;
}

/** The project to start: the one that the command names, or in the app's folder, else the only one of the most telling kind. */
export function chooseProject(solution: Solution): Choice {
  const all = runnableProjects(solution);
  const others = (project: DotnetProject): Rejected[] =>
    all
      .filter((p) => p !== project)
      .map((p) => ({ value: p.file, from: { file: p.file, why: `it can be started as well (${kindOf(p)})` } }));
  const named = solution.member === '' ? namedBy(solution.command, all) : undefined;
  if (named)
    return {
      project: named,
      from: { file: named.file, why: 'the command names it' },
      rejected: others(named),
      tied: [],
    };
  const here = [...solution.projects.values()].filter((p) => p.folder === solution.member);
  const inFolder = here.filter((p) => all.includes(p));
  const candidates = inFolder.length > 0 ? inFolder : solution.member === '' ? all : here;
  for (const kind of ORDER) {
    const ofKind = candidates.filter((p) => kindOf(p) === kind);
    const proper = ofKind.filter((p) => !SHOWN.test(p.folder));
    const fitting = proper.length > 0 ? proper : ofKind;
    const [project] = fitting;
    if (!project) continue;
    const rejected = others(project);
    const from = { file: project.file, why: `the ${kind} project` };
    return fitting.length === 1
      ? { project, from, rejected, tied: [] }
      : { project: undefined, from, rejected, tied: fitting };
  }
  return { project: undefined, from: { why: 'no project can be started' }, rejected: [], tied: [] };
}

export function noProject(solution: Solution, { tied }: Choice): Problem {
  if (tied.length > 1) {
    const paths = tied.map((p) => p.file);
    return new Problem('ambiguous-app', {
      detail: `${tied.length} projects can be started: ${paths.slice(0, 20).join(', ')}.`,
      hint: `Choose one by its folder: ?app=${parentOf(paths[0] ?? '')}, or "app" in the manifest.`,
      members: { apps: tied.map((p) => ({ path: p.folder, language: 'dotnet' })) },
    });
  }
  const known = [...solution.projects.keys()].slice(0, 10).join(', ');
  return new Problem('no-start-command', {
    detail: known === '' ? 'There is no project file.' : `None of the projects can be started: ${known}.`,
    hint: 'An app has Sdk="Microsoft.NET.Sdk.Web" or <OutputType>Exe</OutputType>; name its folder with ?app=.',
  });
}

/** The problem that a project is started by the host of a platform, which its own program only talks to. */
export const onFunctionsHost = ({ file }: DotnetProject): Problem =>
  new Problem('no-start-command', {
    detail: `${file} holds functions of Azure: the host of that platform starts its program.`,
    hint: 'Deploy it with `func azure functionapp publish`; or build on an image of that platform, mcr.microsoft.com/azure-functions/dotnet-isolated, with a Dockerfile of `func init --docker-only`.',
    members: { file },
  });
