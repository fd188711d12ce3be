import type { Settings } from '../../manifest/schema.ts';
import type { Advice, Evidence, Os, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { joinPath } from '../../inventory/inventory.ts';
import type { App } from './app.ts';
import type { ServerOutcome } from './outcome.ts';
import { hit, sourcesOf, type Source } from './program-source.ts';
import { APP_ROOT } from './stages.ts';

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
  readonly from: Evidence;
}

/** The sources beside the entry, and below it; tools for the command line are programs of their own. */
function ofProgram(sources: readonly Source[], folder: string): Source[] {
  const below = (file: string): string => (folder === '' ? file : file.slice(folder.length + 1));
  const [entry] = sources;
  const [top = '', ...rest] = below(entry?.file ?? '').split('/');
  const isHere = (file: string): boolean =>
    rest.length === 0 || top === 'bin' ? !/^(bin|cli)\//.test(file) : file.startsWith(`${top}/`);
  return sources.filter((s) => (s === entry || isHere(below(s.file))) && !ELSEWHERE.test(s.text));
}

function writableOf({ project }: App, outcome: ServerOutcome, settings: Settings): Writable | undefined {
  // Of a framework's server the files are known, and a folder that is known to be written is a volume.
  if (outcome.output !== undefined || outcome.tool !== undefined) return undefined;
  if (settings.run?.volumes?.some((v) => v.access === 'write') === true) return undefined;
  const { inventory, app } = project;
  const found = hit(ofProgram(sourcesOf(project, outcome.argv), app.folder), MAKES_FILES, 'it makes files');
  if (!found) return undefined;
  const there = DATA_FOLDERS.map((name) => joinPath(app.folder, name)).filter((path) => inventory.isDirectory(path));
  return { folders: [app.folder, ...there], from: found.from };
}

const imagePath = (folder: string): string => (folder === '' ? APP_ROOT : `${APP_ROOT}/${folder}`);

/** Folders that new files can be made in, as in /tmp; those of the image cannot be replaced. */
export function writableSteps(
  app: App,
  outcome: ServerOutcome,
  settings: Settings,
  os: Os,
): { readonly steps: Step[]; readonly advice: Advice[] } {
  const writable = writableOf(app, outcome, settings);
  if (!writable) return { steps: [], advice: [] };
  const { file, line } = writable.from;
  const where = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
  if (os === 'distroless')
    return {
      steps: [],
      advice: [
        {
          code: 'not-writable',
          detail: 'The program makes files beside its own, and this image has no folder for them.',
          hint: 'Name the folders as run.volumes, or ask for variant=slim.',
          ...where,
        },
      ],
    };
  return {
    steps: [
      {
        kind: 'run',
        command: sh`chmod 1777 ${writable.folders.map(imagePath)}`,
        why: 'the program makes files here',
        comment: 'Sticky like /tmp: new files can be made here, those of the image cannot be replaced.',
        evidence: [writable.from],
      },
    ],
    advice: [
      {
        code: 'writes-files',
        detail: 'The program makes files in its own folder; they are gone with the container.',
        hint: 'Keep what has to last in a volume (run.volumes) or a database.',
        ...where,
      },
    ],
  };
}
