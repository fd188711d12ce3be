/**
 * Shell text for RUN, made so that a value can only ever be one word of it. Write it with the `sh` tag:
 * what stands in the template is ours and is taken as it is; every `${value}` is quoted for a POSIX shell.
 */

export interface Shell {
  /** One command a line, joined by `&&` when rendered; no line holds a line break. */
  readonly lines: readonly string[];
}

type Word = string | number | readonly (string | number)[] | Shell;

const SAFE_WORD = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/** Quotes a value as exactly one word. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02 */
export function shellWord(value: string): string {
  if (/[\0\n\r]/.test(value)) throw new TypeError('a shell word cannot hold NUL or a line break');
  return SAFE_WORD.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

function fragment(word: Word): string {
  if (typeof word === 'string') return shellWord(word);
  if (typeof word === 'number') return String(word);
  if ('lines' in word) {
    if (word.lines.length !== 1) throw new TypeError('only a single command can stand inside another');
    return word.lines.join('');
  }
  return word.map((part) => shellWord(String(part))).join(' ');
}

/** One command. Arrays become several words; another `Shell` of one command is taken as it is. */
export function sh(template: TemplateStringsArray, ...words: readonly Word[]): Shell {
  const text = template.reduce((all, part, i) => {
    const word = fragment(words[i - 1] ?? []);
    // An empty list is no word: the blank beside it goes as well.
    if (word === '' && all === '') return part.trimStart();
    return word === '' && all.endsWith(' ') && !/^\S/.test(part) ? all.slice(0, -1) + part : all + word + part;
  });
  if (/[\n\r]/.test(text)) throw new TypeError('a command is one line');
  return { lines: [text] };
}

/** An argv as a command. */
export const shellOf = (argv: readonly string[]): Shell => ({ lines: [argv.map(shellWord).join(' ')] });

/** Commands one after the other, each only when those before succeeded. */
export const all = (...commands: readonly Shell[]): Shell => ({ lines: commands.flatMap((c) => c.lines) });
