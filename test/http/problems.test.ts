import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import request from 'supertest';
import { tarGzOf, tarOf } from '../support/archives.ts';
import { startService, type TestService } from '../support/service.ts';

describe('problem documents', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => service.close());

  const post = (path: string, body: Buffer | string) =>
    request(service.url).post(path).set('content-type', 'application/octet-stream').send(body);

  interface Expected {
    readonly status: number;
    readonly slug: string;
    readonly detail?: RegExp;
    readonly hint?: RegExp;
  }
  async function refuses(answer: Promise<request.Response>, { status, slug, detail, hint }: Expected): Promise<void> {
    const {
      status: got,
      body,
      headers,
    } = (await answer) as { status: number; body: Record<string, unknown>; headers: Record<string, string> };
    assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8', JSON.stringify(body));
    assert.equal(body['type'], `/problems/${slug}`, String(body['detail']));
    assert.equal(got, status);
    assert.equal(body['status'], status);
    assert.equal(body['instance'], headers['x-request-id']);
    if (detail) assert.match(String(body['detail']), detail);
    assert.match(typeof body['hint'] === 'string' ? body['hint'] : '', hint ?? /./);
    assert.deepEqual(service.spooled(), []);
  }

  test('not an archive: says how to send one', async () =>
    refuses(post('/v1/source/dockerfile', 'hello, I am a text'), {
      status: 415,
      slug: 'unsupported-archive',
      hint: /tar c \. \| curl/,
    }));

  test('JSON instead of an archive: says where manifests go', async () =>
    refuses(post('/v1/source/context', '{"language": "python"}'), {
      status: 415,
      slug: 'unsupported-archive',
      detail: /JSON/,
      hint: /\/v1\/manifest/,
    }));

  test('bzip2 and xz: the line that unpacks them', async () => {
    await refuses(post('/v1/source/context', 'BZh91AY&SY'), {
      status: 415,
      slug: 'unsupported-archive',
      hint: /^bunzip2 -c/,
    });
    await refuses(post('/v1/source/context', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])), {
      status: 415,
      slug: 'unsupported-archive',
      hint: /^xz -dc/,
    });
  });

  test('a gzip that holds no tar', async () =>
    refuses(post('/v1/source/context', gzipSync('hello '.repeat(200))), {
      status: 415,
      slug: 'unsupported-archive',
      detail: /gzip/,
    }));

  test('an empty body and an empty archive', async () => {
    await refuses(post('/v1/source/dockerfile', ''), { status: 422, slug: 'empty-archive' });
    await refuses(post('/v1/source/dockerfile', await tarOf({})), { status: 422, slug: 'empty-archive' });
    await refuses(post('/v1/source/dockerfile', await tarOf({}, [{ name: 'only/', type: 'directory' }])), {
      status: 422,
      slug: 'empty-archive',
    });
  });

  test('a request that says it has no bytes, and no type', async () => {
    const empty = (path: string) => request(service.url).post(path).set('content-length', '0').unset('content-type');
    await refuses(empty('/v1/source/dockerfile'), { status: 422, slug: 'empty-archive' });
    await refuses(empty('/v1/manifest/dockerfile'), { status: 422, slug: 'no-language' });
    await refuses(empty('/v1/tags'), { status: 400, slug: 'invalid-request' });
  });

  test('no language found: names what is there and what was looked for', async () =>
    refuses(post('/v1/source/dockerfile', await tarOf({ 'notes.md': 'x' })), {
      status: 422,
      slug: 'no-language',
      detail: /notes\.md/,
      hint: /package\.json.*"language"/,
    }));

  test('two languages that tie: names both and how to choose', async () => {
    const tie = await tarOf({
      'package.json': '{"scripts":{"start":"node a.js"}}',
      'package-lock.json': '{}',
      'tsconfig.json': '{}',
      'go.mod': 'module x\n\ngo 1.26\n',
      'main.go': 'package main\n\nfunc main() {}\n',
    });
    const { body } = (await post('/v1/source/dockerfile', tie)) as { body: { candidates?: { language: string }[] } };
    assert.deepEqual(
      body.candidates?.map((c) => c.language),
      ['go', 'node'],
    );
    await refuses(post('/v1/source/dockerfile', tie), { status: 422, slug: 'ambiguous-language', hint: /\?language=/ });
  });

  test('a broken package.json: the file and the place', async () =>
    refuses(post('/v1/source/dockerfile', await tarOf({ 'package.json': '{"name": "x",\n "scripts": {' })), {
      status: 422,
      slug: 'broken-file',
      detail: /package\.json/,
    }));

  test('a manifest with an unknown field: the pointer to it', async () => {
    await refuses(post('/v1/manifest/dockerfile', '{"language": "go", "prot": 80}'), {
      status: 400,
      slug: 'invalid-manifest',
      detail: /\/prot/,
    });
    await refuses(post('/v1/source/dockerfile', await tarOf({ 'index.html': '', 'dockwright.yaml': 'prot: 80' })), {
      status: 400,
      slug: 'invalid-manifest',
      detail: /dockwright\.yaml.*\/prot/,
    });
  });

  test('an app that is not there', async () =>
    refuses(post('/v1/source/dockerfile?app=nope', await tarOf({ 'index.html': '' })), {
      status: 422,
      slug: 'unknown-app',
    }));

  test('several apps and no choice: the list', async () =>
    refuses(post('/v1/source/dockerfile', await tarOf({ 'a/index.html': '', 'b/index.html': '' })), {
      status: 422,
      slug: 'ambiguous-app',
      detail: /"a", "b"/,
      hint: /\?app=a/,
    }));

  test('a wrong query parameter', async () =>
    refuses(post('/v1/source/dockerfile?colour=red', await tarOf({ 'index.html': '' })), {
      status: 400,
      slug: 'invalid-request',
      hint: /app/,
    }));

  test('a cut upload', async () => {
    const archive = await tarGzOf({ 'index.html': 'x'.repeat(5000) });
    await refuses(post('/v1/source/dockerfile', archive.subarray(0, archive.length - 12)), {
      status: 400,
      slug: 'invalid-archive',
    });
    const plain = await tarOf({ 'index.html': 'x'.repeat(5000) });
    await refuses(post('/v1/source/dockerfile', plain.subarray(0, 2048)), { status: 400, slug: 'invalid-archive' });
    await refuses(post('/v1/source/dockerfile', zstdCompressSync(plain).subarray(0, 40)), {
      status: 400,
      slug: 'invalid-archive',
    });
  });

  test('an entry that climbs out', async () =>
    refuses(post('/v1/source/context', await tarOf({ '../evil': 'x' })), {
      status: 422,
      slug: 'unsafe-archive',
      detail: /\.\.\/evil/,
    }));

  test('a bad pattern in the ignore file: its line', async () =>
    refuses(post('/v1/source/context', await tarOf({ 'index.html': '', '.dockerignore': 'ok\na[' })), {
      status: 422,
      slug: 'invalid-dockerignore',
      detail: /\.dockerignore:2/,
    }));

  test('a form without an archive, and one with a strange part', async () => {
    await refuses(request(service.url).post('/v1/source/dockerfile').field('manifest', '{}'), {
      status: 400,
      slug: 'invalid-request',
      detail: /archive/,
    });
    await refuses(request(service.url).post('/v1/source/dockerfile').field('colour', 'red'), {
      status: 400,
      slug: 'invalid-request',
      detail: /colour/,
    });
  });

  test('a form that ends early, in its archive and before it', async () => {
    const archive = await tarOf({ 'index.html': 'x'.repeat(5000) });
    const head = '--x\r\nContent-Disposition: form-data; name="archive"; filename="a"\r\n\r\n';
    for (const body of [head, '--x\r\n', Buffer.concat([Buffer.from(head), archive.subarray(0, 3000)])])
      await refuses(post('/v1/source/context', body).set('content-type', 'multipart/form-data; boundary=x'), {
        status: 400,
        slug: 'invalid-request',
        detail: /^The form is damaged/,
      });
  });

  test('an Accept that cannot be met', async () =>
    refuses(post('/v1/source/dockerfile', await tarOf({ 'index.html': '' })).set('accept', 'image/png'), {
      status: 406,
      slug: 'not-acceptable',
    }));

  test('an Accept for problems only leaves the kind of a good answer to the service', async () => {
    const site = await tarOf({ 'index.html': '' });
    const { status, headers } = await post('/v1/source/dockerfile', site).set('accept', 'application/problem+json');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
  });

  test('a path and a method that are not there', async () => {
    await refuses(request(service.url).get('/nope'), {
      status: 404,
      slug: 'not-found',
    });
    const { status, headers } = await request(service.url).delete('/v1/languages');
    assert.equal(status, 405);
    assert.equal(headers['allow'], 'GET, HEAD');
    const { status: query } = await fetch(`${service.url}/livez`, { method: 'QUERY' });
    assert.equal(query, 405);
  });

  test('every type has a page', async () => {
    const { body } = (await request(service.url).get('/problems/no-language')) as { body: Record<string, unknown> };
    assert.equal(body['status'], 422);
    assert.equal((await request(service.url).get('/problems/none')).status, 404);
  });
});

