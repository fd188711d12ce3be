import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import { ASKED_PORTS } from '../asked-ports.ts';
import { hitsOf, type Code } from '../code.ts';
import { configuredPort } from '../configured-port.ts';
import { loopbackAdvice } from '../loopback.ts';
import type { RunFiles } from '../run-files.ts';
import { serveWord } from '../serve-words.ts';
import { codeOf } from './code.ts';
import { ALSO_CLIENTS, COMMAND_LINES, FRAMEWORKS, WORKERS, type Framework } from './frameworks.ts';
import { portsOf, type PortFound } from './ports.ts';
import { importOf, type Reach } from './reach.ts';
import { embeddedPlaces } from './source-file.ts';

/** What a program is once it runs: a server with its port, a worker, or something that ends by itself. */
export interface Serving {
  readonly workload: 'service' | 'worker' | 'job';
  readonly from: Evidence;
  readonly framework: { readonly framework: Framework; readonly from: Evidence } | undefined;
  readonly port: PortFound | undefined;
  /** It asks for PORT, so no file of settings holds its port. */
  readonly readsPort: boolean;
  readonly health: { readonly path: string; readonly from: Evidence } | undefined;
  /** Arguments that make the program serve. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly envFrom: Evidence | undefined;
  /** It starts itself again as children that end where their parent is PID 1. */
  readonly preforks: Evidence | undefined;
  readonly advice: readonly Advice[];
}

/** The port of a program that reads PORT or says nothing. */
export const DEFAULT_PORT = 8080;

