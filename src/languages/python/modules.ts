import { baseName, joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import { importsOf, importsPackage, withoutComments, type Imports } from './source-file.ts';

/** The project's own Python files, and the names under which they are imported. */

export interface Source {
  /** From the inventory's root. */
  readonly path: string;
  /** Without comments and docstrings; see `withoutComments`. */
  readonly code: string;
  readonly imports: Imports;
}

const NO_APP =
  /(^|\/)(\.[^/]+|tests?|testing|__pycache__|migrations|alembic|node_modules|site-packages|venv|env|docs?|examples?|samples?|scripts|benchmarks?|notebooks?|templates|static|build|dist|e2e|cookbook|tools)\/|(^|\/)(test_[^/]*|[^/]*_tests?|conftest|setup|noxfile\w*|tasks|fabfile|gunicorn[\w.-]*|locustfile|versioneer|dodo|env)\.py$/;

const MAX_SOURCES = 1500;

export const isPythonSource = (path: string): boolean => path.endsWith('.py');

/** Every file of the app's folder that may hold the program, the shallowest first. */
export function readSources(inventory: Inventory, folder: string): Source[] {
  const below = folder === '' ? '' : `${folder}/`;
  const depth = (path: string): number => path.split('/').length;
  return inventory
    .files((path) => path.endsWith('.py') && path.startsWith(below) && !NO_APP.test(path.slice(below.length)))
    .toSorted((a, b) => depth(a) - depth(b))
    .slice(0, MAX_SOURCES)
    .map((path) => {
      const code = withoutComments(inventory.text(path) ?? '');
      return { path, code, imports: importsOf(code) };
    });
}

export interface ModuleName {
  /** Dotted: `app.main`. */
  readonly name: string;
  /** The folder that has to be on the import path, from the inventory's root. */
  readonly root: string;
}

const isPackage = (inventory: Inventory, folder: string): boolean => inventory.isFile(joinPath(folder, '__init__.py'));

const isIdentifier = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/** Whether a top-level name lies in a folder as a module or a package. */
const holds = (inventory: Inventory, folder: string, name: string): boolean =>
  inventory.isFile(joinPath(folder, `${name}.py`)) || inventory.isDirectory(joinPath(folder, name));

/**
 * The name under which a file is imported, so that its own imports work: a file in a package is named from the package's
 * parent; one that imports its neighbours by their bare names is started with its folder on the import path.
 */
export function moduleOf(
  inventory: Inventory,
  app: string,
  source: Source,
  installed: boolean,
): ModuleName | undefined {
  const { path, imports } = source;
  const file = baseName(path).replace(/\.py$/, '');
  const folder = parentOf(path);
  const inApp = folder === app ? '' : folder.slice(app === '' ? 0 : app.length + 1);
  const parts = inApp === '' ? [] : inApp.split('/');
  if (!isIdentifier(file) || parts.some((part) => !isIdentifier(part))) return undefined;
  // How many of the folders belong to the name; the rest is the folder on the import path.
  let named = 0;
  const at = (count: number): string => joinPath(app, parts.slice(0, parts.length - count).join('/'));
  while (named < parts.length && isPackage(inventory, at(named))) named++;
  if (imports.relative && named === 0) named = Math.min(1, parts.length);
  const bare = imports.modules.map((module) => module.split('.')[0] ?? '').filter(Boolean);
  for (let count = parts.length; count > named; count--) {
    const top = parts[parts.length - count] ?? '';
    if (top === 'src' && installed) continue;
    if (importsPackage(imports, top) && !holds(inventory, at(0), top)) named = count;
  }
  if (named > 0 && !imports.relative && isPackage(inventory, folder)) {
    const top = parts[parts.length - named] ?? '';
    const needsOwnFolder =
      !importsPackage(imports, top) &&
      bare.some(
        (name) =>
          name !== top && holds(inventory, folder, name) && !holds(inventory, at(named), name) && !STANDARD.has(name),
      );
    if (needsOwnFolder) named = 0;
  }
  const dotted = [...parts.slice(parts.length - named), ...(file === '__init__' ? [] : [file])].join('.');
  return dotted === '' ? undefined : { name: dotted, root: at(named) };
}

/** Modules of the standard library that projects like to name files after. */
const STANDARD = new Set([
  'types',
  'typing',
  'logging',
  'json',
  'email',
  'queue',
  'select',
  'signal',
  'token',
  'code',
  'http',
  'html',
  'calendar',
  'secrets',
  'platform',
  'time',
  'random',
  'collections',
  'enum',
  'operator',
  'copy',
  'io',
  'test',
  'statistics',
]);
