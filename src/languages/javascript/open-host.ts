import type { Evidence, Step } from '../../plan/plan.ts';
import { hit, type Source } from './program-source.ts';

/**
 * Fastify listens on this machine's own address where nobody names a host, which nothing outside of a container reaches;
 * and nothing but its own code says otherwise. So a module that Node.js loads before it names the host.
 * https://fastify.dev/docs/latest/Reference/Server/#listen
 */

const FILE = '/opt/open-host/open-host.cjs';

/** For NODE_OPTIONS. */
export const OPEN_HOST = `--require=${FILE}`;

/** As old releases of Node.js read it, too. A host that the program names itself, by its number, stays as it is. */
const TEXT = `// Fastify listens on localhost where no host is named: nothing outside the container would reach it.
const { Server } = require('net');
const { listen } = Server.prototype;
Server.prototype.listen = function (options, ...rest) {
  const open = options && options.host === 'localhost' ? { ...options, host: '0.0.0.0' } : options;
  return listen.call(this, open, ...rest);
};
`;

export const openHostStep: Step = {
  kind: 'file',
  path: FILE,
  text: TEXT,
  why: 'the program names no host to listen on, and Fastify would take this machine’s own',
};

const NEST = '@nestjs/platform-fastify';
/** The options, or a port alone, as Nest and old releases of Fastify take it. */
const LISTEN =
  /\.listen\s*\(\s*(?:\{([^}]{0,300})\}|(?:\d{2,5}|(?:Number\()?process\.env\.\w+[^'"`,)]{0,40}\)?|\w{0,40}[pP](?:ort|ORT)\w{0,20})\s*(?:\)|,\s*(?:\(|function\b|async\b|err\b)))/g;

/** Where a program asks Fastify to listen without a host; `packages` are those of the app, with what it asks of each. */
export function unnamedHost(
  packages: Readonly<Record<string, string>>,
  sources: readonly Source[],
): Evidence | undefined {
  const nest = packages[NEST] !== undefined && sources.some(({ text }) => /\bFastifyAdapter\b/.test(text));
  if (packages['fastify'] === undefined && !nest) return undefined;
  const found = hit(sources, LISTEN, 'it listens without a host, which is this machine’s own address for Fastify');
  const options = found?.groups[1];
  const takesPort = nest || /^\D?[123]\./.test(packages['fastify'] ?? '');
  if (options === undefined ? !takesPort : /\bhost\b/.test(options)) return undefined;
  return found?.from;
}
