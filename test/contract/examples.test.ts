import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { stringify } from 'yaml';
import { committedDocument } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { tarOf, zipOf } from '../support/archives.ts';
import { startService, type TestService } from '../support/service.ts';

/** Every example of the document is sent to the service, and every answer is held against the document. */

interface Media {
  schema: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Parameter {
  name: string;
  in: string;
  schema: { example?: unknown };
  example?: unknown;
}
interface Described {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

const document = committedDocument(readConfig({})) as unknown as {
  paths: Record<string, Record<'get' | 'post', Described | undefined>>;
  components: { schemas: Record<string, object> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Described })),
);

function exampleOf({ parameters = [] }: Described, name: string): string {
  const parameter = parameters.find((one) => one.name === name);
  const example = parameter?.example ?? parameter?.schema.example;
  return typeof example === 'string' ? example : '';
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'document', components: document.components });
/** References in the document are to its own root. */
const validatorOf = (schema: object) =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object);

const site = await tarOf({
  'index.html': '<h1>hello</h1>',
  'services/orders/index.html': '<h1>orders</h1>',
  'dockwright.yaml': 'environments:\n  production:\n    port: 8081\n',
});
const archives: Readonly<Record<string, Buffer>> = {
  'application/x-tar': site,
  'application/gzip': gzipSync(site),
  'application/zstd': zstdCompressSync(site),
  'application/zip': zipOf({ 'index.html': '<h1>hello</h1>' }),
  'application/octet-stream': site,
};

interface Body {
  name: string;
  body: string | Uint8Array<ArrayBuffer> | FormData;
  headers: Record<string, string>;
}

/** The bodies that a media type of the document asks to send. */
function bodiesOf(type: string, { example, examples = {} }: Media): Body[] {
  const archive = archives[type];
  if (archive) return [{ name: type, body: new Uint8Array(archive), headers: { 'content-type': type } }];
  const values = [
    ...(example === undefined ? [] : [['example', example] as const]),
    ...Object.entries(examples).map(([name, { value }]) => [name, value] as const),
  ];
  assert.ok(values.length > 0, `${type} has no example`);
  return values.map(([name, value]) => {
    if (type !== 'multipart/form-data')
      return {
        name,
        body: type.endsWith('yaml') ? stringify(value) : JSON.stringify(value),
        headers: { 'content-type': type },
      };
    const form = new FormData();
    const { manifest } = value as { manifest: unknown };
    form.set('manifest', new Blob([JSON.stringify(manifest)], { type: 'application/json' }));
    form.set('archive', new Blob([new Uint8Array(site)]), 'site.tar');
    return { name, body: form, headers: {} };
  });
}

describe('every operation answers its examples as the document says', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => service.close());

  async function send(
    path: string,
    method: string,
    operation: Described,
    type: string,
    { body, headers = {}, query = {} }: Partial<Body> & { query?: Record<string, string> } = {},
  ): Promise<void> {
    const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => exampleOf(operation, name));
    const response = await fetch(`${service.url}${url}?${new URLSearchParams(query).toString()}`, {
      method,
      headers: { ...headers, accept: type },
      ...(body === undefined ? {} : { body }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(response.status, 200, bytes.toString());
    assert.equal(response.headers.get('content-type')?.split(';')[0], type);
    assert.ok(bytes.length > 0);
    const media = operation.responses['200']?.content?.[type];
    assert.ok(media);
    if (!type.endsWith('json')) return;
    const valid = validatorOf(media.schema);
    assert.ok(valid(JSON.parse(bytes.toString())), JSON.stringify(valid.errors));
  }

  for (const { path, method, operation } of operations) {
    for (const type of Object.keys(operation.responses['200']?.content ?? {})) {
      if (!operation.requestBody) {
        test(`${operation.operationId} as ${type}`, async () => send(path, method, operation, type));
        continue;
      }
      for (const [sent, media] of Object.entries(operation.requestBody.content)) {
        for (const { name, body, headers } of bodiesOf(sent, media)) {
          test(`${operation.operationId}, sent ${sent} (${name}), as ${type}`, async () =>
            send(path, method, operation, type, { body, headers }));
        }
      }
    }
  }

  for (const { path, method, operation } of operations) {
    const [type = ''] = Object.keys(operation.responses['200']?.content ?? {});
    const [[sent, media] = []] = Object.entries(operation.requestBody?.content ?? {});
    for (const { name, in: place } of operation.parameters ?? []) {
      if (place !== 'query' || exampleOf(operation, name) === '') continue;
      test(`${operation.operationId} with ${name}`, async () => {
        const [body] = sent && media ? bodiesOf(sent, media) : [];
        await send(path, method, operation, type, { ...body, query: { [name]: exampleOf(operation, name) } });
      });
    }
  }

  test('every example of a problem is one', () => {
    const valid = validatorOf({ $ref: '#/components/schemas/Problem' });
    for (const { operation } of operations) {
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        for (const { value } of Object.values(content['application/problem+json']?.examples ?? {})) {
          assert.ok(valid(value), JSON.stringify(valid.errors));
          assert.equal(String((value as { status: number }).status), status);
        }
      }
    }
  });

  test('the document that is served is the one that is committed', async () => {
    assert.deepEqual(await (await fetch(`${service.url}/openapi.json`)).json(), JSON.parse(JSON.stringify(document)));
  });
});
