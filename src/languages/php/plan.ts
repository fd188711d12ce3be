import { CONTEXT_FILES } from '../../plan/context-files.ts';
import { runtimeUser } from '../../plan/finish.ts';
import type { Advice, BuildPlan, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { assetStage } from '../javascript/asset-stage.ts';
import type { PlanRequest } from '../language.ts';
import { extensionsFor, phpApp, servedFolder, type PhpApp } from './app.ts';
import { buildStage, type Built } from './build-stage.ts';
import { EXTENSION_STAGE, extensionStages, extensionSteps } from './extension-stage.ts';
import { APP_ROOT, phpSettings, SERVER, serverSteps, startedInOrder } from './server.ts';
import { VENDOR_STAGE, vendorAdvice, vendorStage } from './vendor-stage.ts';
import { phpImage, versionAdvice } from './version.ts';

const isServer = (argv: readonly string[]): boolean => argv[0] === SERVER[0];

function appCopy({ from }: Built): Step {
  const of = from === undefined ? { sources: ['.'] } : { from, sources: [`${APP_ROOT}/`] };
  return { kind: 'copy', ...of, to: './', exclude: CONTEXT_FILES, why: 'the app' };
}

/** The folders that the app writes to, with what came with them, belong to the image's user. */
function writableSteps({ writable }: PhpApp, uid: number): Step[] {
  if (writable.length === 0) return [];
  const tops = [...new Set(writable.map((path) => path.split('/')[0] ?? path))];
  const owned = writable.filter(
    (path) => !tops.includes(path) && !['storage', 'var', 'tmp', 'writable'].includes(path.split('/')[0] ?? ''),
  );
  const whole = tops.filter((path) => writable.includes(path) || ['storage', 'var', 'tmp', 'writable'].includes(path));
  return [
    {
      kind: 'run',
      command: all(sh`mkdir -p ${writable}`, sh`chown -R ${`${uid}:${uid}`} ${[...whole, ...owned]}`),
      why: 'folders that the app writes to; the rest of it cannot be changed by it',
    },
  ];
}

/** A server that keeps files of its own beside its code needs the folders, and never what is in them. */
function openSteps({ server }: PhpApp): Step[] {
  if (server === undefined || server.open.length === 0) return [];
  return [
    {
      kind: 'run',
      command: sh`chmod 1777 ${server.open}`,
      why: 'the server keeps its process id and its log beside its code',
      comment: 'Sticky like /tmp: new files can be made here, those of the image cannot be replaced.',
      evidence: [server.from],
    },
  ];
}

function laravelAdvice({ framework }: PhpApp): Advice[] {
  if (framework?.id !== 'laravel') return [];
  return [
    {
      code: 'app-key',
      detail: 'APP_KEY is not in the image, and the app does not work without it.',
      hint: 'Give it at run time: docker run -e APP_KEY=base64:… (php artisan key:generate --show makes one).',
    },
    {
      code: 'laravel-caches',
      detail: 'Configuration is not cached in the image, because that would freeze the environment of the build.',
      hint: 'To cache it at each start: entrypoint.steps: ["php artisan optimize"]. Migrations are a step of a release: php artisan migrate --force.',
    },
  ];
}

function symfonyAdvice({ framework }: PhpApp): Advice[] {
  if (framework?.id !== 'symfony') return [];
  return [
    {
      code: 'app-secret',
      detail: 'APP_SECRET of the image is what .env has; values of the environment go before it.',
      hint: 'Give APP_SECRET, DATABASE_URL and the like at run time.',
    },
  ];
}

function scriptAdvice({ composer, framework }: PhpApp): Advice[] {
  const ran = framework?.id === 'laravel' || framework?.id === 'symfony';
  const script = composer?.scripts.find((name) => /^post-(install-cmd|autoload-dump)$/.test(name));
  if (ran || script === undefined) return [];
  return [
    {
      code: 'composer-scripts',
      detail: `The Composer script ${script} is not run by the build.`,
      hint: 'If the app needs it, name what it does as build.command: it runs with the app’s own PHP.',
      file: 'composer.json',
    },
  ];
}

function pageAdvice({ root }: PhpApp): Advice[] {
  if (root?.page === undefined) return [];
  return [
    {
      code: 'no-index-page',
      detail: `There is no index.php: visitors have to ask for a page by its name, such as /${root.page}.`,
      hint: 'Add an index.php to the folder, or give "command" in the manifest where it is a program for the command line.',
    },
  ];
}

const nothingStarts = (): Problem =>
  new Problem('no-start-command', {
    detail:
      'There is no index.php at the root or in public/, no other page, and no script whose name says that it is run.',
    hint: 'Give "command" in the manifest, such as "php worker.php".',
  });

/** Decides the build of a PHP project. Throws `no-start-command` where there is neither a page nor a script. */
export function planPhp(request: PlanRequest): BuildPlan {
  const { inventory, settings } = request;
  const app = phpApp(inventory);
  const argv = request.command ?? app.start?.argv;
  if (argv === undefined) throw nothingStarts();
  const version = settings.runtime ?? app.version.version;
  const web = isServer(argv);
  const base = phpImage(version, web ? 'apache' : 'cli');
  const extensions = extensionsFor(app, version);
  const compiled = extensionStages(base, extensions);
  const vendor = app.composer ? [vendorStage(inventory, app.composer, version)] : [];
  const assets = web
    ? assetStage(inventory, {
        scripts: ['build', 'production', 'prod', 'build:prod', 'build:production'],
        before:
          app.composer === undefined
            ? []
            : [
                {
                  kind: 'copy',
                  from: VENDOR_STAGE,
                  sources: [`${APP_ROOT}/${app.composer.vendorDir}/`],
                  to: `./${app.composer.vendorDir}/`,
                  why: 'scripts and styles that PHP packages bring',
                },
              ],
      })
    : undefined;
  const built = buildStage(
    app,
    request,
    compiled.length > 0 ? { stage: EXTENSION_STAGE } : base,
    assets && { name: assets.stage.name, root: assets.root },
  );
  const root = app.root ?? { folder: servedFolder(app), frontController: false, from: { why: 'the command serves' } };
  const port = settings.port ?? app.port;
  const service = (settings.workload ?? (port === undefined ? 'job' : 'service')) === 'service';
  return {
    stages: [...compiled, ...vendor, ...(assets ? [assets.stage] : []), ...built.stages],
    runtime: {
      base,
      os: 'debian',
      why: web ? 'Apache with PHP inside' : 'PHP for the command line',
      workdir: APP_ROOT,
      steps: [
        ...extensionSteps(extensions),
        ...phpSettings(web, inventory.isFile('php.ini') ? 'php.ini' : undefined, app.server?.ini),
        ...(web ? serverSteps(root) : []),
        appCopy(built),
        ...writableSteps(app, runtimeUser('debian', settings.run?.user)),
        ...openSteps(app),
      ],
      process: {
        argv: web ? startedInOrder(argv) : argv,
        settled: web,
        why: web
          ? 'the server, by a script that ends it in order on SIGTERM'
          : 'the program itself, under an init: as PID 1 PHP would not end on SIGTERM',
        ...(app.start ? { evidence: [app.start.from] } : {}),
        init: !web,
      },
      clearEntrypoint: true,
      ...(port === undefined || !service ? {} : { port }),
      probe: port === undefined || !service ? 'none' : 'bash',
    },
    advice: [
      ...versionAdvice(version),
      ...vendorAdvice(app.composer),
      ...extensions.advice,
      ...(assets?.advice ?? []),
      ...laravelAdvice(app),
      ...symfonyAdvice(app),
      ...scriptAdvice(app),
      ...(web ? pageAdvice(app) : []),
    ],
  };
}
