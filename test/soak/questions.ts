import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { tarOf, zipOf } from '../support/archives.ts';
import { serviceVersion } from '../../src/version.ts';
import { readFixtures } from '../support/fixtures.ts';
import { file, tar } from '../support/raw-tar.ts';

/** What the soak asks, and what is right: the status always, the bytes where they are known before the service is asked. */
export interface Question {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly status: number;
  readonly answer?: Buffer;
  /** How often it is asked, against 1 for most: the larger ones are rarer. */
  readonly weight?: number;
}

const FIXTURES = new Set([
  'go-server',
  'node-npm',
  'python-uv-fastapi',
  'static-site',
  'rust-http',
  'java-maven',
  'php-plain',
]);
const MIDDLE_FILES = 1000;
const MIDDLE_BYTES = 4000;
const LARGE_BYTES = 8 * 1024 * 1024;
const BOUNDARY = 'dockwright-soak';

type Files = Readonly<Record<string, Buffer>>;

function filesOf(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path))]),
  );
}

/** Text that compresses, and one file that does not: enough for the spool to be a file, and the answer to be many writes. */
function middleProject(): Files {
  const files: Record<string, Buffer> = {
    'index.html': Buffer.from('<h1>hello</h1>'),
    'large.bin': randomBytes(LARGE_BYTES),
  };
  for (let n = 0; n < MIDDLE_FILES; n += 1)
    files[`${n % 5 === 0 ? 'node_modules/' : ''}part-${n % 40}/file-${n}.js`] = Buffer.from(
      `export const value${n} = ${n};\n`.repeat(MIDDLE_BYTES / 32),
    );
  return files;
}

