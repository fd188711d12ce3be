import type { Settings } from '../../manifest/schema.ts';
import type { Evidence, Os } from '../../plan/plan.ts';
import { joinPath, pathBelow } from '../../inventory/inventory.ts';
import type { App } from './app.ts';
import { runsOwnSource, type ServerOutcome } from './outcome.ts';
import { hit, sourcesOf, type Source } from './program-source.ts';
import { APP_ROOT } from './stages.ts';
import { keptFolders } from '../kept-folders.ts';
import { writableSteps } from '../writable-steps.ts';

/** Programs that make files beside their own: what the image's user can do only where the image lets it. */

const MAKES_FILES =
  /\b(?:mkdir|writeFile|appendFile|mkdirp|ensureDir|outputFile|outputJson)(?:Sync)?\s*\(|\bcreateWriteStream\s*\(|\bmulter\s*\(\s*\{\s*dest\b|\bdiskStorage\s*\(|\btransports\.(?:DailyRotate)?File\s*\(|\bJSONFile(?:Sync)?(?:Preset)?\s*[<(]|\bnew (?:\w+\.)?(?:Database|DatabaseSync|Datastore|Nedb)\s*\(\s*(?!['"`]:memory:|['"`]\/)|\b(?:dialect|client|type)\s*:\s*['"`](?:better-)?sqlite3?['"`]|\bstorage\s*:\s*['"`]\.{0,2}\/?[\w./-]+\.(?:db|sqlite3?)['"`]|\burl\s*:\s*['"`]file:\.?[\w/]/g;
/** What is made there is made for the moment, in a folder that every image has. */
const ELSEWHERE = /\btmpdir\s*\(|['"`]\/tmp\b/;

const DATA_FOLDERS = [
  'data',
  'uploads',
  'upload',
  'logs',
  'log',
  'storage',
  'db',
  'database',
  'files',
  'tmp',
  'media',
  'public/uploads',
];

interface Writable {
  readonly folders: readonly string[];
  /** Those of the folders with nothing in them yet. */
  readonly made: readonly string[];
  readonly from: Evidence;
}

/** The sources beside the entry, and below it; tools for the command line are programs of their own. */
function ofProgram(sources: readonly Source[], folder: string): Source[] {
  const below = (file: string): string => pathBelow(folder, file);
  const [entry] = sources;
  const [top = '', ...rest] = below(entry?.file ?? '').split('/');
  const isHere = (file: string): boolean =>
    rest.length === 0 || top === 'bin' ? !/^(bin|cli)\//.test(file) : file.startsWith(`${top}/`);
  return sources.filter((s) => (s === entry || isHere(below(s.file))) && !ELSEWHERE.test(s.text));
}

function writableOf({ project }: App, outcome: ServerOutcome, settings: Settings): Writable | undefined {
  // Of a framework's server the files are known, and a folder that is known to be written is a volume.
  if (!runsOwnSource(outcome)) return undefined;
  if (settings.run?.volumes?.some((v) => v.access === 'write') === true) return undefined;
  const { inventory, app } = project;
  const found = hit(ofProgram(sourcesOf(project, outcome.argv), app.folder), MAKES_FILES, 'it makes files');
  if (!found) return undefined;
  const there = DATA_FOLDERS.map((name) => joinPath(app.folder, name)).filter((path) => inventory.isDirectory(path));
  const kept = keptFolders(inventory.at(app.folder))
    .filter((path) => !/^(dist|build|out|public)(\/|$)/.test(path))
    .map((path) => joinPath(app.folder, path));
  return { folders: [...new Set([app.folder, ...there, ...kept])], made: kept, from: found.from };
}

/** Folders that new files can be made in; of a framework's server, whose files are known, none. */
export function writableFolders(
  app: App,
  outcome: ServerOutcome,
  settings: Settings,
  os: Os,
): ReturnType<typeof writableSteps> {
  const found = writableOf(app, outcome, settings);
  if (!found) return { steps: [], advice: [] };
  const inImage = (folders: readonly string[]): string[] => folders.map((folder) => joinPath(APP_ROOT, folder));
  return writableSteps({ folders: inImage(found.folders), made: inImage(found.made), from: found.from }, os);
}
