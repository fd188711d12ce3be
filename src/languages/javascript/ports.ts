import type { Evidence } from '../../plan/plan.ts';
import { hit, type Hit, type Source } from './program-source.ts';

export interface FoundPort {
  readonly port: number;
  readonly from: Evidence;
}

const READS_PORT =
  /\b(?:process|Bun)\.env(?:\.PORT\b|\[['"]PORT['"]\])(?:[\s)]{0,6}(?:\|\||\?\?|,)\s*(?:Number\(|parseInt\()?['"]?(\d{2,5}))?|\bget(?:<[^>\n]{1,40}>)?\(\s*['"]PORT['"](?:\s*,\s*(\d{2,5}))?|\bPORT\s*[:=]\s*(?:z|Joi|port|num|envalid|Type|v)\b|\benv\.PORT\b|\{[^}\n]*\bPORT\b[^}\n]*\}\s*=\s*(?:process|Bun)\.env/g;
const FIXED =
  /\.listen\s*\(\s*['"]?(\d{2,5})\b|\.listen\s*\(\s*\{[^}]{0,300}?\bport\s*:\s*(\d{2,5})|\bserve\s*\([^)]{0,300}?\bport\s*:\s*(\d{2,5})|\blisten\s*:\s*\{\s*port\s*:\s*(\d{2,5})|\.start\s*\(\s*(?:\{\s*port\s*:\s*)?([3-9]\d{3})\s*[,)}]/g;
/** `port = args.port || Number(env.SHOP_PORT) || 8080`, and not that of another server that it asks. */
const OWN_VARIABLE =
  /\bport\s*[:=](?!=)[^;,\n]{0,60}\bprocess\.env\.(?!(?:DB|DATABASE|PG|POSTGRES\w*|MYSQL|MARIADB|MONGO\w*|REDIS\w*|SMTP|MAIL\w*|EMAIL|AMQP|RABBIT\w*|KAFKA|ELASTIC\w*|LDAP|SSH|FTP|PROXY)_)\w+_PORT\s*\)?\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})\b/gi;
const NAMED = /\b(?:port|PORT|Port|serverPort|SERVER_PORT|httpPort)\s*(?::\s*number\s*)?[=:]\s*['"]?(\d{2,5})\b/g;
const DEFAULT = /\b(?:port|PORT|Port|defaultPort|DEFAULT_PORT)\s*(?::\s*number\s*)?=\s*['"]?(\d{4,5})\b/g;
/** Apollo's own server, which neither its options nor PORT tell anything. https://www.apollographql.com/docs/apollo-server/api/standalone */
const APOLLO = /\bstartStandaloneServer\s*\(|\brequire\(\s*['"]apollo-server['"]\s*\)|\bfrom\s+['"]apollo-server['"]/g;
/** Servers listen on a port that nobody has to be root for. */
const isPort = (port: number): boolean => port >= 80 && port <= 65535;

export const DEFAULT_PORT = 3000;

/** The port among a command's own options. */
export function portInArgv(argv: readonly string[]): number | undefined {
  for (const [i, word] of argv.entries()) {
    const inline = /^(?:--?port|-p)[=]?(\d{2,5})$/.exec(word)?.[1];
    const next = /^(--port|-p|--http-port)$/.test(word) ? /^\d{2,5}$/.exec(argv[i + 1] ?? '')?.[0] : undefined;
    if (inline !== undefined || next !== undefined) return Number(inline ?? next);
  }
  return undefined;
}

/** The port that a shell’s line sets, `PORT=8080`, or hands on: `${PORT:-8080}` in `serve dist -l tcp://0.0.0.0:${PORT:-8080}`. */
export function portInShell(argv: readonly string[]): number | undefined {
  if (!/(^|\/)sh$/.test(argv[0] ?? '')) return undefined;
  const text = argv[2] ?? '';
  const set = /(?:^|\s)PORT=(?:\$\{\w+:?-)?(\d{2,5})\b/.exec(text)?.[1];
  if (set !== undefined) return Number(set);
  const found = /\$(?:PORT\b|\{PORT(?::?-(\d{2,5}))?\})/.exec(text);
  return found === null ? undefined : Number(found[1] ?? DEFAULT_PORT);
}

/** The port that the sources name: as the default of PORT, or as the one that they listen on. */
export function portOf(sources: readonly Source[]): FoundPort | undefined {
  const first = (found: Hit | undefined): number | undefined => {
    const port = found?.groups.slice(1).find((g) => g !== undefined);
    return port !== undefined && isPort(Number(port)) ? Number(port) : undefined;
  };
  const reads = hit(sources, READS_PORT, 'it reads PORT');
  if (reads) {
    const nearby = hit(
      sources.filter((s) => s.file === reads.from.file),
      DEFAULT,
      'the default of PORT',
    );
    return { port: first(reads) ?? first(nearby) ?? DEFAULT_PORT, from: reads.from };
  }
  const fixed = hit(sources, FIXED, 'the port that it listens on');
  const port = first(fixed);
  if (fixed && port !== undefined) return { port, from: fixed.from };
  const own = hit(sources, OWN_VARIABLE, 'the port when its own variable is not set');
  const fallback = first(own);
  if (own && fallback !== undefined) return { port: fallback, from: own.from };
  const named = hit(sources, NAMED, 'the port that it listens on');
  const other = first(named);
  if (named && other !== undefined) return { port: other, from: named.from };
  const apollo = hit(sources, APOLLO, 'the usual port of Apollo Server');
  return apollo && { port: 4000, from: apollo.from };
}
