import rateLimitPlugin from '@fastify/rate-limit';
import fp from 'fastify-plugin';
import type { Redis } from 'ioredis';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import { Problem } from '../../problems/problem.ts';
import { RateStore } from '../rate-store.ts';

const REDIS_MS = 500;

/** Limits by caller, for what callers do; health, documentation and the like are never limited. */
export const rateLimit = fp(
  async (app, { config }: { config: Config }) => {
    if (config.RATE_LIMIT_REQUESTS === 0) return;
    const redis =
      config.REDIS_URL === undefined
        ? undefined
        : await connect(config.REDIS_URL, (error) => app.log.error({ err: error }, 'Redis is away; nobody is limited'));
    app.addHook('onClose', async () => {
      redis?.disconnect();
      return Promise.resolve();
    });
    await app.register(rateLimitPlugin, {
      max: config.RATE_LIMIT_REQUESTS,
      timeWindow: config.RATE_LIMIT_SECONDS * 1000,
      keyGenerator: ({ caller, ip }) => (caller === undefined ? `ip:${ip}` : `caller:${caller}`),
      allowList: (request) => request.routeOptions.config.operation?.access !== 'caller',
      enableDraftSpec: true,
      // A store that is away must not take the service with it.
      skipOnError: true,
      nameSpace: 'dockwright:rate:',
      ...(redis ? { redis } : { store: RateStore }),
      errorResponseBuilder: (_request, { max }) =>
        new Problem('too-many-requests', {
          detail: `More than ${max} requests in ${config.RATE_LIMIT_SECONDS} seconds.`,
          hint: 'Wait as long as Retry-After says.',
          members: { limit: { name: 'requests', value: max, setting: 'RATE_LIMIT_REQUESTS' } },
        }),
    });
  },
  { name: 'rate-limit' },
);

/** The client is loaded only where it is used: it is none of the start-up's business. */
async function connect(url: string, onError: (error: unknown) => void): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    connectTimeout: REDIS_MS,
    commandTimeout: REDIS_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(times * 200, 5000),
  });
  redis.on('error', onError);
  // Commands before it is ready would fail, and nobody be limited; but a Redis that is away stops no start.
  await Promise.race([once(redis, 'ready').catch(() => {}), wait(REDIS_MS)]);
  return redis;
}
