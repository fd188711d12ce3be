import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import request from 'supertest';
import { extract } from 'tar-stream';
import { tarGzOf, tarOf } from '../support/archives.ts';
import { startService, type TestService } from '../support/service.ts';

const site = {
  'index.html': '<h1>hello</h1>',
  Dockerfile: 'FROM scratch\n',
  '.git/HEAD': 'ref',
  'notes.log': 'x',
  'style.css': 'body {}',
};

interface Read {
  readonly name: string;
  readonly uid: number;
  /** In milliseconds. */
  readonly time: number;
  readonly text: string;
}

async function entriesOf(tar: Buffer): Promise<Read[]> {
  const reader = extract();
  reader.end(tar);
  const found: Read[] = [];
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, uid, mtime } = entry.header;
    found.push({ name, uid, time: mtime?.getTime() ?? 0, text: Buffer.concat(chunks).toString() });
  }
  return found;
}

describe('an archive', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => service.close());

  const post = (path: string, body: Buffer) =>
    request(service.url)
      .post(path)
      .set('content-type', 'application/octet-stream')
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => done(null, Buffer.concat(chunks)));
      })
      .send(body);

  test('becomes a context: filtered, the ignore file first, the Dockerfile last', async () => {
    const { status, body, headers } = await post('/v1/source/context', await tarOf(site));
    assert.equal(status, 200);
    const tar = body as Buffer;
    assert.equal(headers['content-type'], 'application/x-tar');
    assert.equal(headers['content-length'], String(tar.length));
    const entries = await entriesOf(tar);
    assert.deepEqual(
      entries.map((e) => e.name),
      ['.dockerignore', 'index.html', 'style.css', 'Dockerfile'],
    );
    assert.ok(entries.every((e) => e.uid === 0));
    assert.match(entries.at(-1)?.text ?? '', /^# syntax=docker\/dockerfile:1/);
    assert.deepEqual(service.spooled(), []);
  });

  test('gives the same bytes and fingerprint for the same input', async () => {
    const archive = await tarOf(site);
    const [a, b] = await Promise.all([post('/v1/source/context', archive), post('/v1/source/context', archive)]);
    assert.deepEqual(a.body, b.body);
    assert.equal(a.headers['etag'], b.headers['etag']);
    const other = await post('/v1/source/context', await tarOf({ ...site, 'style.css': 'p {}' }));
    assert.notEqual(other.headers['etag'], a.headers['etag']);
  });

  test('has times of the content, not of the sender, so that an edit that keeps the length shows', async () => {
    const context = async (style: string, mtime: Date): Promise<Buffer> => {
      const sent = await tarOf({ ...site, 'style.css': style }, [], mtime);
      return (await post('/v1/source/context', sent)).body as Buffer;
    };
    const first = await context('p {}', new Date(0));
    assert.deepEqual(await context('p {}', new Date(1e12)), first);
    const times = async (tar: Buffer): Promise<number[]> => [
      ...new Set((await entriesOf(tar)).map(({ time }) => time)),
    ];
    const [before, after] = [await times(first), await times(await context('q {}', new Date(0)))];
    assert.equal(before.length, 1);
    assert.notDeepEqual(before, after);
  });

  test('is told by its first bytes, whatever its type says', async () => {
    const tar = await tarOf(site);
    for (const body of [tar, await tarGzOf(site), zstdCompressSync(tar)]) {
      const { status, headers } = await post('/v1/source/dockerfile', body);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    }
  });

  test('comes back as gzip where that is accepted', async () => {
    const { body, headers } = await post('/v1/source/context', await tarOf(site)).set('accept', 'application/gzip');
    assert.equal(headers['content-type'], 'application/gzip');
    assert.equal((await entriesOf(gunzipSync(body as Buffer))).at(-1)?.name, 'Dockerfile');
  });

  test('may come as a form, with a manifest beside it that goes over what is found', async () => {
    const answer = await request(service.url)
      .post('/v1/source/dockerfile')
      .field('manifest', 'port: 9000\nname: shop')
      .attach('archive', await tarOf(site), 'site.tar');
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /EXPOSE 9000/);
    assert.match(answer.text, /org\.opencontainers\.image\.title="shop"/);
  });

  test('has its parts in any order', async () => {
    const answer = await request(service.url)
      .post('/v1/source/dockerfile')
      .attach('archive', await tarOf(site), 'site.tar')
      .attach('manifest', Buffer.from('{"port": 9001}'), 'manifest.json');
    assert.match(answer.text, /EXPOSE 9001/);
  });

  test('says of every value where it comes from', async () => {
    const { body } = await request(service.url)
      .post('/v1/source/manifest')
      .set('content-type', 'application/x-tar')
      .send(await tarOf({ ...site, 'dockwright.yaml': 'port: 81' }));
    const { manifest, origins, candidates } = body as {
      manifest: Record<string, unknown>;
      origins: Record<string, { origin: string }>;
      candidates: { language: string }[];
    };
    assert.equal(manifest['language'], 'static');
    assert.equal(origins['/port']?.origin, 'project');
    assert.equal(origins['/language']?.origin, 'detected');
    assert.equal(candidates[0]?.language, 'static');
  });

  test('gives a reason for every line of its Dockerfile', async () => {
    const { body } = await request(service.url)
      .post('/v1/source/dockerfile')
      .set('content-type', 'application/x-tar')
      .set('accept', 'application/json')
      .send(await tarOf(site));
    const { dockerfile, steps, warnings } = body as {
      dockerfile: string;
      steps: { line: number; instruction: string; why: string }[];
      warnings: { code: string }[];
    };
    const lines = dockerfile.split('\n');
    for (const step of steps) {
      assert.equal(lines[step.line - 1], step.instruction.split('\n')[0]);
      assert.ok(step.why.length > 0);
    }
    const instructions = lines.filter((l) =>
      /^(FROM|RUN|COPY|ENV|USER|EXPOSE|CMD|ENTRYPOINT|HEALTHCHECK|WORKDIR) /.test(l),
    );
    assert.equal(steps.length, instructions.length);
    assert.deepEqual(
      warnings.map((w) => w.code),
      ['dockerfile-set-aside'],
    );
  });

  test('keeps a Dockerfile of its own when asked to, and says what it misses', async () => {
    const own = {
      'app.py': '',
      'data/x': '1',
      Dockerfile: 'FROM scratch\nCOPY data /data\nCOPY missing /m\n',
      '.dockerignore': 'data\n',
    };
    const { body } = await request(service.url)
      .post('/v1/source/dockerfile?dockerfile=keep')
      .set('content-type', 'application/x-tar')
      .set('accept', 'application/json')
      .send(await tarOf(own));
    const { dockerfile, warnings } = body as { dockerfile: string; warnings: { code: string; line?: number }[] };
    assert.equal(dockerfile, own.Dockerfile);
    assert.deepEqual(
      warnings.map((w) => [w.code, w.line]),
      [
        ['copy-source-ignored', 1],
        ['copy-source-missing', undefined],
      ],
    );
  });

  test('has its ignore file merged, kept or replaced', async () => {
    const mine = { ...site, '.dockerignore': '# mine\nstyle.css\n' };
    const text = async (mode: string) =>
      (
        await request(service.url)
          .post(`/v1/source/dockerignore?dockerignore=${mode}`)
          .set('content-type', 'application/x-tar')
          .send(await tarOf(mine))
      ).text;
    assert.match(await text('merge'), /^# mine\nstyle\.css\n\n# --- added by dockwright/);
    assert.equal(await text('keep'), mine['.dockerignore']);
    assert.doesNotMatch(await text('replace'), /mine/);
  });

  test('has one wrapping folder stripped', async () => {
    const wrapped = Object.fromEntries(Object.entries(site).map(([path, text]) => [`shop-1.2/${path}`, text]));
    const { body } = await post('/v1/source/context', await tarOf(wrapped));
    assert.deepEqual(
      (await entriesOf(body as Buffer)).map((e) => e.name),
      ['.dockerignore', 'index.html', 'style.css', 'Dockerfile'],
    );
  });
});

describe('the reference', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ DOCS: 'true' });
  });
  after(async () => service.close());

  for (const path of [
    '/v1/languages',
    '/v1/images',
    '/v1/images?language=python',
    '/v1/manifest.schema.json',
    '/openapi.json',
    '/docs/',
    '/livez',
    '/readyz',
    '/',
  ]) {
    test(`${path} answers`, async () => assert.equal((await request(service.url).get(path)).status, 200));
  }

  test('a request keeps the id it came with', async () => {
    const { headers } = await request(service.url).get('/livez').set('x-request-id', 'abc-1');
    assert.equal(headers['x-request-id'], 'abc-1');
    assert.notEqual(
      (await request(service.url).get('/livez').set('x-request-id', 'a b')).headers['x-request-id'],
      'a b',
    );
  });

  test('a manifest gives a Dockerfile without an upload', async () => {
    const { status, text } = await request(service.url)
      .post('/v1/manifest/dockerfile')
      .send({ language: 'static', port: 8081 });
    assert.equal(status, 200);
    assert.match(text, /EXPOSE 8081/);
  });
});
