import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startService } from '../support/service.ts';

test('/docs loads nothing from elsewhere: not by its page, not by its policy', async () => {
  const service = await startService({ DOCS: 'true' });
  const response = await fetch(`${service.url}/docs`);
  const page = await response.text();
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'self'/);
  assert.doesNotMatch(policy, /https?:/);
  const loaded = [...page.matchAll(/<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"/g)].map(
    ([, target = '']) => target,
  );
  assert.ok(loaded.length > 0);
  for (const target of loaded) {
    const file = new URL(target, response.url);
    assert.equal(file.origin, service.url, target);
    const got = await fetch(file);
    assert.equal(got.status, 200, target);
    assert.match(got.headers.get('content-type') ?? '', /javascript|css|image/);
  }
  await service.close();
});

test('/docs may be left out', async () => {
  const service = await startService({ DOCS: 'false' });
  assert.equal((await fetch(`${service.url}/docs`)).status, 404);
  await service.close();
});
