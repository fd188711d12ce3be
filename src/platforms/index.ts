import { joinPath, type Inventory } from '../inventory/inventory.ts';
import { appEngine } from './app-engine.ts';
import { appRunner } from './app-runner.ts';
import { digitalocean } from './digitalocean.ts';
import { fly } from './fly.ts';
import { aptfile, herokuYml, procfile } from './heroku.ts';
import { ownDockerfile } from './own-dockerfile.ts';
import { RELEASE, type Declaration, type Packages, type Platform, type Process } from './platform.ts';
import { nixpacks, railpack, railway } from './railway.ts';
import { render } from './render.ts';

/** In the order in which they are believed. A file of the platform goes over that of the builder it uses. */
const platforms: readonly Platform[] = [
  procfile,
  herokuYml,
  railway,
  railpack,
  nixpacks,
  render,
  digitalocean,
  appEngine,
  fly,
  appRunner,
  aptfile,
  ownDockerfile,
];

const escaped = (file: string): string => file.replaceAll('.', String.raw`\.`);
const FILE = new RegExp(`(^|/)(${platforms.flatMap((p) => p.files.map((file) => escaped(file))).join('|')})$`);

/** Whether a path may be that of a platform's file. */
export const isPlatformFile = (path: string): boolean => FILE.test(path);

function readOne(tree: Inventory, platform: Platform, app: string): Declaration | undefined {
  const places = platform.namesFolders && app !== '' ? [app, ''] : [app];
  for (const folder of places) {
    for (const name of platform.files) {
      const file = joinPath(folder, name);
      const text = tree.text(file);
      if (text !== undefined) return platform.read(text, file, folder === app ? '' : app);
    }
  }
  return undefined;
}

/** A word of a line that a shell reads before it comes to the program: `exec`, `env`, `A=1`. */
const BEFORE_PROGRAM = /^(exec|env|[A-Za-z_]\w*=\S*)$/;
const INSTALLED = /^(\.\/)?(node_modules\/\.bin|vendor\/bin)\//;

/**
 * False where the program is a file that is not in the project, or cannot be run: the platform's own build made it.
 * In the image, the language says what is made and where.
 */
function isRunnable(tree: Inventory, app: string, { line }: Process): boolean {
  const words = typeof line === 'string' ? line.trim().split(/\s+/) : line;
  const program = words.find((word) => !BEFORE_PROGRAM.test(word)) ?? '';
  if (!program.includes('/') || INSTALLED.test(program) || !tree.complete) return true;
  if (program.startsWith('/')) return /^\/(usr\/)?s?bin\//.test(program);
  const file = tree.entry(joinPath(app, program.replace(/^\.\//, '')));
  return file?.kind === 'file' && (file.mode & 0o111) !== 0;
}

const saysHowItStarts = (processes: readonly Process[]): boolean => processes.some((p) => p.name !== RELEASE);

export interface Declared extends Declaration {
  readonly processes: readonly Process[];
  readonly packages: readonly Packages[];
  /** True where the processes are those of a Procfile, which go over what a language finds. */
  readonly binding: boolean;
  /** True where they are for a project that says nothing else of how it starts. */
  readonly standIn: boolean;
}

/**
 * What an app's files for hosting platforms say: the processes of the first that names any but a release, the packages
 * of all, and the port and the health path of the first that has one.
 */
export function declaredBy(tree: Inventory, app: string): Declared {
  const all = platforms.flatMap((platform) => {
    const said = readOne(tree, platform, app);
    const { binding = false, standIn = false, runs = isRunnable } = platform;
    const processes = (said?.processes ?? []).filter((p) => binding || runs(tree, app, p));
    return said ? [{ ...said, processes, binding, standIn }] : [];
  });
  const first = all.find((said) => saysHowItStarts(said.processes)) ?? all.find((said) => said.processes.length > 0);
  const port = all.find((said) => said.port && (!said.standIn || said === first))?.port;
  const health = all.find((said) => said.health)?.health;
  return {
    processes: first?.processes ?? [],
    binding: first?.binding ?? false,
    standIn: first?.standIn ?? false,
    packages: all.flatMap((said) => said.packages ?? []).filter((p) => p.names.length > 0),
    ...(port ? { port } : {}),
    ...(health ? { health } : {}),
  };
}
