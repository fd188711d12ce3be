import fp from 'fastify-plugin';
import type { Config } from '../../config.ts';

/**
 * A client that does not take its answer holds memory, a descriptor and a place among the uploads: it is cut when it has
 * taken nothing for LIMIT_IDLE_SECONDS, or has not taken all in LIMIT_REQUEST_SECONDS. Bytes that it does take count even
 * where they are of one large write: https://nodejs.org/api/net.html#socketsettimeouttimeout-callback
 */
export const answerTime = fp(
  (app, { config }: { config: Config }, done) => {
    app.addHook('onSend', async (_request, { raw }, payload) => {
      // It has closed already, and would keep its timer, and what hangs on it, to the end.
      if (raw.destroyed) return Promise.resolve(payload);
      const cut = (): void => void raw.destroy();
      const whole = setTimeout(cut, config.LIMIT_REQUEST_SECONDS * 1000).unref();
      raw.once('close', () => clearTimeout(whole));
      raw.setTimeout(config.LIMIT_IDLE_SECONDS * 1000, cut);
      return Promise.resolve(payload);
    });
    done();
  },
  { name: 'answer-time' },
);
