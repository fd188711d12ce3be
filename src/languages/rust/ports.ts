import type { Evidence } from '../../plan/plan.ts';
import { ASKED_PORTS } from '../asked-ports.ts';
import { hitsOf, type Code } from '../code.ts';

/** The port that a program listens on, read from its source: what stands beside PORT, else the address that it binds. */
export interface PortFound {
  readonly port: number;
  readonly from: Evidence;
  /** The address is this machine's own, which nothing outside the container reaches. */
  readonly loopback: boolean;
}

export interface Ports {
  readonly found: PortFound | undefined;
  readonly readsPort: boolean;
  /** Variables by which the program is told where to listen, with what they have to hold. */
  readonly variables: Readonly<Record<string, string>>;
  readonly variablesFrom: Evidence | undefined;
}

const LOOPBACK = /^"?(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)"?$|^\[\s*127\s*,|LOCALHOST|\(\s*127\s*,/;

const HOST = String.raw`(?<host>"(?:[\w-]*[.:][\w.:-]*|localhost|\[[\w:.]*\])?"|\[[\d\s,]+\]|(?:[\w:]*::)?Ipv[46]Addr::(?:new\([\d\s,]+\)|\w+)|(?:[\w:]*::)?IpAddr::V[46]\((?:[\w:]*::)?Ipv[46]Addr::(?:new\([\d\s,]+\)|\w+)\))`;

interface PortRule {
  readonly why: string;
  readonly besidePort?: true;
  readonly pattern: RegExp;
}

/** In order: the first rule that finds anything decides. */
const RULES: readonly PortRule[] = [
  {
    why: 'the default beside PORT',
    besidePort: true,
    pattern:
      /"(?:\w+_)?PORT"[^;]{0,240}?\b(?:unwrap_or|unwrap_or_else|map_or|map_or_else|or_else|Err\(_\)\s*=>|None\s*=>)[^;\d"]{0,80}"?(?<port>\d{2,5})\b/g,
  },
  {
    why: 'the default of the option for PORT',
    besidePort: true,
    pattern:
      /#\[[^\]]*env\s*=\s*"(?:\w+_)?PORT"[^\]]*default_value(?:_t)?\s*=\s*"?(?<port>\d{2,5})|#\[[^\]]*default_value(?:_t)?\s*=\s*"?(?<port2>\d{2,5})[^\]]*env\s*=\s*"(?:\w+_)?PORT"/g,
  },
  {
    why: 'the address that it binds',
    pattern:
      /\b(?:bind|try_bind|listen|serve|run|launch|http|Server::http|TcpListener::new|from_str|TcpAcceptor::new)\s*\(\s*&?"(?<host>[\w.[\]-]*|\[::\]|::):(?<port>\d{2,5})"/g,
  },
  {
    why: 'the address that it binds',
    pattern: new RegExp(String.raw`\(\s*${HOST}\s*,\s*(?<port>\d{2,5})(?:_?u16)?\s*,?\s*\)`, 'g'),
  },
  {
    why: 'an address that it listens on',
    pattern: /"(?<host>0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\]):(?<port>\d{2,5})"/g,
  },
  {
    why: 'the port that the source names',
    pattern: /\b(?:\w+_)?port\b\s*(?::\s*u(?:16|32|size))?\s*[:=]\s*"?(?<port>\d{2,5})\b/gi,
  },
  {
    why: 'the port that its server is given',
    pattern: /(?:\.(?:with_|set_)?port|\bdefault_ipv[46])\(\s*(?<port>\d{4,5})(?:_?u16)?\s*\)/g,
  },
  {
    why: 'the default of its settings',
    pattern: /\bfn\s+default_\w*port\w*\s*\(\s*\)\s*->\s*\w+\s*\{\s*(?<port>\d{2,5})\b/g,
  },
  {
    why: 'the default of the field for its port',
    pattern: /#\[default\(\s*(?<port>\d{2,5})\s*\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?(?:\w+_)?port\s*:/g,
  },
  {
    why: 'the default of the option for its port',
    pattern:
      /\bArg::(?:new|with_name)\(\s*"(?:port|listen|bind|addr|address)"(?:(?!\bArg::)[\s\S]){0,600}?\.default_value\(\s*"(?:(?<host>[\w.[\]]+):)?(?<port>\d{2,5})"/g,
  },
  {
    why: 'the default of the option for its port',
    pattern:
      /#\[[^\]]*default_value(?:_t)?\s*=\s*"?(?:(?<host>[\w.[\]]+):)?(?<port>\d{2,5})"?[^\]]*\]\s*(?:pub(?:\(\w+\))?\s+)?\w*(?:port|addr|address|listen|bind)\w*\s*:/gi,
  },
  {
    why: 'the port that the source names',
    pattern:
      /\bunwrap_or(?:_else)?\s*\(\s*(?:\|[^|]*\|\s*)?"?(?:(?<host>0\.0\.0\.0|127\.0\.0\.1|localhost):)(?<port>\d{2,5})"?/g,
  },
];

function portOf(groups: Readonly<Record<string, string | undefined>>, from: Evidence): PortFound[] {
  const port = Number(groups['port'] ?? groups['port2']);
  const loopback = LOOPBACK.test(groups['host'] ?? '');
  if (!(port >= 80 && port <= 65535) || ASKED_PORTS.has(port)) return [];
  return [{ port, from, loopback }];
}

const foundBy = ({ why, pattern }: PortRule, code: readonly Code[]): PortFound[] =>
  hitsOf(code, pattern, why).flatMap(({ groups, from }) => portOf(groups.groups ?? {}, from));

/** Reads of the environment: `env::var("PORT")`, `env = "PORT"` of clap, `dotenvy::var`. */
const READS =
  /(?:\bvar(?:_os)?\(\s*|\benv(?:_or\w*)?\(\s*|\benv\s*=\s*|\bget(?:_env\w*)?\(\s*|env!\(\s*)"([A-Z][A-Z0-9_]*)"/g;
const OWN = '(?:APP_|SERVER_|HTTP_|LISTEN_|BIND_|WEB_|API_|SERVICE_|BACKEND_)?';
const HOST_VARIABLE = new RegExp(`^${OWN}(?:HOST|HOSTNAME|IP|INTERFACE|LISTEN_HOST|BIND_HOST)$`);
const ADDRESS_VARIABLE = new RegExp(`^${OWN}(?:ADDR|ADDRESS|LISTEN|BIND|SOCKET_ADDR|BIND_ADDR)$`);
const PORT_VARIABLE = new RegExp(`^${OWN}PORT$`);

/** What stands behind the read of a variable when it is not set. */
const defaultAfter = (code: string, name: string): string | undefined =>
  new RegExp(`"${name}"[^;]{0,200}?(?:unwrap_or|map_or|or_else|default_value|Err\\(|None)[^;"]{0,80}"([^"]*)"`).exec(
    code,
  )?.[1];

export function portsOf(code: readonly Code[], fallback: number): Ports {
  const reads = hitsOf(code, READS, 'the variable by which it is told where to listen');
  const names = new Set(reads.map((h) => h.groups[1] ?? ''));
  const readsPort = names.has('PORT');
  const readsAny = [...names].some((name) => PORT_VARIABLE.test(name));
  const rules = RULES.filter((rule) => readsAny || rule.besidePort === undefined);
  let found: PortFound | undefined;
  for (const rule of rules) {
    found ??= foundBy(rule, code).find((hit) => !hit.loopback);
    if (found) break;
  }
  const named = [...names].filter((name) => HOST_VARIABLE.test(name) || ADDRESS_VARIABLE.test(name));
  const other = readsPort ? undefined : [...names].find((name) => PORT_VARIABLE.test(name));
  found ??= rules.flatMap((rule) => foundBy(rule, code))[0];
  const port = found?.port ?? fallback;
  const text = code.map((file) => file.code).join('\n');
  const variables = Object.fromEntries([
    ...named.map((name): [string, string] => {
      const usual = defaultAfter(text, name);
      const whole = ADDRESS_VARIABLE.test(name) && (usual === undefined || usual.includes(':'));
      return [name, whole ? `0.0.0.0:${port}` : '0.0.0.0'];
    }),
    ...(other === undefined ? [] : [[other, String(port)] as [string, string]]),
  ]);
  const from = reads.find((h) => (h.groups[1] ?? '') in variables)?.from;
  return {
    found: found && named.length > 0 ? { ...found, loopback: false } : found,
    readsPort,
    variables,
    variablesFrom: from,
  };
}
