import type { FastifyRateLimitStore } from '@fastify/rate-limit';

interface Window {
  readonly began: number;
  requests: number;
}

/** Callers whose windows are known at once; the one that has been away longest is forgotten first. */
const MOST_CALLERS = 5000;

/**
 * Requests by caller in this process. Windows are of the monotonic clock: by the time of day, a clock that is set back would
 * keep a caller out until it has caught up.
 */
export class RateStore implements FastifyRateLimitStore {
  readonly #windows = new Map<string, Window>();

  incr(
    caller: string,
    counted: (error: Error | null, result?: { current: number; ttl: number }) => void,
    windowMs = 0,
  ): void {
    const now = performance.now();
    const known = this.#windows.get(caller);
    const window = known !== undefined && now < known.began + windowMs ? known : { began: now, requests: 0 };
    window.requests += 1;
    this.#windows.delete(caller);
    this.#windows.set(caller, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > MOST_CALLERS && oldest !== undefined) this.#windows.delete(oldest);
    counted(null, { current: window.requests, ttl: window.began + windowMs - now });
  }

  /** Every route counts together. */
  child(): this {
    return this;
  }
}
