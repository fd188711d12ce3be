import { joinPath, nearestFirst, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';

/** Front ends inside of a project in another language, whose build writes into that project: `outDir: '../shop/static'`. */

const SETTINGS =
  /^(vite|webpack|rspack|rsbuild|rollup|vue)(\.[\w-]+)?\.config\.[cm]?[jt]s$|^webpack\.[\w-]+\.[cm]?js$|^(angular|package)\.json$/;
const OUTPUT =
  /(?:\b(?:(?:outDir|outputPath|outputDir|distDir|base|path|dir|file)["']?\s*:|\w*(?:BUILD|OUT|DIST|PUBLIC)\w*\s*=)\s*(?:[\w.]+\(\s*(?:__dirname|import\.meta\.dirname|process\.cwd\(\))\s*,\s*)?["'`]|(?:--(?:outDir|out-dir|outdir|output-path|outfile|output)|-[od])[=\s]+["']?)((?:\.\.\/)+[\w./-]*\w)/g;
const NOT_HERE = /(^|\/)(node_modules|tests?|testdata|e2e|docs?|examples?)(\/|$)/;
const DEPTH = 3;

/** What a folder's settings write outside of it, below the project's root. */
export function outputsElsewhere(inventory: Inventory, folder: string): string[] {
  const files = inventory.names(folder).flatMap((name) => (SETTINGS.test(name) ? [joinPath(folder, name)] : []));
  const written = files.flatMap((file) =>
    [...(inventory.text(file) ?? '').matchAll(OUTPUT)].flatMap((m) => resolveTarget(file, m[1] ?? '') ?? []),
  );
  return [...new Set(written)].filter((path) => path !== folder && !path.startsWith(`${folder}/`));
}

const writesElsewhere = (inventory: Inventory, folder: string): boolean =>
  outputsElsewhere(inventory, folder).some((path) => inventory.isDirectory(path.split('/')[0] ?? ''));

/** The folders of such front ends, those nearer to the root first. */
export const frontEndsInto = (inventory: Inventory): string[] =>
  inventory
    .files(/(^|\/)package\.json$/)
    .map(parentOf)
    .filter((folder) => folder !== '' && folder.split('/').length <= DEPTH && !NOT_HERE.test(folder))
    .filter((folder) => writesElsewhere(inventory, folder))
    .sort(nearestFirst);