/** https://www.rfc-editor.org/rfc/rfc7578 */
function form(archive: Buffer, manifest?: string): Buffer {
  const part = (name: string, more: string, body: Buffer): Buffer[] => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`),
    body,
    Buffer.from('\r\n'),
  ];
  return Buffer.concat([
    ...(manifest === undefined ? [] : part('manifest', '', Buffer.from(manifest))),
    ...part('archive', '; filename="a.tar"\r\nContent-Type: application/octet-stream', archive),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}
const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

const post = (name: string, path: string, body: Buffer | string, more: Partial<Question> = {}): Question => ({
  name,
  method: 'POST',
  path,
  headers: {},
  body: Buffer.from(body),
  status: 200,
  ...more,
});

/** Every fixture in every format: its Dockerfile and ignore file are the golden ones. */
async function fixtureQuestions(): Promise<Question[]> {
  const questions: Question[] = [];
  for (const { folder, source, request } of readFixtures().filter((fixture) => FIXTURES.has(fixture.name))) {
    const files = filesOf(source);
    const archive = await tarOf(files);
    const manifest = JSON.stringify(request);
    const bodies = { tar: archive, gzip: gzipSync(archive), zstd: zstdCompressSync(archive), zip: zipOf(files) };
    for (const [format, body] of Object.entries(bodies)) {
      const of = (what: string, path: string, more: Partial<Question> = {}): Question =>
        post(`${what} ${format}`, path, form(body, manifest), { headers: FORM, ...more });
      questions.push(
        of('dockerfile', '/v1/source/dockerfile', { answer: golden(folder, 'Dockerfile') }),
        of('context', '/v1/source/context'),
        post(`analysis ${format}`, '/v1/source/analysis', body),
        post(`manifest ${format}`, '/v1/source/manifest', body),
        of('dockerignore', '/v1/source/dockerignore', { answer: golden(folder, 'dockerignore') }),
      );
    }
  }
  return questions;
}

/** Golden files are written as of the version `test`. */
const golden = (folder: string, file: string): Buffer =>
  Buffer.from(readFileSync(join(folder, file), 'utf8').replaceAll('Dockwright test', `Dockwright ${serviceVersion}`));

async function middleQuestions(): Promise<Question[]> {
  const files = middleProject();
  const archive = await tarOf(files);
  const bodies = { tar: archive, gzip: gzipSync(archive), zstd: zstdCompressSync(archive), zip: zipOf(files) };
  return Object.entries(bodies).flatMap(([format, body]) => {
    const weight = 0.25;
    const gzip = { accept: 'application/gzip' };
    return [
      post(`middle context ${format}`, '/v1/source/context', body, { weight }),
      post(`middle context ${format}, form`, '/v1/source/context', form(body, '{"port": 9000}'), {
        headers: FORM,
        weight,
      }),
      post(`middle context ${format} as gzip`, '/v1/source/context', body, { headers: gzip, weight: weight / 4 }),
      post(`middle analysis ${format}`, '/v1/source/analysis', body, { weight }),
      post(`middle dockerfile ${format}`, '/v1/source/dockerfile', body, { weight }),
    ];
  });
}

const goodManifest = JSON.stringify({ language: 'go', name: 'orders', port: 8080, run: { env: { LOG: 'json' } } });

const manifestQuestions = (): Question[] =>
  [
    goodManifest,
    'language: static\nname: handbook\n',
    JSON.stringify({ files: { 'go.mod': 'module x\n\ngo 1.26\n', 'main.go': 'package main\n\nfunc main() {}\n' } }),
  ].flatMap((manifest, n) =>
    ['dockerfile', 'dockerignore', 'kit'].flatMap((what) => [
      post(`manifest ${what} ${n}`, `/v1/manifest/${what}`, manifest),
      post(`manifest ${what} ${n} as JSON`, `/v1/manifest/${what}`, manifest, {
        headers: { accept: 'application/json' },
      }),
    ]),
  );

/** One of each kind that is refused. */
async function badQuestions(): Promise<Question[]> {
  const site = await tarOf({ 'index.html': 'x'.repeat(200_000) });
  const zipped = gzipSync(site);
  const damaged = Buffer.from(zipped);
  damaged.fill(0xff, 60, 90);
  const bad = (
    name: string,
    path: string,
    body: Buffer | string,
    status: number,
    more: Partial<Question> = {},
  ): Question => post(`bad: ${name}`, path, body, { status, ...more });
  return [
    bad('no archive', '/v1/source/context', 'text '.repeat(1000), 415),
    bad('nothing', '/v1/source/context', '', 422),
    bad('climbs out', '/v1/source/context', tar(file('../a')), 422),
    bad('cut gzip', '/v1/source/analysis', zipped.subarray(0, zipped.length - 20), 400),
    bad('damaged gzip', '/v1/source/dockerfile', damaged, 400),
    bad(
      'bomb',
      '/v1/source/context',
      gzipSync(Buffer.concat([site.subarray(0, 512), Buffer.alloc(64 * 1024 * 1024)])),
      413,
    ),
    bad('cut tar', '/v1/source/context', site.subarray(0, 100_000), 400),
    bad('cut zip', '/v1/source/context', zipOf({ 'index.html': 'x' }).subarray(0, 60), 400),
    bad('not a tar in zlib', '/v1/source/context', deflateSync(site), 415),
    bad('form without an archive', '/v1/source/context', Buffer.from(`--${BOUNDARY}--\r\n`), 400, { headers: FORM }),
    bad('form with a bad manifest', '/v1/source/context', form(site, '{"port": "x"}'), 400, { headers: FORM }),
    bad('no JSON', '/v1/manifest/dockerfile', '{"language": ', 400),
    bad('unknown key', '/v1/manifest/dockerfile', '{"languages": "go"}', 400),
    bad('no language', '/v1/manifest/dockerfile', '{"files": {"notes.md": "x"}}', 422),
    bad('line break in a value', '/v1/manifest/dockerfile', JSON.stringify({ language: 'go', name: 'a\nRUN x' }), 400),
    bad('large manifest', '/v1/manifest/dockerfile', `{"name": "${'x'.repeat(1_100_000)}"}`, 413),
    bad('query', '/v1/source/dockerfile?port=none', site, 400),
    bad('Accept', '/v1/source/dockerfile', site, 406, { headers: { accept: 'image/png' } }),
    bad('no such path', '/v1/nothing', 'x', 404),
    bad('no such method', '/v1/source/dockerfile', '', 405, { method: 'GET' }),
  ];
}

const get = (path: string): Question => ({
  name: `GET ${path}`,
  method: 'GET',
  path,
  headers: {},
  body: Buffer.alloc(0),
  status: 200,
});

export async function allQuestions(): Promise<readonly Question[]> {
  return [
    ...(await fixtureQuestions()),
    ...(await middleQuestions()),
    ...manifestQuestions(),
    ...(await badQuestions()),
    ...['/', '/v1/languages', '/v1/images', '/v1/manifest.schema.json', '/openapi.json', '/docs/'].map(get),
  ];
}
