import { joinPath, parentOf } from '../../inventory/inventory.ts';
import type { Code } from '../code.ts';
import { cleanLiteral, filesRead, foldersWritten, type FileHabits, type RunFiles } from '../run-files.ts';
import { STORES } from './frameworks.ts';
import type { CargoPackage } from './package.ts';
import type { Program } from './programs.ts';
import type { CargoProject } from './project.ts';

const habits: FileHabits = {
  code: /(\.rs|(^|\/)(Cargo|rust-toolchain|clippy|rustfmt|deny|Trunk|Shuttle|diesel|release|cliff)\.toml|(^|\/)(Cargo\.lock|rust-toolchain))$/,
  takesPath:
    /(open|read\w*|load\w*|new|from_file|file|dir|glob|path|join|from|at|serve\w*|relative!|parse_glob|Tera::new|from_path)!?\s*\([^()\n]{0,60}$/i,
  makesFiles:
    /\bFile::create\b|\bOpenOptions\b|\bcreate_dir(?:_all)?\b|\bfs::write\b|\bConnection::open\(|\bSqlite(?:ConnectOptions|Pool)\b|\bSqliteConnection\b|"sqlite:|rolling::|\bsled::open\b/,
  makesFolder: /\bcreate_dir(?:_all)?\(\s*"([^"]+)"/g,
};

/** What macros take into the binary while it is compiled. */
const EMBEDS =
  /\b(?:include_str|include_bytes|include_dir|embed_migrations|migrate|static_files|include_flate)!\s*\(\s*(?:"([^"]*)")?|#\[\s*folder\s*=\s*"([^"]+)"/g;
/** Engines whose templates are compiled in, and those that read them at run time. */
const COMPILED_TEMPLATES = ['askama', 'rinja', 'sailfish', 'ructe', 'askama_axum'];
const READ_TEMPLATES = ['tera', 'minijinja', 'handlebars', 'rocket_dyn_templates', 'liquid', 'loco-rs', 'upon'];

function embeddedIn(code: readonly Code[], folder: string, names: ReadonlySet<string>): string[] {
  const found = code.flatMap((file) =>
    [...file.code.matchAll(EMBEDS)].flatMap((m) => {
      const path = (m[1] ?? m[2] ?? 'migrations').replace('$CARGO_MANIFEST_DIR/', '');
      const clean = cleanLiteral(path);
      if (clean === undefined) return [];
      // Macros differ in what they are relative to: the file, or the package.
      const parts = joinPath(parentOf(file.path), clean).split('/');
      while (parts.includes('..') && parts.indexOf('..') > 0) parts.splice(parts.indexOf('..') - 1, 2);
      return [joinPath(folder, clean), parts.join('/')];
    }),
  );
  const templates = COMPILED_TEMPLATES.some((n) => names.has(n)) && !READ_TEMPLATES.some((n) => names.has(n));
  return [...found, ...(templates ? [joinPath(folder, 'templates')] : [])];
}

/** It gives up where there is no `.env`, which is never sent along: an empty file does. */
const NEEDS_ENV_FILE = /\bdotenv(?:y)?(?:::dotenv)?\(\)\s*(?:\?|\.\s*(?:expect|unwrap)\()/;

/** Looks for what a program reads and writes while it runs, and for the folder that it has to be started in. */
export function runFilesOf(
  { inventory, workFolder }: CargoProject,
  { package: own }: Program,
  code: readonly Code[],
  packages: readonly CargoPackage[],
): { files: RunFiles; startFolder: string } {
  const names = new Set(packages.flatMap((p) => p.dependencies.filter((d) => d.kind === 'normal').map((d) => d.name)));
  const embedded = embeddedIn(code, own.folder, names);
  const search = (base: string): RunFiles['read'] => {
    const extra = ['Rocket.toml'].filter((name) => inventory.isFile(joinPath(base, name)));
    return [
      ...filesRead({ inventory, code, habits, bases: [base], embedded }),
      ...extra.map((name) => ({ source: joinPath(base, name), to: name, folder: false })),
    ];
  };
  const [inPackage, inRoot] = [search(own.folder), search(workFolder)];
  const startFolder = inPackage.length >= inRoot.length ? own.folder : workFolder;
  const stores = STORES.some((name) => names.has(name));
  return {
    startFolder,
    files: {
      read: startFolder === own.folder ? inPackage : inRoot,
      written: foldersWritten(code, habits, stores),
      empty: code.some((file) => NEEDS_ENV_FILE.test(file.code)) ? ['.env'] : [],
    },
  };
}
