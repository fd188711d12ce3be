import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createAdmission, placesFor } from '../../src/http/admission.ts';
import { describeError } from '../../src/http/error-description.ts';
import { traceContext } from '../../src/http/logging.ts';
import { Problem } from '../../src/problems/problem.ts';
import { tarOf } from '../support/archives.ts';
import { startService, type TestService } from '../support/service.ts';

const site = await tarOf({ 'index.html': '<h1>hello</h1>' });
const upload = async (service: TestService, path = '/v1/source/dockerfile', body = site) =>
  fetch(`${service.url}${path}`, { method: 'POST', body: new Uint8Array(body) });

/** An upload that has begun and does not go on; `end` lets it go. */
function stalled({ app }: TestService, length: number): { end: () => void } {
  const { port } = app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`POST /v1/source/context HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
  socket.write(site.subarray(0, 512));
  return { end: () => socket.destroy() };
}

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await holds()); tries += 1) {
    assert.ok(tries < 200, 'it did not come to that in time');
    await wait(10);
  }
};

describe('metrics', () => {
  test('count requests, bytes, entries, languages, limits, uploads and the spool', async () => {
    const service = await startService({ LIMIT_UPLOAD_BYTES: '100000' });
    await upload(service);
    await upload(service, '/v1/source/dockerfile', Buffer.alloc(100_001));
    await fetch(`${service.url}/nowhere`);
    const text = await (await fetch(`${service.url}/metrics`)).text();
    for (const line of [
      /^dockwright_http_request_duration_seconds_count\{method="POST",route="\/v1\/source\/dockerfile",status="200"\} 1$/m,
      /^dockwright_http_request_duration_seconds_count\{method="GET",route="unmatched",status="404"\} 1$/m,
      /^dockwright_http_received_bytes_total\{route="\/v1\/source\/dockerfile"\} \d{4,}$/m,
      /^dockwright_http_sent_bytes_total\{route="\/v1\/source\/dockerfile"\} \d{4,}$/m,
      /^dockwright_archive_entries_count\{format="tar"\} 1$/m,
      /^dockwright_builds_total\{language="static"\} 1$/m,
      /^dockwright_limits_hit_total\{setting="LIMIT_UPLOAD_BYTES"\} 1$/m,
      /^dockwright_problems_total\{type="not-found"\} 1$/m,
      /^dockwright_uploads\{state="running"\} 0$/m,
      /^dockwright_spool_bytes 0$/m,
    ])
      assert.match(text, line);
    await service.close();
  });

  test('may be left out', async () => {
    const service = await startService({ METRICS: 'false' });
    assert.equal((await fetch(`${service.url}/metrics`)).status, 404);
    await service.close();
  });
});

describe('the log', () => {
  test('has one line a request with its id and trace, and nothing of a body, a query or a token', async () => {
    const lines: string[] = [];
    const service = await startService({ LOG_LEVEL: 'trace', ACCESS_TOKENS: `ci:${'0'.repeat(64)}` }, () => undefined, {
      logStream: { write: (line) => void lines.push(line) },
    });
    const secret = 'hunter2-in-a-body';
    const headers = {
      authorization: `Bearer ${secret}`,
      cookie: secret,
      'x-request-id': 'r-1',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    };
    for (const body of [`{"name": "${secret}`, `{"${secret}": 1}`, `{"language": "${secret}"}`, `a: b: ${secret}`])
      await fetch(`${service.url}/v1/manifest/dockerfile?${secret}=${secret}`, { method: 'POST', headers, body });
    await service.close();
    const open = await startService({ LOG_LEVEL: 'trace' }, () => undefined, {
      logStream: { write: (line) => void lines.push(line) },
    });
    for (const body of [`{"name": "${secret}`, `{"${secret}": 1}`, `{"language": "${secret}"}`, `a: b: ${secret}`]) {
      await fetch(`${open.url}/v1/manifest/dockerfile`, { method: 'POST', headers, body });
      await fetch(`${open.url}/v1/manifest/dockerfile?${secret}=${secret}`, { method: 'POST', headers, body });
      await fetch(`${open.url}/v1/source/context/${secret}`, { method: 'POST', headers, body });
    }
    for (const files of [{ 'dockwright.yaml': `port: ${secret}` }, { [secret]: secret }, { 'go.mod': secret }])
      await upload(open, '/v1/source/context', await tarOf(files));
    await open.close();
    assert.ok(
      !lines.join('').includes(secret),
      lines.find((line) => line.includes(secret)),
    );
    const last = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request');
    assert.equal(last.length, 19);
    assert.equal(last[0]?.['request_id'], 'r-1');
    assert.equal(last[0]?.['trace_id'], '4bf92f3577b34da6a3ce929d0e0e4736');
    assert.equal(last[0]?.['status'], 401);
    assert.equal(last[4]?.['route'], '/v1/manifest/dockerfile');
  });

  test('has errors without what they quote', () => {
    let caught: unknown;
    try {
      JSON.parse('{"password": "hunter2" oops');
    } catch (error) {
      caught = error;
    }
    const { type, message, stack } =
      describeError(new Error('while reading', { cause: caught })).cause ?? describeError(0);
    assert.equal(type, 'SyntaxError');
    assert.doesNotMatch(message + stack, /hunter2/);
    assert.match(stack, /operation\.test/);
    assert.doesNotMatch(JSON.stringify(describeError(new Error('no\n    at hunter2:1:1'))), /hunter2/);
    const circle = new Error('round');
    circle.cause = circle;
    assert.equal(describeError(circle).cause?.message, 'round');
  });

  test('takes a trace only as the standard writes it', () => {
    assert.equal(traceContext('00-00000000000000000000000000000000-00f067aa0ba902b7-01'), undefined);
    assert.equal(traceContext('ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'), undefined);
    assert.equal(traceContext('x'), undefined);
    assert.equal(traceContext(undefined), undefined);
  });
});

