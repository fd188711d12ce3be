import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { FoundManager } from './manager.ts';
import type { Pyproject } from './pyproject.ts';

/** Whether a project is built and installed itself, beside what it needs. */

/** Whether Poetry finds a package to install under the project's name, or the manifest lists some. */
function poetryPackage(
  inventory: Inventory,
  folder: string,
  pyproject: Pyproject | undefined,
  name: string | undefined,
): boolean {
  const poetry = pyproject?.tool?.poetry;
  if (poetry?.['package-mode'] === false) return false;
  const listed = poetry?.packages;
  if (listed)
    return listed.some(
      ({ include, from = '' }) =>
        inventory.complete && inventory.isDirectory(joinPath(folder, joinPath(from, include.replace(/\/?\*.*$/, '')))),
    );
  const module = (name ?? '').toLowerCase().replaceAll(/[-.]/g, '_');
  if (module === '') return false;
  return (
    [module, `src/${module}`].some((path) => inventory.isDirectory(joinPath(folder, path))) ||
    [`${module}.py`, `src/${module}.py`].some((path) => inventory.isFile(joinPath(folder, path)))
  );
}

const NO_PACKAGE =
  /^(\..*|tests?|docs?|doc|examples?|scripts|tools|build|dist|venv|env|node_modules|static|templates|migrations|bin|benchmarks?|tasks|utils_dev|__pycache__|notebooks?)$/;

/**
 * Whether setuptools or Hatchling would find what to install: they stop where a flat project has several folders, or
 * none by its name. https://setuptools.pypa.io/en/latest/userguide/package_discovery.html
 */
function findsPackages(
  inventory: Inventory,
  folder: string,
  pyproject: Pyproject | undefined,
  name: string | undefined,
): boolean {
  if (!inventory.complete) return true;
  const { setuptools, hatch } = pyproject?.tool ?? {};
  if (setuptools?.['packages'] !== undefined || setuptools?.['py-modules'] !== undefined) return true;
  if (JSON.stringify(hatch ?? {}).includes('"packages"') || inventory.isFile(joinPath(folder, 'setup.py'))) return true;
  const module = (name ?? '').toLowerCase().replaceAll(/[-.]/g, '_');
  if ([module, `src/${module}`].some((path) => inventory.isDirectory(joinPath(folder, path)))) return true;
  if (inventory.isDirectory(joinPath(folder, 'src'))) return true;
  if (/hatchling|flit|uv_build|poetry/.test(pyproject?.['build-system']?.['build-backend'] ?? '')) return false;
  const found = inventory
    .names(folder)
    .filter((entry) => inventory.isDirectory(joinPath(folder, entry)) && !NO_PACKAGE.test(entry))
    .filter(
      (entry) =>
        inventory.files((path) => path.startsWith(`${joinPath(folder, entry)}/`) && path.endsWith('.py')).length > 0,
    );
  return found.length === 1;
}

export function packagedOf(
  found: FoundManager,
  inventory: Inventory,
  folder: string,
  pyproject: Pyproject | undefined,
  name: string | undefined,
): boolean {
  if (found.manager === 'poetry') return poetryPackage(inventory, folder, pyproject, name);
  if (found.manager === 'uv') return pyproject?.tool?.uv?.package ?? pyproject?.['build-system'] !== undefined;
  if (found.manager === 'pdm') return pyproject?.tool?.pdm?.distribution ?? pyproject?.['build-system'] !== undefined;
  if (found.pipSource === 'setup') return true;
  if (found.pipSource === 'pyproject') {
    const built = pyproject?.['build-system'] !== undefined || inventory.isFile(joinPath(folder, 'setup.py'));
    return built && findsPackages(inventory, folder, pyproject, name);
  }
  return false;
}
