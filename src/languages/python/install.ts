import { joinPath } from '../../inventory/inventory.ts';
import type { Advice } from '../../plan/plan.ts';
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
import { poetryInstall } from './poetry.ts';
import type { PythonProject } from './project.ts';
import { PDM_CACHE, PIPENV_CACHE, PIP_CACHE, toolSteps, UV_CACHE, uvStep } from './tools.ts';
import { uvVersion } from './version.ts';
import { pyprojectPath } from './workspace.ts';

/** How each package manager installs: what the lockfile says and no more, before the source; the project itself after it. */

const uvEnv = (python: string): Record<string, string> => ({
  UV_COMPILE_BYTECODE: '1',
  UV_LINK_MODE: 'copy',
  UV_PYTHON: python,
  UV_PYTHON_DOWNLOADS: 'never',
  UV_PROJECT_ENVIRONMENT: VENV,
});

function uvInstall(project: PythonProject, { python, added }: InstallOptions): Install {
  const { workspace, folder, name, pyproject, lockFile } = project;
  const drift = driftOf(project);
  const frozen = lockFile !== undefined && drift === undefined ? ['--frozen'] : [];
  const member = workspace && folder !== '' && name !== undefined ? ['--package', name] : [];
  const skip = workspace ? '--no-install-workspace' : '--no-install-project';
  const members = workspace?.members.map((m) => pyprojectPath(m.folder)) ?? [];
  const manifests = [
    ...manifestsOf(project, ['pyproject.toml', 'uv.lock', 'uv.toml']),
    ...members,
    ...(workspace ? ['pyproject.toml'] : []),
    ...(lockFile === undefined ? [] : [lockFile]),
  ];
  const paths = workspace ? [] : project.localPaths;
  // Without a lockfile uv has to know the project's metadata, and makes it where it is dynamic: that takes the source.
  const early = frozen.length > 0 || (pyproject?.project?.dynamic ?? []).length === 0;
  const at = (command: Shell): Shell => (workspace ? command : inFolder(folder, command));
  const local = workspace !== undefined && project.localPaths.length > 0;
  const own = project.packaged || local || !early;
  return {
    env: uvEnv(python),
    tools: [uvStep(uvVersion(project)?.tag)],
    dependencies: early
      ? [
          ...copyManifests(manifests, 'what uv installs from'),
          ...copyFolders(paths, project),
          install(
            at(sh`uv sync ${frozen} --no-dev ${skip} ${member}`),
            [UV_CACHE],
            'the dependencies, before the source, so that an edit installs nothing anew',
            lockFile,
          ),
          ...addedStep(added, sh`uv pip install --python ${`${VENV}/bin/python`} ${added}`, UV_CACHE),
        ]
      : [],
    project: own
      ? [
          ownStep(at(sh`uv sync ${frozen} --no-dev --inexact ${member}`), [UV_CACHE], 'the project itself'),
          ...(early ? [] : addedStep(added, sh`uv pip install --python ${`${VENV}/bin/python`} ${added}`, UV_CACHE)),
        ]
      : [],
    advice: lockAdvice(project, drift),
  };
}

function pdmInstall(project: PythonProject, { python, pythonMinor, added }: InstallOptions): Install {
  const { folder, lockFile } = project;
  const drift = driftOf(project);
  const exact = lockFile !== undefined && drift === undefined;
  const first = exact ? sh`/opt/pdm/bin/pdm sync --prod --no-self` : sh`/opt/pdm/bin/pdm install --prod --no-self`;
  return {
    env: { PDM_CHECK_UPDATE: '0', VIRTUAL_ENV: VENV, ...PIP_ENV },
    tools: [...toolSteps('pdm', { pythonMinor }), venvStep(python)],
    dependencies: [
      ...copyManifests(manifestsOf(project, ['pyproject.toml', 'pdm.lock', 'pdm.toml']), 'what PDM installs from'),
      ...copyFolders(project.localPaths, project),
      install(
        inFolder(folder, first),
        [PDM_CACHE],
        'the dependencies, before the source, so that an edit installs nothing anew',
        lockFile,
      ),
      ...addedStep(added, sh`${`${VENV}/bin/pip`} install ${added}`, PIP_CACHE),
    ],
    project: project.packaged
      ? [
          ownStep(
            inFolder(
              folder,
              exact ? sh`/opt/pdm/bin/pdm install --prod --frozen-lockfile` : sh`/opt/pdm/bin/pdm install --prod`,
            ),
            [PDM_CACHE],
            'the project itself',
          ),
        ]
      : [],
    advice: lockAdvice(project, drift),
  };
}

