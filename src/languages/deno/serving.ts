import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import type { DenoConfig } from './config.ts';
import { ENTRY_FILES, isFileServer, type Start } from './start.ts';

/** What a program does once it runs, read from its entry files. */
export interface Serving {
  readonly workload: 'service' | 'job';
  readonly framework: { readonly id: string; readonly from: Evidence } | undefined;
  readonly port: number | undefined;
  readonly from: Evidence;
  readonly health: { readonly path: string; readonly from: Evidence } | undefined;
  /** Uses storage that Deno keeps below DENO_DIR: a key-value store without a path, or localStorage. */
  readonly stores: boolean;
  readonly advice: readonly Advice[];
}

/** The port of Deno.serve and `deno serve`. https://docs.deno.com/api/deno/~/Deno.serve */
const DEFAULT_PORT = 8000;

export const FRAMEWORKS: readonly { readonly id: string; readonly packages: RegExp }[] = [
  { id: 'fresh', packages: /\$fresh\/|(?:jsr:)?@fresh\/core|["']fresh["']|deno\.land\/x\/fresh/ },
  { id: 'oak', packages: /@oak\/oak|deno\.land\/x\/oak\b/ },
  { id: 'hono', packages: /@hono\/hono|(?:npm:)?["'/]hono["'/@]|npm:hono\b|deno\.land\/x\/hono\b/ },
  { id: 'express', packages: /npm:express\b/ },
  { id: 'lume', packages: /deno\.land\/x\/lume|@lume\/lume/ },
];

const LISTENS =
  /\bDeno\.(serve|listen)\w*\(|\.listen\(|\bserve\(|\bstart\(\s*manifest|\bstartStandaloneServer\(|export\s+default\s+\{[^}]{0,400}\bfetch\b/;

const PORTS: readonly RegExp[] = [
  /Deno\.env\.get\(\s*["'](?:\w+_)?PORT["']\s*\)\)?\s*(?:\?\?|\|\|)\s*["']?(\d{2,5})/g,
  /\bport\s*:\s*["']?(\d{2,5})\b/gi,
  /\.listen\(\s*["']?(\d{2,5})\b/g,
  /\bport\b(?:\s*:\s*(?:number|string))?\s*=\s*(?:[^;\n]{0,80}?(?:\?\?|\|\|)\s*)?["']?(\d{2,5})\b/gi,
];

const HEALTH = /\.(?:get|all|use)\(\s*["'`](\/(?:livez|healthz|health|healthcheck|readyz))["'`]/g;
const LOOPBACK = /\bhostname\s*:\s*["'](?:localhost|127\.0\.0\.1|\[?::1\]?)["']/;

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

interface Source {
  readonly path: string;
  readonly text: string;
}

function sourcesOf(inventory: Inventory, member: string, entry: string | undefined): Source[] {
  const paths = [...new Set([...(entry === undefined ? [] : [entry]), ...ENTRY_FILES])];
  return paths.flatMap((path): Source[] => {
    const text = inventory.text(joinPath(member, path));
    return text === undefined ? [] : [{ path: joinPath(member, path), text: text.replaceAll(/^[ \t]*\/\/.*$/gm, '') }];
  });
}

function find(sources: readonly Source[], pattern: RegExp, why: string): { value: string; from: Evidence } | undefined {
  for (const { path, text } of sources) {
    const match = text.matchAll(new RegExp(pattern, pattern.flags.replace('g', '') + 'g')).next().value;
    if (match) return { value: match[1] ?? match[0], from: { file: path, line: lineAt(text, match.index), why } };
  }
  return undefined;
}

function portOf(argv: readonly string[], sources: readonly Source[]): { port: number; from?: Evidence } | undefined {
  const flag = argv.map((word, i) => /^--port=?(\d{2,5})?$/.exec(word)?.[1] ?? (argv[i - 1] === '--port' ? word : ''));
  const asked = Number(flag.find((word) => /^\d{2,5}$/.test(word)));
  if (asked > 0) return { port: asked };
  for (const pattern of PORTS) {
    const found = find(sources, pattern, 'the port that it listens on');
    if (found) return { port: Number(found.value), from: found.from };
  }
  return undefined;
}

/** Reads what an app is from its entry files, its configuration and its command. */
export function servingOf(inventory: Inventory, member: string, config: DenoConfig, start: Start): Serving {
  const sources = sourcesOf(inventory, member, start.entry);
  const own = sources.filter(({ path }) => path === joinPath(member, start.entry ?? ''));
  const read = own.length > 0 ? own : sources;
  const listens = find(read, LISTENS, 'it listens on a port');
  const imports = [...config.imports, ...sources.map(({ text }) => text)].join('\n');
  const framework = FRAMEWORKS.find(({ packages }) => packages.test(imports));
  const files = isFileServer(start.argv);
  const served = files || start.argv.includes('serve') || listens !== undefined || framework !== undefined;
  const port = served ? portOf(start.argv, files ? [] : read) : undefined;
  const local = find(read, LOOPBACK, 'an address of its own machine');
  const health = find(read, HEALTH, 'a route for health checks');
  return {
    workload: served ? 'service' : 'job',
    framework: framework && {
      id: framework.id,
      from: { ...(config.file === undefined ? {} : { file: config.file }), why: `it imports ${framework.id}` },
    },
    port: served ? (port?.port ?? DEFAULT_PORT) : undefined,
    from: port?.from ?? listens?.from ?? start.from,
    health: health && { path: health.value, from: health.from },
    stores: sources.some(({ text }) => /Deno\.openKv\(\s*\)|\blocalStorage\b/.test(text)),
    advice:
      local && served
        ? [
            {
              code: 'listens-on-loopback',
              detail:
                'The program listens on an address of its own machine; nothing outside the container reaches that.',
              hint: 'Leave hostname out: Deno.serve listens on 0.0.0.0.',
              ...(local.from.file === undefined ? {} : { file: local.from.file }),
              ...(local.from.line === undefined ? {} : { line: local.from.line }),
            },
          ]
        : [],
  };
}

/** `deno serve` and the server of files read no PORT by themselves: a shell fills it in, and Deno takes the shell's place. */
export function withPort(argv: readonly string[], port: number | undefined): readonly string[] {
  const [first, second, ...rest] = argv;
  const files = isFileServer(argv);
  if (port === undefined || first !== 'deno' || (second !== 'serve' && !files)) return argv;
  if (rest.some((word) => /^--port\b|^-p$/.test(word))) return argv;
  const line = (files ? sh`exec ${argv} --port "$PORT"` : sh`exec deno serve --port "$PORT" ${rest}`).lines.join('');
  return ['/bin/sh', '-c', line.replace('"$PORT"', `"\${PORT:-${port}}"`)];
}
