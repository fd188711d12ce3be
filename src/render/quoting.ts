import type { ImageRef, Mount } from '../plan/plan.ts';
import { referenceOf } from '../plan/mirror.ts';
import type { Shell } from '../plan/shell.ts';

/**
 * How a value is written in each place of a Dockerfile, so that it is read back as that value and nothing
 * else. https://docs.docker.com/reference/dockerfile/#environment-replacement
 */

/** A line break would begin a new instruction; the schema refuses it, and so does every writer here. */
function oneLine(value: string): string {
  if (/[^\P{Cc}\t]|[\u2028\u2029]/u.test(value))
    throw new TypeError(`a control character reached the Dockerfile: ${JSON.stringify(value)}`);
  return value;
}

/** What stands bare: names, numbers, `user:group`. Anything that would need quotes is a defect. */
export function bareWord(value: string | number): string {
  const text = oneLine(String(value));
  if (!/^[\w@%+=:,./-]+$/.test(text)) throw new TypeError(`not a bare word: ${JSON.stringify(text)}`);
  return text;
}

/** JSON, which the exec forms take; a backslash-escaped `/` or non-ASCII needs nothing more. */
export const execForm = (argv: readonly string[]): string => `[${argv.map((word) => JSON.stringify(word)).join(', ')}]`;

/** Double quotes for ENV, LABEL and ARG: there the builder expands `$`, and `\` escapes. */
export function quoted(value: string): string {
  return `"${oneLine(value).replaceAll(/[\\"$]/g, String.raw`\$&`)}"`;
}

export function assignments(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${bareWord(name)}=${quoted(value)}`)
    .join(' \\\n    ');
}

export const argument = (name: string, value: string | undefined): string =>
  value === undefined || value === '' ? bareWord(name) : `${bareWord(name)}=${quoted(value)}`;

/** Where the builder expands a word, also one of a JSON list, it acts on `$`, quotes and backslashes. */
const expandable = (word: string): string => oneLine(word).replaceAll(/[\\$"']/g, String.raw`\$&`);

/**
 * A path of COPY. The builder first expands it, then matches Go's glob syntax, so a literal `*` needs its backslash
 * doubled. https://pkg.go.dev/path/filepath#Match What begins like a here-document is taken for one, in JSON too, and a
 * byte order mark at the beginning is dropped.
 */
export function copyPath(path: string, glob: boolean): string {
  const literal = glob ? path : path.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
  return expandable(/^(\d*<<|\uFEFF)/.test(literal) ? `./${literal}` : literal);
}

/** The paths of VOLUME, which are expanded as well. */
export const volumePaths = (paths: readonly string[]): string => execForm(paths.map(expandable));

/** Sources and destination; as a JSON list where a path has a blank or a quote in it. */
export function copyPaths(sources: readonly string[], to: string, glob = false): string {
  const all = [...sources.map((s) => copyPath(s, glob)), copyPath(to, true)];
  const plain = all.every((path) => /^[^\s"'[#<]+$/.test(path) && !path.startsWith('--'));
  return plain ? all.join(' ') : execForm(all);
}

/** The path of WORKDIR, where `$` is expanded as well. */
export const workPath = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : quoted(path));

/** A mount of RUN: comma-separated, so a field with a comma or quote is quoted as in CSV. */
export function mount(m: Mount): string {
  const fields =
    m.type === 'cache'
      ? [
          'type=cache',
          ...(m.id === undefined ? [] : [`id=${m.id}`]),
          `target=${m.target}`,
          ...(m.sharing ? [`sharing=${m.sharing}`] : []),
        ]
      : m.type === 'bind'
        ? ['type=bind', ...(m.from === undefined ? [] : [`from=${m.from}`]), `source=${m.source}`, `target=${m.target}`]
        : ['type=secret', `id=${m.id}`, `env=${m.env}`];
  return fields
    .map((field) =>
      /[\s",$\\']/.test(field)
        ? oneLine(`"${field.replaceAll('"', '""').replaceAll(/[\\$]/g, String.raw`\$&`)}"`)
        : bareWord(field),
    )
    .join(',');
}

/** Our own shell text, a command a line; an argv of the user's in exec form, where no shell syntax is at work. */
export function runCommand(command: Shell | readonly string[]): string {
  if (!('lines' in command)) return execForm(command);
  for (const line of command.lines) {
    if (line.endsWith('\\')) throw new TypeError('a command cannot end in a backslash: it would swallow the next line');
    oneLine(line);
  }
  return command.lines.join(' \\\n && ');
}

/** What FROM and `--from` name: a stage or `scratch` by its word, or an image. */
export function base(from: string | ImageRef | { readonly stage: string }): string {
  if (typeof from === 'string') return bareWord(from);
  return bareWord('stage' in from ? from.stage : referenceOf(from));
}

export const commentLines = (text: string): string => `# ${oneLine(text)}`;

/** A here-document whose mark is no line of the text; quoted, so that nothing in it is expanded. */
export function hereDocument(text: string, path: string): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  let mark = 'EOF';
  while (lines.some((line) => line.trim() === mark)) mark = `${mark}_`;
  // A JSON list cannot follow the mark, so that a blank has no way to be written; the schema lets none get here.
  if (/\s/u.test(path)) throw new TypeError(`a blank in the path of a here-document: ${JSON.stringify(path)}`);
  return [`<<"${mark}" ${copyPath(path, true)}`, ...lines, mark].join('\n');
}
