/**
 * Where failures of the service itself go, beside its log: the seam to whatever collects them. It never throws and never
 * waits, so that a report cannot become a failure of its own.
 */
export interface FailureContext {
  readonly requestId?: string;
  readonly method?: string;
  /** The route's pattern, never the URL: that may hold what a user typed. */
  readonly route?: string;
}

export interface ErrorReporter {
  report(error: unknown, context?: FailureContext): void;
  /** Waits for reports under way, at most so long. */
  flush(milliseconds: number): Promise<void>;
}

export const noReporter: ErrorReporter = { report: () => undefined, flush: async () => Promise.resolve() };

interface Log {
  error(details: object, message: string): void;
  fatal(details: object, message: string): void;
}

interface Process {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

const MINUTE = 60_000;
/** One bad request ends nothing; a process that fails all the time is better started anew. */
const FAILURES_A_MINUTE = 20;

/**
 * Catches what no request's own handling caught: it is logged and reported, and the process goes on, because the work of
 * one request is no reason to cut all others. Ends it, in order, when that happens again and again.
 */
export function catchStrayFailures(
  process: Process,
  { log, reporter, end, now }: { log: Log; reporter: ErrorReporter; end: () => void; now: () => number },
): void {
  let recent: number[] = [];
  const caught = (error: unknown): void => {
    reporter.report(error);
    recent = [...recent.filter((at) => now() - at < MINUTE), now()];
    if (recent.length > FAILURES_A_MINUTE) {
      log.fatal({ err: error }, 'fails again and again; ending');
      end();
    } else log.error({ err: error }, 'a failure outside of any request');
  };
  process.on('uncaughtException', caught);
  process.on('unhandledRejection', caught);
}
