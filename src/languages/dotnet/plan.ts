import { defaultCycle } from '../../images/catalogue.ts';
import { officialImage } from '../../images/known.ts';
import { joinPath } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import { installPackages } from '../../plan/packages.ts';
import type { BuildPlan, Mount, Runtime, Stage, Step } from '../../plan/plan.ts';
import { sh, type Shell } from '../../plan/shell.ts';
import { SITE_ROOT, staticServerStage, staticSiteRuntime } from '../../plan/static-site.ts';
import type { PlanRequest } from '../language.ts';
import { commandOf, modeOf } from './command.ts';
import { isTrue, nearestFile, type DotnetProject } from './project-file.ts';
import { servingOf } from './serving.ts';
import {
  chooseProject,
  closureOf,
  kindOf,
  noProject,
  onFunctionsHost,
  readSolution,
  type Solution,
} from './solution.ts';
import { asLine, dotnetImage, dotnetVersion, sdkOf, versionAdvice } from './version.ts';

const BUILD_STAGE = 'build';
const OUTPUT = '/out';
const PORT = 8080;
/** Downloads only: what is unpacked stays in the layer, because the restored project names it by path. */
const DOWNLOADS: Mount = { type: 'cache', target: '/root/.local/share/NuGet/http-cache' };
/** The user `app` of Microsoft's images, from .NET 8 on. https://devblogs.microsoft.com/dotnet/securing-containers-with-rootless/ */
const APP_USER = 1654;

/** What has to be there before packages are restored: the project, those it refers to, and what MSBuild and NuGet read with them. */
function restoreFiles(solution: Solution, project: DotnetProject): string[] {
  const { inventory } = solution;
  const closure = closureOf(solution, project);
  const beside = [
    'Directory.Build.props',
    'Directory.Build.targets',
    'Directory.Packages.props',
    'nuget.config',
    'global.json',
    'Directory.Build.rsp',
  ];
  const found = closure.flatMap((p) => [
    p.file,
    ...p.imports,
    ...beside.map((name) => nearestFile(inventory, p.folder, name)),
    ...['packages.lock.json', 'paket.references']
      .map((name) => joinPath(p.folder, name))
      .filter((f) => inventory.isFile(f)),
  ]);
  return [...new Set(found.filter((f) => f !== undefined))].sort();
}

const isLocked = (solution: Solution, project: DotnetProject): boolean =>
  closureOf(solution, project).every((p) => solution.inventory.isFile(joinPath(p.folder, 'packages.lock.json')));

/** A front end that the publishing of the project builds with npm. */
const usesNode = (projects: readonly DotnetProject[]): boolean =>
  projects.some((p) => /<SpaRoot>|\.esproj\b|Command="[^"]{0,200}\b(?:npm|yarn|pnpm|npx)\b/.test(p.text));

