import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { needsShell, toArgv } from '../../plan/command.ts';
import type { Evidence } from '../../plan/plan.ts';
import { lineOf, type DenoConfig } from './config.ts';

/** How a project is started: the real command behind its task, without what only development wants. */
export interface Start {
  readonly argv: readonly string[];
  /** The module that the command loads, relative to the app; undefined where it is none of the project's. */
  readonly entry: string | undefined;
  readonly from: Evidence;
  /** Tasks that the start task runs first, and which belong into the build. */
  readonly before: readonly string[];
  /** Nothing in the project says which permissions the program needs. */
  readonly open: boolean;
}

/** Tasks that start a program in production, by the names that people give them. */
const START_TASKS = ['start', 'start:prod', 'serve', 'prod', 'production', 'preview', 'server', 'web'];
const DEVELOPMENT_TASKS = ['dev', 'run', 'watch'];
const TASK_DEPTH = 5;

const ENTRIES = ['main', 'server', 'app', 'serve', 'index', 'mod'].flatMap((name) =>
  ['ts', 'tsx', 'js', 'mts', 'mjs', 'jsx'].map((ext) => `${name}.${ext}`),
);
export const ENTRY_FILES = ['', 'src/', 'server/', 'api/', 'app/'].flatMap((folder) =>
  ENTRIES.map((name) => `${folder}${name}`),
);

/** For development: they restart, reload or stop the program. */
const DEVELOPMENT_FLAGS =
  /^(--(watch|watch-hmr|watch-exclude|hmr|inspect|inspect-brk|inspect-wait|reload|check|no-clear-screen)(=.*)?|-r)$/;
/** What a program may do, and what it needs of the runtime. */
const PERMISSION_FLAGS =
  /^(-[AP]\S*|-[RWNESI]+(=.*)?|--(allow|deny|ignore|unstable|permission-set|env-file|import-map|node-modules-dir|sloppy-imports)\b.*)$/;
/** Flags whose value may stand in the next word. */
const TAKES_VALUE = new Set(['--port', '--host', '--config', '-c', '--import-map', '--cert', '--location', '--seed']);
const SCRIPT = /\.(m?[jt]sx?|cjs|cts)$/;

const isDeno = (argv: readonly string[]): boolean => argv[0] === 'deno';

