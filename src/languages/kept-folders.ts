import { baseName, nearestFirst, parentOf, type Inventory } from '../inventory/inventory.ts';

/** What keeps an empty folder in a repository, and what keeps visitors out of it. */
const KEEPS = /^(\.git(keep|ignore)|\.keep|\.htaccess|\.placeholder|\.empty|placeholder|web\.config|index\.html?)$/;
const HIDDEN = /^\.(git(keep|ignore)|keep|htaccess|placeholder|empty)$/;
const NOT_RUN = /(^|\/)(\.[^/]+|node_modules|vendor|tests?|docs?|examples?)(\/|$)/;

/** A folder of which git or a web server is told that what lies in it is none of theirs. */
export const isGuarded = (inventory: Inventory, folder: string): boolean =>
  inventory.isDirectory(folder) && inventory.names(folder).some((name) => HIDDEN.test(name));

/** Folders that hold nothing yet, and are kept for what a program writes. */
export function keptFolders(inventory: Inventory): string[] {
  const kept = new Set<string>();
  const full = new Set<string>();
  for (const path of inventory.files(() => true)) {
    const name = baseName(path);
    if (HIDDEN.test(name)) kept.add(parentOf(path));
    if (KEEPS.test(name)) continue;
    for (let at = parentOf(path); at !== '' && !full.has(at); at = parentOf(at)) full.add(at);
  }
  return [...kept].filter((at) => at !== '' && !full.has(at) && !NOT_RUN.test(at)).sort(nearestFirst);
}

/** Those that lie in no other one of them. */
export const outermost = (folders: readonly string[]): string[] =>
  folders.filter((path) => !folders.some((other) => path.startsWith(`${other}/`)));
