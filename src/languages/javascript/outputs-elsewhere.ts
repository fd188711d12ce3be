import { joinPath, nearestFirst, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';

/** Front ends inside of a project in another language, whose build writes into that project: `outDir: '../shop/static'`. */

const SETTINGS = /^(vite|webpack|rspack|rsbuild|rollup|vue)(\.[\w-]+)?\.config\.[cm]?[jt]s$|^(angular|package)\.json$/;
const OUTPUT =
  /(?:\b(?:outDir|outputPath|outputDir|distDir|base|path|dir|file)["']?\s*:\s*(?:[\w.]+\(\s*(?:__dirname|import\.meta\.dirname|process\.cwd\(\))\s*,\s*)?["'`]|(?:--(?:outDir|out-dir|outdir|output-path|outfile|output)|-[od])[=\s]+["']?)((?:\.\.\/)+[\w./-]*\w)/g;
const NOT_HERE = /(^|\/)(node_modules|tests?|testdata|e2e|docs?|examples?)(\/|$)/;
const DEPTH = 3;

function writesElsewhere(inventory: Inventory, folder: string): boolean {
  const files = inventory.names(folder).flatMap((name) => (SETTINGS.test(name) ? [joinPath(folder, name)] : []));
  return files.some((file) =>
    [...(inventory.text(file) ?? '').matchAll(OUTPUT)].some(({ 1: written = '' }) => {
      const path = resolveTarget(file, written);
      const [top = ''] = path?.split('/') ?? [];
      return path !== undefined && path !== folder && !path.startsWith(`${folder}/`) && inventory.isDirectory(top);
    }),
  );
}

/** The folders of such front ends, those nearer to the root first. */
export const frontEndsInto = (inventory: Inventory): string[] =>
  inventory
    .files(/(^|\/)package\.json$/)
    .map(parentOf)
    .filter((folder) => folder !== '' && folder.split('/').length <= DEPTH && !NOT_HERE.test(folder))
    .filter((folder) => writesElsewhere(inventory, folder))
    .sort(nearestFirst);
