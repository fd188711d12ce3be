import { tableOf } from '../../plan/table.ts';
import { packagesOf, type JsProject } from './project.ts';

/** Programs that start several scripts side by side, by the package that brings each. */
const STARTERS = tableOf<readonly string[]>({
  concurrently: ['concurrently'],
  conc: ['concurrently'],
  'npm-run-all': ['npm-run-all', 'npm-run-all2'],
  'run-p': ['npm-run-all', 'npm-run-all2'],
  'run-s': ['npm-run-all', 'npm-run-all2'],
});
const MANAGERS = /^(npm|pnpm|yarn|bun)$/;

/** `start:*`, as those programs understand it; the text between the stars is looked for once, from left to right. */
function fits(pattern: string): (name: string) => boolean {
  const [first = '', ...parts] = pattern.split(/\*+/);
  const last = parts.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    let at = first.length;
    for (const part of parts) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.startsWith(first) && name.endsWith(last) && name.length >= at + last.length;
  };
}

/**
 * Every word of the scripts that a command starts by such a program, and by those in turn, with the packages of the
 * programs themselves; empty for a command that starts none.
 */
export function wordsStarted(project: JsProject, argv: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const scripts: Record<string, string> = Object.assign({}, ...packagesOf(project).map(({ json }) => json.scripts));
  const read = (text: string, all: boolean): void => {
    const words = text.split(/[\s;&|"']+/).filter(Boolean);
    const starts = words.some((word) => STARTERS[word] !== undefined);
    if (!all && !starts) return;
    for (const [i, word] of words.entries()) {
      found.add(word);
      for (const name of STARTERS[word] ?? []) found.add(name);
      const before = words[i - 1] ?? '';
      if (!starts && !MANAGERS.test(before) && before !== 'run') continue;
      const isStarted = fits(word.replace(/^npm:/, ''));
      for (const [name, script] of Object.entries(scripts)) {
        if (!isStarted(name) || found.has(`script ${name}`)) continue;
        found.add(`script ${name}`);
        read(script, true);
      }
    }
  };
  read(argv.join(' '), false);
  return found;
}