function buildStage(solution: Solution, project: DotnetProject, request: PlanRequest, line: string): Stage {
  const mode = modeOf(project);
  const sdk = sdkOf(solution, project, line);
  const sources = restoreFiles(solution, project);
  const nested = sources.some((path) => path.includes('/'));
  const closure = closureOf(solution, project);
  const target: Shell = mode === 'portable' ? sh`` : sh` --use-current-runtime`;
  const locked: Shell = isLocked(solution, project) ? sh` --locked-mode` : sh``;
  const several: Shell =
    project.properties.has('TargetFrameworks') && !project.properties.has('TargetFramework')
      ? sh` --framework ${`net${line}`}`
      : sh``;
  // A program of one file is compiled to native code by itself, unless it is told not to.
  const single = project.file.endsWith('.cs');
  const publish = single
    ? mode === 'portable'
      ? sh`dotnet publish ${project.file} --configuration Release -p:PublishAot=false -p:UseAppHost=false --output ${OUTPUT}`
      : sh`dotnet publish ${project.file} --configuration Release --output ${OUTPUT}`
    : mode === 'portable'
      ? sh`dotnet publish ${project.file} --configuration Release --no-restore${several} -p:UseAppHost=false --output ${OUTPUT}`
      : sh`dotnet publish ${project.file} --configuration Release --no-restore${several}${target} --self-contained true --output ${OUTPUT}`;
  const own = request.settings.build?.command;
  const restore: Step[] = [
    {
      kind: 'copy',
      sources,
      to: './',
      ...(nested ? { parents: true } : {}),
      why: 'what the projects depend on, before their source: an edit of the source restores nothing',
    },
    {
      kind: 'run',
      phase: 'install',
      mounts: [DOWNLOADS],
      command: sh`dotnet restore ${project.file}${target}${locked}`,
      why: isLocked(solution, project) ? 'packages, exactly as the lock files have them' : 'packages',
    },
  ];
  const tools =
    mode === 'native'
      ? installPackages(
          request.variant === 'alpine' ? 'alpine' : 'debian',
          request.variant === 'alpine' ? ['build-base', 'clang', 'zlib-dev'] : ['clang', 'zlib1g-dev'],
          'compiles to native code',
        )
      : undefined;
  const image = request.variant === 'alpine' && mode !== 'portable' ? `${sdk.tag}-alpine` : sdk.tag;
  const node = defaultCycle('nodejs')?.cycle ?? 'lts';
  return {
    name: BUILD_STAGE,
    base: dotnetImage('sdk', image),
    ...(mode === 'portable' ? { buildPlatform: true } : {}),
    why: mode === 'portable' ? `${sdk.why}; what it makes runs on any platform` : sdk.why,
    steps: [
      { kind: 'workdir', path: '/src', why: 'the source' },
      {
        kind: 'env',
        vars: { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
        why: 'no reports and no greeting from a build',
      },
      ...(tools ? [tools] : []),
      ...(usesNode(closure)
        ? [
            {
              kind: 'copy',
              from: officialImage('node', node, 'slim'),
              sources: ['/usr/local/'],
              to: '/usr/local/',
              why: 'the project builds its front end with npm',
            } satisfies Step,
          ]
        : []),
      ...(single ? [] : restore),
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      {
        kind: 'run',
        phase: 'build',
        ...(single ? { mounts: [DOWNLOADS] } : {}),
        command: own === undefined ? publish : toArgv(own),
        why: 'publishes the app for production',
        evidence: [{ file: project.file, why: 'the project that is started' }],
      },
    ],
  };
}

const usesAspNet = (projects: readonly DotnetProject[]): boolean =>
  projects.some(
    (p) =>
      kindOf(p) === 'web' ||
      p.frameworks.includes('Microsoft.AspNetCore.App') ||
      /^Microsoft\.NET\.Sdk\.(Web|Razor)\b/.test(p.sdk),
  );

/** Ubuntu's releases by .NET's: chiseled images are made of those. https://github.com/dotnet/dotnet-docker/blob/main/documentation/ubuntu-chiseled.md */
function runtimeTag(line: string, variant: PlanRequest['variant'], invariant: boolean): string {
  if (variant === 'alpine') return `${line}-alpine`;
  if (variant === 'distroless')
    return `${line}-${Number.parseFloat(line) >= 8 ? 'noble' : 'jammy'}-chiseled${invariant || Number.parseFloat(line) < 8 ? '' : '-extra'}`;
  return line;
}

function siteOf(stage: Stage, project: DotnetProject): BuildPlan {
  const runtime = staticSiteRuntime({
    files: {
      kind: 'copy',
      from: BUILD_STAGE,
      sources: [`${OUTPUT}/wwwroot/`],
      to: `${SITE_ROOT}/`,
      why: 'the app, which runs in the browser',
    },
    fallback: true,
    evidence: [{ file: project.file, why: 'a Blazor app that runs in the browser' }],
  });
  return { stages: [staticServerStage, stage], runtime, advice: [] };
}

/** Decides the build of a .NET project. Throws where no project can be chosen. */
export function planDotnet(request: PlanRequest): BuildPlan {
  const solution = readSolution(request);
  const choice = chooseProject(solution);
  const { project } = choice;
  if (!project) throw noProject(solution, choice);
  if (kindOf(project) === 'function' && request.command === undefined) throw onFunctionsHost(project);
  const { settings, variant } = request;
  const line = asLine(settings.runtime ?? dotnetVersion(project).version);
  const stage = buildStage(solution, project, request, line);
  const kind = kindOf(project);
  if (kind === 'browser') return siteOf(stage, project);
  const closure = closureOf(solution, project);
  const serving = servingOf(solution.inventory, project);
  const service = (settings.workload ?? (serving ? 'service' : 'job')) === 'service';
  const port = settings.port ?? (service ? (serving?.port?.port ?? PORT) : undefined);
  const name = modeOf(project) === 'portable' ? (usesAspNet(closure) ? 'aspnet' : 'runtime') : 'runtime-deps';
  const hasShell = variant !== 'distroless';
  const fixed = serving !== undefined && !serving.decides && !hasShell && port !== undefined;
  const variable =
    Number.parseFloat(line) >= 8
      ? { ASPNETCORE_HTTP_PORTS: String(port) }
      : { ASPNETCORE_URLS: `http://+:${port ?? PORT}` };
  const brings = Number.parseFloat(line) >= 8;
  const runtime: Runtime = {
    base: dotnetImage(name, runtimeTag(line, variant, isTrue(project, 'InvariantGlobalization'))),
    os: variant === 'alpine' ? 'alpine' : variant === 'distroless' ? 'distroless' : 'debian',
    why:
      modeOf(project) === 'portable'
        ? `the runtime of .NET ${line}, without its SDK`
        : 'the libraries that a .NET app needs of the system; it brings its own runtime',
    workdir: '/app',
    ...(brings ? { user: APP_USER } : {}),
    steps: [
      ...(fixed
        ? [
            {
              kind: 'env',
              vars: variable,
              why: 'the port that it listens on; without a shell it cannot be taken from PORT',
            } satisfies Step,
          ]
        : []),
      { kind: 'copy', from: BUILD_STAGE, sources: [`${OUTPUT}/`], to: './', why: 'the app as published' },
    ],
    process: {
      argv: request.command ?? commandOf(project, serving, hasShell, line),
      why: '.NET as PID 1: it ends in order on SIGTERM',
      evidence: [choice.from],
      init: false,
    },
    ...(port === undefined ? {} : { port }),
    probe: port === undefined || variant === 'distroless' ? 'none' : variant === 'alpine' ? 'sh' : 'bash',
  };
  return { stages: [stage], runtime, advice: [...versionAdvice(line)] };
}
