import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, mock, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { startService, type TestService } from '../support/service.ts';

/** The time of day jumps; durations must not. Only `Date` is mocked: timers and the monotonic clock go on. */

const HOUR = 3_600_000;
const ask = async ({ url }: TestService, token?: string) =>
  (await fetch(`${url}/v1/languages`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }))
    .status;

const jump = (by: number): void => {
  const now = Date.now() + by;
  mock.timers.reset();
  mock.timers.enable({ apis: ['Date'], now });
};

describe('a clock that jumps', () => {
  afterEach(() => mock.timers.reset());

  test('neither opens nor prolongs a limit of requests', async () => {
    const service = await startService({ RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_SECONDS: '2' });
    const began = performance.now();
    assert.deepEqual([await ask(service), await ask(service)], [200, 429]);
    jump(HOUR);
    const early = await ask(service);
    if (performance.now() - began < 2000) assert.equal(early, 429, 'set forward');
    jump(-2 * HOUR);
    await wait(2100);
    assert.equal(await ask(service), 200, 'set back');
    await service.close();
  });

  test('changes what an expiry means, and nothing beyond; new keys of an issuer are found after it was set back', async () => {
    const pairs = await Promise.all(['one', 'two'].map(async (kid) => ({ kid, ...(await generateKeyPair('ES256')) })));
    const jwks = await Promise.all(
      pairs.map(async ({ kid, publicKey }): Promise<JWK> => ({ ...(await exportJWK(publicKey)), kid, alg: 'ES256' })),
    );
    let published = jwks.slice(0, 1);
    const issuer = createServer((request, response) => {
      const discovery = { issuer: url, jwks_uri: `${url}/keys` };
      response.end(JSON.stringify(request.url === '/keys' ? { keys: published } : discovery));
    });
    await new Promise<void>((done) => void issuer.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    const service = await startService({ OIDC_ISSUER: url, OIDC_AUDIENCE: 'dockwright' });
    const sign = async (n: number): Promise<string> =>
      new SignJWT({ iss: url, aud: 'dockwright', sub: 'team', exp: Math.floor(Date.now() / 1000) + 60 })
        .setProtectedHeader({ alg: 'ES256', kid: pairs[n]?.kid ?? '' })
        .sign(pairs[n]?.privateKey ?? new Uint8Array());

    const token = await sign(0);
    assert.equal(await ask(service, token), 200);
    jump(HOUR);
    assert.equal(await ask(service, token), 401, 'it has expired, as far as anybody can tell');
    jump(-2 * HOUR);
    assert.equal(await ask(service, token), 200);
    published = jwks;
    jump(-HOUR);
    assert.equal(await ask(service, await sign(1)), 200);

    await service.close();
    issuer.closeAllConnections();
    issuer.close();
  });
});
