import { baseName, joinPath, type Inventory } from '../inventory/inventory.ts';
import type { Finding } from '../languages/language.ts';

/**
 * Folders that a program keeps things in, told by their name and by what lies in them: data and logs are written,
 * configuration is read. A folder with the program's own files in it is none of them.
 */

const WRITTEN = /^(data|uploads|storage|media|logs?|var)$/i;
const READ = /^(config|conf|configs|configuration|settings)$/i;

/** Files that only keep a folder in version control, and what programs leave there. */
const PLACEHOLDER = /^(\.git(keep|ignore)|\.keep|\.placeholder|\.empty|README(\.\w+)?)$/i;
const LEFT_BEHIND = /\.(db|sqlite3?|log|lock|db-(wal|shm|journal))$/i;
const CONFIGURATION = /\.(ya?ml|json5?|toml|ini|conf|cfg|properties|xml)$/i;

const kindOf = (folder: string, files: readonly string[]): 'write' | 'read' | undefined => {
  const names = files.map((file) => baseName(file));
  if (WRITTEN.test(folder) && names.every((name) => PLACEHOLDER.test(name) || LEFT_BEHIND.test(name))) return 'write';
  const real = names.filter((name) => !PLACEHOLDER.test(name));
  if (READ.test(folder) && real.length > 0 && real.every((name) => CONFIGURATION.test(name))) return 'read';
  return undefined;
};

/** What the app's folder holds of such folders, as `run.volumes`. */
export function folderFindings(tree: Inventory, app: string): Finding[] {
  if (!tree.complete) return [];
  const found = tree.names(app).flatMap((name) => {
    const path = joinPath(app, name);
    if (tree.entry(path)?.kind !== 'directory') return [];
    const access = kindOf(
      name,
      tree.at(path).files(() => true),
    );
    return access === undefined ? [] : [{ path: name, access }];
  });
  const [first] = found;
  if (!first) return [];
  const said = found.map(({ path, access }) => `${path}/ ${access === 'write' ? 'is written' : 'holds configuration'}`);
  return [{ at: '/run/volumes', value: found, from: { file: joinPath(app, first.path), why: said.join(', ') } }];
}
