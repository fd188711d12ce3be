import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceProcess } from '../support/process.ts';
import { agent } from './clients.ts';

/** What the process holds when nothing is asked of it. */
export interface Readings {
  readonly residentMiB: number;
  readonly heapMiB: number;
  /** What is outside of the heap of JavaScript: buffers. */
  readonly externalMiB: number;
  readonly descriptors: number;
  readonly sockets: number;
  readonly spoolBytes: number;
  readonly spoolFiles: number;
  readonly uploads: number;
}

const MiB = 1024 * 1024;
const SETTLE_MS = 30_000;
/** A thread for large uploads ends when it has had nothing to do for 20 s. */
const THREADS_MS = 22_000;

function descriptorsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

async function metricsOf(url: string): Promise<(name: string) => number> {
  const response = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
  const text = await response.text();
  return (name) => Number(new RegExp(`^${name.replaceAll(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Waits until connections are closed and garbage is collected, then reads. */
export async function settled(service: ServiceProcess, spool: string): Promise<Readings> {
  const pid = service.child.pid ?? 0;
  agent.destroy();
  const until = performance.now() + SETTLE_MS;
  const sockets = (): number => descriptorsOf(pid).filter((target) => target.startsWith('socket:')).length;
  let last = sockets();
  for (let same = 0; same < 6 && performance.now() < until;) {
    await wait(500);
    const now = sockets();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  await wait(THREADS_MS);
  for (let n = 0; n < 3; n += 1) {
    service.child.kill('SIGUSR2');
    await wait(500);
  }
  const metric = await metricsOf(service.url);
  await wait(500);
  const targets = descriptorsOf(pid);
  return {
    residentMiB: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    heapMiB: metric('nodejs_heap_size_used_bytes') / MiB,
    externalMiB: metric('nodejs_external_memory_bytes') / MiB,
    descriptors: targets.length,
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
    spoolBytes: metric('dockwright_spool_bytes'),
    spoolFiles: readdirSync(spool).length + targets.filter((target) => target.startsWith(spool)).length,
    uploads: metric('dockwright_uploads{state="running"}') + metric('dockwright_uploads{state="waiting"}'),
  };
}

/**
 * How much more than after the warm-up may be held at the end. What is counted returns exactly. The heap, after garbage is
 * collected, holds compiled code and caches of bounded size that the warm-up may not have filled. Resident memory is what
 * the allocator keeps of its peaks, which depend on what happened to run at the same time.
 */
export const TOLERANCE: Readings = {
  residentMiB: 96,
  heapMiB: 12,
  externalMiB: 8,
  descriptors: 0,
  sockets: 0,
  spoolBytes: 0,
  spoolFiles: 0,
  uploads: 0,
};
