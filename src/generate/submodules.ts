import { joinPath, type Inventory } from '../inventory/inventory.ts';
import type { Advice } from '../plan/plan.ts';

/** Submodules of git of which nothing was sent: `git archive` and a forge's download leave them out. */

const FILE = '.gitmodules';
const PATH = /^[ \t]*path[ \t]*=[ \t]*(\S[^\r\n]{0,400}?)[ \t]*$/;
/** So many are named; one is enough to know what is to be done. */
const NAMED = 5;

/** Whether anything but folders is there: it stops at the first, for a list of submodules can be long, and a tree large. */
const holdsFile = (tree: Inventory, folder: string): boolean =>
  tree.names(folder).some((name) => {
    const path = joinPath(folder, name);
    const kind = tree.entry(path)?.kind;
    return kind === 'file' || (kind === 'directory' && holdsFile(tree, path));
  });

export function submoduleAdvice(tree: Inventory): Advice[] {
  if (!tree.complete) return [];
  const lines = (tree.text(FILE) ?? '').split(/\r?\n/);
  const missing = lines.flatMap((text, i) => {
    const path = PATH.exec(text)?.[1]?.replace(/^\.\/|\/$/g, '');
    const there = path === undefined || (path !== '' && holdsFile(tree, path));
    return there ? [] : [{ path, line: i + 1 }];
  });
  return missing.slice(0, NAMED).map(({ path, line }) => ({
    code: 'missing-submodule',
    detail: `${path} is a submodule of git, and nothing of it was sent: what is built with it will not build.`,
    hint: 'Run `git submodule update --init --recursive` and send the folder with tar; git archive leaves submodules out.',
    file: FILE,
    line,
  }));
}
