import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** The service as a process of its own, and requests to it; what every benchmark needs. */

export const NODE = process.execPath;
/** As `npm start` has them. */
export const FLAGS = ['--max-semi-space-size=2', '--disable-warning=ExperimentalWarning'];
const GIB = 1024 ** 3;
const here = new URL('./', import.meta.url).pathname;

export const folder = mkdtempSync(join(tmpdir(), 'dockwright-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

export interface Service {
  readonly child: ChildProcess;
  readonly port: number;
}

let ports = 30_000 + (process.pid % 20_000);

async function start(script: string, settings: Readonly<Record<string, string>>): Promise<Service> {
  const port = ports++;
  const profile = process.env['PROFILE'];
  const flags = profile === undefined ? FLAGS : [...FLAGS, '--cpu-prof', `--cpu-prof-dir=${profile}`];
  const child = spawn(NODE, [...flags, script], {
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'info', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of child.stdout ?? []) if (String(line).includes('listening')) break;
  child.stdout?.resume();
  return { child, port };
}

/** Dockwright, with limits that no benchmark meets. */
export const startService = async (settings: Readonly<Record<string, string>> = {}): Promise<Service> =>
  start(join(here, '../src/server.ts'), {
    SPOOL_DIR: join(folder, 'spool'),
    SPOOL_BYTES: String(16 * GIB),
    LIMIT_UPLOAD_BYTES: String(16 * GIB),
    LIMIT_INFLATED_BYTES: String(16 * GIB),
    LIMIT_ENTRIES: '250000',
    ...settings,
  });

/** Fastify with next to nothing in it: what the framework itself costs. */
export const startBare = async (): Promise<Service> => start(join(here, 'bare.ts'), {});

export async function stop({ child }: Service): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

export interface Answer {
  readonly ms: number;
  readonly bytes: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 128 });

/** Sends a body to an operation and reads all of the answer. */
export async function send(
  { port }: Service,
  path: string,
  body: Readable | Buffer,
  length?: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const began = performance.now();
  const known = Buffer.isBuffer(body) ? body.length : length;
  const call = request({
    port,
    host: '127.0.0.1',
    path,
    method: 'POST',
    agent,
    headers: known === undefined ? headers : { ...headers, 'content-length': known },
  });
  if (Buffer.isBuffer(body)) call.end(body);
  else body.pipe(call);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  let bytes = 0;
  let text = '';
  const ok = response.statusCode === 200;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (!ok) text += chunk.toString();
  }
  if (!ok) throw new Error(`${path}: ${response.statusCode} ${text}`);
  return { ms: performance.now() - began, bytes };
}
