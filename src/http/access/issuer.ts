import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { Problem } from '../../problems/problem.ts';

/** JSON Web Tokens of an OpenID Connect issuer. https://openid.net/specs/openid-connect-discovery-1_0.html */

/** Signatures by key pairs only: a shared secret or "none" must never pass for one. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const FETCH_MS = 5000;
/** After a discovery that failed; the key set keeps such a pause of its own. */
const PAUSE_MS = 10_000;

/**
 * The key set tells its age by the time of day: when that is set back, it would take itself for new until the clock has
 * caught up, and never ask for the issuer's newer keys. It is made anew then.
 */
const SET_BACK_MS = 5000;
const clockAhead = (): number => Date.now() - performance.now();

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

export interface Issuer {
  /** The caller's name, `oidc:` and the subject; undefined for a token that is not valid. Throws `access-unavailable`. */
  nameOf(token: string): Promise<string | undefined>;
}

interface IssuerOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string | undefined;
}

const unavailable = (cause: unknown): Problem =>
  new Problem('access-unavailable', {
    detail: 'The keys of the issuer cannot be fetched, so that the token cannot be checked.',
    hint: 'Try again in a few seconds.',
    cause,
  });

/** Faults of the issuer or of the way to it, not of the token. */
const isFetchFault = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  error.code === 'ERR_JOSE_GENERIC';

async function discover(issuer: string): Promise<URL> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(FETCH_MS),
    redirect: 'error',
  });
  if (!response.ok) throw new Error(`the issuer's discovery answers ${response.status}`);
  const found = discovery.parse(await response.json());
  if (found.issuer !== issuer) throw new Error('the discovery document is of another issuer');
  return new URL(found.jwks_uri);
}

export function createIssuer({ issuer, audience, jwksUri }: IssuerOptions): Issuer {
  const keySet = (uri: URL): JWTVerifyGetKey => createRemoteJWKSet(uri, { timeoutDuration: FETCH_MS });
  let keys: Promise<JWTVerifyGetKey> | undefined =
    jwksUri === undefined ? undefined : Promise.resolve(keySet(new URL(jwksUri)));
  // Not of the time of day, which may be set back.
  let pausedUntil = 0;
  let clock = clockAhead();

  async function currentKeys(): Promise<JWTVerifyGetKey> {
    if (performance.now() < pausedUntil) throw new Error('the last discovery failed just now');
    const before = clock;
    clock = clockAhead();
    if (clock < before - SET_BACK_MS)
      keys = jwksUri === undefined ? undefined : Promise.resolve(keySet(new URL(jwksUri)));
    keys ??= discover(issuer).then(keySet);
    try {
      return await keys;
    } catch (error) {
      keys = undefined;
      pausedUntil = performance.now() + PAUSE_MS;
      throw error;
    }
  }

  return {
    async nameOf(token) {
      let key: JWTVerifyGetKey;
      try {
        key = await currentKeys();
      } catch (error) {
        throw unavailable(error);
      }
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          requiredClaims: ['exp', 'sub'],
          clockTolerance: 5,
        });
        return payload.sub === undefined ? undefined : `oidc:${payload.sub}`;
      } catch (error) {
        if (isFetchFault(error)) throw unavailable(error);
        return undefined;
      }
    },
  };
}
