import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence, Step } from '../../plan/plan.ts';
import { hitsOf, lineOf, type Code } from './code.ts';
import { isServerSettings } from './dropwizard.ts';
import { isSettingsFile } from './settings-file.ts';

/** What an app writes where it is started: databases in files, uploads, logs. */
export interface WritesFiles {
  readonly from: Evidence;
  /** It writes below the user's home folder, which the image's user has none of. */
  readonly home: boolean;
}

/** Databases that live in a file; the group is `~` where that is below the home folder. An absolute path is not ours. */
const STORES =
  /\bjdbc:(?:h2:(?:file:|nio:|split:)*|sqlite:|hsqldb:file:|derby:(?:directory:)?)(?!mem:|tcp:|ssl:|zip:|memory:|:|\/|\$|[A-Za-z]:)(~\/)?[\w.]/g;
const LOGS =
  /^[ \t]*logging\.file(?:\.(?:name|path))?\s*[=:]\s*\.?[\w]|^logging:[ \t]*\r?\n[ \t]+file:[ \t]*(?:\r?\n[ \t]+(?:name|path):[ \t]*)?\.?\w/gm;
const WRITES =
  /\bFiles\s*\.\s*(?:createDirector(?:y|ies)|createFile|write\w*|copy|newOutputStream|newBufferedWriter)\(|\bnew\s+(?:FileOutputStream|FileWriter|RandomAccessFile)\(|\.mkdirs?\(\)|\.transferTo\(/g;

export function writesFiles(inventory: Inventory, folder: string, code: readonly Code[]): WritesFiles | undefined {
  const prefix = folder === '' ? '' : `${folder}/`;
  const settings = inventory
    .files((path) => path.startsWith(prefix) && (isSettingsFile(path) || isServerSettings(path.slice(prefix.length))))
    .map((path): Code => ({ path, text: (inventory.text(path) ?? '').replaceAll(/^[ \t]*#.*$/gm, '') }));
  const stores = hitsOf([...settings, ...code], STORES, 'it keeps a database in a file');
  const home = stores.some(({ groups }) => groups[1] !== undefined);
  const [first] = [
    ...stores,
    ...settings.flatMap(({ path, text }) =>
      [...text.matchAll(LOGS)].map(({ index }) => ({
        from: { file: path, line: lineOf(text, index), why: 'it writes its log to a file' },
      })),
    ),
    ...hitsOf(code, WRITES, 'it writes files'),
  ];
  return first && { from: first.from, home };
}

/** With the folder that the app is started in for its user's home. */
export const atHome = (steps: readonly Step[], workdir: string): Step[] =>
  steps.map((step) => {
    const options = step.kind === 'env' ? step.vars['JAVA_TOOL_OPTIONS'] : undefined;
    return step.kind === 'env' && options !== undefined
      ? { ...step, vars: { ...step.vars, JAVA_TOOL_OPTIONS: `${options} -Duser.home=${workdir}` } }
      : step;
  });
