import { baseName } from '../inventory/inventory.ts';
import { APP_ROOT } from './run-file-steps.ts';

/** Where programs are put: on PATH in every image. */
export const PROGRAMS = '/usr/local/bin';

/** The words of a command that may be a program's name; those of a script too, where a shell runs it. */
export function programWords(command: readonly string[] | undefined): string[] {
  const [first = '', ...rest] = command ?? [];
  const isShell = /^(ba|da|a)?sh$/.test(baseName(first));
  return (isShell ? rest.flatMap((word) => word.split(/[\s;&|()"']+/)) : [first]).filter((word) => word !== '');
}

/** Where the command expects the program: by a path of its own, else on PATH. */
export function programPath(command: readonly string[] | undefined, name: string, workdir = APP_ROOT): string {
  const words = programWords(command);
  const word = words.find((w) => baseName(w) === name) ?? (words.length === 1 ? words[0] : undefined);
  if (word === undefined) return `${PROGRAMS}/${name}`;
  if (word.startsWith('/')) return word;
  const parts = word.split('/').filter((part) => part !== '' && part !== '.');
  return word.includes('/') && !parts.includes('..')
    ? `${workdir}/${parts.join('/')}`
    : `${PROGRAMS}/${parts.at(-1) ?? name}`;
}
