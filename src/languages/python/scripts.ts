import { baseName, joinPath, parentOf, pathBelow, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { moduleOf, type Source } from './modules.ts';
import type { PythonProject } from './project.ts';
import { setupScripts } from './setup-file.ts';
import { lineAt, mainGuard } from './source-file.ts';

/** Console commands and files of a project that can be run as they are. */

export interface Runnable {
  /** Of a command that the project declares. */
  readonly name?: string;
  readonly argv: readonly string[];
  readonly from: Evidence;
  /** The file behind it, where it is one of the project's. */
  readonly source: Source | undefined;
  /** A folder that has to be on the import path, where it is not the app's. */
  readonly root?: string;
}

const ENTRY_FILES = [
  'main',
  'app',
  'server',
  'run',
  'bot',
  'start',
  'index',
  'hello',
  'wsgi',
  'asgi',
  'application',
  'worker',
  'web',
  'api',
  'cli',
  'program',
  'script',
  'streamlit_app',
];
const SERVING_NAMES = ['serve', 'server', 'web', 'api', 'start', 'run', 'main', 'app', 'worker', 'bot'];

function fileOfModule(sources: readonly Source[], module: string): Source | undefined {
  const path = module.replaceAll('.', '/');
  return sources.find(
    (s) =>
      s.path === `${path}.py` ||
      s.path.endsWith(`/${path}.py`) ||
      s.path === `${path}/__init__.py` ||
      s.path.endsWith(`/${path}/__init__.py`),
  );
}

interface Declared {
  readonly name: string;
  readonly target: string;
  readonly file: string;
}

function declaredScripts({ pyproject, folder, inventory }: PythonProject): Declared[] {
  const file = joinPath(folder, 'pyproject.toml');
  return [
    ...Object.entries({ ...pyproject?.tool?.poetry?.scripts, ...pyproject?.project?.scripts }).map(
      ([name, target]) => ({ name, target, file }),
    ),
    ...Object.entries(setupScripts(inventory, folder)).map(([name, target]) => ({
      name,
      target,
      file: joinPath(folder, 'setup.py'),
    })),
  ].filter(({ name }) => /^[A-Za-z0-9][\w.-]*$/.test(name));
}

/** Commands that installing the project puts on the PATH. */
export function consoleCommands(project: PythonProject, sources: readonly Source[]): Runnable[] {
  if (!project.packaged) return [];
  return declaredScripts(project).map(({ name, target, file }) => ({
    name,
    argv: [name],
    from: { file, why: `the command ${name}` },
    source: fileOfModule(sources, target.split(':')[0] ?? ''),
  }));
}

/** The functions behind such commands, for a project that is not installed: they are called where they lie. */
export function declaredFunctions(project: PythonProject, sources: readonly Source[]): Runnable[] {
  if (project.packaged) return [];
  return declaredScripts(project).flatMap(({ name, target, file }): Runnable[] => {
    const [, module, called] = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)$/.exec(target) ?? [];
    const source = module === undefined ? undefined : fileOfModule(sources, module);
    const path = joinPath(project.folder, module?.replaceAll('.', '/') ?? '');
    if (!source || called === undefined || ![`${path}.py`, `${path}/__init__.py`].includes(source.path)) return [];
    const program = `import sys; from ${module ?? ''} import ${called}; sys.exit(${called}())`;
    return [{ name, argv: ['python', '-c', program], from: { file, why: `the command ${name}` }, source }];
  });
}

/** The one command that is meant: the only one, the one with the project's name, or one that says that it serves. */
export function chooseCommand(project: PythonProject, commands: readonly Runnable[]): Runnable | undefined {
  if (commands.length <= 1) return commands[0];
  const plain = (name: string | undefined): string | undefined => name?.replaceAll(/[-_.]/g, '');
  const own = commands.find(({ name }) => name !== undefined && plain(name) === plain(project.name));
  return (
    own ?? SERVING_NAMES.map((wanted) => commands.find(({ name }) => name === wanted)).find((c) => c !== undefined)
  );
}

