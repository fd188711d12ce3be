import { joinPath, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import type { Package } from './package-json.ts';
import { closureOf } from './workspace.ts';

/** Settings beside a package.json: those of a bundler, of TypeScript, of styles. */
const SETTINGS = /^(package|tsconfig[\w.-]*|jsconfig|project)\.json$|\.config\.[cm]?[jt]s$/;
const MAX_FILES = 30;

/** Paths in a text of settings, as they are written. With `outside`, only those that leave the folder. */
const pathsIn = (text: string, outside: boolean): string[] =>
  [...text.matchAll(/['"`]((?:\.{1,2}\/)?[\w@][\w@./-]*|(?:\.\.\/)+[\w@./-]*)/g)]
    .map((m) => m[1] ?? '')
    .filter((path) => (outside ? path.includes('../') : path.includes('/')));

/** What settings of a folder point at outside of it, and what the settings that they go on from point at. */
function pointedAt(inventory: Inventory, folder: string): Set<string> {
  const found = new Set<string>();
  const queue = inventory.names(folder).flatMap((name) => (SETTINGS.test(name) ? [joinPath(folder, name)] : []));
  for (const [i, file] of queue.entries()) {
    if (i >= MAX_FILES) break;
    const own = parentOf(file) === folder;
    for (const written of pathsIn(inventory.text(file) ?? '', own)) {
      const path = resolveTarget(file, written);
      if (path === undefined || found.has(path)) continue;
      found.add(path);
      const settings = [path, `${path}.json`].find((p) => SETTINGS.test(p.slice(p.lastIndexOf('/') + 1)));
      if (settings !== undefined && inventory.isFile(settings) && !queue.includes(settings)) queue.push(settings);
    }
  }
  return found;
}

/** Members that a package’s settings name by their paths, as an alias for their source does: no dependency says it. */
export function referredMembers(inventory: Inventory, app: Package, members: readonly Package[]): Package[] {
  const paths = [...pointedAt(inventory, app.folder)];
  const meets = (path: string, folder: string): boolean =>
    path === folder || path.startsWith(`${folder}/`) || (path !== '' && folder.startsWith(`${path}/`));
  const named = members.filter((m) => m !== app && paths.some((path) => meets(path, m.folder)));
  return [...new Set(named.flatMap((m) => [m, ...closureOf(m, members)]))];
}