const LISTENS =
  /\.ListenAndServe(?:TLS)?\(|\bappengine\.Main\(|\bListen\(\s*(?:\w+,\s*)?"tcp[46]?"\s*,|\bhttp\.Serve(?:TLS)?\(|\.StartReceiver\(|\.(?:Listen|Run|Start)\(\s*(?:\d{4,5}\s*\)|":|fmt\.Sprintf\(\s*"[^"]*:%|"0\.0\.0\.0)|\bkratos\.Server\(|\bg\.Server\(|\bgrpc\.NewServer\(|(?<!\b(?:Dial\w*|NewClient)\([^()\n]{0,60})"(?:0\.0\.0\.0|\[::\])?:\d{4,5}"/g;
/** A port of the system's choice on this machine's own address: a login callback or a test, no server. */
const EPHEMERAL = /"(localhost|127\.0\.0\.1|\[::1\])?:0"/;

function frameworkOf(reach: Reach, listens: boolean): Serving['framework'] {
  for (const framework of FRAMEWORKS) {
    const found = importOf(reach, framework.packages);
    if (found && (listens || !ALSO_CLIENTS.has(framework.id))) {
      return { framework, from: { file: found.file, why: `imports ${found.path}` } };
    }
  }
  return undefined;
}

/** How libraries for command lines declare a subcommand, in the files that import them. */
const DECLARED: readonly { readonly by: RegExp; readonly pattern: RegExp }[] = [
  { by: /"github\.com\/spf13\/cobra"/, pattern: /\bUse:\s*"([a-z]+)(?: [[<{][^"\n]*)?"/g },
  { by: /\/cli(?:\/v\d)?"/, pattern: /(?<!Flag)\{\s*Name:\s*"([a-z]+)"/g },
  { by: /\/kingpin(?:[./]v\d)?"/, pattern: /\.Command\(\s*"([a-z]+)"/g },
  { by: /\/kong"/, pattern: /\b([A-Z]\w{0,40})\s+[\w.*]{1,60}\s+`[^`\n]{0,200}\bcmd:"/g },
];

function serveCommand(code: readonly Code[], name: string): { word: string; from: Evidence } | undefined {
  const declared = DECLARED.flatMap(({ by, pattern }) =>
    hitsOf(
      code.filter((file) => by.test(file.code)),
      pattern,
      'a subcommand that serves',
    ),
  );
  const hits = declared.map((hit) => ({ word: (hit.groups[1] ?? '').toLowerCase(), from: hit.from }));
  const word = serveWord(new Set(hits.map((h) => h.word)), name);
  const hit = hits.find((h) => h.word === word);
  return hit && { word: hit.word, from: { ...hit.from, why: `the subcommand ${hit.word}` } };
}

/** A route for health checks, registered on the router itself: on a group it would have a prefix. */
const HEALTH =
  /\b(?:http|(?:[\w.]{0,60}\.)?(?:\w{0,40}[mM]ux|r|e|app|router|Router|engine|server|s))\.(?:HandleFunc|Handle|GET|Get)\(\s*"(?:GET )?(\/(?:livez|healthz|health|healthcheck|readyz|ping))"/g;
const HEALTH_ORDER = ['/livez', '/healthz', '/health', '/healthcheck', '/readyz', '/ping'];

function healthOf(code: readonly Code[]): Serving['health'] {
  const grouped = code.some((file) =>
    /\bapp\.Group\(|\br\s*:?=\s*\w+\.Group\(|\.Route\(|\.Mount\(|StripPrefix\(/.test(file.code),
  );
  const hits = grouped ? [] : hitsOf(code, HEALTH, 'a route for health checks');
  for (const path of HEALTH_ORDER) {
    const hit = hits.find((h) => h.groups[1] === path);
    if (hit) return { path, from: hit.from };
  }
  return undefined;
}

/** A setting of the framework's, given by a literal or by anything that may turn out true. */
const PREFORKS = /\b(?:Enable)?Prefork(?:\s*:(?!=)|\s*=(?!=))(?!\s*false\b)/g;

/** A flag says another address than the one that it has by itself. */
const localAdvice = (port: PortFound | undefined): Advice[] =>
  port?.flag === undefined ? loopbackAdvice(port, 'Listen on ":PORT", without a host.') : [];

function preforksOf(framework: Framework | undefined, code: readonly Code[]): Evidence | undefined {
  if (framework?.preforks !== true) return undefined;
  return hitsOf(code, PREFORKS, 'it serves from children of its own')[0]?.from;
}

/** A flag for the address alone, beside one for the port, whose default is this machine's own. */
const HOST_FLAG =
  /\.StringP?(?:Var)?P?\(\s*(?:&[\w.]+\s*,\s*)?"((?:\w+[.-])?(?:address|addr|host|bind|listen|ip))"\s*,\s*(?:"\w?"\s*,\s*)?"(?:127\.0\.0\.1|localhost)"/g;

function loopbackFlags(code: readonly Code[], port: PortFound | undefined): string[] {
  const [hit] = port?.flag === undefined ? [] : hitsOf(code, HOST_FLAG, 'the default of the flag for the address');
  return hit?.groups[1] === undefined ? [] : [`--${hit.groups[1]}=0.0.0.0`];
}

const quiet = {
  framework: undefined,
  port: undefined,
  readsPort: false,
  health: undefined,
  args: [],
  env: {},
  envFrom: undefined,
  preforks: undefined,
  advice: [],
};

function ending(reach: Reach, code: readonly Code[], from: Evidence): Serving {
  const queue = importOf(reach, WORKERS);
  const [waits] = hitsOf(code, /\bsignal\.Notify(?:Context)?\(/g, 'waits for a signal to end');
  if (queue) return { ...quiet, workload: 'worker', from: { file: queue.file, why: `imports ${queue.path}` } };
  if (waits) return { ...quiet, workload: 'worker', from: waits.from };
  return { ...quiet, workload: 'job', from: { ...from, why: 'nothing in it listens or waits' } };
}

/** Reads from a program's source what it is. `name` is the program's own, `from` where it was found. */
export function servingOf(reach: Reach, name: string, from: Evidence): Serving {
  const code = codeOf(reach);
  const lasting = code.filter((file) => !EPHEMERAL.test(file.code));
  const listening = hitsOf(lasting, LISTENS, 'it listens on a port').find(
    ({ groups: [call] }) => !ASKED_PORTS.has(Number(/:(\d+)"$/.exec(call)?.[1])),
  );
  const framework = frameworkOf(reach, listening !== undefined);
  if (!listening && !framework) return ending(reach, code, from);

  const ports = portsOf(code);
  const port = ports.found;
  const line = importOf(reach, COMMAND_LINES);
  const serve = line && !framework?.framework.args ? serveCommand(code, name) : undefined;
  if (line && !serve && !port && !ports.readsPort && !framework) return ending(reach, code, from);

  const byFlag =
    port?.loopback === true && port.flag !== undefined
      ? [`--${port.flag}=0.0.0.0:${port.port}`]
      : loopbackFlags(code, port);
  const env = {
    ...framework?.framework.env,
    ...(ports.variable ? { [ports.variable.name]: String(framework?.framework.port ?? DEFAULT_PORT) } : {}),
  };
  return {
    workload: 'service',
    from: framework?.from ?? listening?.from ?? from,
    framework,
    port: framework?.framework.args ? undefined : port,
    readsPort: ports.readsPort || ports.variable !== undefined || framework?.framework.args !== undefined,
    health: healthOf(code),
    args: framework?.framework.args ?? [...(serve ? [serve.word] : []), ...byFlag],
    env,
    envFrom: ports.variable?.from ?? framework?.from,
    preforks: preforksOf(framework?.framework, code),
    advice: localAdvice(port),
  };
}

/** The same, with the port of the settings that it reads, or takes along, where its source tells none. */
export function withSettings(serving: Serving, inventory: Inventory, { read }: RunFiles, reach: Reach): Serving {
  if (serving.workload !== 'service' || serving.port !== undefined || serving.readsPort) return serving;
  const taken = reach.files
    .flatMap(embeddedPlaces)
    .filter((place) => place !== '')
    .map((source) => ({ source, to: source, folder: inventory.isDirectory(source) }));
  const port = configuredPort(inventory, [...read, ...taken]);
  return port ? { ...serving, port, advice: [...serving.advice, ...localAdvice(port)] } : serving;
}
