import { baseName, joinPath } from '../../inventory/inventory.ts';
import { cleanFolder } from './config-files.ts';
import type { SiteOutcome } from './outcome.ts';
import { allDependencies } from './package-json.ts';
import type { JsProject } from './project.ts';
import type { Line } from './script-line.ts';
import { SERVERS } from './server-packages.ts';

/** Pages that a start script opens by Browsersync, for those who edit them. https://browsersync.io/docs */

const CALLS = /\bbrowser-?sync/i;
/** `server: { baseDir: './dist' }`, `server: 'dist'`. */
const SETTING = /\b(?:baseDir|server)\s*:\s*\[?\s*['"]([\w./-]+)['"]/;
/** The folder in a command of its own: `browser-sync start --server dist`, `"${browserSync}" dist -w`. */
const IN_COMMAND =
  /\bbrowser-?sync\w*\}?["']?(?:[^\n`]{0,200}?\s)?(?:--server[= ]|-s )?["']?(?:\.\/)?(dist|build|public|docs|_site|app|www|src)\b/i;

/** The folder that is given out; undefined for what is no such script, or where a server of the project’s own is behind it. */
export function previewedPages(project: JsProject, line: Line, from: SiteOutcome['from']): SiteOutcome | undefined {
  const { inventory } = project;
  const dependencies = allDependencies(line.pkg);
  if (Object.keys(dependencies).some((name) => SERVERS.has(name))) return undefined;
  const [program = '', ...args] = line.argv;
  const own = program === 'node' ? args.find((word) => inventory.isFile(joinPath(line.pkg.folder, word))) : undefined;
  const text =
    baseName(program) === 'browser-sync'
      ? ['browser-sync', ...args].join(' ')
      : dependencies['browser-sync'] === undefined || own === undefined
        ? ''
        : (inventory.text(joinPath(line.pkg.folder, own)) ?? '');
  if (!CALLS.test(text)) return undefined;
  const folder = cleanFolder(SETTING.exec(text)?.[1] ?? IN_COMMAND.exec(text)?.[1]);
  if (folder === undefined) return undefined;
  return { kind: 'site', folder, fallback: false, from: { ...from, why: `${from.why}, which opens ${folder}` } };
}
