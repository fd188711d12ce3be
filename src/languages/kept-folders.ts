import { baseName, nearestFirst, parentOf, type Inventory } from '../inventory/inventory.ts';

/** What keeps an empty folder in a repository, and what keeps visitors out of it. */
const KEEPS = /^(\.git(keep|ignore)|\.keep|\.htaccess|\.placeholder|\.empty|placeholder|web\.config|index\.html?)$/;
const HIDDEN = /^\.(git(keep|ignore)|keep|htaccess|placeholder|empty)$/;
const NOT_RUN = /(^|\/)(\.[^/]+|node_modules|vendor|tests?|docs?|examples?)(\/|$)/;

/** A folder of which git or a web server is told that what lies in it is none of theirs. */
export const isGuarded = (inventory: Inventory, folder: string): boolean =>
  inventory.isDirectory(folder) && inventory.names(folder).some((name) => HIDDEN.test(name));

/** Folders that hold nothing yet, and are kept for what a program writes; none that lies in another one. */
export function keptFolders(inventory: Inventory): string[] {
  const kept = new Set<string>();
  const full = new Set<string>();
  for (const path of inventory.files(() => true)) {
    const name = baseName(path);
    if (HIDDEN.test(name)) kept.add(parentOf(path));
    if (KEEPS.test(name)) continue;
    for (let at = parentOf(path); at !== '' && !full.has(at); at = parentOf(at)) full.add(at);
  }
  const empty = new Set([...kept].filter((at) => at !== '' && !full.has(at) && !NOT_RUN.test(at)));
  const inAnother = (path: string): boolean => {
    for (let at = parentOf(path); at !== ''; at = parentOf(at)) if (empty.has(at)) return true;
    return false;
  };
  return [...empty].filter((path) => !inAnother(path)).sort(nearestFirst);
}
