import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fp from 'fastify-plugin';

const WELL_FORMED = /^[\w.:-]{1,128}$/;

/** Takes the caller's X-Request-Id where it is one, else makes one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : randomUUID();
}

/** Every answer names its request, as the log and a problem's `instance` do. */
export const requestIds = fp(
  (app, _options, done) => {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id);
      return Promise.resolve();
    });
    done();
  },
  { name: 'request-id' },
);
