import fp from 'fastify-plugin';
import type { Readiness } from '../routes/service.ts';

/** From SIGTERM on, each answer asks for its connection to be closed, so that none is in use when listening ends. */
export const drain = fp(
  (app, { isReady }: Readiness, done) => {
    app.addHook('onSend', async (request, reply, payload) => {
      // An upload that is still arriving is read to its end first: see body-stream.ts.
      if (!isReady() && request.raw.complete) reply.header('connection', 'close');
      return Promise.resolve(payload);
    });
    done();
  },
  { name: 'drain' },
);
