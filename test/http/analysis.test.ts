import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import request from 'supertest';
import { analysisAnswer } from '../../src/http/schemas/analysis.ts';
import { tarGzOf, tarOf } from '../support/archives.ts';
import { startService, type TestService } from '../support/service.ts';

const files = {
  'index.html': '<h1>hello</h1>',
  'img/a.svg': 's'.repeat(2000),
  'img/b.svg': 's'.repeat(2000),
  '.git/HEAD': 'ref',
  '.env': 'TOKEN=abc',
};

describe('the analysis operation', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => service.close());

  const analyse = async (accept: string, query = '') =>
    request(service.url)
      .post(`/v1/source/analysis${query}`)
      .set('content-type', 'application/octet-stream')
      .set('accept', accept)
      .send(await tarGzOf(files));

  test('answers with JSON as its schema has it', async () => {
    const { status, headers, body } = await analyse('*/*');
    assert.equal(status, 200);
    assert.match(String(headers['content-type']), /^application\/json/);
    const analysis = analysisAnswer.parse(body);
    assert.deepEqual(JSON.parse(JSON.stringify(analysis)), body);
    assert.equal(analysis.duplicates.groups, 1);
    assert.equal(analysis.dockerfile.origin, 'generated');
    assert.deepEqual(
      analysis.upload.map((u) => u.megabitsPerSecond),
      [10, 100, 1000],
    );
  });

  test('answers with text, and with a page that may run its own script alone', async () => {
    const text = await analyse('text/plain');
    assert.equal(text.headers['content-type'], 'text/plain; charset=utf-8');
    assert.match(text.text, /^Project +\S+ \S+ in 5 files$/m);
    const page = await analyse('text/html,application/xhtml+xml,*/*;q=0.8');
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/);
    assert.doesNotMatch(String(page.headers['content-security-policy']), /unsafe/);
  });

  test('takes the speeds that are asked for, and refuses what is none', async () => {
    const { body } = await analyse('*/*', '?speeds=2.5,40');
    assert.deepEqual(
      (body as { upload: { megabitsPerSecond: number }[] }).upload.map((u) => u.megabitsPerSecond),
      [2.5, 40],
    );
    assert.equal((await analyse('*/*', '?speeds=fast')).status, 400);
  });

  test('spools nothing, however much is sent', async () => {
    const large = await startService({ SPOOL_MEMORY_BYTES: '1', SPOOL_BYTES: '1' });
    const { status } = await request(large.url)
      .post('/v1/source/analysis')
      .set('content-type', 'application/x-tar')
      .send(await tarOf({ 'index.html': 'x', 'large.bin': 'y'.repeat(3_000_000) }));
    assert.equal(status, 200);
    assert.deepEqual(large.spooled(), []);
    await large.close();
  });

  test('answers for a project in no language, and says why there is no Dockerfile', async () => {
    const { status, body } = await request(service.url)
      .post('/v1/source/analysis')
      .set('content-type', 'application/x-tar')
      .send(await tarOf({ 'main.cob': 'x' }));
    assert.equal(status, 200);
    assert.equal((body as { warnings: { code: string }[] }).warnings[0]?.code, 'no-language');
  });
});