function pipenvInstall(project: PythonProject, { python, pythonMinor, added }: InstallOptions): Install {
  const { folder, lockFile } = project;
  const drift = driftOf(project);
  const exact = lockFile !== undefined && drift === undefined;
  const command = exact ? sh`/opt/pipenv/bin/pipenv sync` : sh`/opt/pipenv/bin/pipenv install --skip-lock`;
  return {
    env: { PIPENV_NOSPIN: '1', PIPENV_VERBOSITY: '-1', VIRTUAL_ENV: VENV, ...PIP_ENV },
    tools: [...toolSteps('pipenv', { pythonMinor }), venvStep(python)],
    dependencies: [
      ...copyManifests(manifestsOf(project, ['Pipfile', 'Pipfile.lock']), 'what Pipenv installs from'),
      ...copyFolders(project.localPaths, project),
      install(
        inFolder(folder, command),
        [PIPENV_CACHE, PIP_CACHE],
        'the dependencies, before the source, so that an edit installs nothing anew',
        lockFile,
      ),
      ...addedStep(added, sh`${`${VENV}/bin/pip`} install ${added}`, PIP_CACHE),
    ],
    project: [],
    advice: lockAdvice(project, drift),
  };
}

/** Lines that install the project itself; without its source they are left for later. */
const OWN_LINE = String.raw`/^[[:space:]]*(-e|--editable)?[[:space:]=]*\.\/?(\[[^]]*\])?[[:space:]]*$/d`;

function requirementsInstall(project: PythonProject, { python, added }: InstallOptions): Install {
  const { requirements, folder, inventory } = project;
  const [file = 'requirements.txt', ...others] = requirements?.files ?? [];
  const self = requirements?.localPaths.includes(folder) === true;
  const missing = (requirements?.missing ?? []).map((m): Advice => ({
    code: 'missing-requirements',
    detail: `${m.file} includes ${m.path}, which does not exist.`,
    file: m.file,
    line: m.line,
  }));
  const unpinned =
    inventory.complete &&
    (requirements?.requirements ?? []).some((r) => !/^={2,3}/.test(r.specifier) && r.url === undefined);
  const whole: Advice[] = unpinned
    ? [
        {
          code: 'missing-lockfile',
          detail: `${file} does not pin every version: each build may install others.`,
          hint: `Keep it as requirements.in, and make ${file} with: uv pip compile requirements.in -o ${file}`,
          file,
        },
      ]
    : [];
  return {
    env: PIP_ENV,
    tools: [venvStep(python)],
    dependencies: [
      ...copyManifests([file, ...others], 'what pip installs from'),
      ...copyFolders(project.localPaths, project),
      install(
        all(...(self ? [sh`sed -E -i ${OWN_LINE} ${file}`] : []), sh`pip install -r ${file} ${added}`),
        [PIP_CACHE],
        'the dependencies, before the source, so that an edit installs nothing anew',
        file,
      ),
    ],
    project: self
      ? [ownStep(sh`pip install -r ${file}`, [PIP_CACHE], 'the project itself, as its requirements say')]
      : [],
    advice: [...missing, ...whole],
  };
}