/** How a file is run: as a module where it is one of a package, so that its own imports work, else as it lies. */
function runnableFile(inventory: Inventory, app: string, source: Source, why: string): Runnable {
  const relative = pathBelow(app, source.path);
  const at = mainGuard(source.code);
  const from: Evidence = { file: source.path, ...(at === undefined ? {} : { line: lineAt(source.code, at) }), why };
  const module =
    source.imports.relative || baseName(source.path) === '__main__.py'
      ? moduleOf(inventory, app, source, false)
      : undefined;
  if (module) {
    const name = module.name.replace(/\.__main__$/, '');
    return { argv: ['python', '-m', name], from, source, ...(module.root === app ? {} : { root: module.root }) };
  }
  const asModule = moduleOf(inventory, app, source, false);
  const inPackage = asModule?.root === app && asModule.name.includes('.');
  if (inPackage) return { argv: ['python', '-m', asModule.name], from, source };
  return { argv: ['python', relative], from, source };
}

/** Whether running a file does something, rather than defining things for others. */
export const doesSomething = (code: string): boolean =>
  mainGuard(code) !== undefined ||
  /^(?!class\b|def\b|async def\b|from\b|import\b|@|if TYPE_CHECKING)[A-Za-z_][\w.]*\s*\(/m.test(code) ||
  /^(while|for|with|asyncio)\b/m.test(code);

/** The file that is run, by its place and name, then by being the only one. */
export function entryFile(project: PythonProject, sources: readonly Source[]): Runnable | undefined {
  const { inventory, folder, name } = project;
  const module = (name ?? '').toLowerCase().replaceAll(/[-.]/g, '_');
  const below = (path: string): string => pathBelow(folder, path);
  const find = (path: string): Source | undefined => sources.find((s) => below(s.path) === path);
  const atRoot = sources.filter((s) => parentOf(below(s.path)) === '');
  for (const entry of ENTRY_FILES) {
    const source = find(`${entry}.py`);
    if (source && (doesSomething(source.code) || atRoot.length === 1))
      return runnableFile(inventory, folder, source, `${entry}.py is run by convention`);
  }
  const mains = sources.filter((s) => baseName(s.path) === '__main__.py');
  const main =
    mains.find((s) => new RegExp(`(^|/)${module}/__main__\\.py$`).test(s.path)) ??
    (mains.length === 1 ? mains[0] : undefined);
  if (main && below(main.path) === '__main__.py')
    return {
      argv: ['python', '__main__.py'],
      from: { file: main.path, why: 'the folder’s main program' },
      source: main,
    };
  if (main) return runnableFile(inventory, folder, main, 'the main program of the package');
  const folders = [
    'src',
    'app',
    ...(module === '' ? [] : [module, `src/${module}`]),
    'bot',
    'server',
    'backend',
    'api',
  ];
  for (const at of folders) {
    for (const entry of ENTRY_FILES) {
      const source = find(`${at}/${entry}.py`);
      if (source && doesSomething(source.code))
        return runnableFile(inventory, folder, source, `${at}/${entry}.py is run by convention`);
    }
  }
  const guarded = atRoot.filter((s) => mainGuard(s.code) !== undefined);
  const only = guarded.length === 1 ? guarded[0] : guarded.length === 0 && atRoot.length === 1 ? atRoot[0] : undefined;
  if (only) return runnableFile(inventory, folder, only, 'the only script at the root');
  const [server, ...others] = guarded.filter((s) => s.path.endsWith('_server.py'));
  return server && others.length === 0
    ? runnableFile(inventory, folder, server, 'the only script at the root that is called a server')
    : undefined;
}

/** How a file that serves is run: as it lies, or by the program that calls what it defines. */
export function programBehind(
  project: PythonProject,
  sources: readonly Source[],
  source: Source,
  why: string,
): Runnable {
  const own = runnableFile(project.inventory, project.folder, source, why);
  if (doesSomething(source.code)) return own;
  return (
    chooseCommand(project, consoleCommands(project, sources)) ??
    chooseCommand(project, declaredFunctions(project, sources)) ??
    entryFile(project, sources) ??
    own
  );
}
