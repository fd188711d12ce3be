import type { Evidence } from '../../plan/plan.ts';
import type { Source } from './modules.ts';
import { lineAt } from './source-file.ts';

/** The port that a script listens on, read from its text. */
export interface PortFound {
  readonly port: number;
  /** It is taken from PORT, so that a platform can choose another. */
  readonly fromEnv: boolean;
  readonly from: Evidence;
}

const FROM_ENV =
  /(?:getenv|environ\.get|env(?:\.\w+)?|config)\(\s*["'](?:PORT|SERVER_PORT|APP_PORT|HTTP_PORT)["']\s*,\s*(?:default\s*=\s*)?["']?(\d{2,5})["']?/g;
const ENV_ALONE = /(?:environ\[\s*["']PORT["']\s*\]|(?:getenv|environ\.get)\(\s*["']PORT["']\s*\))/;
const ARGUMENT =
  /(?:\brun(?:_\w+)?|\bserve|\bFastMCP|\blaunch|\bstart(?:_server)?|\bConfig|\blisten)\([^()]*(?:\([^()]*\)[^()]*)*?\bport\s*=\s*(?:int\()?["']?(\d{2,5})\b/g;
const LISTEN =
  /\.listen\(\s*(\d{2,5})\b|(?:HTTPServer|TCPServer|make_server|WSGIServer)\(\s*\(?\s*["'][\d.]*["']\s*,\s*(\d{2,5})\b/g;
/** https://www.tornadoweb.org/en/stable/options.html */
const OPTION = /\bdefine\(\s*["']port["']\s*,\s*(?:default\s*=\s*)?(\d{2,5})\b/g;
const CONSTANT = /^(?:PORT|port|SERVER_PORT)\s*(?::\s*int\s*)?=\s*(\d{2,5})\b/gm;

const inRange = (port: number): boolean => port >= 1 && port <= 65535;

export function portOf(sources: readonly Source[], fallback: number): PortFound | undefined {
  for (const pattern of [FROM_ENV, LISTEN, ARGUMENT, OPTION, CONSTANT]) {
    for (const { path, code } of sources) {
      for (const match of code.matchAll(pattern)) {
        const port = Number(match.slice(1).find(Boolean));
        if (inRange(port))
          return {
            port,
            fromEnv: pattern === FROM_ENV || readsPort(code),
            from: { file: path, line: lineAt(code, match.index), why: `it listens on ${port}` },
          };
      }
    }
  }
  const reading = sources.find(({ code }) => ENV_ALONE.test(code));
  return reading && { port: fallback, fromEnv: true, from: { file: reading.path, why: 'it reads PORT' } };
}

const readsPort = (code: string): boolean => /["']PORT["']/.test(code);

/** Whether a script, when it is run, listens where other machines reach it. */
export const listensEverywhere = (code: string): boolean =>
  /["'](0\.0\.0\.0|::|)["']\s*(?:,|\))/.test(code) && /["'](0\.0\.0\.0|::)["']|\(\s*\(\s*["']["']/.test(code);

/** Whether a script binds to its own machine only. */
export const listensLocally = (code: string): boolean => /host\s*=\s*["'](127\.0\.0\.1|localhost)["']/.test(code);

/** A server of the standard library, which is one without any framework. */
export const STANDARD_SERVER =
  /\b(?:HTTPServer|ThreadingHTTPServer|TCPServer|ThreadingTCPServer|make_server)\(|\basyncio\.start_server\(|\.bind\(\s*\(/;
