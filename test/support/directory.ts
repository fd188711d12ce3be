import { lstatSync, readFileSync, readlinkSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isKeptText } from '../../src/generate/kept-text.ts';
import { createInventory, type Entry, type Inventory, type KeptText } from '../../src/inventory/inventory.ts';

/** A folder of this machine as an inventory, as if it had been sent as an archive. */
export function inventoryOf(directory: string): Inventory {
  const entries: Entry[] = [];
  const texts = new Map<string, KeptText>();
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const file = join(directory, path);
    const stat = lstatSync(file);
    const mode = stat.mode & 0o777;
    if (stat.isSymbolicLink())
      entries.push({ path, kind: 'symlink', size: 0, mode: 0o777, target: readlinkSync(file) });
    else if (stat.isDirectory()) entries.push({ path, kind: 'directory', size: 0, mode });
    else {
      entries.push({ path, kind: 'file', size: stat.size, mode });
      if (isKeptText(path)) texts.set(path, { text: readFileSync(file, 'utf8'), truncated: false });
    }
  }
  return createInventory(entries, texts);
}