/** The module among a command's words: the first one that is no flag. */
function moduleOf(argv: readonly string[]): string | undefined {
  if (!isDeno(argv)) return undefined;
  const words = argv.slice(/^(run|serve)$/.test(argv[1] ?? '') ? 2 : 1);
  return words.find((word, i) => !word.startsWith('-') && !TAKES_VALUE.has(words[i - 1] ?? ''))?.replace(/^\.\//, '');
}

/** A program that is fetched, and none of the project's. */
export function remoteOf(argv: readonly string[]): string | undefined {
  const module = moduleOf(argv);
  return module !== undefined && /^(https?|jsr|npm):\S/.test(module) ? module : undefined;
}

/** Deno's own server of files, which is told its port on the command line alone. https://jsr.io/@std/http/doc/file-server */
export const isFileServer = (argv: readonly string[]): boolean =>
  /\/std(@[^/]*)?\/http\/file_server\.ts$|^jsr:@std\/http(@[^/]*)?\/file-server$/.test(remoteOf(argv) ?? '');

/** The module that a command loads, where it is one of the project's. */
export function entryOf(argv: readonly string[]): string | undefined {
  const word = moduleOf(argv);
  return word !== undefined && SCRIPT.test(word) && !/^[a-z]+:|^\/|(^|\/)\.\.(\/|$)/.test(word) ? word : undefined;
}

/** Everything is in the image: an attempt to fetch at run time would only delay the error. */
const offline = (argv: readonly string[]): readonly string[] =>
  isDeno(argv) && /^(run|serve)$/.test(argv[1] ?? '') && !argv.includes('--cached-only')
    ? [...argv.slice(0, 2), '--cached-only', ...argv.slice(2)]
    : argv;

interface Resolved {
  readonly argv: readonly string[];
  readonly before: readonly string[];
}

/** A task's command down to the program: `deno task x` is followed, builds before the program are set apart. */
function resolve(command: string, tasks: DenoConfig['tasks'], depth = 0): Resolved | undefined {
  const parts = command.split('&&').map((part) => part.trim());
  const last = parts.at(-1) ?? '';
  const first = parts.slice(0, -1).map((part) => /^deno task ([\w:.-]+)$/.exec(part)?.[1]);
  if (parts.length > 1 && first.every((name) => name !== undefined) && !/["']/.test(command)) {
    const rest = resolve(last, tasks, depth);
    return rest && { ...rest, before: [...first, ...rest.before] };
  }
  const argv = toArgv(command);
  const called = argv.length === 3 && isDeno(argv) && argv[1] === 'task' ? tasks[argv[2] ?? ''] : undefined;
  if (called !== undefined) return depth < TASK_DEPTH ? resolve(called, tasks, depth + 1) : undefined;
  return { argv: isDeno(argv) ? argv.filter((word) => !DEVELOPMENT_FLAGS.test(word)) : argv, before: [] };
}

/** A program of Deno's, or one that a shell line of the task starts; never a tool that watches. */
const isDevelopment = (command: string): boolean => /(^|\s)--(watch|hmr)\b/.test(command);

function byTask({ tasks, file, text }: DenoConfig): Start | undefined {
  const there = START_TASKS.filter((name) => tasks[name] !== undefined);
  const name = there.find((n) => !isDevelopment(tasks[n] ?? '')) ?? there[0];
  const found = name === undefined ? undefined : resolve(tasks[name] ?? '', tasks);
  if (name === undefined || !found || found.argv.length === 0) return undefined;
  const line = lineOf(text, name);
  return {
    argv: offline(found.argv),
    entry: entryOf(found.argv),
    from: { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }), why: `the task ${name}` },
    before: found.before,
    open: false,
  };
}

/** What the task for development says of a module: the module itself, and what it is allowed. */
function developed({ tasks }: DenoConfig): { entry: string; flags: string[] } | undefined {
  for (const name of DEVELOPMENT_TASKS) {
    const command = tasks[name];
    const argv = command === undefined || needsShell(command) ? [] : (resolve(command, tasks)?.argv ?? []);
    const entry = entryOf(argv);
    if (entry !== undefined) return { entry, flags: argv.filter((word) => PERMISSION_FLAGS.test(word)) };
  }
  return undefined;
}

/** `export default { fetch }`, which `deno serve` takes. https://docs.deno.com/runtime/reference/cli/serve/ */
const servedByDeno = (text: string): boolean =>
  /export\s+default\s+(\{[^}]{0,400}\bfetch\b|app\b|router\b)|satisfies\s+Deno\.ServeDefaultExport/.test(text) &&
  !/Deno\.serve\(|\.listen\(/.test(text);

function byConvention(inventory: Inventory, member: string, config: DenoConfig): Start | undefined {
  const development = developed(config);
  const there = (path: string): boolean => inventory.isFile(joinPath(member, path));
  const entry =
    ENTRY_FILES.find((path) => there(path)) ??
    (development && there(development.entry) ? development.entry : undefined);
  if (entry === undefined) return undefined;
  const flags = development?.entry === entry && development.flags.length > 0 ? development.flags : undefined;
  const granted = flags ?? (config.hasPermissions ? ['-P'] : ['--allow-all']);
  const command = servedByDeno(inventory.text(joinPath(member, entry)) ?? '') ? 'serve' : 'run';
  return {
    argv: offline(['deno', command, ...granted, entry]),
    entry,
    from: { file: joinPath(member, entry), why: `no task starts it; ${entry} is run by convention` },
    before: [],
    open: flags === undefined && !config.hasPermissions,
  };
}

/** Finds how an app is started; undefined where nothing says. */
export const startOf = (inventory: Inventory, member: string, config: DenoConfig): Start | undefined =>
  byTask(config) ?? byConvention(inventory, member, config);
