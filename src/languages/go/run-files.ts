import type { Inventory } from '../../inventory/inventory.ts';
import type { Code } from '../code.ts';
import { filesRead, foldersWritten, type FileHabits, type RunFiles } from '../run-files.ts';
import { codeOf } from './code.ts';
import type { FlagPath } from './flag-paths.ts';
import { STORES } from './frameworks.ts';
import type { Program } from './programs.ts';
import { importOf, type Reach } from './reach.ts';
import { embeddedPlaces } from './source-file.ts';

const habits: FileHabits = {
  code: /(\.(go|mod)|(^|\/)go\.sum)$/,
  takesPath:
    /(Join|Dir|DirFS|Open|ReadFile|ReadDir|ParseFiles|ParseGlob|Glob|Static\w*|File\w*|Load\w*|AddConfigPath|Walk\w*|New\w*)\([^()\n]{0,60}$/,
  makesFiles:
    /\bos\.(Create|OpenFile|Mkdir|MkdirAll|WriteFile)\(|ioutil\.WriteFile\(|SaveUploadedFile\(|SaveFile\(|lumberjack\.|\bos\.O_CREATE\b/,
  makesFolder: /\bos\.Mkdir(?:All)?\(\s*"([^"]+)"/g,
};

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
export function runFilesOf(
  inventory: Inventory,
  program: Program,
  reach: Reach,
  { stores, flagged }: { readonly stores: boolean; readonly flagged: readonly FlagPath[] },
): RunFiles {
  const code = codeOf(reach);
  const bases = [...new Set([program.module.folder, program.folder])];
  const keeps = stores || importOf(reach, STORES) !== undefined;
  const read = filesRead({ inventory, code, habits, bases, embedded: reach.files.flatMap(embeddedPlaces) });
  const byFlag = flagged.filter(({ to }) => !read.some((r) => to === r.to || to.startsWith(`${r.to}/`)));
  return {
    read: [...read, ...byFlag.map(({ source, to }) => ({ source, to, folder: !inventory.isFile(source) }))],
    written: foldersWritten(code, habits, keeps),
    empty: emptyFiles(code, inventory),
  };
}
