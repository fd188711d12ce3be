import { hitsOf, readCode, type Code } from '../code.ts';
import { C_LIKE } from '../code.ts';
import { isLoopback } from '../loopback.ts';
import type { Evidence } from '../../plan/plan.ts';
import { ownSource, type CppProject } from './project.ts';

/** What a program is once it runs: a server with its port, or something that ends by itself. */
export interface CppServing {
  readonly code: readonly Code[];
  readonly serves: Evidence | undefined;
  readonly port: { readonly port: number; readonly from: Evidence; readonly loopback: boolean } | undefined;
  readonly readsPort: boolean;
  readonly endsOnSigterm: boolean;
  /** Nothing in it repeats or waits: it has ended before anyone could stop it. */
  readonly endsAtOnce: boolean;
  /** It looks nothing up that the C library reads from the system: host names, time zones, users, locales, plugins. */
  readonly standsAlone: boolean;
  /** It takes the locale of its user, not that of plain ASCII. */
  readonly asksLocale: boolean;
  /** Headers in angle brackets or quotes that are no files of the project. */
  readonly headers: ReadonlySet<string>;
}

const LISTENS =
  /\blisten\s*\(|\bsvr\.listen\b|\b(?:httplib|crow|drogon|restbed|oatpp|Pistache|served)::|\buWS::|\bMHD_start_daemon\b|\bmg_http_listen\b|\bacceptor\b|\bevhttp_bind_socket\b|\bAddListeningPort\b|\bhttp_listener\b|\bfunctions::Run\b|\bHTTPServer\b|\bServerSocket\b|\bcreate_webserver\b|\bhttp_listen\b|\bulfius_start_framework\b|\bmg_(?:bind|start)\b|\blwan_main_loop\b|\bserver_open\b|\bagoo_\w+\s*\(/g;
const PORTS: readonly { readonly why: string; readonly pattern: RegExp }[] = [
  {
    why: 'the port when PORT is not set',
    pattern: /\?\s*(?:std::)?(?:atoi|stoi|atol|strtol)\s*\([^)]*\)\s*:\s*(?<port>\d{2,5})\b/g,
  },
  { why: 'the default beside PORT', pattern: /"PORT"[^;{}]{0,160}[?:|,]\s*"?(?<port>\d{2,5})\b/g },
  {
    why: 'the address that it listens on',
    pattern:
      /\b(?:listen|addListener|bind|bind_to_port|createShared|Address|AddListeningPort)\s*\(\s*\{?\s*"(?<host>[\w.:[\]]*?)"\s*,\s*(?<port>\d{2,5})\b/g,
  },
  {
    why: 'the address that it listens on',
    pattern: /"(?:https?:\/\/|tcp:\/\/)?(?<host>0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|\*):(?<port>\d{2,5})\b/g,
  },
  {
    why: 'the port that it listens on',
    pattern:
      /(?:\.port|\.listen|\bhtons|\bMHD_start_daemon\s*\([^,]*|\bPort|\bendpoint\s*[({][^;{}]{0,60}?)\s*[(,]\s*(?<port>\d{4,5})\b/g,
  },
  {
    why: 'the default of its option',
    pattern: /"-{0,2}(?:listening_?)?ports?"\s*,[^;{}]{0,80}?"?(?<![\w.])(?<port>\d{4,5})\b/g,
  },
  {
    why: 'the port that its server is made with',
    pattern:
      /\b(?:create_webserver|HTTPServer|ServerSocket|server_open)\b[^;{}"]{0,60}?[(,]\s*(?<port>\d{4,5})\s*[),]/g,
  },
  {
    why: 'the port that the source names',
    pattern: /\b\w{0,40}port\w{0,40}\b(?:\s{0,20}[={]|\s)\s{0,20}\(?\s{0,20}(?<port>\d{4,5})\b/gi,
  },
];
const WAITS =
  /\b(?:while|for|do|goto|\w*sleep\w*|pause|\w*wait\w*|getline|\w*scanf|f?gets|fgetc|getchar|cin|f?read|recv\w*|accept|e?poll\w*|select|v?fork|thread|pthread_create|async|system|p?open|exec\w*|join)\b/;
const ASKS_SYSTEM =
  /\b(?:socket|getaddrinfo|gethostby\w+|getpw\w+|getgr\w+|dlopen|localtime\w*|zoned_time|current_zone|tzset|setlocale|locale|iconv\w*)\b/;
const ASKS_LOCALE = /\bsetlocale\s*\(\s*LC_\w+\s*,\s*""|\blocale\s*(?:\w+\s*)?[({]\s*""/;

/** Ports of databases and queues. */
const ASKED = new Set([3306, 4222, 5432, 5672, 6379, 9042, 9092, 27017]);

/** A file that connects and never listens is that of a client, or of a test. */
const isClient = ({ code }: Code): boolean =>
  /\bconnect\s*\(/.test(code) && !/\b(?:listen|accept|bind)\w*\s*\(/.test(code);

function portOf(all: readonly Code[]): CppServing['port'] {
  const code = all.filter((file) => !isClient(file));
  const found = PORTS.flatMap(({ why, pattern }) =>
    hitsOf(code, pattern, why).flatMap(({ groups, from }) => {
      const port = Number(groups.groups?.['port']);
      const loopback = isLoopback(groups.groups?.['host']);
      return port >= 80 && port <= 65535 && !ASKED.has(port) ? [{ port, from, loopback }] : [];
    }),
  );
  return found.find((f) => !f.loopback) ?? found[0];
}

export function servingOf(project: CppProject): CppServing {
  const { inventory } = project;
  const code = ownSource(inventory).flatMap((path) => {
    const text = inventory.text(path);
    return text === undefined ? [] : [readCode(path, text, C_LIKE)];
  });
  const [serves] = hitsOf(code, LISTENS, 'it listens on a port');
  const names = new Set(
    inventory.files((path) => /\.(h|hh|hpp|hxx)$/i.test(path)).map((path) => path.slice(path.lastIndexOf('/') + 1)),
  );
  const headers = code
    .flatMap((file) =>
      [...file.code.matchAll(/^[ \t]*#[ \t]*include[ \t]*[<"]([\w./+-]+)[>"]/gm)].map((m) => m[1] ?? ''),
    )
    .filter((header) => !names.has(header.slice(header.lastIndexOf('/') + 1)));
  return {
    code,
    serves: serves?.from,
    port: serves ? portOf(code) : undefined,
    readsPort: code.some((file) => /\bgetenv\s*\(\s*"PORT"/.test(file.code)),
    endsOnSigterm: code.some((file) => /\bSIGTERM\b|\b(?:crow|drogon)::/.test(file.code)),
    endsAtOnce: !code.some((file) => WAITS.test(file.code)),
    standsAlone: !code.some((file) => ASKS_SYSTEM.test(file.code)),
    asksLocale: code.some((file) => ASKS_LOCALE.test(file.code)),
    headers: new Set(headers),
  };
}
