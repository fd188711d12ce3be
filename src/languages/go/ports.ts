import type { Evidence } from '../../plan/plan.ts';
import { ASKED_PORTS } from '../asked-ports.ts';
import { hitsOf, type Code } from '../code.ts';
import { isLoopback } from '../loopback.ts';

/** The port that a program listens on, read from its source: what stands in the calls, else what they fall back to. */
export interface PortFound {
  readonly port: number;
  readonly from: Evidence;
  /** The address is this machine's own, which nothing outside the container reaches. */
  readonly loopback: boolean;
  /** The flag that sets the address, where its default is what was found. */
  readonly flag?: string;
}

export interface Ports {
  readonly found: PortFound | undefined;
  /** True where the program asks for PORT, so that the platform's choice is followed. */
  readonly readsPort: boolean;
  /** A variable of another name that has to hold the port: the program reads it and has no default. */
  readonly variable: { readonly name: string; readonly from: Evidence } | undefined;
}

interface PortRule {
  readonly why: string;
  /** It finds the default beside PORT itself: asked only where the program reads PORT, and then nothing else is. */
  readonly besidePort?: true;
  /** By a name alone, which the port of a server that the program asks may have as well. */
  readonly named?: true;
  /** Asked whether PORT is read or not. */
  readonly always?: true;
  /** Groups `host` (optional), `port`, and `flag` (optional). */
  readonly pattern: RegExp;
}

const ADDRESS = String.raw`"(?<host>[\w.\[\]-]*|\[::\]):(?<port>\d{2,5})"`;
/** Words in front of `_PORT` that mean the program's own port, not that of a database it asks. */
const OWN = '(?:APP|SERVER|HTTP|API|LISTEN|WEB|SERVICE|BACKEND|REST|GATEWAY|BIND)_?';