function pyprojectInstall(project: PythonProject, { python, added }: InstallOptions): Install {
  const { folder, pyproject } = project;
  const file = joinPath(folder, 'pyproject.toml');
  const target = ['--python', `${VENV}/bin/python`];
  const isStatic = !(pyproject?.project?.dynamic ?? []).includes('dependencies');
  return {
    env: { ...uvEnv(python), VIRTUAL_ENV: VENV },
    tools: [
      uvStep(undefined),
      {
        kind: 'run',
        command: sh`uv venv ${VENV}`,
        why: 'an environment of the project’s own, which is copied as a whole',
      },
    ],
    dependencies: isStatic
      ? [
          ...copyManifests([file], 'what is installed from'),
          ...copyFolders(project.localPaths, project),
          install(
            sh`uv pip install ${target} -r ${file} ${added}`,
            [UV_CACHE],
            'the dependencies of [project], before the source, so that an edit installs nothing anew',
            file,
          ),
        ]
      : [],
    project: [
      ...(project.packaged || !isStatic
        ? [ownStep(inFolder(folder, sh`uv pip install ${target} -e .`), [UV_CACHE], 'the project itself')]
        : []),
      ...(isStatic ? [] : addedStep(added, sh`uv pip install ${target} ${added}`, UV_CACHE)),
    ],
    advice: [
      {
        code: 'missing-lockfile',
        detail: 'There is no lockfile: each build may install other versions.',
        hint: 'uv lock makes one; commit it.',
        file,
      },
    ],
  };
}

function setupInstall(project: PythonProject, { python, added }: InstallOptions): Install {
  const { folder, direct } = project;
  const plain = direct.filter((r) => r.url === undefined && r.marker === undefined);
  const words = [
    ...plain.map((r) => `${r.name}${r.extras.length > 0 ? `[${r.extras.join(',')}]` : ''}${r.specifier}`),
    ...added,
  ];
  return {
    env: PIP_ENV,
    tools: [venvStep(python)],
    dependencies:
      words.length === 0
        ? []
        : [
            install(
              sh`pip install ${words}`,
              [PIP_CACHE],
              'what setup.py asks for, before the source, so that an edit installs nothing anew',
            ),
          ],
    project: [
      ownStep(inFolder(folder, sh`pip install .`), [PIP_CACHE], 'the project itself, with what else it asks for'),
    ],
    advice: [
      {
        code: 'missing-lockfile',
        detail: 'There is no lockfile: each build may install other versions.',
        hint: 'uv lock, with a pyproject.toml, makes one; or pip freeze > requirements.txt.',
      },
    ],
  };
}

function addedOnly({ python, added }: InstallOptions): Install {
  return {
    env: PIP_ENV,
    tools: [venvStep(python)],
    dependencies: addedStep(added, sh`pip install ${added}`, PIP_CACHE),
    project: [],
    advice: [],
  };
}

/** True where the environment has a pip that nothing asks for: `python -m venv` brings one, uv does not. */
export const leavesPip = ({ manager, pipSource, direct }: PythonProject): boolean =>
  manager !== 'uv' && pipSource !== 'pyproject' && !direct.some(({ name }) => name === 'pip');

/** The steps of an installation; undefined where nothing has to be installed. */
export function installOf(project: PythonProject, options: InstallOptions): Install | undefined {
  if (project.manager === 'uv') return uvInstall(project, options);
  if (project.manager === 'poetry') return poetryInstall(project, options);
  if (project.manager === 'pdm') return pdmInstall(project, options);
  if (project.manager === 'pipenv') return pipenvInstall(project, options);
  if (project.pipSource === 'requirements') return requirementsInstall(project, options);
  if (project.pipSource === 'pyproject') return pyprojectInstall(project, options);
  if (project.pipSource === 'setup') return setupInstall(project, options);
  return options.added.length === 0 && !options.always ? undefined : addedOnly(options);
}
