import type { Evidence } from '../../plan/plan.ts';
import type { JsProject } from './project.ts';

/** The source of a program, as far as its text is kept: what it says of itself is looked for in here. */

export interface Source {
  readonly file: string;
  readonly text: string;
}

const TESTS =
  /(^|\/)(tests?|__tests__|e2e|spec|cypress|playwright|examples?|docs?|scripts|node_modules|dist|build|public|static|coverage)\/|\.(test|spec|e2e|stories|config|d)\.[cm]?[jt]sx?$/;

/** Source files of which text is kept: those at the top, and those with names that servers have. */
export const isProgramSource = (path: string): boolean =>
  /\.[cm]?[jt]s$/.test(path) &&
  !TESTS.test(path) &&
  (/^[^/]+$|^(apps|packages|services)\/[^/]+\/[^/]+$/.test(path) ||
    /(^|\/)(src|bin|server|api|app|lib|config|backend)\/[^/]+$/.test(path) ||
    /(^|\/)(server|index|main|app|bot|start|config|env|www|worker|entry|http|bootstrap)\.[cm]?[jt]s$/.test(path));

/** The sources of an app, its entry first. */
export function sourcesOf({ inventory, app }: JsProject, argv: readonly string[]): Source[] {
  const prefix = app.folder === '' ? '' : `${app.folder}/`;
  const stems = argv
    .filter((word) => !word.startsWith('-'))
    .map((word) =>
      word
        .replace(/^\.\//, '')
        .replace(/\.[cm]?[jt]sx?$/, '')
        .replace(/^(dist|build|lib|out)\//, ''),
    );
  const all = inventory
    .files(
      (path) =>
        path.startsWith(prefix) &&
        (/\.[cm]?[jt]s$/.test(path) || path === `${prefix}bin/www`) &&
        !TESTS.test(path.slice(prefix.length)),
    )
    .flatMap((file): Source[] => {
      const text = inventory.text(file);
      return text === undefined ? [] : [{ file, text }];
    });
  const isEntry = ({ file }: Source): boolean => {
    const stem = file.slice(prefix.length).replace(/\.[cm]?[jt]s$/, '');
    return stems.some((s) => s === stem || `src/${s}` === stem);
  };
  return [...all.filter(isEntry), ...all.filter((s) => !isEntry(s))];
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
