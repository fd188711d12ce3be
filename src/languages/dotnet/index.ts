import type { IgnoreRule } from '../../ignore/rule.ts';
import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Inferred, type Scope, type Sign } from '../language.ts';
import { commandOf, resolveCommand } from './command.ts';
import { planDotnet } from './plan.ts';
import { fileProgram, isFileProgram } from './file-program.ts';
import { isProjectFile, isSolution, nearestFile } from './project-file.ts';
import { isSource, servingOf } from './serving.ts';
import { assemblyOf, chooseProject, closureOf, kindOf, readSolution, runnableProjects } from './solution.ts';
import { asLine, dotnetVersion, versionOrder } from './version.ts';

/** A solution may hold projects of C++ alone. */
const holdsOthers = (text = ''): boolean => /proj"/.test(text) && !/\.(?:cs|fs|vb)proj"/i.test(text);

function detect(inventory: Inventory): Sign[] {
  const names = inventory.names('').filter((name) => inventory.isFile(name));
  const project = names.find((name) => isProjectFile(name));
  const solution = names.find((name) => isSolution(name) && !holdsOthers(inventory.text(name)));
  const signs: Sign[] = [];
  if (project !== undefined) signs.push({ path: project, weight: weights.manifest, reason: 'a project of .NET' });
  if (solution !== undefined)
    signs.push({
      path: solution,
      weight: project === undefined ? weights.manifest : weights.tool,
      reason: 'a solution of .NET',
    });
  if (signs.length === 0) {
    const single = fileProgram(inventory);
    return single ? [{ path: single.file, weight: weights.entry, reason: 'a .NET program of one file' }] : [];
  }
  const program = names.find((name) => /^Program\.(cs|fs|vb)$/.test(name));
  if (program !== undefined)
    signs.push({ path: program, weight: weights.entry, reason: 'the main file of a .NET program' });
  return signs;
}

/** The folder that holds a project, all that it refers to, and what MSBuild reads above it. */
function workspaceOf(tree: Inventory, app: string): string | undefined {
  const solution = readSolution({ inventory: tree, member: app });
  const { project } = chooseProject(solution);
  if (!project) return undefined;
  const above = [
    'Directory.Build.props',
    'Directory.Packages.props',
    'Directory.Build.targets',
    'nuget.config',
    'global.json',
  ]
    .map((name) => nearestFile(tree, project.folder, name))
    .filter((file) => file !== undefined);
  const folders = [...closureOf(solution, project).map((p) => p.folder), ...above.map(parentOf)];
  let root = app;
  while (root !== '' && !folders.every((f) => f === root || f.startsWith(`${root}/`))) root = parentOf(root);
  return root === app ? undefined : root;
}

const apps = (inventory: Inventory): string[] => {
  const folders = runnableProjects(readSolution({ inventory, member: '' })).map((p) => p.folder);
  return [...new Set(folders)].filter((folder) => folder !== '');
};

function infer(scope: Scope): Inferred {
  const solution = readSolution(scope);
  const { project, from, rejected } = chooseProject(solution);
  if (!project) return { findings: [] };
  const kind = kindOf(project);
  const version = dotnetVersion(project);
  const line = asLine(version.version);
  const serving = servingOf(scope.inventory, project);
  const file = { file: project.file, why: 'the project’s file' };
  const name = assemblyOf(project);
  return {
    findings: [
      ...(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(name) ? [{ at: '/name', value: name, from: file } as const] : []),
      { at: '/runtime', value: line, from: version.from, rejected: version.rejected },
      { at: '/packageManager', value: 'nuget', from: file },
      ...(kind === 'web'
        ? [
            {
              at: '/framework',
              value: 'aspnetcore',
              from: {
                file: project.file,
                why: project.sdk === 'Microsoft.NET.Sdk' ? 'it hosts ASP.NET Core' : `its SDK is ${project.sdk}`,
              },
            } as const,
          ]
        : []),
      ...(kind === 'browser'
        ? [
            {
              at: '/framework',
              value: 'blazor',
              from: { file: project.file, why: `its SDK is ${project.sdk}` },
            } as const,
          ]
        : []),
      {
        at: '/workload',
        value: serving ? 'service' : kind === 'worker' ? 'worker' : kind === 'browser' ? 'static' : 'job',
        from,
      },
      // Where the command hands the port on, it depends on whether the image has a shell: the plan decides it.
      ...(kind === 'browser' || kind === 'function' || serving?.decides === false
        ? []
        : [{ at: '/command', value: commandOf(project, serving, false, line), from, rejected } as const]),
      ...(serving?.port ? [{ at: '/port', value: serving.port.port, from: serving.port.from } as const] : []),
      ...(serving?.health
        ? [{ at: '/health/path', value: serving.health.path, from: serving.health.from } as const]
        : []),
    ],
  };
}

function ignore(scope: Scope): IgnoreRule[] {
  const folders = [...readSolution(scope).projects.values()].map((p) => p.folder).slice(0, 200);
  return [
    ...[...new Set(folders)].flatMap((folder) =>
      ['bin', 'obj'].map((name): IgnoreRule => ({
        pattern: joinPath(folder, name),
        purpose: 'build-output',
        why: 'made by the build',
      })),
    ),
    { pattern: '**/TestResults', purpose: 'test', why: 'what tests leave' },
    { pattern: '**/.vs', purpose: 'editor', why: 'settings of Visual Studio' },
    { pattern: '**/*.user', purpose: 'editor', why: 'settings of one person' },
  ];
}

const READS =
  /\.slnx?$|(^|\/)(Directory\.(Build|Packages)\.(props|targets)|global\.json|packages\.lock\.json)$|\.(props|targets)$/i;

export const dotnet = defineLanguage({
  id: 'dotnet',
  title: '.NET (C#, F#, Visual Basic)',
  facts: {
    detectedBy: ['*.csproj', '*.fsproj', '*.vbproj', '*.sln', '*.slnx'],
    versionOrder,
    packageManagers: ['nuget'],
    frameworks: ['aspnetcore', 'blazor'],
    variants: ['slim', 'alpine', 'distroless'],
    product: 'dotnet',
  },
  readsText: (path) => isProjectFile(path) || isFileProgram(path) || isSource(path) || READS.test(path),
  detect,
  workspaceOf,
  apps,
  infer,
  resolveCommand,
  plan: planDotnet,
  ignore,
});
