/**
 * A command as people write it, as an argv. What needs a shell gets one, with `exec` in front so that the
 * program takes the shell's place and receives its signals; all else is split into words and needs none.
 */

/** Characters that mean something to a shell outside quotes, beyond splitting words. */
const SHELL_SYNTAX = /[|&;<>()$`*?[\]#~{}\n]|^\s*(if|for|while|case|until|function|!)\s|^\s*[A-Za-z_]\w*=/;

/** Splits a line into words by POSIX quoting; undefined when a quote is left open. */
function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    const next = line.charAt(i + 1);
    if (quote === "'") {
      if (c === "'") quote = undefined;
      else word += c;
    } else if (c === '\\' && next !== '' && (quote === undefined || /["\\$`]/.test(next))) {
      word = (word ?? '') + next;
      i++;
    } else if (quote === '"') {
      if (c === '"') quote = undefined;
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

const withoutQuoted = (line: string): string => line.replaceAll(/'[^']*'/g, 'q').replaceAll(/"(\\.|[^"\\$`])*"/g, 'q');

/** True where a line can only be run by a shell: pipes, variables, globs, assignments. */
export const needsShell = (line: string): boolean =>
  SHELL_SYNTAX.test(withoutQuoted(line)) || splitWords(line) === undefined;

/** `exec` in front of the last command of a simple `a && b` chain, else of a single command; else none can be put. */
function withExec(line: string): string {
  if (/[;|]|(?<!&)&(?!&)|\|\||^\s*exec\s/.test(withoutQuoted(line))) return line;
  const cut = line.lastIndexOf('&&');
  if (cut >= 0 && line.indexOf('&&') !== -1 && /["']/.test(line)) return line;
  const head = cut < 0 ? '' : `${line.slice(0, cut + 2)} `;
  const last = line.slice(cut < 0 ? 0 : cut + 2).trim();
  if (/^(if|for|while|case|until|cd|export|set|\{|\(|!|function)(\s|$)/.test(last)) return line;
  return /^[A-Za-z_]\w*=/.test(last) ? `${head}exec env ${last}` : `${head}exec ${last}`;
}

/** The argv of a command: as given, split, or through `sh -c` where it needs a shell. */
export function toArgv(command: string | readonly string[]): readonly string[] {
  if (typeof command !== 'string') return command;
  if (needsShell(command)) return ['/bin/sh', '-c', withExec(command)];
  return splitWords(command) ?? [];
}

/** Arguments of a fixed program: words as given or split; no shell is between them and the program. */
const toArguments = (command: string | readonly string[]): readonly string[] =>
  typeof command === 'string' ? (splitWords(command) ?? [command]) : command;

export interface Started {
  /** What stays the same whatever arguments are given: ENTRYPOINT. */
  readonly program: readonly string[];
  /** What `docker run IMAGE …` replaces: CMD. */
  readonly args: readonly string[];
}

/** What a manifest says is run, in its fixed and its variable part; undefined where it says nothing. */
export function startedBy(
  command: string | readonly string[] | undefined,
  program: readonly string[] | undefined,
): Started | undefined {
  if (program !== undefined) return { program, args: toArguments(command ?? []) };
  return command === undefined ? undefined : { program: [], args: toArgv(command) };
}
