import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/**
 * Bodies are streams, whatever their type says: what they are is told by their first bytes. And an answer
 * that comes before the body has ended must reach the client: closing a socket with unread bytes makes the
 * kernel send a reset that destroys the answer in flight, so the rest is read and dropped, within bounds.
 */

/** How much, and how long, is read after an early answer before the connection is cut. */
const LINGER_BYTES = 32 * 1024 * 1024;
const LINGER_MS = 3000;
/**
 * The time is counted in these. Where the process was kept busy, what the client sent meanwhile is waiting to be read,
 * and must not count as silence of the client: a clock would, and a tick that comes late is one tick.
 */
const TICK_MS = 250;

function linger(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  let left = LINGER_BYTES;
  const cut = (): void => void raw.destroy();
  let ticks = LINGER_MS / TICK_MS;
  const timer = setInterval(() => {
    ticks--;
    if (ticks === 0) cut();
  }, TICK_MS).unref();
  reply.removeHeader('connection');
  raw.unpipe();
  raw.removeAllListeners('data');
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) cut();
  });
  raw.once('error', () => clearInterval(timer));
  raw.once('close', () => clearInterval(timer));
  raw.resume();
}

export const bodyStream = fp(
  (app, _options, done) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, parsed) => {
      parsed(null, payload);
    });
    // A body of no bytes and no type is not parsed at all; it is an empty stream like any other.
    app.addHook('preValidation', async (request) => {
      if (request.method === 'POST') request.body ??= request.raw;
      return Promise.resolve();
    });
    // `Expect: 100-continue` is answered only after the checks of onRequest: a refused upload sends no byte.
    // https://nodejs.org/api/http.html#event-checkcontinue
    app.server.on('checkContinue', (request, response) => {
      app.server.emit('request', request, response);
    });
    app.addHook('preParsing', async (request, reply, payload) => {
      if (request.headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue();
      return Promise.resolve(payload);
    });
    app.addHook('onSend', async (request, reply, payload) => {
      // A client that has gone sends nothing more, and its request has closed already.
      const { raw } = request;
      if (reply.statusCode >= 400 && !raw.complete && !raw.destroyed) linger(request, reply);
      return Promise.resolve(payload);
    });
    done();
  },
  { name: 'body-stream' },
);
