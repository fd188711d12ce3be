import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { normalName } from './requirement.ts';
import { readPyproject, type Pyproject } from './pyproject.ts';

/** A workspace of uv. Its root is the root of the inventory. https://docs.astral.sh/uv/concepts/projects/workspaces/ */

export interface Member {
  /** From the inventory's root; '' for the root itself, where it is a project. */
  readonly folder: string;
  /** Normalised. */
  readonly name: string;
  readonly pyproject: Pyproject;
}

export interface Workspace {
  readonly members: readonly Member[];
}

/** Whether a folder fits a pattern of `members`, which has `*` within one part and `**` across several. */
function fits(folder: string, pattern: string): boolean {
  const parts = folder.split('/');
  const wanted = pattern.replace(/^\.\//, '').replace(/\/$/, '').split('/');
  const part = (text: string, glob: string): boolean => {
    const pieces = glob.split('*');
    if (pieces.length === 1) return text === glob;
    let at = 0;
    for (const [i, piece] of pieces.entries()) {
      const found =
        i === pieces.length - 1 ? (text.endsWith(piece) ? text.length - piece.length : -1) : text.indexOf(piece, at);
      if (found < at || (i === 0 && found !== 0)) return false;
      at = found + piece.length;
    }
    return true;
  };
  const match = (i: number, j: number): boolean => {
    if (j === wanted.length) return i === parts.length;
    if (wanted[j] === '**') return match(i, j + 1) || (i < parts.length && match(i + 1, j));
    return i < parts.length && part(parts[i] ?? '', wanted[j] ?? '') && match(i + 1, j + 1);
  };
  return wanted.length <= 12 && match(0, 0);
}

/** Folders that a workspace at `root` lists as members, from the tree's root. */
export function memberFolders(tree: Inventory, root: string): string[] {
  const workspace = readPyproject(tree, root)?.tool?.uv?.workspace;
  if (!workspace) return [];
  const below = root === '' ? '' : `${root}/`;
  const { members = [], exclude = [] } = workspace;
  return tree
    .files((path) => path.startsWith(below) && path.endsWith('/pyproject.toml') && !path.includes('/.venv/'))
    .map((path) => path.slice(below.length, -'/pyproject.toml'.length))
    .filter((folder) => members.some((p) => fits(folder, p)) && !exclude.some((p) => fits(folder, p)));
}

/** The workspace at the inventory's root, where the folder is in it. */
export function workspaceAt(inventory: Inventory, folder: string): Workspace | undefined {
  const root = readPyproject(inventory, '');
  if (root?.tool?.uv?.workspace === undefined) return undefined;
  const members = ['', ...memberFolders(inventory, '')].flatMap((path): Member[] => {
    const pyproject = readPyproject(inventory, path);
    const name = pyproject?.project?.name;
    return pyproject && name !== undefined ? [{ folder: path, name: normalName(name), pyproject }] : [];
  });
  return folder === '' || members.some((m) => m.folder === folder) ? { members } : undefined;
}

export const pyprojectPath = (folder: string): string => joinPath(folder, 'pyproject.toml');
