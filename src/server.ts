import closeWithGrace from 'close-with-grace';
import { setTimeout as wait } from 'node:timers/promises';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { cleanSpoolDirectory } from './source/spool.ts';

/** The process: settings, listening, signals. */

const config = readConfig(process.env);
let ready = true;

await cleanSpoolDirectory(config.SPOOL_DIR);
const app = await buildApp(config, { isReady: () => ready });

/** Uploads under way may take as long as a request may; after that they are cut. */
closeWithGrace({ delay: config.LIMIT_REQUEST_SECONDS * 1000, logger: false }, async ({ err, signal }) => {
  ready = false;
  if (err) app.log.fatal({ err }, 'ending after a fault');
  else app.log.info({ signal }, 'ending');
  if (!err) await wait(config.SHUTDOWN_DELAY_MS);
  await app.close();
});

await app.listen({ host: config.HOST, port: config.PORT });
