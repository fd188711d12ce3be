import { joinPath, resolveTarget, type Inventory } from '../../inventory/inventory.ts';

/** The packages that a program loads as soon as it starts, read from its own files. */

/** At the beginning of a line: what stands further in may be loaded in development alone. */
const LOADED =
  /^(?:import\s+(?:[^'"\n;()]{1,300}\sfrom\s*)?|export\s+[^'"\n;()]{1,300}\sfrom\s*|(?:const|let|var)\s+[^=\n]{1,300}=\s*require\(\s*|require\(\s*)['"]([^'"\n]+)['"]/gm;

const FILES = 60;

function fileOf(inventory: Inventory, path: string): string | undefined {
  const places = [path, ...['js', 'mjs', 'cjs'].flatMap((end) => [`${path}.${end}`, `${path}/index.${end}`])];
  return places.find((place) => inventory.isFile(place) && /\.[cm]?js$|(^|\/)www$/.test(place));
}

/** Names of packages, each with the file that loads it. TypeScript is left out: its compiler drops what is but a type. */
export function loadedPackages(inventory: Inventory, folder: string, program: string): Map<string, string> {
  const packages = new Map<string, string>();
  const first = fileOf(inventory, joinPath(folder, program.replace(/^\.\//, '')));
  const files = new Set(first === undefined ? [] : [first]);
  for (const file of files) {
    for (const [, name = ''] of (inventory.text(file) ?? '').matchAll(LOADED)) {
      if (name.startsWith('.')) {
        const path = resolveTarget(file, name);
        const next = path === undefined ? undefined : fileOf(inventory, path);
        if (next !== undefined && files.size < FILES) files.add(next);
      } else if (!name.startsWith('node:') && !name.startsWith('/')) {
        const own = name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/');
        if (!packages.has(own)) packages.set(own, file);
      }
    }
  }
  return packages;
}
