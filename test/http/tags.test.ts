import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import request from 'supertest';
import { TAGS_EXAMPLE, tagsAnswer } from '../../src/http/schemas/tags.ts';
import { startService, type TestService } from '../support/service.ts';

describe('POST /v1/tags', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => service.close());

  test('answers the example as its schema says', async () => {
    const { status, body, headers } = await request(service.url).post('/v1/tags').send(TAGS_EXAMPLE);
    assert.equal(status, 200);
    assert.ok(headers['etag']);
    const answer = tagsAnswer.parse(body);
    assert.equal(answer.primary, 'registry.example.com/shop/orders:v1.2.0');
    assert.deepEqual(Object.keys(answer.registries), ['harbor', 'ecr', 'gitlab']);
    assert.match(JSON.stringify(answer.registries.harbor.rules), /"pattern":"shop\/orders"|"pattern":"orders"/);
  });

  test('gives the commands alone as text', async () => {
    const { text } = await request(service.url).post('/v1/tags').set('accept', 'text/plain').send(TAGS_EXAMPLE);
    assert.match(text, /^docker tag orders registry\.example\.com\/shop\/orders:v1\.2\.0\n/);
    assert.match(text, /\ndocker push registry\.example\.com\/shop\/orders:v1\n/);
  });

  test('refuses what would mislead, and what is no request', async () => {
    const wrong = await request(service.url)
      .post('/v1/tags')
      .send({ ...TAGS_EXAMPLE, extra: ['latest'] });
    assert.equal(wrong.status, 422);
    assert.equal((wrong.body as { type: string }).type, '/problems/refused-tags');
    const broken = await request(service.url).post('/v1/tags').set('content-type', 'application/json').send('{');
    assert.equal(broken.status, 400);
    const bad = await request(service.url).post('/v1/tags').send({ image: 'x y', commit: 'zz' });
    assert.deepEqual(
      (bad.body as { errors: { pointer: string }[] }).errors.map((e) => e.pointer),
      ['/image', '/commit'],
    );
  });
});
