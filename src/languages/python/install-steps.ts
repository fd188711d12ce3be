import { joinPath } from '../../inventory/inventory.ts';
import type { Advice, Mount, RunStep, Step } from '../../plan/plan.ts';
import { sh, type Shell } from '../../plan/shell.ts';
import { VENV } from './layout.ts';
import { lockName } from './manager.ts';
import type { PythonProject } from './project.ts';

/** What the installations of all package managers are made of. */

/** An installation. */
export interface Install {
  readonly env: Readonly<Record<string, string>>;
  /** Brings the tool and makes the environment. */
  readonly tools: readonly Step[];
  /** Installs the dependencies; needs manifests only. */
  readonly dependencies: readonly Step[];
  /** Installs the project itself; needs its source. */
  readonly project: readonly Step[];
  readonly advice: readonly Advice[];
}

export interface InstallOptions {
  readonly pythonMinor: number;
  /** The interpreter of the stage. */
  readonly python: string;
  /** What is installed beside the rest: a server, and what packages need without saying so. */
  readonly added: readonly string[];
  /** An environment is made even for nothing: the image has no `python` by that name. */
  readonly always: boolean;
}

export const PIP_ENV = { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' };

export const install = (command: Shell, mounts: readonly Mount[], why: string, file?: string): RunStep => ({
  kind: 'run',
  phase: 'install',
  command,
  mounts,
  why,
  ...(file === undefined ? {} : { evidence: [{ file, why: 'what is installed' }] }),
});

/** The project itself, from its source: part of the build, for an edit runs it again. Its packages are there already. */
export const ownStep = (command: Shell, mounts: readonly Mount[], why: string): RunStep => ({
  kind: 'run',
  phase: 'build',
  command,
  mounts,
  why,
});

export const venvStep = (python: string): RunStep => ({
  kind: 'run',
  command: sh`${python === '/usr/local/bin/python3' ? 'python' : python} -m venv ${VENV}`,
  why: 'an environment of the project’s own, which is copied as a whole',
});

/** Copies manifests to the places that they have in the project. */
export function copyManifests(files: readonly string[], why: string): Step[] {
  const unique = [...new Set(files)];
  if (unique.length === 0) return [];
  const flat = unique.every((file) => !file.includes('/'));
  return [{ kind: 'copy', sources: unique, to: './', ...(flat ? {} : { parents: true }), why }];
}

/** Folders of the project that its dependencies are installed from. */
export function copyFolders(paths: readonly string[], project: PythonProject): Step[] {
  if (paths.length === 0) return [];
  const sources = paths.map((path) => (project.inventory.isDirectory(path) ? `${path}/` : path));
  return [{ kind: 'copy', sources, to: './', parents: true, why: 'packages of the project that it depends on' }];
}

export const inFolder = (folder: string, command: Shell): Shell =>
  folder === '' ? command : sh`cd ${folder} && ${command}`;

const MAKE_LOCK: Readonly<Record<string, string>> = {
  uv: 'uv lock',
  poetry: 'poetry lock',
  pdm: 'pdm lock',
  pipenv: 'pipenv lock',
};

export function lockAdvice(project: PythonProject, drift: string | undefined): Advice[] {
  const { manager, lockFile, inventory } = project;
  const name = lockName(manager);
  if (name === undefined) return [];
  const hint = `${MAKE_LOCK[manager] ?? ''} makes it; commit it.`;
  if (lockFile === undefined && inventory.complete) {
    return [{ code: 'missing-lockfile', detail: `There is no ${name}: each build may install other versions.`, hint }];
  }
  if (drift === undefined || lockFile === undefined) return [];
  return [
    {
      code: 'drifted-lockfile',
      detail: `${lockFile} does not fit its manifest: ${drift}. The build resolves anew.`,
      hint: `${MAKE_LOCK[manager] ?? ''} renews it; commit it.`,
      file: lockFile,
    },
  ];
}

export const manifestsOf = (project: PythonProject, names: readonly string[]): string[] =>
  names
    .map((name) => joinPath(project.folder, name))
    .filter(
      (file) => project.inventory.isFile(file) || (!project.inventory.complete && /\.(toml|txt)$|^Pipfile$/.test(file)),
    );

export const addedStep = (added: readonly string[], command: Shell, mount: Mount): Step[] =>
  added.length === 0 ? [] : [install(command, [mount], 'what the program runs with and the project does not bring')];
