import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Composer } from './composer.ts';

/** Servers written in PHP, which listen by themselves: no web server stands in front of them. */

export interface OwnServer {
  readonly argv: readonly string[];
  readonly from: Evidence;
  readonly port: number;
  /** Folders that it writes to, with those that are there already. */
  readonly writable: readonly string[];
  /** Folders of packages that it writes beside the code; only they, not what is in them. */
  readonly open: readonly string[];
  /** Lines for PHP's own settings. */
  readonly ini: readonly string[];
}

interface Known {
  readonly packages: readonly string[];
  readonly files?: readonly string[];
  readonly args?: readonly string[];
  /** Where its settings name the port. */
  readonly settings?: readonly string[];
  readonly writable?: readonly string[];
  readonly open?: readonly string[];
  readonly ini?: readonly string[];
}

/** Not 80, which needs rights on some hosts. */
export const DEFAULT_PORT = 3000;

/** Unless the project names places for them, its process id and its log lie beside its code: 4.x and 5.x, each one folder further. https://github.com/walkor/workerman */
const WORKERMAN = {
  args: ['start'],
  open: ['vendor', 'vendor/workerman', 'vendor/workerman/workerman'],
};

const KNOWN: readonly Known[] = [
  {
    packages: ['workerman/webman-framework'],
    files: ['start.php'],
    settings: ['config/process.php', 'config/server.php'],
    writable: ['runtime'],
    ...WORKERMAN,
  },
  { packages: ['workerman/workerman', 'gotzmann/comet'], ...WORKERMAN },
  {
    packages: ['hyperf/http-server', 'hyperf/framework'],
    files: ['bin/hyperf.php'],
    args: ['start'],
    settings: ['config/autoload/server.php'],
    writable: ['runtime'],
    // It does not start with them. https://hyperf.wiki/3.1/#/en/quick-start/install
    ini: ['swoole.use_shortname = Off'],
  },
  { packages: ['react/http', 'amphp/http-server', 'openswoole/core', 'cboden/ratchet'] },
];

const FILES = [
  'server.php',
  'bin/server.php',
  'start.php',
  'bin/hyperf.php',
  'main.php',
  'app.php',
  'index.php',
  'public/index.php',
];

/** A server that a script makes itself, by its class. https://wiki.swoole.com https://manual.workerman.net */
const MADE = [
  { pattern: /\b(?:Open)?Swoole\\(?:Coroutine\\)?(?:Http|HTTP|WebSocket)\\Server\b/, name: 'Swoole', known: undefined },
  { pattern: /\bWorker::runAll\(\)/, name: 'Workerman', known: WORKERMAN },
];

const PORT =
  /(?:\d\.\d\.\d\.\d|localhost|\[?::\]?|\*):(\d{2,5})\b|PORT['"]?\)?\s*(?:\?:|\?\?|\|\|)\s*['"]?(\d{2,5})|['"]port['"]\s*=>\s*(\d{2,5})|\bServer\(\s*['"][\d.]+['"]\s*,\s*(\d{2,5})/;

function serverBy(
  inventory: Inventory,
  file: string,
  name: string,
  { args = [], settings = [], writable = [], open = [], ini = [] }: Omit<Known, 'packages'>,
): OwnServer {
  const texts = [file, ...settings].map((path) => inventory.text(path) ?? '');
  const port = texts.flatMap((text) => PORT.exec(text)?.slice(1).find(Boolean) ?? [])[0];
  return {
    argv: ['php', file, ...args],
    from: { file, why: `it serves with ${name}` },
    port: Number(port ?? DEFAULT_PORT),
    writable,
    open,
    ini,
  };
}

export function ownServer(inventory: Inventory, composer: Composer | undefined): OwnServer | undefined {
  for (const known of KNOWN) {
    const name = known.packages.find((one) => composer?.require[one] !== undefined);
    const file = (known.files ?? FILES).find((path) => inventory.isFile(path));
    if (name !== undefined && file !== undefined) return serverBy(inventory, file, name, known);
  }
  for (const file of FILES) {
    const text = inventory.text(file) ?? '';
    const made = MADE.find(({ pattern }) => pattern.test(text));
    if (made) return serverBy(inventory, file, made.name, made.known ?? {});
  }
  return undefined;
}
