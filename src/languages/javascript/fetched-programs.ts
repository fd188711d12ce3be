import { tableOf } from '../../plan/table.ts';
import type { ServerOutcome } from './outcome.ts';
import { allDependencies, type Package } from './package-json.ts';
import type { Program } from './programs.ts';
import type { JsProject } from './project.ts';

/**
 * Programs that a start script has npx fetch, or takes to be installed on the machine, where no package.json names them:
 * an image brings them beside the project's own packages.
 */

interface Fetched {
  readonly name: string;
  readonly version: string;
  /** Its file, below the folder of its package. */
  readonly entry: string;
}

const TSX: Fetched = { name: 'tsx', version: '4', entry: 'dist/loader.mjs' };
const FETCHED = tableOf<Fetched>({
  tsx: TSX,
  'ts-node': TSX,
  srvx: { name: 'srvx', version: '0.11', entry: 'bin/srvx.mjs' },
  'json-server': { name: 'json-server', version: '0.17', entry: 'lib/cli/bin.js' },
});

/** What follows the loader, or the program's own name. */
function argumentsOf({ argv, tool = '' }: Program): readonly string[] {
  const at = argv.findIndex((word) => word === tool || word.startsWith(`${tool}/`) || word.includes(`/${tool}/`));
  return argv.slice(at + 1);
}

/** How such a program is started from where the image has it; undefined for one that the project installs. */
export function fetchedProgram(
  project: JsProject,
  pkg: Package,
  program: Program,
): Pick<ServerOutcome, 'argv' | 'runner'> | undefined {
  const { tool } = program;
  const fetched = tool === undefined ? undefined : FETCHED[tool];
  const installed = { ...allDependencies(project.root), ...allDependencies(pkg) };
  if (tool === undefined || fetched === undefined || installed[tool] !== undefined || project.runtime !== 'node')
    return undefined;
  const { name, version, entry } = fetched;
  const file = `/opt/${name}/node_modules/${name}/${entry}`;
  return {
    argv: ['node', ...(fetched === TSX ? ['--import'] : []), file, ...argumentsOf(program)],
    runner: { name, version },
  };
}
