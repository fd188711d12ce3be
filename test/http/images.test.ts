import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import request from 'supertest';
import { dockerfileAnswer, imagesAnswer } from '../../src/http/schemas/answers.ts';
import { tarOf } from '../support/archives.ts';
import { GO_SERVICE } from '../support/kits.ts';
import { startService, type TestService } from '../support/service.ts';

describe('base images and what they cost', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => service.close());

  test('GET /v1/images?language= puts the variants of a language side by side', async () => {
    const { body } = await request(service.url).get('/v1/images?language=go');
    const { languages } = imagesAnswer.parse(body);
    assert.deepEqual(
      languages.map((l) => l.language),
      ['go'],
    );
    const variants = languages[0]?.variants ?? [];
    assert.equal(variants.find((v) => v.preferred)?.variant, 'distroless');
    const alpine = variants.find((v) => v.variant === 'alpine');
    assert.equal(alpine?.libc, 'musl');
    assert.ok((alpine?.breaks.length ?? 0) > 0);
    assert.match(alpine?.eol ?? '', /^\d{4}-\d\d-\d\d$/);
  });

  test('the JSON of a Dockerfile compares them for the project, with the image that each would be', async () => {
    const { body } = await request(service.url)
      .post('/v1/source/dockerfile')
      .set('content-type', 'application/octet-stream')
      .set('accept', 'application/json')
      .send(await tarOf(GO_SERVICE));
    const { variants = [] } = dockerfileAnswer.parse(body);
    assert.equal(variants.filter((v) => v.chosen).length, 1);
    assert.equal(variants.find((v) => v.chosen)?.image, 'gcr.io/distroless/static-debian13:nonroot');
    assert.equal(variants.find((v) => v.variant === 'scratch')?.image, 'scratch');
    assert.equal(variants.find((v) => v.variant === 'slim')?.life?.[0]?.product, 'debian');
  });

  test('a variant that the project cannot have says why', async () => {
    const { body } = await request(service.url)
      .post('/v1/manifest/dockerfile')
      .set('accept', 'application/json')
      .send({ language: 'go', command: ['x'], run: { packages: ['curl'] }, files: { 'go.mod': GO_SERVICE['go.mod'] } });
    const { variants = [] } = dockerfileAnswer.parse(body);
    const distroless = variants.find((v) => v.variant === 'distroless');
    assert.equal(distroless?.fits, false);
    assert.match(distroless?.why ?? '', /no package manager/);
  });
});
