import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { readConfig } from '../../src/config.ts';
import { parseTokens } from '../../src/http/access/tokens.ts';
import { startService, type TestService } from '../support/service.ts';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const ask = async (service: TestService, token?: string, path = '/v1/languages') =>
  fetch(`${service.url}${path}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

async function refused(response: Response): Promise<string> {
  assert.equal(response.status, 401);
  assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.equal(((await response.json()) as { type: string }).type, '/problems/access-required');
  return response.headers.get('www-authenticate') ?? '';
}

describe('bearer tokens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dockwright-tokens-'));
  const file = join(folder, 'tokens');
  let service: TestService;
  before(async () => {
    writeFileSync(file, `# CI\nci:${hashOf('token-of-ci')}\n`);
    service = await startService({ ACCESS_TOKENS: `dev:${hashOf('token-of-dev')}`, ACCESS_TOKENS_FILE: file });
  });
  after(async () => {
    await service.close();
    rmSync(folder, { recursive: true });
  });

  test('several, from the setting and from the file, let in', async () => {
    assert.equal((await ask(service, 'token-of-ci')).status, 200);
    assert.equal((await ask(service, 'token-of-dev')).status, 200);
  });

  test('none, an unknown one, and a hash in place of its token are refused, each with what is asked for', async () => {
    assert.equal(await refused(await ask(service)), 'Bearer realm="dockwright"');
    assert.match(await refused(await ask(service, 'nobody')), /error="invalid_token"/);
    await refused(await ask(service, hashOf('token-of-ci')));
    await refused(await ask(service, 'a.b.c'));
  });

  test('an upload is refused before it is sent', async () => {
    const response = await fetch(`${service.url}/v1/source/context`, {
      method: 'POST',
      body: new Uint8Array(8 * 1024 * 1024),
    });
    await refused(response);
  });

  test('what says how to use the service, and whether it lives, needs none', async () => {
    for (const path of ['/', '/livez', '/readyz', '/openapi.json', '/problems/access-required'])
      assert.equal((await ask(service, undefined, path)).status, 200, path);
    await refused(await ask(service, undefined, '/metrics'));
  });

  test('are read again on SIGHUP; a broken file changes nothing', async () => {
    writeFileSync(file, `next:${hashOf('token-of-next')}\n`);
    process.emit('SIGHUP');
    assert.equal((await ask(service, 'token-of-next')).status, 200);
    await refused(await ask(service, 'token-of-ci'));
    writeFileSync(file, 'a token that was not hashed\n');
    process.emit('SIGHUP');
    assert.equal((await ask(service, 'token-of-next')).status, 200);
  });

  test('are read again when the file has changed', { timeout: 20_000 }, async () => {
    writeFileSync(file, `last:${hashOf('token-of-last')}\n`);
    for (let tries = 0; (await ask(service, 'token-of-last')).status !== 200; tries += 1) {
      assert.ok(tries < 150);
      await wait(100);
    }
  });

  test('a line that is none stops the start, and is not repeated in the message', () => {
    assert.throws(
      () => parseTokens('ci:my-secret'),
      (error: Error) => !error.message.includes('my-secret'),
    );
    assert.equal(parseTokens(`a:${hashOf('a')}, b:${hashOf('b')}\n#x\nc: ${hashOf('c')}`).size, 3);
  });
});

describe('JSON Web Tokens of an issuer', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  let issuer: Server;
  let url: string;
  let service: TestService;
  let up = true;

  before(async () => {
    issuer = createServer((request, response) => {
      if (!up) {
        response.statusCode = 500;
        response.end();
        return;
      }
      const discovery = { issuer: url, jwks_uri: `${url}/keys` };
      response.end(JSON.stringify(request.url === '/keys' ? { keys: [jwk] } : discovery));
    });
    await new Promise<void>((done) => void issuer.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    service = await startService({ OIDC_ISSUER: url, OIDC_AUDIENCE: 'dockwright' });
  });
  after(async () => {
    await service.close();
    issuer.closeAllConnections();
    issuer.close();
  });

  const sign = async (claims: JWTPayload, key = privateKey): Promise<string> =>
    new SignJWT({ iss: url, aud: 'dockwright', sub: 'team-a', exp: Math.floor(Date.now() / 1000) + 60, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(key);

  test('a good one lets in', async () => assert.equal((await ask(service, await sign({}))).status, 200));

  test('one of another audience, issuer or key, an old one, one without a signature: refused', async () => {
    const other = await generateKeyPair('ES256');
    const tokens = [
      await sign({ aud: 'another' }),
      await sign({ iss: 'https://elsewhere.example' }),
      await sign({ exp: 1000 }),
      await sign({}, other.privateKey),
      new UnsecuredJWT({ sub: 'x', aud: 'dockwright', iss: url }).setExpirationTime('1h').encode(),
      await new SignJWT({ iss: url, aud: 'dockwright', sub: 'x' })
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(JSON.stringify(jwk))),
    ];
    for (const token of tokens) assert.match(await refused(await ask(service, token)), /invalid_token/);
  });

  test('an issuer that is away: 503 with Retry-After, never let in', async () => {
    up = false;
    const other = await startService({ OIDC_ISSUER: url, OIDC_AUDIENCE: 'dockwright' });
    const response = await ask(other, await sign({}));
    assert.equal(response.status, 503);
    assert.equal(((await response.json()) as { type: string }).type, '/problems/access-unavailable');
    assert.ok(Number(response.headers.get('retry-after')) > 0);
    await other.close();
    up = true;
  });

  test('an issuer without an audience is a wrong setting', () => {
    assert.throws(() => readConfig({ OIDC_ISSUER: 'https://id.example' }), /OIDC_AUDIENCE/);
  });
});

describe('web pages of other origins', () => {
  test('may call only where they are named', async () => {
    const closed = await startService();
    const open = await startService({ CORS_ORIGINS: 'https://a.example', ACCESS_TOKENS: `x:${hashOf('x')}` });
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' };
    const none = await fetch(`${closed.url}/v1/context`, { method: 'OPTIONS', headers });
    assert.equal(none.headers.get('access-control-allow-origin'), null);
    const preflight = await fetch(`${open.url}/v1/context`, { method: 'OPTIONS', headers });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://a.example');
    const stranger = await fetch(`${open.url}/livez`, { headers: { origin: 'https://b.example' } });
    assert.notEqual(stranger.headers.get('access-control-allow-origin'), 'https://b.example');
    await Promise.all([closed.close(), open.close()]);
  });
});
