import { setTimeout as wait } from 'node:timers/promises';
import { buildApp } from './app.ts';
import { catchStrayFailures } from './http/error-net.ts';
import { readConfig } from './config.ts';
import { hasAccess } from './http/plugins/access.ts';
import { cleanSpoolDirectory } from './source/spool.ts';

/** The process: settings, listening, signals. */

const REPORTS_MS = 2000;

const config = readConfig(process.env);
let ready = true;

await cleanSpoolDirectory(config.SPOOL_DIR);
const app = await buildApp(config, { readiness: { isReady: () => ready }, processMetrics: true });

/** Unready first, then no new connections, then the end of the uploads under way, which may take as long as one may. */
async function end(why: string, status: number): Promise<void> {
  if (!ready) return;
  ready = false;
  app.log.info({ why }, 'ending');
  setTimeout(() => process.exit(1), config.SHUTDOWN_DELAY_MS + config.LIMIT_REQUEST_SECONDS * 1000).unref();
  await wait(config.SHUTDOWN_DELAY_MS);
  await app.close();
  await app.reporter.flush(REPORTS_MS);
  process.exit(status);
}

// Once: a second signal ends the process as it would any other.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(signal, 0));
// Reads access tokens again, where there are any (see plugins/access.ts); by itself it would end the process.
process.on('SIGHUP', () => {});

catchStrayFailures(process, {
  log: app.log,
  reporter: app.reporter,
  now: () => performance.now(),
  end: () => void end('failures', 1),
});
for (const kind of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(kind, () => app.metrics.fault(kind));

try {
  await app.listen({ host: config.HOST, port: config.PORT });
} catch (error) {
  app.log.fatal({ err: error }, 'cannot listen');
  process.exit(1);
}

const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(config.HOST);
if (!isLoopback && !hasAccess(config)) {
  app.log.warn(
    { host: config.HOST },
    'open to everybody who reaches this address: set ACCESS_TOKENS_FILE or OIDC_ISSUER, or HOST=127.0.0.1',
  );
}