describe('limits', () => {
  test('each is named in its 413, with its value and its setting', async () => {
    const service = await startService({
      LIMIT_UPLOAD_BYTES: '20000',
      LIMIT_ENTRIES: '3',
      LIMIT_MANIFEST_BYTES: '50',
      LIMIT_INFLATED_BYTES: '40000',
    });
    const post = (path: string, body: Buffer | string) =>
      request(service.url).post(path).set('content-type', 'application/octet-stream').send(body);
    const cases: readonly [string, Buffer | string, string][] = [
      ['/v1/source/dockerfile', Buffer.alloc(30_000, 'x'), 'LIMIT_UPLOAD_BYTES'],
      ['/v1/source/dockerfile', await tarOf({ a: '', b: '', c: '', d: '' }), 'LIMIT_ENTRIES'],
      ['/v1/source/dockerfile', await tarGzOf({ a: 'x'.repeat(60_000) }), 'LIMIT_INFLATED_BYTES'],
      ['/v1/manifest/dockerfile', `{"name": "${'x'.repeat(100)}"}`, 'LIMIT_MANIFEST_BYTES'],
    ];
    for (const [path, body, setting] of cases) {
      const answer = (await post(path, body)) as {
        status: number;
        body: { limit?: { setting: string; value: number } };
      };
      assert.equal(answer.status, 413);
      assert.equal(answer.body.limit?.setting, setting);
      assert.ok((answer.body.limit?.value ?? 0) > 0);
    }
    assert.deepEqual(service.spooled(), []);
    await service.close();
  });
});
