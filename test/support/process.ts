import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('../../src/server.ts', import.meta.url));

export interface ServiceProcess {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** What it has logged so far. */
  log(): string;
  /** Ends it, and resolves with its exit status or signal. */
  end(signal?: NodeJS.Signals): Promise<number | string | null>;
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * The service as a process of its own, as `npm start` runs it; resolves when it is ready. `nodeOptions` go to node; `limits`
 * is a line of the shell before it.
 */
export async function startProcess(
  settings: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
  limits = ':',
): Promise<ServiceProcess> {
  const port = Number(settings['PORT'] ?? (await freePort()));
  const env = { PATH: process.env['PATH'], HOST: '127.0.0.1', ...settings, PORT: String(port) };
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', ...nodeOptions, server];
  const child = spawn('/bin/sh', ['-c', `${limits}; exec "$@"`, 'sh', ...command], { env });
  let logged = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (logged += chunk.toString()));
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const answered = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answered?.ok) break;
    if (child.exitCode !== null) throw new Error(`the service ended while it started:\n${logged}`);
    await new Promise((next) => void setTimeout(next, 10));
  }
  return {
    url,
    port,
    child,
    log: () => logged,
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      const [code, by] = await exited;
      return code ?? by;
    },
  };
}
