import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { hasPackage, readComposer, type Composer } from './composer.ts';
import { extensionsOf, type Extensions } from './extensions.ts';
import { frameworkOf, isWordpress, pagesOf, webRootOf, writableOf, type Framework, type WebRoot } from './framework.ts';
import { DEFAULT_PORT, ownServer, type OwnServer } from './own-server.ts';
import { SERVER } from './server.ts';
import { phpVersion } from './version.ts';
import type { ChosenVersion } from '../runtime-version.ts';

/** All that is known of a PHP project; `infer` and `plan` both read it. */
export interface PhpApp {
  readonly inventory: Inventory;
  readonly composer: Composer | undefined;
  readonly version: ChosenVersion;
  readonly framework: Framework | undefined;
  readonly root: WebRoot | undefined;
  /** What it runs as; undefined where nothing says. */
  readonly start: { readonly argv: readonly string[]; readonly from: Evidence } | undefined;
  readonly port: number | undefined;
  /** A server written in PHP. */
  readonly server: OwnServer | undefined;
  readonly writable: readonly string[];
}

const COMMAND_FILES = [
  'main.php',
  'run.php',
  'cli.php',
  'worker.php',
  'bot.php',
  'app.php',
  'start.php',
  'console.php',
  'script.php',
  'src/main.php',
  'bin/console',
];

interface Started {
  readonly argv: readonly string[];
  readonly from: Evidence;
  readonly port?: number;
}

/** A program for the command line, by a telling name. */
function namedScript(inventory: Inventory): Started | undefined {
  const file = COMMAND_FILES.find((path) => inventory.isFile(path));
  return file === undefined ? undefined : { argv: ['php', file], from: { file, why: `${file} is run by convention` } };
}

function onlyScript(inventory: Inventory): Started | undefined {
  const [file, ...others] = inventory.names('').filter((name) => name.endsWith('.php'));
  return file === undefined || others.length > 0
    ? undefined
    : { argv: ['php', file], from: { file, why: 'the only script at the root' } };
}

/** What is started, the surest sign first: an index.php, a script by its name, pages, a script that stands alone. */
function startOf(
  inventory: Inventory,
  composer: Composer | undefined,
  framework: Framework | undefined,
): { readonly root?: WebRoot | undefined; readonly start?: Started | undefined; readonly server?: OwnServer } {
  const server = ownServer(inventory, composer);
  if (server) return { start: server, server };
  const served = (root: WebRoot) => ({ root, start: { argv: SERVER, from: root.from, port: DEFAULT_PORT } });
  const index = webRootOf(inventory, composer, framework);
  if (index) return served(index);
  const script = namedScript(inventory);
  if (script) return { start: script };
  const pages = pagesOf(inventory, 'sure');
  if (pages) return served(pages);
  const alone = onlyScript(inventory);
  if (alone) return { start: alone };
  const likely = pagesOf(inventory, 'likely');
  return likely ? served(likely) : {};
}

export function phpApp(inventory: Inventory): PhpApp {
  const composer = readComposer(inventory);
  const framework = frameworkOf(inventory, composer);
  const { root, start, server } = startOf(inventory, composer, framework);
  return {
    inventory,
    composer,
    version: phpVersion(inventory, composer),
    framework,
    root,
    start,
    port: start?.port,
    server,
    writable: [...new Set([...writableOf(inventory, framework, root?.folder ?? ''), ...(server?.writable ?? [])])],
  };
}

export const extensionsFor = ({ inventory, composer }: PhpApp, version: string): Extensions =>
  extensionsOf(inventory, composer, version, isWordpress(inventory));

/** Laravel's route for health checks. https://laravel.com/docs/deployment#the-health-route */
export function healthOf({ inventory, framework }: PhpApp): { path: string; from: Evidence } | undefined {
  if (framework?.id !== 'laravel') return undefined;
  const file = 'bootstrap/app.php';
  const path = /\bhealth:\s*['"](\/[\w/-]+)['"]/.exec(inventory.text(file) ?? '')?.[1];
  return path === undefined ? undefined : { path, from: { file, why: 'the framework’s route for health checks' } };
}

/** Symfony reads `.env` at every start, and ends without it. https://symfony.com/doc/current/configuration.html */
export const readsEnvFile = ({ composer, framework }: PhpApp): boolean =>
  framework?.id === 'symfony' && (hasPackage(composer, 'symfony/dotenv') || hasPackage(composer, 'symfony/runtime'));

/** The folder that visitors see, as a path of the app; '' where all of it is served. */
export const servedFolder = ({ root }: PhpApp): string => joinPath('', root?.folder ?? '');
