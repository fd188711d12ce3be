import { createInventory, type Entry, type Inventory } from '../../src/inventory/inventory.ts';

/** A tree of files by path: a text, a size, or a link's target after `->`. */
export function treeOf(files: Readonly<Record<string, string | number>>): Inventory {
  const texts = new Map<string, { text: string; truncated: boolean }>();
  const entries = Object.entries(files).map(([path, content]): Entry => {
    if (typeof content === 'number') return { path, kind: 'file', size: content, mode: 0o644 };
    if (content.startsWith('->')) return { path, kind: 'symlink', size: 0, mode: 0o777, target: content.slice(2) };
    texts.set(path, { text: content, truncated: false });
    return { path, kind: 'file', size: Buffer.byteLength(content), mode: 0o644 };
  });
  return createInventory(entries, texts);
}
