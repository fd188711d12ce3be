import { joinPath, resolveTarget, type Inventory } from '../../inventory/inventory.ts';

/** The packages that a program loads as soon as it starts, read from its own files. */

/** At the beginning of a line: what stands further in may be loaded in development alone. */
const LOADED =
  /^(?:import\s+(?:[^'"\n;()]{1,300}\sfrom\s*)?|export\s+[^'"\n;()]{1,300}\sfrom\s*|(?:const|let|var)\s+[^=\n]{1,300}=\s*require\(\s*|require\(\s*)['"]([^'"\n]+)['"]/gm;

const FILES = 60;

/** What a text loads at once, as it is written. */
const loadedBy = (text: string): string[] => [...text.matchAll(LOADED)].map(([, name = '']) => name);

/** The package that a name is of. */
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

const isPackage = (name: string): boolean => !/^([./]|node:)/.test(name);

/** Names of packages that a file of settings loads, be it JavaScript or TypeScript. */
export const packagesOfSettings = (text: string): string[] => loadedBy(text).filter(isPackage).map(packageOf);

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
    for (const name of loadedBy(inventory.text(file) ?? '')) {
      if (name.startsWith('.')) {
        const path = resolveTarget(file, name);
        const next = path === undefined ? undefined : fileOf(inventory, path);
        if (next !== undefined && files.size < FILES) files.add(next);
      } else if (isPackage(name) && !packages.has(packageOf(name))) packages.set(packageOf(name), file);
    }
  }
  return packages;
}
