import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Pyproject } from './pyproject.ts';
import { requirementsOf } from './requirements-file.ts';
import type { Workspace } from './workspace.ts';

/** Which package manager installs a project. */

export const managers = ['uv', 'poetry', 'pdm', 'pipenv', 'pip'] as const;
export type Manager = (typeof managers)[number];

/** What pip installs from, where pip does it: a requirements file, the project's own metadata, or nothing. */
export type PipSource = 'requirements' | 'pyproject' | 'setup' | 'nothing';

const LOCKS: Readonly<Record<Exclude<Manager, 'pip'>, string>> = {
  uv: 'uv.lock',
  poetry: 'poetry.lock',
  pdm: 'pdm.lock',
  pipenv: 'Pipfile.lock',
};

export const lockName = (manager: Manager): string | undefined => (manager === 'pip' ? undefined : LOCKS[manager]);

export interface FoundManager {
  readonly manager: Manager;
  readonly pipSource: PipSource;
  readonly from: Evidence;
}

/** Which tool installs: the one whose lockfile is there, else the one that a manifest is written for. */
export function findManager(
  inventory: Inventory,
  folder: string,
  pyproject: Pyproject | undefined,
  workspace: Workspace | undefined,
): FoundManager {
  const at = (name: string): string => joinPath(folder, name);
  for (const manager of managers) {
    const lock = lockName(manager);
    if (lock === undefined) continue;
    const file = manager === 'uv' && workspace ? lock : at(lock);
    const manifest = manager === 'pipenv' ? 'Pipfile' : 'pyproject.toml';
    if (inventory.isFile(file) && inventory.isFile(at(manifest)))
      return { manager, pipSource: 'nothing', from: { file, why: `${file} is made by ${manager}` } };
  }
  const file = at('pyproject.toml');
  if (workspace)
    return { manager: 'uv', pipSource: 'nothing', from: { file: 'pyproject.toml', why: 'a workspace of uv' } };
  const requirements = requirementsOf(inventory, folder);
  if (requirements !== undefined)
    return { manager: 'pip', pipSource: 'requirements', from: { file: requirements, why: 'requirements for pip' } };
  if (inventory.isFile(at('Pipfile')))
    return { manager: 'pipenv', pipSource: 'nothing', from: { file: at('Pipfile'), why: 'the manifest of Pipenv' } };
  const poetry = pyproject?.tool?.poetry;
  if (
    poetry &&
    (poetry.dependencies !== undefined || poetry.name !== undefined) &&
    pyproject?.project?.dependencies === undefined
  ) {
    return { manager: 'poetry', pipSource: 'nothing', from: { file, why: '[tool.poetry] describes the project' } };
  }
  if (pyproject?.project && pyproject.tool?.pdm)
    return { manager: 'pdm', pipSource: 'nothing', from: { file, why: '[tool.pdm] is set' } };
  if (pyproject?.project && (pyproject.tool?.uv || pyproject['dependency-groups'])) {
    return {
      manager: 'uv',
      pipSource: 'nothing',
      from: { file, why: pyproject.tool?.uv ? '[tool.uv] is set' : 'dependency groups, which uv installs' },
    };
  }
  if (pyproject?.project && ((pyproject.project.dependencies?.length ?? 0) > 0 || pyproject['build-system'])) {
    return {
      manager: 'pip',
      pipSource: 'pyproject',
      from: { file, why: 'the project’s metadata; there is no lockfile' },
    };
  }
  if (inventory.isFile(at('setup.py')) || inventory.isFile(at('setup.cfg'))) {
    const setup = inventory.isFile(at('setup.py')) ? at('setup.py') : at('setup.cfg');
    if (setup.endsWith('.py') || /^\[metadata\]/m.test(inventory.text(setup) ?? '')) {
      return {
        manager: 'pip',
        pipSource: 'setup',
        from: { file: setup, why: 'the project’s metadata for setuptools' },
      };
    }
  }
  return { manager: 'pip', pipSource: 'nothing', from: { why: 'no manifest names a dependency' } };
}
