import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import request from 'supertest';
import { extract } from 'tar-stream';
import { kitAnswer } from '../../src/http/schemas/kit.ts';
import { tarOf } from '../support/archives.ts';
import { GO_SERVICE } from '../support/kits.ts';
import { startService, type TestService } from '../support/service.ts';

/** Reads a tar by a library that the service does not use. */
async function untar(archive: Buffer): Promise<Record<string, { mode: number | undefined; text: string }>> {
  const files: Record<string, { mode: number | undefined; text: string }> = {};
  const reader = extract();
  reader.end(archive);
  for await (const entry of reader) {
    const pieces: Buffer[] = [];
    for await (const piece of entry as AsyncIterable<Buffer>) pieces.push(piece);
    files[entry.header.name] = { mode: entry.header.mode, text: Buffer.concat(pieces).toString() };
  }
  return files;
}

describe('the kit', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => service.close());

  const fromSource = async (query = '', accept = 'application/json') =>
    request(service.url)
      .post(`/v1/source/kit${query}`)
      .set('content-type', 'application/octet-stream')
      .set('accept', accept)
      .buffer(true)
      .parse((response, done) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => done(null, Buffer.concat(pieces)));
      })
      .send(await tarOf(GO_SERVICE));
  const json = (body: unknown) => kitAnswer.parse(JSON.parse((body as Buffer).toString()));

  test('of an archive is JSON that fits its schema', async () => {
    const { status, body, headers } = await fromSource();
    assert.equal(status, 200);
    assert.match(headers['etag'] ?? '', /^"/);
    const kit = json(body);
    assert.equal(kit.workload, 'service');
    assert.ok(kit.files.length > 20);
    assert.deepEqual(service.spooled(), []);
  });

  test('or a tar with the same files, to unpack', async () => {
    const kit = json((await fromSource()).body);
    const files = await untar((await fromSource('', 'application/x-tar')).body as Buffer);
    assert.deepEqual(Object.keys(files).sort(), kit.files.map((f) => f.path).sort());
    for (const { path, text } of kit.files) assert.equal(files[path]?.text, text);
    assert.equal(files['deploy/docker-tags.sh']?.mode, 0o755);
    const packed = (await fromSource('', 'application/gzip')).body as Buffer;
    assert.deepEqual(await untar(gunzipSync(packed)), files);
  });

  test('include= picks parts, and names those that are none', async () => {
    const kit = json((await fromSource('?include=bake,readme')).body);
    assert.deepEqual(
      kit.files.map((f) => f.path),
      ['docker-bake.hcl', 'README.Docker.md'],
    );
    const { status, body } = await fromSource('?include=bake,helm');
    assert.equal(status, 400);
    assert.match((body as Buffer).toString(), /names \\"helm\\", which is no part; those there are: dockerfile/);
  });

  test('of a manifest alone', async () => {
    const { status, body } = await request(service.url)
      .post('/v1/manifest/kit?include=compose')
      .send({
        language: 'go',
        name: 'orders',
        command: ['orders'],
        port: 9000,
        files: { 'go.mod': GO_SERVICE['go.mod'] },
      });
    assert.equal(status, 200, JSON.stringify(body));
    const kit = kitAnswer.parse(body);
    assert.match(kit.files[0]?.text ?? '', /HOST_PORT:-9000\}:9000/);
  });

  test('the same question has the same answer', async () => {
    const [a, b] = [await fromSource(), await fromSource()];
    assert.equal((a.body as Buffer).toString(), (b.body as Buffer).toString());
    assert.equal(a.headers['etag'], b.headers['etag']);
  });

  test('a project of no known language is refused as everywhere', async () => {
    const { status, body } = await request(service.url)
      .post('/v1/source/kit')
      .set('content-type', 'application/octet-stream')
      .send(await tarOf({ 'notes.txt': 'x' }));
    assert.equal(status, 422);
    assert.equal((body as { type: string }).type, '/problems/no-language');
  });
});
