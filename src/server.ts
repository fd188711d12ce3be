import closeWithGrace from 'close-with-grace';
import { setTimeout as wait } from 'node:timers/promises';
import { buildApp } from './app.ts';
import { catchStrayFailures } from './http/error-net.ts';
import { readConfig } from './config.ts';
import { cleanSpoolDirectory } from './source/spool.ts';

/** The process: settings, listening, signals. */

const config = readConfig(process.env);
let ready = true;

await cleanSpoolDirectory(config.SPOOL_DIR);
const app = await buildApp(config, { isReady: () => ready });

/** Uploads under way may take as long as a request may; after that they are cut. */
const closing = closeWithGrace(
  {
    delay: config.LIMIT_REQUEST_SECONDS * 1000,
    logger: false,
    skip: ['uncaughtException', 'unhandledRejection'],
  },
  async ({ signal }) => {
    ready = false;
    app.log.info({ signal }, 'ending');
    await wait(config.SHUTDOWN_DELAY_MS);
    await app.close();
    await app.reporter.flush(2000);
  },
);

catchStrayFailures(process, {
  log: app.log,
  reporter: app.reporter,
  now: Date.now,
  end: () => closing.close(),
});

await app.listen({ host: config.HOST, port: config.PORT });
