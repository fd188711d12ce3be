import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startService } from '../support/service.ts';

test('every answer tells browsers that it is neither page nor script; TLS is left to who ends it', async () => {
  const service = await startService({ DOCS: 'true' });
  for (const path of ['/livez', '/nowhere', '/v1/source/dockerfile', '/openapi.json']) {
    const { headers } = await fetch(`${service.url}${path}`);
    assert.equal(headers.get('content-security-policy'), "default-src 'none';frame-ancestors 'none'", path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('strict-transport-security'), null, path);
  }
  const page = await fetch(`${service.url}/docs`);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'self'/);
  assert.equal(page.headers.get('strict-transport-security'), null);
  await service.close();
});