/** In order: the first rule that finds anything decides. */
const RULES: readonly PortRule[] = [
  {
    why: 'the address that the toolkit of Prometheus is given',
    always: true,
    pattern: new RegExp(String.raw`\bAddFlags\(\s*[\w.]+\s*,\s*${ADDRESS}`, 'g'),
  },
  {
    why: 'the default beside PORT',
    besidePort: true,
    pattern: /\(\s*"PORT"\s*,\s*(?:[\w.]*\(\s*)?"?:?(?<port>\d{2,5})"?\s*\)/g,
  },
  {
    why: 'the default of the field for PORT',
    besidePort: true,
    pattern:
      /`[^`\n]*\benv(?:config)?:"PORT[^`\n]*?(?:\b(?:envDefault|env-default|default):"|,\s?default=):?(?<port>\d{2,5})\b/g,
  },
  {
    why: 'the port when PORT is not set',
    besidePort: true,
    pattern:
      /"PORT"[^;{}]{0,120}(?:==\s*""|!ok|len\(\w+\)\s*==\s*0)\s*\{[^{}]{0,200}?=\s*"?(?<host>[\w.]*:)?(?<port>\d{2,5})"?/g,
  },
  {
    why: 'the address that it listens on',
    pattern: new RegExp(
      String.raw`\.(?:ListenAndServe(?:TLS)?|Listen(?:TLS)?|Run(?:TLS)?|Start(?:TLS)?|Spin|Bind)\(\s*${ADDRESS}`,
      'g',
    ),
  },
  {
    why: 'the port that its server is given',
    pattern: /\.(?:SetPort|Listen|Run|Start)\(\s*(?<port>\d{2,5})\s*\)/g,
  },
  {
    why: 'the port that its functions are served on',
    pattern: /\bfuncframework\.Start(?:HostPort)?\(\s*(?:"(?<host>[\w.:]*)"\s*,\s*)?"(?<port>\d{2,5})"/g,
  },
  { why: 'the address of its server', pattern: new RegExp(String.raw`\bAddr(?:ess)?:\s*${ADDRESS}`, 'g') },
  {
    why: 'the address that it listens on',
    pattern: new RegExp(String.raw`\bListen\(\s*(?:\w+,\s*)?"tcp4?",\s*${ADDRESS}`, 'g'),
  },
  {
    why: 'the default of the flag that sets it',
    pattern:
      /\.(?:String|Int|Uint)(?:Var)?P?\(\s*(?:&[\w.]+\s*,\s*)?"(?<flag>[\w.-]*(?:port|addr|address|listen|bind|http))"\s*,\s*(?:"\w?"\s*,\s*)?(?:[\w.]+\(\s*"\w+"\s*,\s*)?"?(?:(?<host>[\w.[\]-]*):)?(?<port>\d{2,5})"?\s*\)?\s*,/g,
  },
  {
    why: 'the default of the flag that sets it',
    pattern:
      /\bName:\s*"(?<flag>[\w.-]*(?:port|addr|address|listen|listener|bind|http))"\s*,(?:[^{}]|\{[^{}]{0,80}\}){0,300}?\bValue:\s*"?(?:(?<host>[\w.[\]-]*):)?(?<port>\d{2,5})\b"?/g,
  },
  {
    why: 'the default of the flag that sets it',
    pattern:
      /\.Flag\(\s*"(?<flag>[\w.-]*(?:port|addr|address|listen|bind|http))"[^;{}]{0,300}?\.Default\(\s*"(?:(?<host>[\w.[\]-]*):)?(?<port>\d{2,5})"/g,
  },
  {
    why: 'the default of its own port’s variable',
    pattern: new RegExp(String.raw`\(\s*"(?:\w+_)?${OWN}PORT"\s*,\s*(?:[\w.]*\(\s*)?"?:?(?<port>\d{2,5})"?`, 'g'),
  },
  {
    why: 'the default of the field for its port',
    pattern: new RegExp(
      String.raw`\x60[^\x60\n]*\benv(?:config)?:"(?:\w+_)?(?:${OWN}PORT|PORT)[^\x60\n]*?(?:\b(?:envDefault|env-default|default):"|,\s?default=):?(?<port>\d{2,5})\b`,
      'g',
    ),
  },
  {
    why: 'the default of its settings',
    pattern:
      /\.SetDefault\(\s*"(?:(?:app|server|http|web|api|service|listen)[\w.]*[._])?(?:port|addr|address)"\s*,\s*"?(?:(?<host>[\w.]*):)?(?<port>\d{2,5})"?/gi,
  },
  {
    why: 'the port that the source names',
    named: true,
    pattern:
      /\b(?:\w{0,30}(?:default|server|http))?(?:listen|app|api|web)?_?(?:port|addr|address|listen)\b\s*(?:string|u?int(?:16|32)?)?\s*:?[:=]\s*"?(?:(?<host>[\w.]*|\[[\w:]*\]):)?(?<port>\d{2,5})\b(?!\.\d)"?/gi,
  },
  { why: 'an address without a host', named: true, pattern: /"(?<host>0\.0\.0\.0|\[::\])?:(?<port>\d{4,5})"/g },
];

function portOf(groups: Readonly<Record<string, string | undefined>>, from: Evidence): PortFound[] {
  const port = Number(groups['port']);
  if (!(port >= 80 && port <= 65535)) return [];
  const { flag } = groups;
  return [{ port, from, loopback: isLoopback(groups['host']), ...(flag === undefined ? {} : { flag }) }];
}

function foundBy({ why, pattern, named }: PortRule, code: readonly Code[]): PortFound[] {
  const found = code
    .flatMap((file) => hitsOf([file], pattern, why).flatMap(({ groups, from }) => portOf(groups.groups ?? {}, from)))
    .filter(({ port }) => port !== PROFILER);
  return named ? found.filter(({ port }) => !ASKED_PORTS.has(port)) : found;
}

/** Where the documentation of net/http/pprof listens, and with it most programs that can be profiled. */
const PROFILER = 6060;
/** Beside another port, one for HTTPS, which has no certificate in an image. */
const SECURE: ReadonlySet<number> = new Set([443, 8443]);
/** Flags for where a program is watched, or listens once more. */
const ASIDE = /(^|[._-])(https|tls|ssl|metrics?|debug|pprof|profile|admin|grpc|ping|health|probe|monitoring)([._-]|$)/i;

const READS_PORT = /"PORT"|\benv(?:config)?:"PORT\b|(?:BindEnv|MustBindEnv)\([^)]*"PORT"|env:\s*"PORT"/;
const OTHER_VARIABLE = new RegExp(String.raw`\b(?:Getenv|LookupEnv)\(\s*"((?:\w+_)?${OWN}PORT)"`, 'g');

/** Looks for the port of a program. Where there are several, one that others can reach goes before one that they cannot. */
export function portsOf(code: readonly Code[]): Ports {
  const readsPort = code.some((file) => READS_PORT.test(file.code));
  // A field may have a prefix where its struct is used, and then it is that of another server.
  const byFieldAlone = readsPort && !code.some((file) => READS_PORT.test(file.code.replaceAll(/`[^`\n]*`/g, '')));
  const rules = [
    ...RULES.filter((rule) => rule.always ?? (rule.besidePort ?? false) === readsPort),
    ...RULES.filter((rule) => byFieldAlone && rule.always === undefined && rule.besidePort === undefined),
  ];
  let found: PortFound | undefined;
  for (const rule of rules) {
    const hits = foundBy(rule, code);
    // A flag can be given another address, so that its default may be the machine's own.
    const proper = hits.filter(({ flag }) => flag === undefined || !ASIDE.test(flag));
    found =
      proper.find((hit) => !SECURE.has(hit.port) && (!hit.loopback || hit.flag !== undefined)) ??
      hits.find((hit) => !SECURE.has(hit.port) && !hit.loopback);
    if (found) break;
  }
  found ??= rules.flatMap((rule) => foundBy(rule, code))[0];
  const [other] = readsPort || found ? [] : hitsOf(code, OTHER_VARIABLE, 'the variable that it reads its port from');
  const name = other?.groups[1];
  return { found, readsPort, variable: other && name !== undefined ? { name, from: other.from } : undefined };
}
