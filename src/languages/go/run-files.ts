import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import { codeOf, type Code } from './code.ts';
import { STORES } from './frameworks.ts';
import { importOf, type Reach } from './reach.ts';
import { embedsOf, type Literal, type SourceFile } from './source-file.ts';
import type { Program } from './programs.ts';

/** What a program finds beside it when it runs: files that it reads, and folders that it writes to. */
export interface RunFiles {
  /** Below the scope's root, and where they go, below the working directory. */
  readonly read: readonly { readonly source: string; readonly to: string; readonly folder: boolean }[];
  /** Folders below the working directory ('' is itself) that files are made in. */
  readonly written: readonly string[];
  /** Files of settings that the program will not start without, and that hold secrets: made empty. */
  readonly empty: readonly string[];
}

/** Folders that servers read by convention, whether or not their names stand in the source. */
const FOLDERS = new Set(
  'templates template tmpl views layouts static public assets web www ui html migrations locales locale i18n lang translations conf config configs resources res'.split(
    ' ',
  ),
);
const SETTINGS = /^(config|conf|app|application|settings)(\.[\w-]+)?\.(ya?ml|json|toml|ini|conf)$/;
/** Kept out of images whatever the source says: secrets, and what is code or of the repository's own keeping. */
const NEVER =
  /(^|\/)(\.[^/]+|[^/]+\.(go|mod|sum|pem|key|p12|pfx|md)|Dockerfile[^/]*|Makefile|node_modules|vendor|testdata)$/;
const DATA_FILE = /\.(db|db3|sqlite3?|bolt|bbolt|log|duckdb)$/;

const cleanLiteral = (value: string): string | undefined => {
  if (value.length > 200 || value === '' || value.startsWith('/') || /[\s:?=<>{}%$\\\p{Cc}]/u.test(value))
    return undefined;
  const parts = value.split('/').filter((part) => part !== '' && part !== '.');
  const glob = parts.findIndex((part) => /[*[\]]/.test(part));
  return (glob < 0 ? parts : parts.slice(0, glob)).join('/') || undefined;
};

/** Whether a folder holds anything that is not Go code: only then has a program something to read there. */
const holdsFiles = (inventory: Inventory, folder: string): boolean =>
  inventory.files((path) => path.startsWith(`${folder}/`) && !/\.(go|md|gitkeep)$|(^|\/)\.[^/]*$/.test(path)).length >
  0;

/** What `//go:embed` takes into the binary, as paths without their glob parts. */
function embedded(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    embedsOf(text).map((pattern) => joinPath(parentOf(path), pattern.replace(/\/?[^/]*[*?[].*$/, ''))),
  );
}

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Calls that take a path; elsewhere a single word is no more likely a folder than anything else. */
const TAKES_PATH =
  /(Join|Dir|DirFS|Open|ReadFile|ReadDir|ParseFiles|ParseGlob|Glob|Static\w*|File\w*|Load\w*|AddConfigPath|Walk\w*|New\w*)\([^()\n]{0,60}$/;

function namesPath({ code }: Code, { value, index }: Literal): boolean {
  return /[/.]/.test(value) || TAKES_PATH.test(code.slice(Math.max(0, index - 80), index));
}

function readByName(code: readonly Code[], inventory: Inventory, bases: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const values = code.flatMap((file) => file.literals.filter((l) => namesPath(file, l)).map((l) => l.value));
  for (const value of new Set(values)) {
    const path = cleanLiteral(value);
    if (path === undefined || path.startsWith('..') || NEVER.test(path)) continue;
    const base = bases.find((at) => {
      const source = joinPath(at, path);
      return inventory.isFile(source) || (inventory.isDirectory(source) && holdsFiles(inventory, source));
    });
    if (base !== undefined) found.set(path, joinPath(base, path));
  }
  return found;
}

function readByConvention(inventory: Inventory, base: string): Map<string, string> {
  const names = inventory.names(base).filter((name) => {
    const path = joinPath(base, name);
    if (!FOLDERS.has(name)) return SETTINGS.test(name);
    return inventory.isDirectory(path) && !inventory.isFile(`${path}/package.json`) && holdsFiles(inventory, path);
  });
  return new Map(names.map((name) => [name, joinPath(base, name)]));
}

const MAKES_FILES =
  /\bos\.(Create|OpenFile|Mkdir|MkdirAll|WriteFile)\(|ioutil\.WriteFile\(|SaveUploadedFile\(|SaveFile\(|lumberjack\.|\bos\.O_CREATE\b/;

function writtenFolders(code: readonly Code[], stores: boolean): string[] {
  const makes = code.filter((file) => MAKES_FILES.test(file.code));
  if (!stores && makes.length === 0) return [];
  const files = code
    .flatMap((file) => file.literals)
    .map(({ value }) => cleanLiteral(value.replace(/^file:/, '').replace(/\?.*$/, '')))
    .filter((path) => path !== undefined && DATA_FILE.test(path) && !path.startsWith('..'))
    .map((path) => parentOf(path ?? ''));
  const folders = makes.flatMap((file) =>
    [...file.code.matchAll(/\bos\.Mkdir(?:All)?\(\s*"([^"]+)"/g)].map((m) => cleanLiteral(m[1] ?? '')),
  );
  const all = ['', ...files, ...folders.filter((f) => f !== undefined && !f.startsWith('..'))];
  return [...new Set(all.filter((folder) => folder !== undefined))].sort();
}

/** Loads a `.env` and gives up without it: the values come by the container's environment, so an empty file does. */
const ENV_FILE =
  /\b(?:godotenv\.(?:Load|Overload|Read)\(\s*(?:"(\.?\/?[\w./-]*)")?\s*\)|SetConfigFile\(\s*"((?:\.\/)?\.env[\w.]*)"\s*\))/g;

function emptyFiles(code: readonly Code[], inventory: Inventory): string[] {
  const names = code.flatMap((file) =>
    [...file.code.matchAll(ENV_FILE)].flatMap((m) => {
      const after = file.code.slice(m.index, m.index + 240);
      return /Fatal|panic\(|os\.Exit|return\b[^\n]*\berr/.test(after)
        ? [(m[1] ?? m[2] ?? '.env').replace(/^\.\//, '')]
        : [];
    }),
  );
  return [...new Set(names)].filter((name) => /^[\w.-]*\.env[\w.-]*$/.test(name) && !inventory.isDirectory(name));
}

/** Looks for what a program reads and writes while it runs, relative to where it is started: its module's folder. */
export function runFilesOf(inventory: Inventory, program: Program, reach: Reach, stores: boolean): RunFiles {
  const code = codeOf(reach);
  const base = program.module.folder;
  const inBinary = embedded(reach.files);
  const found = new Map([
    ...readByConvention(inventory, base),
    ...readByName(code, inventory, [...new Set([base, program.folder])]),
  ]);
  const wanted = [...found]
    .filter(([, source]) => source !== '' && source !== base && !inBinary.some((path) => within(source, path)))
    .filter(
      ([to, source]) => ![...found].some(([outer, from]) => outer !== to && within(to, outer) && within(source, from)),
    );
  const read = wanted
    .map(([to, source]) => ({ source, to, folder: !inventory.isFile(source) }))
    .sort((a, b) => (a.to < b.to ? -1 : 1));
  const keeps = stores || importOf(reach, STORES) !== undefined;
  return { read, written: writtenFolders(code, keeps), empty: emptyFiles(code, inventory) };
}
