/**
 * How long the process takes until it answers, and what it then has in memory: `npm run bench:startup [-- dist/server.js]`.
 * From src/ the types are stripped first; an image runs dist/.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { freePort } from '../test/support/process.ts';

const RUNS = 7;
const IDLE_MS = 1000;
const [given] = process.argv.slice(2);
const server = given === undefined ? fileURLToPath(new URL('../src/server.ts', import.meta.url)) : resolve(given);

async function measure(): Promise<{ ms: number; mb: number }> {
  const port = await freePort();
  const before = performance.now();
  const env = { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', server], { env, stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  const ready = async (): Promise<void> => {
    const answered = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answered?.ok) return undefined;
    await new Promise((next) => void setTimeout(next, 2));
    return ready();
  };
  await ready();
  const ms = performance.now() - before;
  await new Promise((next) => void setTimeout(next, IDLE_MS));
  const metrics = await (await fetch(`${url}/metrics`)).text();
  child.kill();
  await once(child, 'exit');
  return { ms, mb: Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1]) / 1e6 };
}

const runs: { ms: number; mb: number }[] = [];
for (let n = 0; n < RUNS; n += 1) runs.push(await measure());
const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
console.log(
  `start to first answer: ${Math.round(median(runs.map(({ ms }) => ms)))} ms (median of ${RUNS}; to be under 400)`,
);
console.log(`memory when idle: ${Math.round(median(runs.map(({ mb }) => mb)))} MB (to be under 120)`);
