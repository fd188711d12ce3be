import type { Scope } from '../language.ts';
import type { ChosenVersion } from '../runtime-version.ts';
import { readProject, type PythonProject } from './project.ts';
import { findStart, type Reading } from './find-start.ts';
import { startArgv, type Start } from './start.ts';
import { pythonVersion } from './version.ts';

/** Everything that is read of a project, for findings and plans alike. */
export interface PythonApp extends Reading {
  readonly project: PythonProject;
  readonly version: ChosenVersion;
}

export function pythonApp(scope: Scope, manager?: string): PythonApp {
  const project = readProject(scope, manager);
  return { project, ...findStart(project), version: pythonVersion(project) };
}

/** Whether a command is the one that was found, rather than one that somebody gave. */
export const isFound = (start: Start | undefined, command: readonly string[] | undefined): start is Start =>
  start !== undefined && (command === undefined || JSON.stringify(command) === JSON.stringify(startArgv(start)));
