import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../config.ts';
import { Problem } from '../../problems/problem.ts';
import { createIssuer } from '../access/issuer.ts';
import { readTokens } from '../access/tokens.ts';

/** Who is let in. Without any access setting everybody is; then nothing here runs. */

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the token, or the subject of the JSON Web Token; undefined where access is open. */
    caller: string | undefined;
  }
}

const REALM = 'Bearer realm="dockwright"';

export const hasAccess = ({ ACCESS_TOKENS, ACCESS_TOKENS_FILE, OIDC_ISSUER }: Config): boolean =>
  (ACCESS_TOKENS ?? ACCESS_TOKENS_FILE ?? OIDC_ISSUER) !== undefined;

const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer +([\w.~+/=-]+) *$/i.exec(headers.authorization ?? '')?.[1];

/** Three parts, as a signed JSON Web Token has; no token of ours has a dot. */
const isJwt = (token: string): boolean => token.split('.').length === 3;

export const access = fp(
  (app, { config }: { config: Config }, done) => {
    app.decorateRequest('caller', undefined);
    if (!hasAccess(config)) {
      done();
      return;
    }
    const tokens = readTokens(config, (outcome) => {
      if ('tokens' in outcome) app.log.info(outcome, 'access tokens read again');
      else app.log.error({ err: outcome.error }, 'access tokens cannot be read; those known before stay');
    });
    process.on('SIGHUP', tokens.reload);
    app.addHook('onClose', async () => {
      process.off('SIGHUP', tokens.reload);
      tokens.close();
      return Promise.resolve();
    });
    const issuer =
      config.OIDC_ISSUER === undefined
        ? undefined
        : createIssuer({
            issuer: config.OIDC_ISSUER,
            audience: config.OIDC_AUDIENCE ?? '',
            jwksUri: config.OIDC_JWKS_URI,
          });

    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.operation?.access !== 'caller') return;
      const token = bearerOf(request);
      if (token !== undefined) {
        request.caller = tokens.nameOf(token) ?? (isJwt(token) ? await issuer?.nameOf(token) : undefined);
        if (request.caller !== undefined) return;
      }
      reply.header('www-authenticate', token === undefined ? REALM : `${REALM}, error="invalid_token"`);
      throw new Problem('access-required', {
        detail:
          token === undefined
            ? 'The request carries no bearer token.'
            : 'The token is not known here, has expired, or is for another service.',
        hint: 'Send "Authorization: Bearer TOKEN" with a token that those who run this service have given out.',
      });
    });
    done();
  },
  { name: 'access' },
);
