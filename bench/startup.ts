/**
 * How long the process takes until it answers, and what it then has in memory, as the service's own image runs it: one file,
 * its compiled code kept. `npm run build && npm run bench:startup [-- src/server.ts]`. The processor's time is what the
 * same start takes on a machine that does nothing else.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../test/support/process.ts';
import { median } from './statistics.ts';

const RUNS = 7;
const IDLE_MS = 1000;
const [given = 'dist/server.js'] = process.argv.slice(2);
const server = resolve(given);
const compiled = mkdtempSync(join(tmpdir(), 'dockwright-compiled-'));

interface Run {
  readonly ms: number;
  readonly processorMs: number;
  readonly mb: number;
}

/** Of user and system, in ticks of 10 ms. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function measure(): Promise<Run> {
  const port = await freePort();
  const before = performance.now();
  const env = {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'error',
    NODE_COMPILE_CACHE: compiled,
  };
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
  const processorMs = processorTime(child.pid ?? 0);
  await new Promise((next) => void setTimeout(next, IDLE_MS));
  const metrics = await (await fetch(`${url}/metrics`)).text();
  child.kill();
  await once(child, 'exit');
  return { ms, processorMs, mb: Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1]) / 1e6 };
}

// Keeps the compiled code.
await measure();
const runs: Run[] = [];
for (let n = 0; n < RUNS; n += 1) runs.push(await measure());
console.log(
  `start to first answer: ${Math.round(median(runs.map(({ ms }) => ms)))} ms, of which the processor worked ${median(runs.map(({ processorMs }) => processorMs))} ms (medians of ${RUNS}; to be under 400)`,
);
console.log(`memory when idle: ${Math.round(median(runs.map(({ mb }) => mb)))} MB (to be under 120)`);

rmSync(compiled, { recursive: true });
