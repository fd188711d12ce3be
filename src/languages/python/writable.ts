import type { Evidence } from '../../plan/plan.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { baseName, joinPath, parentOf } from '../../inventory/inventory.ts';
import { keptFolders } from '../kept-folders.ts';
import type { Source } from './modules.ts';
import { lineAt } from './source-file.ts';

/**
 * Places that a program writes to beside its own code. Files of the image stay as they are; the folder becomes sticky
 * like /tmp, so that new ones can be made in it.
 */
export interface Writable {
  readonly folders: readonly string[];
  /** Those of the folders with nothing in them yet. */
  readonly kept: readonly string[];
  /** Databases that came with the project, which are of use only when they can be written. */
  readonly files: readonly string[];
  readonly from: Evidence;
}

/**
 * FastHTML keeps the key of its sessions in a file of the working directory, Chainlit what is uploaded and its texts.
 * https://docs.fastht.ml/api/core.html https://docs.chainlit.io/backend/config/overview
 */
const WRITES =
  /\bopen\([^()\n]*,\s*(?:mode\s*=\s*)?["'][wax]b?\+?["']|sqlite3?\.connect\(|sqlite(?:\+\w+)?:\/\/(?:\/(?!\/|:memory:)|[\w.{])|backends\.sqlite3|\bmakedirs\(|\.mkdir\(|\bmkdir\(|FileHandler\(|\.to_(?:csv|excel|json|parquet|pickle)\(\s*f?["']|\.savefig\(|\.write_(?:text|bytes)\(|\.save\(\s*f?["'][^"'\n]*\.\w+["']|\.save\(\s*os\.path\.join|SVGSurface\(|\bTinyDB\(|shelve\.open\(|\burlretrieve\(|SQLALCHEMY_DATABASE_URI|basicConfig\([^()\n]*filename|\b(?:fast_app|FastHTML)\(|\b(?:import|from) chainlit\b/;

const DATA_FOLDERS = [
  'instance',
  'data',
  'uploads',
  'upload',
  'media',
  'logs',
  'log',
  'tmp',
  'cache',
  'output',
  'outputs',
  'db',
  'database',
  'storage',
  'files',
  'downloads',
  'results',
  'generated',
  'static/uploads',
];

/** Of Chainlit, which no source names. */
const OWN_FOLDERS = ['.chainlit', '.chainlit/translations'];

const nameIn = (path: string): string => baseName(path).replaceAll(/[^\w-]/g, '.');

/** What a program started in `workdir` writes to, from the inventory's root; undefined where nothing in it writes. */
export function writableOf(inventory: Inventory, workdir: string, sources: readonly Source[]): Writable | undefined {
  const source = sources.find(({ code }) => WRITES.test(code));
  if (!source) return undefined;
  const quoted = sources.filter(({ code }) => WRITES.test(code)).map(({ code }) => code);
  const folders = DATA_FOLDERS.map((name) => joinPath(workdir, name)).filter(
    (path) =>
      inventory.isDirectory(path) &&
      quoted.some((code) => code.includes(path.slice(workdir === '' ? 0 : workdir.length + 1))),
  );
  const own = OWN_FOLDERS.map((name) => joinPath(workdir, name)).filter((path) => inventory.isDirectory(path));
  const below = workdir === '' ? '' : `${workdir}/`;
  const kept = keptFolders(inventory).filter(
    (path) => path.startsWith(below) && quoted.some((code) => new RegExp(`["'/]${nameIn(path)}["'/]`).test(code)),
  );
  const files = inventory.files(
    (path) =>
      path.startsWith(below) && /\.(sqlite3?|db)$/.test(path) && path.slice(below.length).split('/').length <= 2,
  );
  return {
    folders: [...new Set([workdir, ...own, ...folders, ...kept, ...files.map((file) => parentOf(file))])],
    kept,
    files,
    from: { file: source.path, line: lineAt(source.code, source.code.search(WRITES)), why: 'it writes files' },
  };
}
