import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { baseName, type Inventory } from '../inventory/inventory.ts';
import type { Evidence } from '../plan/plan.ts';
import { ASKED_PORTS } from './asked-ports.ts';
import { isLoopback } from './loopback.ts';
import type { RunFiles } from './run-files.ts';

/** The port of a program that reads it from a file of settings beside it, whatever library it reads that with. */
export interface ConfiguredPort {
  readonly port: number;
  readonly from: Evidence;
  /** The file binds it to an address of the machine's own. */
  readonly loopback: boolean;
}

const FORMATS = /\.(ya?ml|toml|json|ini|conf)$/;
/** One file of several in a folder: that of another environment or of another tool is not it. */
const USUAL = /(^|\/)(config|conf|app|application|settings|server|default|base)\.\w+$/;
const PORT_KEYS = new Set(['port', 'httpport', 'serverport', 'listenport']);
const ADDRESS_KEYS = new Set(['addr', 'address', 'listen', 'listenon', 'bind', 'httpaddr', 'serveraddr', 'listenaddr']);
const HOST_KEYS = new Set(['host', 'ip', 'httphost', 'bindhost', 'listenhost']);
/** Sections that hold the server's own settings; in any other, a port is that of something else. */
const SECTIONS = new Set([
  'server',
  'http',
  'httpserver',
  'app',
  'application',
  'web',
  'rest',
  'api',
  'service',
  'listen',
  'grpc',
]);
const SETTINGS_FOLDER = /(^|\/)(etc|conf|configs?|configuration|settings)\/([^/]+\/)?[^/]+$/;

type Settings = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const plain = (key: string): string => key.toLowerCase().replaceAll(/[_-]/g, '');

/** `key = value` below `[section]`, without quotes: what TOML does not take. */
function parseIni(text: string): Settings {
  const top: Record<string, unknown> = {};
  let section = top;
  for (const line of text.split('\n')) {
    const head = /^\s*\[([\w.-]+)\]\s*$/.exec(line)?.[1];
    if (head !== undefined) top[head] = section = {};
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*"?([^"#;\n]*?)"?\s*(?:[#;].*)?$/.exec(line) ?? [];
    if (key !== undefined) section[key] = value;
  }
  return top;
}

function parse(path: string, text: string): unknown {
  try {
    if (path.endsWith('.toml')) return parseToml(text);
    if (/\.(ini|conf)$/.test(path)) return parseIni(text);
    return parseYaml(text, { logLevel: 'error', maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

interface Found {
  readonly key: string;
  readonly port: number;
  readonly loopback: boolean;
}

const isPort = (port: number): boolean => port >= 80 && port <= 65535 && !ASKED_PORTS.has(port);

function portsIn(map: Settings, path: readonly string[]): Found[] {
  const entries = Object.entries(map);
  const onLoopback = entries.some(([key, v]) => HOST_KEYS.has(plain(key)) && typeof v === 'string' && isLoopback(v));
  const own = entries.flatMap(([key, value]): Found[] => {
    if (typeof value !== 'number' && typeof value !== 'string') return [];
    const name = [...path, key].join('.');
    const [, alone] = (PORT_KEYS.has(plain(key)) ? /^:?(\d+)$/.exec(String(value)) : undefined) ?? [];
    if (alone !== undefined) return [{ key: name, port: Number(alone), loopback: onLoopback }];
    const address = ADDRESS_KEYS.has(plain(key)) ? /^([\w.[\]:*-]*):(\d{2,5})$/.exec(String(value)) : undefined;
    return address ? [{ key: name, port: Number(address[2]), loopback: isLoopback(address[1]) }] : [];
  });
  const below = entries.flatMap(([key, value]) =>
    isMap(value) && SECTIONS.has(plain(key)) && path.length < 3 ? portsIn(value, [...path, key]) : [],
  );
  return [...own, ...below].filter(({ port }) => isPort(port));
}

/** Whether a file's text is kept for this: programs name others, but not where servers have their settings. */
export const maySetPort = (path: string): boolean =>
  FORMATS.test(path) && (USUAL.test(path) || SETTINGS_FOLDER.test(path));

/** The files of settings among what a program reads: those that its source names, and the usual ones of folders. */
function settingsFiles(inventory: Inventory, read: RunFiles['read']): string[] {
  const named = read.filter(({ folder, source }) => !folder && FORMATS.test(source)).map(({ source }) => source);
  const folders = read.filter(({ folder }) => folder).map(({ source }) => `${source}/`);
  const inFolders = inventory
    .files(USUAL)
    .filter((path) => FORMATS.test(path) && folders.some((folder) => path.startsWith(folder)));
  return [...named.filter((path) => USUAL.test(path)), ...inFolders, ...named];
}

/** Looks for the port of a program in the settings that it reads; one for HTTP goes before one for gRPC. */
export function configuredPort(inventory: Inventory, read: RunFiles['read']): ConfiguredPort | undefined {
  for (const file of settingsFiles(inventory, read)) {
    const data = parse(file, inventory.text(file) ?? '');
    const found = isMap(data) ? portsIn(data, []) : [];
    const [best] = [...found.filter(({ key }) => !/grpc/i.test(key)), ...found];
    if (best) {
      const why = `${best.key} in ${baseName(file)} is ${best.port}`;
      return { port: best.port, from: { file, why }, loopback: best.loopback };
    }
  }
  return undefined;
}
