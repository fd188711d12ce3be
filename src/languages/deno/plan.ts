import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import { runtimeUser } from '../../plan/finish.ts';
import type { Advice, BuildPlan, Evidence, Stage, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import type { PlanRequest } from '../language.ts';
import { CONFIG_FILES, memberFolders, readConfig, type DenoConfig } from './config.ts';
import { lockState } from './lock.ts';
import { servingOf } from './serving.ts';
import { entryOf, remoteOf, startOf, type Start } from './start.ts';
import { denoImage, denoVersion, versionAdvice } from './version.ts';

const BUILD_STAGE = 'build';
const ROOT = '/app';
const CACHE = '/deno-dir';

interface App {
  readonly inventory: Inventory;
  readonly member: string;
  /** The configuration at the root of the build, and the app's own. */
  readonly root: DenoConfig;
  readonly own: DenoConfig;
}

export function appOf(inventory: Inventory, member: string): App {
  const root = readConfig(inventory);
  return { inventory, member, root, own: member === '' ? root : readConfig(inventory, member) };
}

/** Files that say what is needed, of the root and of every member. */
function manifestsOf({ inventory, root }: App): string[] {
  const names = [...CONFIG_FILES, 'package.json'];
  const beside = [root.lock, root.importMap, 'package-lock.json', '.npmrc'].filter((file) => file !== undefined);
  const folders = memberFolders(inventory, root);
  const files = [...names, ...beside, ...folders.flatMap((folder) => names.map((name) => joinPath(folder, name)))];
  return [...new Set(files)].filter((file) => inventory.isFile(file));
}

const hasVendor = ({ inventory, root }: App): boolean => root.vendor && inventory.isDirectory('vendor');

/** Packages, before the source: what the configuration names, exactly as the lockfile has it. */
function installSteps(app: App, version: string): Step[] {
  const { inventory, root } = app;
  const files = manifestsOf(app);
  const nested = files.filter((file) => file.includes('/'));
  const needed = root.imports.length > 0 || nested.length > 0 || inventory.isFile('package.json');
  if (!needed || version.startsWith('1.')) return [];
  const frozen = lockState(inventory, root) === 'exact';
  const why = 'what the packages are, before the source: an edit of the source installs nothing';
  return [
    { kind: 'copy', sources: files.filter((file) => !nested.includes(file)), to: './', why },
    ...(nested.length > 0 ? [{ kind: 'copy', sources: nested, to: './', parents: true, why } satisfies Step] : []),
    ...(hasVendor(app)
      ? [{ kind: 'copy', sources: ['vendor/'], to: './vendor/', why: 'packages kept with the project' } satisfies Step]
      : []),
    {
      kind: 'run',
      phase: 'install',
      command: frozen ? sh`deno install --frozen` : sh`deno install`,
      why: frozen
        ? 'exactly what deno.lock has; it ends where the lockfile does not fit'
        : 'what the configuration asks for, in the newest versions that fit',
    },
  ];
}

const fileEvidence = (file: string | undefined, why: string): Evidence[] => (file === undefined ? [] : [{ file, why }]);

/** The tasks that make what the program serves: those that its start runs first, else the task `build`. */
function buildCommands({ own, root }: App, start: Start): { commands: string[][]; from: Evidence[] } {
  const tasks = start.before.length > 0 ? start.before : own.tasks['build'] === undefined ? [] : ['build'];
  return {
    commands: tasks.map((task) => ['deno', 'task', task]),
    from: fileEvidence(own.file ?? root.file, `the task ${tasks.join(', ')}`),
  };
}

function buildSteps(app: App, request: PlanRequest, start: Start, entry: string | undefined): Step[] {
  const own = request.settings.build?.command;
  const { commands, from } = buildCommands(app, start);
  const remote = remoteOf(request.command ?? []) ?? remoteOf(start.argv);
  const module = entry !== undefined && app.inventory.isFile(joinPath(app.member, entry)) ? entry : remote;
  const cache: Shell[] = module === undefined ? [] : [sh`deno cache ${module}`];
  const argvs = own === undefined ? commands : [[...toArgv(own)]];
  return [
    { kind: 'copy', sources: ['.'], to: `${ROOT}/`, why: 'the source' },
    ...argvs.map((command): Step => ({
      kind: 'run',
      phase: 'build',
      command,
      why: own === undefined ? 'makes what the program serves' : 'the build command of the manifest',
      ...(own === undefined ? { evidence: from } : {}),
    })),
    ...(cache.length > 0
      ? [
          {
            kind: 'run',
            phase: 'build',
            command: all(...cache),
            why: 'fetches what the modules import beside the configuration, so that nothing is fetched at run time',
            evidence: [start.from],
          } satisfies Step,
        ]
      : []),
  ];
}

function buildStage(app: App, request: PlanRequest, version: string, start: Start, entry: string | undefined): Stage {
  const inMember = app.member === '' ? [] : [app.member];
  return {
    name: BUILD_STAGE,
    base: denoImage(version),
    why: 'fetches the packages and builds',
    steps: [
      { kind: 'workdir', path: ROOT, why: 'the source' },
      { kind: 'env', vars: { DENO_DIR: CACHE, DENO_NO_UPDATE_CHECK: '1' }, why: 'where packages are kept' },
      ...installSteps(app, version),
      ...inMember.map((folder): Step => ({ kind: 'workdir', path: `${ROOT}/${folder}`, why: 'the app' })),
      ...buildSteps(app, request, start, entry),
    ],
  };
}

function adviceOf(app: App, start: Start, version: string): Advice[] {
  const state = lockState(app.inventory, app.root);
  const file = app.root.lock ?? 'deno.lock';
  const lock: Advice[] =
    state === 'drifted'
      ? [
          {
            code: 'drifted-lockfile',
            detail: `${file} does not hold all that the configuration names: the build adds what is missing, in the newest versions.`,
            hint: 'Run `deno install` and keep the lockfile in the repository.',
            file,
          },
        ]
      : state === 'absent' && app.root.imports.length > 0
        ? [
            {
              code: 'missing-lockfile',
              detail: 'There is no deno.lock: each build takes the newest versions that fit.',
              hint: 'Run `deno install` and keep deno.lock in the repository.',
            },
          ]
        : [];
  const open: Advice[] = start.open
    ? [
        {
          code: 'all-permissions',
          detail: 'The program runs with every permission of Deno: no task of the project says which it needs.',
          hint: 'Name them in a task: "start": "deno run --allow-net --allow-env main.ts".',
        },
      ]
    : [];
  return [...lock, ...open, ...versionAdvice(version)];
}

const nothingStarts = (app: App): Problem =>
  new Problem('no-start-command', {
    detail: `No task of ${app.own.file ?? 'a deno.json'} starts a program, and there is no main.ts, server.ts or the like.`,
    hint: 'Add a task "start" to deno.json, or give "command" in the manifest.',
  });

/** Decides the build of a Deno project. Throws `no-start-command` where nothing says what to run. */
export function planDeno(request: PlanRequest): BuildPlan {
  const { inventory, member, settings } = request;
  const app = appOf(inventory, member);
  const found = startOf(inventory, member, app.own);
  const start: Start | undefined =
    found ??
    (request.command === undefined
      ? undefined
      : { argv: request.command, entry: undefined, from: { why: 'the command' }, before: [], open: false });
  if (!start) throw nothingStarts(app);
  const asked = request.command ?? start.argv;
  const entry = entryOf(asked) ?? start.entry;
  const version = settings.runtime ?? denoVersion(inventory).version;
  const serving = servingOf(inventory, member, app.own, { ...start, argv: asked });
  const workload = settings.workload ?? serving.workload;
  const port = settings.port ?? (workload === 'service' ? serving.port : undefined);
  const uid = runtimeUser('debian', settings.run?.user);
  return {
    stages: [buildStage(app, request, version, start, entry)],
    runtime: {
      base: denoImage(version),
      os: 'debian',
      why: 'the runtime of Deno, in the version that built',
      workdir: joinPath(ROOT, member),
      steps: [
        {
          kind: 'env',
          vars: { DENO_DIR: CACHE, DENO_NO_UPDATE_CHECK: '1', DENO_NO_PROMPT: '1' },
          why: 'packages come from the image; nobody is there to answer a prompt',
        },
        { kind: 'copy', from: BUILD_STAGE, sources: [`${CACHE}/`], to: `${CACHE}/`, why: 'the packages' },
        { kind: 'copy', from: BUILD_STAGE, sources: [`${ROOT}/`], to: `${ROOT}/`, why: 'the app' },
        ...(serving.stores
          ? [
              {
                kind: 'file',
                path: `${CACHE}/location_data/.keep`,
                text: '',
                chown: `${uid}:${uid}`,
                why: 'Deno keeps its key-value store and localStorage here',
              } satisfies Step,
            ]
          : []),
      ],
      process: {
        argv: asked,
        why: 'the program itself; as PID 1 Deno would not end on SIGTERM, so it runs under an init',
        evidence: [start.from],
        init: true,
      },
      clearEntrypoint: true,
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : 'deno',
    },
    advice: [...adviceOf(app, start, version), ...serving.advice],
  };
}