describe('admission', () => {
  test('an upload without a place waits, and is read when one is free', async () => {
    const service = await startService({ MEMORY_BYTES: '1', UPLOAD_WAIT_SECONDS: '10' });
    const { end } = stalled(service, 5000);
    await until(() => service.app.admission.running === 1);
    const waiting = upload(service);
    await until(() => service.app.admission.waiting === 1);
    end();
    assert.equal((await waiting).status, 200);
    await until(() => service.app.admission.running === 0);
    await service.close();
  });

  test('one that finds no room gets 503 with Retry-After, at once', async () => {
    const service = await startService({ MEMORY_BYTES: '1', UPLOADS_WAITING: '0' });
    const { end } = stalled(service, 5000);
    await until(() => service.app.admission.running === 1);
    const before = performance.now();
    const response = await upload(service);
    assert.equal(response.status, 503);
    assert.ok(performance.now() - before < 500);
    assert.ok(Number(response.headers.get('retry-after')) > 0);
    assert.equal(((await response.json()) as { type: string }).type, '/problems/overloaded');
    assert.equal((await fetch(`${service.url}/livez`)).status, 200);
    end();
    await service.close();
  });

  test('one that is larger than the room on disk gets 503 at once', async () => {
    const service = await startService({ SPOOL_BYTES: '1000' });
    assert.equal((await upload(service, '/v1/source/context')).status, 503);
    assert.equal((await upload(service, '/v1/source/dockerfile')).status, 200);
    await service.close();
  });

  test('waiting ends in time, and with the caller; a place is given back once', async () => {
    const admission = createAdmission({ places: 1, waiting: 2, waitMs: 30 });
    const leave = await admission.enter(new AbortController().signal);
    await assert.rejects(admission.enter(new AbortController().signal), Problem);
    const gone = new AbortController();
    const waiting = admission.enter(gone.signal);
    gone.abort(new Error('gone'));
    await assert.rejects(waiting, /gone/);
    assert.equal(admission.waiting, 0);
    leave();
    leave();
    assert.equal(admission.running, 0);
  });

  test('as many as memory has room for', () => {
    const MiB = 1024 * 1024;
    assert.equal(placesFor(512 * MiB, 40 * MiB), 9);
    assert.equal(placesFor(1, 40 * MiB), 1);
    assert.equal(placesFor(1e15, 40 * MiB), 256);
  });
});

describe('a fault of the service', () => {
  test('is a 500 without insides, and is counted', async () => {
    const service = await startService();
    service.app.metrics.text = async () => Promise.reject(new Error('inside'));
    const response = await fetch(`${service.url}/metrics`);
    const text = await response.text();
    assert.equal(response.status, 500);
    assert.doesNotMatch(text, /inside"|\.ts/);
    await service.close();
  });
});
