import corsPlugin from '@fastify/cors';
import fp from 'fastify-plugin';
import type { Config } from '../../config.ts';

const PREFLIGHT_SECONDS = 600;

/** Web pages of other origins, where they are let in; preflights are answered before a token is asked for. */
export const cors = fp(
  async (app, { config: { CORS_ORIGINS } }: { config: Config }) => {
    if (CORS_ORIGINS === undefined) return;
    await app.register(corsPlugin, {
      origin: CORS_ORIGINS === '*' ? '*' : CORS_ORIGINS.split(',').map((origin) => origin.trim()),
      methods: ['GET', 'HEAD', 'POST'],
      exposedHeaders: [
        'ETag',
        'Retry-After',
        'X-Request-Id',
        'RateLimit-Limit',
        'RateLimit-Remaining',
        'RateLimit-Reset',
      ],
      maxAge: PREFLIGHT_SECONDS,
    });
  },
  { name: 'cors' },
);
