import { sh, type Shell } from '../../plan/shell.ts';

/** Runs a command in a folder below the working directory, and only it. */
export const inFolder = (folder: string, command: Shell): Shell =>
  folder === '' ? command : sh`(cd ${folder} && ${command})`;
