import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import request from 'supertest';
import { catchStrayFailures } from '../../src/http/error-net.ts';
import { parseDsn, sentryReporter } from '../../src/http/sentry.ts';
import { startService, type TestService } from '../support/service.ts';

interface Event {
  readonly transaction?: string;
  readonly environment: string;
  readonly tags?: Record<string, string>;
  readonly exception: { values: { type: string; value: string; stacktrace?: { frames: { filename: string }[] } }[] };
}

/** A collector that speaks Sentry's protocol, as far as one event needs. */
async function startCollector(): Promise<{
  server: Server;
  dsn: string;
  received: { message: IncomingMessage; event: Event }[];
}> {
  const received: { message: IncomingMessage; event: Event }[] = [];
  const server = createServer((message, response) => {
    let body = '';
    message.setEncoding('utf8');
    message.on('data', (piece: string) => (body += piece));
    message.on('end', () => {
      received.push({ message, event: JSON.parse(body.split('\n')[2] ?? '{}') as Event });
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, dsn: `http://publickey@127.0.0.1:${port}/42`, received };
}

describe('a failure of the service', () => {
  let service: TestService;
  let collector: Awaited<ReturnType<typeof startCollector>>;
  before(async () => {
    collector = await startCollector();
    service = await startService({ SENTRY_DSN: collector.dsn, SENTRY_ENVIRONMENT: 'test' }, (app) => {
      app.get('/fails/:secret', async () =>
        Promise.reject(new TypeError('inside', { cause: new RangeError('deeper than "hunter2"') })),
      );
    });
  });
  after(async () => {
    await service.close();
    collector.server.close();
  });

  test('is a 500 that says nothing of the inside, and is reported', async () => {
    const { status, body, headers } = await request(service.url).get('/fails/hunter2').set('x-request-id', 'r-1');
    assert.equal(status, 500);
    assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.doesNotMatch(JSON.stringify(body), /deeper|TypeError/);
    await service.app.reporter.flush(2000);
    const [{ message, event } = assert.fail('nothing was reported')] = collector.received;
    assert.equal(message.url, '/api/42/envelope/');
    assert.match(String(message.headers['x-sentry-auth']), /sentry_key=publickey/);
    assert.equal(event.transaction, 'GET /fails/:secret');
    assert.equal(event.environment, 'test');
    assert.deepEqual(event.tags, { request_id: 'r-1' });
    assert.deepEqual(
      event.exception.values.map((v) => `${v.type}: ${v.value}`),
      ['RangeError: deeper than "…"', 'TypeError: inside'],
    );
    assert.ok((event.exception.values[1]?.stacktrace?.frames.length ?? 0) > 0);
    assert.doesNotMatch(JSON.stringify(event), /hunter2/);
  });

  test('of the client is not reported', async () => {
    const before = collector.received.length;
    await request(service.url).get('/nope');
    await request(service.url).post('/v1/source/dockerfile').send('x');
    await service.app.reporter.flush(500);
    assert.equal(collector.received.length, before);
  });

  test('leaves the service as it was', async () => {
    assert.equal((await request(service.url).get('/livez')).status, 200);
  });
});

describe('reports', () => {
  const warnings: string[] = [];
  const log = { warn: (_details: object, message: string) => void warnings.push(message) };

  test('that cannot be sent are logged and never thrown', async () => {
    const reporter = sentryReporter({
      dsn: 'https://key@sentry.example/1',
      environment: 'test',
      release: '1',
      log,
      fetch: async () => Promise.reject(new Error('no network')),
    });
    reporter.report(new Error('x'));
    reporter.report('no error at all');
    await reporter.flush(1000);
    assert.deepEqual(warnings, ['a failure could not be reported', 'a failure could not be reported']);
  });

  test('a storm of them is cut', async () => {
    let sent = 0;
    const { promise, resolve } = Promise.withResolvers<Response>();
    const reporter = sentryReporter({
      dsn: 'https://key@sentry.example/1',
      environment: 'test',
      release: '1',
      log,
      fetch: async () => {
        sent++;
        return promise;
      },
    });
    for (let i = 0; i < 1000; i++) reporter.report(new Error('x'));
    assert.equal(sent, 16);
    resolve(new Response());
    await reporter.flush(1000);
  });

  test('a DSN is read, and a wrong one ends the start', () => {
    assert.deepEqual(parseDsn('https://key@o1.ingest.example/path/7'), {
      endpoint: 'https://o1.ingest.example/path/api/7/envelope/',
      key: 'key',
    });
    for (const wrong of ['', 'x', 'https://sentry.example/1', 'https://key@sentry.example/project', 'file://key@x/1'])
      assert.equal(parseDsn(wrong), undefined);
    assert.throws(() => sentryReporter({ dsn: 'x', environment: '', release: '', log }), /SENTRY_DSN/);
  });
});

describe('failures outside of any request', () => {
  const start = () => {
    const process = new EventEmitter();
    const seen = { reported: 0, errors: 0, fatals: 0, ended: 0, time: 0 };
    catchStrayFailures(process, {
      log: { error: () => void seen.errors++, fatal: () => void seen.fatals++ },
      reporter: { report: () => void seen.reported++, flush: async () => Promise.resolve() },
      end: () => void seen.ended++,
      now: () => seen.time,
    });
    return { process, seen };
  };

  test('are logged and reported, and end nothing', () => {
    const { process, seen } = start();
    process.emit('unhandledRejection', new Error('x'));
    process.emit('uncaughtException', new Error('y'));
    assert.deepEqual(seen, { reported: 2, errors: 2, fatals: 0, ended: 0, time: 0 });
  });

  test('end the process when they come again and again', () => {
    const { process, seen } = start();
    for (let i = 0; i < 21; i++) process.emit('uncaughtException', new Error('x'));
    assert.equal(seen.ended, 1);
  });

  test('that are far apart are not counted together', () => {
    const { process, seen } = start();
    for (let i = 0; i < 100; i++) {
      seen.time += 4000;
      process.emit('uncaughtException', new Error('x'));
    }
    assert.equal(seen.ended, 0);
  });
});
