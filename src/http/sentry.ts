import { randomUUID } from 'node:crypto';
import { describeError, type DescribedError } from './error-description.ts';
import type { ErrorReporter, FailureContext } from './error-net.ts';

/**
 * Reports failures to Sentry, or whatever speaks its protocol: one POST of an envelope for each. The SDK would bring
 * tracing of every library and some forty packages along for this one call.
 * https://develop.sentry.dev/sdk/data-model/envelopes/
 */

interface Dsn {
  readonly endpoint: string;
  readonly key: string;
}

/** `https://KEY@HOST/PROJECT`, the project perhaps below a path. Undefined for anything else. */
export function parseDsn(dsn: string): Dsn | undefined {
  const url = URL.canParse(dsn) ? new URL(dsn) : undefined;
  const [, path = '', project] = /^(.*)\/(\d+)\/?$/.exec(url?.pathname ?? '') ?? [];
  if (!url || !/^https?:$/.test(url.protocol) || url.username === '' || project === undefined) return undefined;
  return { endpoint: `${url.protocol}//${url.host}${path}/api/${project}/envelope/`, key: url.username };
}

interface Frame {
  readonly function?: string;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly in_app: boolean;
}

const FRAME = /^\s*at (?:(.{1,200}?) \()?(.{1,400}?):(\d+):(\d+)\)?$/;

/** The stack, outermost call first, as Sentry wants it. */
function framesOf(stack: string): Frame[] {
  return stack
    .split('\n')
    .slice(0, 50)
    .flatMap((line): Frame[] => {
      const [, name, filename, lineno, colno] = FRAME.exec(line) ?? [];
      if (filename === undefined) return [];
      return [
        {
          ...(name === undefined ? {} : { function: name }),
          filename,
          lineno: Number(lineno),
          colno: Number(colno),
          in_app: !/^node:|node_modules/.test(filename),
        },
      ];
    })
    .reverse();
}

interface Exception {
  readonly type: string;
  readonly value: string;
  readonly stacktrace?: { readonly frames: readonly Frame[] };
}

/** The error and what caused it, the cause first. */
function exceptionsOf({ type, message, stack, cause }: DescribedError): Exception[] {
  const frames = framesOf(stack);
  const own = { type, value: message, ...(frames.length > 0 ? { stacktrace: { frames } } : {}) };
  return cause === undefined ? [own] : [...exceptionsOf(cause), own];
}

interface SentryOptions {
  readonly dsn: string;
  readonly environment: string;
  readonly release: string;
  readonly log: { warn(details: object, message: string): void };
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: () => Date;
}

const TIMEOUT_MS = 5000;
/** Reports under way at once; more are dropped, so that a storm of failures takes no memory. */
const UNDER_WAY = 16;

/** Throws where the DSN is none: that is a setting, and wrong settings end the start. */
export function sentryReporter(options: SentryOptions): ErrorReporter {
  const { environment, release, log, fetch = globalThis.fetch, now = () => new Date() } = options;
  const dsn = parseDsn(options.dsn);
  if (!dsn)
    throw new Error('Wrong settings in the environment: SENTRY_DSN is not of the form https://KEY@HOST/PROJECT');
  const underWay = new Map<symbol, Promise<void>>();

  async function send(error: unknown, { requestId, method, route }: FailureContext): Promise<void> {
    const id = randomUUID().replaceAll('-', '');
    const at = now();
    const event = {
      event_id: id,
      timestamp: at.getTime() / 1000,
      platform: 'node',
      level: 'error',
      environment,
      release: `dockwright@${release}`,
      ...(route === undefined ? {} : { transaction: `${method ?? ''} ${route}`.trim() }),
      ...(requestId === undefined ? {} : { tags: { request_id: requestId } }),
      exception: { values: exceptionsOf(describeError(error)) },
    };
    const lines = [{ event_id: id, sent_at: at.toISOString() }, { type: 'event' }, event];
    const response = await fetch(dsn?.endpoint ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-sentry-envelope',
        'x-sentry-auth': `Sentry sentry_version=7, sentry_client=dockwright/${release}, sentry_key=${dsn?.key ?? ''}`,
      },
      body: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) log.warn({ status: response.status }, 'a failure could not be reported');
    await response.body?.cancel();
  }

  async function attempt(id: symbol, failure: unknown, context: FailureContext): Promise<void> {
    try {
      await send(failure, context);
    } catch (fault) {
      log.warn({ err: fault }, 'a failure could not be reported');
    } finally {
      underWay.delete(id);
    }
  }

  return {
    report: (failure, context = {}) => {
      if (underWay.size >= UNDER_WAY) return;
      const id = Symbol('report');
      underWay.set(id, Promise.resolve());
      const attempted = attempt(id, failure, context);
      if (underWay.has(id)) underWay.set(id, attempted);
    },
    flush: async (milliseconds) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, milliseconds);
      await Promise.race([Promise.all(underWay.values()), promise]);
      clearTimeout(timer);
    },
  };
}
