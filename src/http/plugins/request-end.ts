import type { Socket } from 'node:net';
import fp from 'fastify-plugin';
import type { Metrics } from '../metrics.ts';

/** What is written and counted of each request when it has ended: one line in the log, one observation. */

/** Asked for every few seconds by machines, and of no interest while they answer 200. */
const QUIET = new Set(['/livez', '/readyz', '/metrics']);

interface Traffic {
  received: number;
  sent: number;
}

export const requestEnd = fp(
  (app, { metrics }: { metrics: Metrics }, done) => {
    /** Per connection, as a keep-alive connection carries many requests, one after the other. */
    const before = new WeakMap<Socket, Traffic>();

    app.addHook('onResponse', async (request, reply) => {
      const { socket } = request.raw;
      const last = before.get(socket) ?? { received: 0, sent: 0 };
      const received = socket.bytesRead - last.received;
      const sent = socket.bytesWritten - last.sent;
      before.set(socket, { received: socket.bytesRead, sent: socket.bytesWritten });

      const route = request.routeOptions.url ?? 'unmatched';
      const status = reply.statusCode;
      const seconds = reply.elapsedTime / 1000;
      const aborted = !reply.raw.writableFinished;
      metrics.requestEnded({ method: request.method, route, status, seconds, received, sent });
      if (QUIET.has(route) && status === 200) return Promise.resolve();
      request.log.info(
        {
          method: request.method,
          route,
          status,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          received,
          sent,
          ...(request.caller === undefined ? {} : { caller: request.caller }),
          ...(aborted ? { aborted } : {}),
        },
        aborted ? 'request aborted' : 'request',
      );
      return Promise.resolve();
    });
    done();
  },
  { name: 'request-end' },
);
