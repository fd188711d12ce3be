import { joinPath, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import { hitsOf, type Code } from '../code.ts';
import type { Program } from './programs.ts';

/** A flag whose default leads out of the folder that its program was written to be started in. */
export interface FlagPath {
  readonly flag: string;
  /** What it leads to, in the project. */
  readonly source: string;
  /** The same, below the working directory. */
  readonly to: string;
}

const FLAG = /\.StringP?(?:Var)?P?\(\s*(?:&[\w.]+\s*,\s*)?"([\w.-]+)"\s*,\s*(?:"\w?"\s*,\s*)?"((?:\.\.\/)+[\w./-]+)"/g;

/** Programs below `cmd/` that are developed in their own folder name their settings from there, as `../../configs`. */
export function flagPaths(inventory: Inventory, { folder, module }: Program, code: readonly Code[]): FlagPath[] {
  const root = module.folder === '' ? '' : `${module.folder}/`;
  return hitsOf(code, FLAG, 'a path').flatMap(({ groups: [, flag = '', path = ''] }) => {
    const source = resolveTarget(joinPath(folder, 'main.go'), path);
    if (source === undefined || source === '' || !source.startsWith(root)) return [];
    const exists = inventory.isFile(source) || inventory.isDirectory(source);
    return exists ? [{ flag, source, to: source.slice(root.length) }] : [];
  });
}
