import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

export interface TestService {
  readonly app: FastifyInstance;
  readonly url: string;
  /** What lies in the spool folder; between requests, nothing. */
  spooled(): string[];
  close(): Promise<void>;
}

/** The real service on a real socket of this machine, with a spool folder of its own. */
export async function startService(
  settings: Readonly<Record<string, string>> = {},
  extend: (app: FastifyInstance) => void = () => undefined,
  parts: Parameters<typeof buildApp>[1] = {},
): Promise<TestService> {
  const spool = mkdtempSync(join(tmpdir(), 'dockwright-test-'));
  const app = await buildApp(readConfig({ LOG_LEVEL: 'silent', DOCS: 'false', SPOOL_DIR: spool, ...settings }), parts);
  extend(app);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    app,
    url,
    spooled: () => readdirSync(spool),
    close: async () => {
      await app.close();
      rmSync(spool, { recursive: true, force: true });
    },
  };
}
