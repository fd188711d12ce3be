import Handlebars from 'handlebars';
import { referenceOf } from '../plan/mirror.ts';
import type { ImageRef, Mount, Step } from '../plan/plan.ts';
import type { Shell } from '../plan/shell.ts';
import {
  argument,
  assignments,
  bareWord,
  base,
  commentLines,
  copyPath,
  copyPaths,
  execForm,
  hereDocument,
  mount,
  runCommand,
  volumePaths,
  workPath,
} from './quoting.ts';

/**
 * The templates, compiled once. A template prints a value only through one of these helpers, each of which
 * quotes for its place; escaping for HTML is off, and an unknown name in a template is an error.
 */
const helpers = {
  word: (value: string | number) => bareWord(value),
  reference: (ref: ImageRef) => bareWord(referenceOf(ref)),
  base: (from: Parameters<typeof base>[0]) => base(from),
  commentLines: (text: string) => commentLines(text),
  execForm: (argv: readonly string[]) => execForm(argv),
  assignments: (pairs: Readonly<Record<string, string>>) => assignments(pairs),
  argument: (name: string, value: string | undefined) => argument(name, value),
  copyPath: (path: string, glob: boolean) => copyPath(path, glob),
  copyPaths: (sources: readonly string[], to: string, glob: boolean | undefined) =>
    copyPaths(sources, to, glob === true),
  volumePaths: (paths: readonly string[]) => volumePaths(paths),
  path: (value: string) => workPath(value),
  mount: (m: Mount) => mount(m),
  command: (c: Shell | readonly string[]) => runCommand(c),
  hereDocument: (text: string, path: string) => hereDocument(text, path),
  /** The text of a step, already written by its own template. */
  verbatim: (text: string) => text,
} as const;

export type StepKind = Step['kind'];

/** Template sources by name: `Dockerfile`, and `steps/<kind>` for every kind of step. */
export type TemplateSources = Readonly<Record<string, string>>;

export type Templates = (name: string, data: unknown) => string;

/** Compiles the templates. Throws on one that uses a helper that does not exist. */
export function compileTemplates(sources: TemplateSources): Templates {
  const engine = Handlebars.create();
  engine.registerHelper(helpers);
  const compiled = new Map(
    Object.entries(sources).map(([name, source]) => [
      name,
      engine.compile(source, {
        noEscape: true,
        knownHelpersOnly: true,
        knownHelpers: Object.fromEntries(Object.keys(helpers).map((h) => [h, true])),
      }),
    ]),
  );
  return (name, data) => {
    const template = compiled.get(name);
    if (!template) throw new TypeError(`no template ${name}`);
    return template(data);
  };
}
