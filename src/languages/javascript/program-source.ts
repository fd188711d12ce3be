import { isBuiltin } from 'node:module';
import type { Evidence } from '../../plan/plan.ts';
import type { JsProject } from './project.ts';

/** The source of a program, as far as its text is kept: what it says of itself is looked for in here. */

export interface Source {
  readonly file: string;
  readonly text: string;
}

const TESTS =
  /(^|\/)(tests?|__tests__|e2e|spec|cypress|playwright|examples?|docs?|scripts|node_modules|dist|build|public|static|coverage)\/|\.(test|spec|e2e|stories|config|conf|d)\.[cm]?[jt]sx?$/;

/** A program whose pages are written as JSX. */
const ENTRY_WITH_PAGES = /(^|\/)src\/(index|server|main|app)\.[jt]sx$/;

/** Source files of which text is kept: those at the top, and those with names that servers have. */
export const isProgramSource = (path: string): boolean =>
  (/\.[cm]?[jt]s$/.test(path) || ENTRY_WITH_PAGES.test(path)) &&
  !TESTS.test(path) &&
  (/^[^/]+$|^(apps|packages|services)\/[^/]+\/[^/]+$/.test(path) ||
    /(^|\/)(src|bin|server|api|app|lib|config|backend|routes|controllers|services|handlers|utils)\/[^/]+$/.test(path) ||
    /(^|\/)(server|index|main|app|bot|start|config|env|www|worker|entry|http|bootstrap|db|database)\.[cm]?[jt]s$/.test(
      path,
    ));

/** The files that a command names, without their endings and the folder that they are compiled to. */
const stemsOf = (argv: readonly string[]): ReadonlySet<string> =>
  new Set(
    argv
      .filter((word) => !word.startsWith('-'))
      .map((word) =>
        word
          .replace(/^\.\//, '')
          .replace(/\.[cm]?[jt]sx?$/, '')
          .replace(/^(dist|build|lib|out)\//, ''),
      )
      .flatMap((stem) => [stem, `src/${stem}`]),
  );

/** Whether a file, relative to the app, is one of those. */
const isNamed = (file: string, stems: ReadonlySet<string>): boolean => stems.has(file.replace(/\.[cm]?[jt]sx?$/, ''));

const prefixOf = ({ app }: JsProject): string => (app.folder === '' ? '' : `${app.folder}/`);

/** The sources of an app, its entry first. */
export function sourcesOf(project: JsProject, argv: readonly string[]): Source[] {
  const { inventory } = project;
  const prefix = prefixOf(project);
  const stems = stemsOf(argv);
  const isEntry = ({ file }: Pick<Source, 'file'>): boolean => isNamed(file.slice(prefix.length), stems);
  const all = inventory
    .files(
      (path) =>
        path.startsWith(prefix) &&
        (/\.[cm]?[jt]s$/.test(path) ||
          path === `${prefix}bin/www` ||
          (ENTRY_WITH_PAGES.test(path) && isEntry({ file: path }))) &&
        !TESTS.test(path.slice(prefix.length)),
    )
    .flatMap((file): Source[] => {
      const text = inventory.text(file);
      return text === undefined ? [] : [{ file, text }];
    });
  return [...all.filter(isEntry), ...all.filter((s) => !isEntry(s))];
}

const IMPORTS = /\b(?:import|require|createRequire)\b(?:\s*\(?\s*['"]([^'"\n]+)['"])?|\bfrom\s*['"]([^'"\n]+)['"]/g;
/** What is imported, or where a name follows, as in `import a from 'b'`. */
const IMPORTED = /\bimport\s+(?:type\s+)?[\w$*{]/g;
const LISTENERS = /^(?:node:)?(?:https?|http2|net|tls|dgram)$/;

/** Whether what a file imports is all of Node.js, and nothing in it can listen; false where that cannot be told. */
function importsNoOther(text: string): boolean {
  const names = [...text.matchAll(IMPORTS)].map(([, called, from]) => called ?? from);
  const named = names.filter((name) => name !== undefined);
  return (
    names.length - named.length <= [...text.matchAll(IMPORTED)].length &&
    named.every((name) => isBuiltin(name) && !LISTENERS.test(name))
  );
}

/** True where the file that the command names uses none that is installed, nor another of the project. */
export function usesNothing(project: JsProject, argv: readonly string[], [entry]: readonly Source[]): boolean {
  if (entry === undefined || !isNamed(entry.file.slice(prefixOf(project).length), stemsOf(argv))) return false;
  return importsNoOther(entry.text);
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

export interface Hit {
  readonly groups: readonly (string | undefined)[];
  readonly from: Evidence;
}

/** The first place in the sources that fits; `pattern` is global. */
export function hit(sources: readonly Source[], pattern: RegExp, why: string): Hit | undefined {
  for (const { file, text } of sources) {
    const found = [...text.matchAll(pattern)].find(
      (m) => !/^\s*(\/\/|\*)/.test(text.slice(text.lastIndexOf('\n', m.index) + 1, m.index + 1)),
    );
    if (found) return { groups: found, from: { file, line: lineAt(text, found.index), why } };
  }
  return undefined;
}
