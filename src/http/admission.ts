import { Problem } from '../problems/problem.ts';

/**
 * Room for uploads. As many are read at once as memory has room for; the next ones wait a little, unread, in the
 * order they came; whoever finds the queue full, or waits too long, is told to come back, at once.
 */
export interface Admission {
  /** Takes a place, waiting for one; the result gives it back, once. Throws `overloaded`, or the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>;
  readonly places: number;
  readonly running: number;
  readonly waiting: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    admission: Admission;
  }
}

interface AdmissionOptions {
  readonly places: number;
  readonly waiting: number;
  readonly waitMs: number;
}

/** The process itself, without any upload. */
const OWN_MEMORY_BYTES = 128 * 1024 * 1024;
const MOST_PLACES = 256;

/** How many uploads fit into memory at once. */
export const placesFor = (memory: number, each: number): number =>
  Math.max(1, Math.min(MOST_PLACES, Math.floor((memory - OWN_MEMORY_BYTES) / each)));

const full = (detail: string): Problem =>
  new Problem('overloaded', { detail, hint: 'Try again in a few seconds, as Retry-After says.' });

export function createAdmission(options: AdmissionOptions): Admission {
  const queue = new Set<() => void>();
  let running = 0;

  function takePlace(): () => void {
    running += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      running -= 1;
      const [next] = queue;
      next?.();
    };
  }

  async function waitForPlace(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(enter);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const enter = (): void => {
        leave();
        resolve(takePlace());
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        leave();
        reject(full('There was no room for the upload in time.'));
      }, options.waitMs);
      queue.add(enter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (running < options.places) return takePlace();
      if (queue.size >= options.waiting) throw full('There is no room for another upload, and the queue is full.');
      return waitForPlace(signal);
    },
    places: options.places,
    get running() {
      return running;
    },
    get waiting() {
      return queue.size;
    },
  };
}
