import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { tarOf } from '../support/archives.ts';
import { freePort, startProcess } from '../support/process.ts';

/**
 * Every POST gives the same answer when it is sent again, so that a proxy may: it buffers the upload and goes to the next
 * replica where one fails. docs/production.md shows this configuration.
 */
const nginxConf = (folder: string, port: number, replicas: readonly number[]): string => `
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
worker_processes 1;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream dockwright {
${replicas.map((replica) => `    server 127.0.0.1:${replica} max_fails=1 fail_timeout=1s;`).join('\n')}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 512m;
    location / {
      proxy_pass http://dockwright;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout http_503 non_idempotent;
      proxy_next_upstream_tries 3;
      proxy_connect_timeout 2s;
      proxy_buffers 64 16k;
    }
  }
}
`;

const WORKERS = 6;
const site = new Uint8Array(await tarOf({ 'index.html': '<h1>hello</h1>', 'app.js': 'x'.repeat(200_000) }));
const requests: readonly (readonly [path: string, body: string | Uint8Array<ArrayBuffer>])[] = [
  ['/v1/manifest/dockerfile', '{"language": "static"}'],
  ['/v1/source/dockerfile', site],
  ['/v1/source/context', site],
];

test('three replicas behind nginx: one is killed, the others are rolled, and no request is lost', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dockwright-replicas-'));
  // nginx gives its work to a user of its own.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'spool'));
  const settings = { LOG_LEVEL: 'error', SPOOL_DIR: join(folder, 'spool'), SHUTDOWN_DELAY_MS: '1000' };
  const replicas = await Promise.all([0, 1, 2].map(async () => startProcess(settings)));
  const port = await freePort();
  const conf = join(folder, 'nginx.conf');
  writeFileSync(
    conf,
    nginxConf(
      folder,
      port,
      replicas.map((replica) => replica.port),
    ),
  );
  const nginx = spawn('nginx', ['-c', conf, '-p', folder], { stdio: 'inherit' });
  const ended = once(nginx, 'exit');

  const stop = new AbortController();
  let answered = 0;
  const lost: string[] = [];
  async function work(first: number): Promise<void> {
    for (let n = first; !stop.signal.aborted; n += 1) {
      const [path, body] = requests[n % requests.length] ?? ['/', ''];
      try {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body });
        const length = (await response.arrayBuffer()).byteLength;
        if (response.status === 200 && length > 100) answered += 1;
        else lost.push(`${path}: ${response.status}`);
      } catch (error) {
        lost.push(`${path}: ${String(error)}`);
      }
    }
  }
  const answers = async (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/livez`).then(
      (response) => response.ok,
      () => false,
    );
  for (let tries = 0; !(await answers()) && tries < 200; tries += 1) await wait(50);
  const workers = Array.from({ length: WORKERS }, async (_, index) => work(index));
  try {
    await wait(1000);
    for (const [index, signal] of (['SIGKILL', 'SIGTERM', 'SIGTERM'] as const).entries()) {
      const replica = replicas[index];
      assert.ok(replica);
      await replica.end(signal);
      replicas[index] = await startProcess({ ...settings, PORT: String(replica.port) });
      await wait(1000);
    }
  } finally {
    stop.abort();
    await Promise.all(workers);
    nginx.kill('SIGTERM');
    await ended;
    await Promise.all(replicas.map(async (replica) => replica.end('SIGKILL')));
    rmSync(folder, { recursive: true, force: true });
  }
  t.diagnostic(`${answered} requests answered, ${lost.length} lost`);
  assert.deepEqual(lost, []);
  assert.ok(answered > 50);
});
