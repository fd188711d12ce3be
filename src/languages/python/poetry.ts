import { joinPath } from '../../inventory/inventory.ts';
import type { Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import { driftOf } from './drift.ts';
import {
  addedStep,
  copyFolders,
  copyManifests,
  inFolder,
  install,
  lockAdvice,
  manifestsOf,
  ownStep,
  PIP_ENV,
  venvStep,
  type Install,
  type InstallOptions,
} from './install-steps.ts';
import { VENV } from './layout.ts';
import { productionGroups } from './direct.ts';
import type { PythonProject } from './project.ts';
import { PIP_CACHE, POETRY_CACHE, toolSteps } from './tools.ts';

const POETRY = '/opt/poetry/bin/poetry';
const LOCKED = '/tmp/locked.txt';

/**
 * Whether pip can install what is locked, by name and checksum. It asks an index as every other program does, so that a
 * mirror which is set for pip serves here too; Poetry asks PyPI's own interface, which mirrors seldom have.
 * https://python-poetry.org/docs/repositories/#default-package-source-pypi
 */
function isForPip({ lock, folder, inventory }: PythonProject): boolean {
  const settings = inventory.text(joinPath(folder, 'poetry.toml')) ?? '';
  const packages = [...(lock?.packages.values() ?? [])];
  return (
    packages.length > 0 &&
    packages.every(({ fromDefaultIndex, files }) => fromDefaultIndex && files.length > 0) &&
    !/\binstaller\b/.test(settings)
  );
}

export function poetryInstall(project: PythonProject, { python, pythonMinor, added }: InstallOptions): Install {
  const drift = driftOf(project);
  const { folder, lockFile } = project;
  const groups = ['main', ...productionGroups(project.pyproject)].join(',');
  const renew = drift === undefined ? [] : [sh`${POETRY} lock`];
  const byPip = drift === undefined && isForPip(project);
  const at = (...commands: Shell[]): Shell => all(...commands.map((command) => inFolder(folder, command)));
  const locked = byPip
    ? [
        sh`${POETRY} export --only ${groups} -o ${LOCKED}`,
        sh`${`${VENV}/bin/pip`} install --no-deps --require-hashes -r ${LOCKED}`,
      ]
    : [...renew, sh`${POETRY} install --only ${groups} --no-root --compile`];
  const own = byPip ? [sh`${POETRY} install --only-root`] : [...renew, sh`${POETRY} install --only ${groups}`];
  const ownSteps: Step[] = project.packaged ? [ownStep(at(...own), [POETRY_CACHE], 'the project itself')] : [];
  return {
    env: { POETRY_NO_INTERACTION: '1', VIRTUAL_ENV: VENV, ...PIP_ENV },
    tools: [
      ...toolSteps('poetry', {
        pythonMinor,
        asked: project.pyproject?.tool?.poetry?.['requires-poetry'],
        plugins: byPip ? ['poetry-plugin-export'] : [],
      }),
      venvStep(python),
    ],
    dependencies: [
      ...copyManifests(
        manifestsOf(project, ['pyproject.toml', 'poetry.lock', 'poetry.toml']),
        'what Poetry installs from',
      ),
      ...copyFolders(project.localPaths, project),
      install(
        at(...locked),
        [byPip ? PIP_CACHE : POETRY_CACHE],
        'the dependencies, before the source, so that an edit installs nothing anew',
        lockFile,
      ),
      ...addedStep(added, sh`${`${VENV}/bin/pip`} install ${added}`, PIP_CACHE),
    ],
    project: ownSteps,
    advice: lockAdvice(project, drift),
  };
}
