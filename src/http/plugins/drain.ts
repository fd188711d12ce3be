import type { Socket } from 'node:net';
import fp from 'fastify-plugin';
import type { Readiness } from '../routes/service.ts';

/** A connection that was opened ahead, and never used, is not idle by Node's terms: it would be waited for, for a minute. */
const UNUSED_MS = 1000;

/** From SIGTERM on, each answer asks for its connection to be closed, so that none is in use when listening ends. */
export const drain = fp(
  (app, { isReady }: Readiness, done) => {
    const open = new Set<Socket>();
    app.server.on('connection', (socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    });
    app.addHook('onSend', async (request, reply, payload) => {
      // An upload that is still arriving is read to its end first: see body-stream.ts.
      if (!isReady() && request.raw.complete) reply.header('connection', 'close');
      return Promise.resolve(payload);
    });
    app.addHook('preClose', (next) => {
      setTimeout(() => {
        for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
      }, UNUSED_MS).unref();
      next();
    });
    done();
  },
  { name: 'drain' },
);
