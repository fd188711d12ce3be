import { joinPath, parentOf, type Inventory } from '../inventory/inventory.ts';
import type { Code, Literal } from './code.ts';

/** What a compiled program finds beside it when it runs: files that it reads, and folders that it writes to. */
export interface RunFiles {
  /** Below the scope's root, and where they go, below the working directory. */
  readonly read: readonly { readonly source: string; readonly to: string; readonly folder: boolean }[];
  /** Folders below the working directory ('' is itself) that files are made in. */
  readonly written: readonly string[];
  /** Files of settings that the program will not start without, and that hold secrets: made empty. */
  readonly empty: readonly string[];
}

/** How programs of a language deal with files. */
export interface FileHabits {
  /** Names of files of code: nobody reads them at run time. */
  readonly code: RegExp;
  /** The text before a string that is a path: a call. Elsewhere a single word is no more likely a folder than anything else. */
  readonly takesPath: RegExp;
  readonly makesFiles: RegExp;
  /** With the flag g; its first group is the folder that is made. */
  readonly makesFolder: RegExp;
}

/** Folders that servers read by convention, whether or not their names stand in the source. */
const FOLDERS = new Set(
  'templates template tmpl views layouts static public assets web www ui html migrations locales locale i18n lang translations conf config configs resources res'.split(
    ' ',
  ),
);
const SETTINGS = /^(config|conf|app|application|settings)(\.[\w-]+)?\.(ya?ml|json|toml|ini|conf)$/;
/** Kept out of images whatever the source says: secrets, and what is of the repository's own keeping. */
const NEVER =
  /(^|\/)(\.[^/]+|[^/]+\.(pem|key|p12|pfx|md)|Dockerfile[^/]*|Makefile|node_modules|vendor|testdata|target)$/;
const DATA_FILE = /\.(db|db3|sqlite3?|bolt|bbolt|log|duckdb)$/;

export function cleanLiteral(value: string): string | undefined {
  if (value.length > 200 || value === '' || value.startsWith('/') || /[\s:?=<>{}%$\\\p{Cc}]/u.test(value))
    return undefined;
  const parts = value.split('/').filter((part) => part !== '' && part !== '.');
  const glob = parts.findIndex((part) => /[*[\]]/.test(part));
  return (glob < 0 ? parts : parts.slice(0, glob)).join('/') || undefined;
}

/** Whether a folder holds anything that is not code, nor part of those `besides`: only then is there something to read. */
const holdsFiles = (
  inventory: Inventory,
  folder: string,
  { code }: FileHabits,
  besides: readonly string[] = [],
): boolean =>
  inventory.files(
    (p) =>
      p.startsWith(`${folder}/`) &&
      !code.test(p) &&
      !/\.(md|gitkeep)$|(^|\/)\.[^/]*$/.test(p) &&
      !besides.some((other) => p.startsWith(`${other}/`)),
  ).length > 0;

const namesPath = ({ code }: Code, { value, index }: Literal, { takesPath }: FileHabits): boolean =>
  /[/.]/.test(value) || takesPath.test(code.slice(Math.max(0, index - 80), index));

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

export interface FileSearch {
  readonly inventory: Inventory;
  readonly code: readonly Code[];
  readonly habits: FileHabits;
  /** Folders that paths in the source may be relative to; the first is where the program is started. */
  readonly bases: readonly string[];
  /** What is compiled into the program already, as paths. */
  readonly embedded: readonly string[];
}

function readByName({ inventory, code, habits, bases }: FileSearch): Map<string, string> {
  const found = new Map<string, string>();
  const values = code.flatMap((file) => file.literals.filter((l) => namesPath(file, l, habits)).map((l) => l.value));
  for (const value of new Set(values)) {
    const path = cleanLiteral(value);
    if (path === undefined || path.startsWith('..') || NEVER.test(path) || habits.code.test(path)) continue;
    const base = bases.find((at) => {
      const source = joinPath(at, path);
      return inventory.isFile(source) || (inventory.isDirectory(source) && holdsFiles(inventory, source, habits));
    });
    if (base !== undefined) found.set(path, joinPath(base, path));
  }
  return found;
}

function readByConvention({ inventory, habits, bases: [base = ''] }: FileSearch): Map<string, string> {
  const packages = inventory.files(/\/package\.json$/).map((path) => parentOf(path));
  const names = inventory.names(base).filter((name) => {
    const path = joinPath(base, name);
    if (!FOLDERS.has(name)) return SETTINGS.test(name);
    return inventory.isDirectory(path) && holdsFiles(inventory, path, habits, packages);
  });
  return new Map(names.map((name) => [name, joinPath(base, name)]));
}

/** What a program reads: what its source names, and what servers read by convention. */
export function filesRead(search: FileSearch): RunFiles['read'] {
  const { inventory, embedded, bases } = search;
  const found = [...new Map([...readByConvention(search), ...readByName(search)])];
  return found
    .filter(([, source]) => source !== '' && source !== bases[0] && !embedded.some((path) => within(source, path)))
    .filter(([to, source]) => !found.some(([outer, from]) => outer !== to && within(to, outer) && within(source, from)))
    .map(([to, source]) => ({ source, to, folder: !inventory.isFile(source) }))
    .sort((a, b) => (a.to < b.to ? -1 : 1));
}

/** Folders that a program makes files in. `stores`: it keeps a database in a file. */
export function foldersWritten(code: readonly Code[], habits: FileHabits, stores: boolean): RunFiles['written'] {
  const makes = code.filter((file) => habits.makesFiles.test(file.code));
  if (!stores && makes.length === 0) return [];
  const files = code
    .flatMap((file) => file.literals)
    .map(({ value }) => cleanLiteral(value.replace(/^(file|sqlite):(\/\/)?/, '').replace(/\?.*$/, '')))
    .filter((path) => path !== undefined && DATA_FILE.test(path))
    .map((path) => parentOf(path ?? ''));
  const folders = makes.flatMap((file) =>
    [...file.code.matchAll(habits.makesFolder)].map((m) => cleanLiteral(m[1] ?? '')),
  );
  const all = ['', ...files, ...folders].filter((folder) => folder !== undefined && !folder.startsWith('..'));
  return [...new Set(all.filter((folder) => folder !== undefined))].sort();
}
