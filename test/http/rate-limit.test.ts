import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startService, type TestService } from '../support/service.ts';

const limits = { RATE_LIMIT_REQUESTS: '3', RATE_LIMIT_SECONDS: '60' };

const ask = async ({ url }: TestService, headers: Record<string, string> = {}, path = '/v1/languages') =>
  fetch(`${url}${path}`, { headers });

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch {
    return false;
  }
}

describe('limits by caller', () => {
  test('the one too many gets 429 with Retry-After; health is never limited', async () => {
    const service = await startService(limits);
    for (const left of [2, 1, 0]) {
      const response = await ask(service);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('ratelimit-remaining'), String(left));
    }
    const refused = await ask(service);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 50);
    const problem = (await refused.json()) as { type: string; limit: { setting: string } };
    assert.equal(problem.type, '/problems/too-many-requests');
    assert.equal(problem.limit.setting, 'RATE_LIMIT_REQUESTS');
    for (let n = 0; n < 5; n += 1) assert.equal((await ask(service, {}, '/livez')).status, 200);
    await service.close();
  });

  test('a caller is its token, not its address', async () => {
    const hash = (token: string): string => createHash('sha256').update(token).digest('hex');
    const service = await startService({ ...limits, ACCESS_TOKENS: `a:${hash('a')},b:${hash('b')}` });
    for (let n = 0; n < 3; n += 1) await ask(service, { authorization: 'Bearer a' });
    assert.equal((await ask(service, { authorization: 'Bearer a' })).status, 429);
    assert.equal((await ask(service, { authorization: 'Bearer b' })).status, 200);
    await service.close();
  });

  test('an address behind a proxy is believed only from a proxy that is trusted', async () => {
    const from = async (service: TestService, address: string) => ask(service, { 'x-forwarded-for': address });
    const trusting = await startService({ ...limits, TRUST_PROXY: '127.0.0.1' });
    for (let n = 0; n < 4; n += 1) await from(trusting, '192.0.2.1');
    assert.equal((await from(trusting, '192.0.2.1')).status, 429);
    assert.equal((await from(trusting, '192.0.2.2')).status, 200);
    const plain = await startService(limits);
    for (let n = 0; n < 4; n += 1) await from(plain, `192.0.2.${n}`);
    assert.equal((await from(plain, '192.0.2.9')).status, 429);
    await Promise.all([trusting.close(), plain.close()]);
  });

  test(
    'replicas count together in a real Redis; while it is away nobody is refused',
    { skip: !hasRedis() && 'no redis-server on this machine (apt-get install redis-server)' },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'dockwright-redis-'));
      const port = 20_000 + (process.pid % 10_000);
      const redis = spawn('redis-server', [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--dir',
        folder,
      ]);
      await new Promise<void>((ready) => {
        redis.stdout.on('data', (chunk: Buffer) => {
          if (chunk.includes('Ready to accept connections')) ready();
        });
      });
      const settings = { ...limits, REDIS_URL: `redis://127.0.0.1:${port}` };
      const [one, two] = await Promise.all([startService(settings), startService(settings)]);
      const statuses: number[] = [];
      for (const service of [one, two, one, two, one]) statuses.push((await ask(service)).status);
      assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
      const gone = new Promise((done) => void redis.once('exit', done));
      redis.kill('SIGTERM');
      await gone;
      await wait(50);
      const before = Date.now();
      assert.equal((await ask(one)).status, 200);
      assert.ok(Date.now() - before < 1500);
      await Promise.all([one.close(), two.close()]);
      rmSync(folder, { recursive: true });
    },
  );
});
