import { joinPath } from '../../inventory/inventory.ts';
import { runtimeUser } from '../../plan/finish.ts';
import type { Advice, BuildPlan, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { assetStage, type AssetBuild } from '../javascript/asset-stage.ts';
import { frontEndsServed } from '../javascript/front-end-served.ts';
import { frontEndsInto } from '../javascript/outputs-elsewhere.ts';
import type { PlanRequest } from '../language.ts';
import { writableSteps } from '../writable-steps.ts';
import { isFound, pythonApp, type PythonApp } from './app.ts';
import { builtBy } from './build.ts';
import { imagesFor, minorOf, versionFor, type Images } from './images.ts';
import { unsaidSetuptools } from './old-packages.ts';
import { installOf } from './install.ts';
import { imagePath, OWN_PYTHON, SYSTEM_PATH, VENV } from './layout.ts';
import { handlesSigterm, withPortByPython } from './servers.ts';
import { startArgv, type Start } from './start.ts';
import { calledPrograms, systemNeeds, type SystemNeeds } from './system-packages.ts';
import { uvImage } from './tools.ts';
import { fitsRanges, uvVersion, versionAdvice } from './version.ts';
import { writableOf } from './writable.ts';

function nothingStarts({ project }: PythonApp): Problem {
  const members = (project.workspace?.members ?? []).filter((m) => m.folder !== '').map((m) => m.folder);
  const workspace = members.length > 0 && project.folder === '';
  return new Problem('no-start-command', {
    detail: workspace
      ? `The root of the workspace has no program of its own; its members are ${members.join(', ')}.`
      : 'There is no app object of a framework, no single command of the project, no main.py or app.py, and no __main__.py.',
    hint: workspace
      ? `Choose a member with ?app=${members[0] ?? ''}.`
      : 'Give "command" in the manifest, such as "gunicorn package.module:app", or add a Procfile with a web line.',
  });
}

function environment(
  app: PythonApp,
  images: Images,
  start: Start | undefined,
  hasVenv: boolean,
  port: number | undefined,
): Step {
  const path = [
    ...(hasVenv ? [`${VENV}/bin`] : []),
    ...(images.freeThreaded ? [`${OWN_PYTHON}/bin`] : []),
    SYSTEM_PATH,
  ].join(':');
  return {
    kind: 'env',
    vars: {
      PATH: path,
      ...(hasVenv ? { VIRTUAL_ENV: VENV } : {}),
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      ...(start && start.importRoots.length > 0 ? { PYTHONPATH: start.importRoots.map(imagePath).join(':') } : {}),
      // It does not read PORT, and a command of the project's own tells it nothing.
      ...(start === undefined && app.start?.framework?.id === 'gradio' && port !== undefined
        ? { GRADIO_SERVER_PORT: String(port) }
        : {}),
    },
    why: 'output at once, no bytecode written at run time, and the environment’s programs first',
  };
}

/** A browser for Playwright, with what it needs of the system; it is downloaded by Playwright, in its own version. */
function browserSteps({ project, sources }: PythonApp): Step[] {
  if (!project.packages.has('playwright') || project.packages.get('playwright')?.direct !== true) return [];
  const used = ['chromium', 'firefox', 'webkit'].filter((name) =>
    sources.some(({ code }) => new RegExp(`\\.${name}\\b`).test(code)),
  );
  const browsers = used.length > 0 ? used : ['chromium'];
  return [
    { kind: 'env', vars: { PLAYWRIGHT_BROWSERS_PATH: '/opt/browsers' }, why: 'where every user finds the browsers' },
    {
      kind: 'run',
      command: all(sh`playwright install --with-deps ${browsers}`, sh`rm -rf /var/lib/apt/lists/*`),
      why: 'the browsers that the installed Playwright is made for, and the libraries that they need',
    },
  ];
}

function writable(app: PythonApp, images: Images, workdir: string, uid: number): { steps: Step[]; advice: Advice[] } {
  const found = writableOf(app.project.inventory, workdir, app.sources);
  if (!found) return { steps: [], advice: [] };
  const { folders, kept, files, from } = found;
  return writableSteps(
    { folders: folders.map(imagePath), made: kept.map(imagePath), owned: { files: files.map(imagePath), uid }, from },
    images.os,
  );
}

/** A front end inside the project, built by Node.js: package.json with a build script, beside manage.py, in a known folder, or writing into the project. */
function assetsOf({ project, django, start, sources }: PythonApp): AssetBuild | undefined {
  if (start?.framework === undefined || project.folder !== '') return undefined;
  const root = django?.root ?? project.folder;
  const folders = [
    root,
    ...['frontend', 'assets', 'theme/static_src', 'static_src', 'client'].map((name) => joinPath(root, name)),
    ...frontEndsInto(project.inventory),
    ...frontEndsServed(
      project.inventory,
      sources.map(({ code }) => code),
    ).map(({ folder }) => folder),
  ];
  for (const folder of new Set(folders)) {
    if (!project.inventory.isFile(joinPath(folder, 'package.json'))) continue;
    const built = assetStage(project.inventory, { folder, scripts: ['build', 'build:prod', 'production'] });
    if (built) return built;
  }
  return undefined;
}

function staticAdvice({ django, project }: PythonApp): Advice[] {
  if (
    !django?.statics ||
    ['whitenoise', 'dj-static', 'django-storages', 'servestatic'].some((name) => project.packages.has(name))
  )
    return [];
  return [
    {
      code: 'static-files-not-served',
      detail:
        'The static files are in the image, but nothing in the project delivers them: Django does so only while DEBUG is on.',
      hint: 'Add WhiteNoise, or deliver STATIC_ROOT by a web server in front.',
      ...(django.settingsFile === undefined ? {} : { file: django.settingsFile }),
    },
  ];
}

function indexAdvice({ project }: PythonApp, secrets: readonly string[]): Advice[] {
  const [index] = project.indexes.map((url) => url.replace(/\/\/[^/@]*@/, '//'));
  const asks =
    project.indexes.some((url) => /\$\{\w+\}|@/.test(url)) ||
    (index !== undefined && !/pypi\.org|pytorch\.org|nvidia\.com|piwheels/.test(index));
  if (!asks || secrets.length > 0) return [];
  return [
    {
      code: 'private-index',
      detail: `Packages are taken from ${index ?? 'another index'}.`,
      hint: 'Give its credentials as a build secret: "build": {"secrets": ["uv_index_private_password"]} sets the variable of that name while packages are installed.',
    },
  ];
}

/** System packages for this distribution: those found, by its own names, and what the user adds. */
function packageLists(
  needs: { debian: SystemNeeds; own: SystemNeeds },
  { settings }: PlanRequest,
): { build: readonly string[]; run: readonly string[] } {
  const join = (asked: readonly string[] | undefined, found: readonly string[], own: readonly string[]): string[] => [
    ...new Set([...(asked ?? []).filter((name) => !found.includes(name)), ...own]),
  ];
  return {
    build: join(settings.build?.packages, needs.debian.build, needs.own.build),
    run: join(settings.run?.packages, needs.debian.run, needs.own.run),
  };
}

/** Decides the build of a Python project. Throws `no-start-command` where nothing tells what is run. */
export function planPython(request: PlanRequest): BuildPlan {
  const { settings, variant, command } = request;
  const app = pythonApp(request, settings.packageManager);
  const { project, django } = app;
  if (command === undefined && !app.start) throw nothingStarts(app);
  const start = isFound(app.start, command) ? app.start : undefined;
  const version = versionFor(variant, settings.runtime ?? app.version.version, app.version, (v) =>
    fitsRanges(project, v),
  );
  const images = imagesFor(variant, version);
  const alpine = images.os === 'alpine';
  const debian = systemNeeds(project.packages, app.sources, django?.text ?? '', false);
  const packages = packageLists(
    { debian, own: alpine ? systemNeeds(project.packages, app.sources, django?.text ?? '', true) : debian },
    request,
  );
  const python = images.freeThreaded ? `${OWN_PYTHON}/bin/python3` : '/usr/local/bin/python3';
  const install = installOf(project, {
    pythonMinor: minorOf(version),
    python,
    added: [start?.added, unsaidSetuptools(project, minorOf(version))].filter((one) => one !== undefined),
    always: images.os === 'distroless',
  });
  const workload = settings.workload ?? start?.workload ?? 'service';
  const assets = assetsOf(app);
  const built = builtBy({
    request,
    project,
    images,
    version,
    install,
    django,
    assets,
    packages: packages.build,
    lasting: workload === 'service' || workload === 'worker',
  });
  const folder = start?.folder ?? project.folder;
  const uid = runtimeUser(images.os, settings.run?.user);
  const written = writable(app, images, folder, uid);
  const argv = start ? (images.os === 'distroless' ? withPortByPython(start.argv) : startArgv(start)) : (command ?? []);
  const port = settings.port ?? start?.port?.port;
  const serves = workload === 'service' && port !== undefined;
  const ownUv = calledPrograms(app.sources).has('uv');
  return {
    stages: built.stages,
    packages: { build: [], run: packages.run },
    runtime: {
      base: images.run,
      os: images.os,
      why: images.why,
      workdir: imagePath(folder),
      steps: [
        environment(app, images, start, install !== undefined, port),
        ...(ownUv
          ? [
              {
                kind: 'copy',
                from: uvImage(uvVersion(project)?.tag),
                sources: ['/uv'],
                to: '/usr/local/bin/',
                why: 'the program calls uv itself',
              } satisfies Step,
            ]
          : []),
        ...built.copies,
        ...(images.os === 'debian' ? browserSteps(app) : []),
        ...written.steps,
      ],
      process: {
        argv,
        settled: true,
        why: start ? start.from.why : 'the command that was given',
        ...(start ? { evidence: [start.from] } : {}),
        init: !(start?.handlesSignals === true || handlesSigterm(start?.argv ?? argv)),
      },
      clearEntrypoint: images.os === 'distroless',
      ...(serves ? { port } : {}),
      probe: serves ? 'python' : 'none',
    },
    advice: [
      ...versionAdvice(project, version),
      ...(install?.advice ?? []),
      ...(assets?.advice ?? []),
      ...(start?.advice ?? []),
      ...(start ? staticAdvice(app) : []),
      ...indexAdvice(app, settings.build?.secrets ?? []),
      ...written.advice,
    ],
  };
}
