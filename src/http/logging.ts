import { LogController, type FastifyLoggerOptions, type FastifyServerOptions } from 'fastify';
import type { Config } from '../config.ts';
import { describeError } from './error-description.ts';

/** Logs are JSON lines. Nothing of a body, of a query or of a credential gets into them. */

interface TraceContext {
  readonly trace_id: string;
  readonly parent_span_id: string;
}

/** The caller's trace, for the log. https://www.w3.org/TR/trace-context/#traceparent-header */
export function traceContext(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string') return undefined;
  const [, version, traceId, parentId] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/.exec(header) ?? [];
  if (version === undefined || version === 'ff' || traceId === undefined || parentId === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { trace_id: traceId, parent_span_id: parentId };
}

/** Every line that a request logs names it, and the caller's trace. */
export const requestLogger: NonNullable<FastifyServerOptions['childLoggerFactory']> = (
  logger,
  bindings,
  options,
  { headers },
) => logger.child({ ...bindings, ...traceContext(headers['traceparent']) }, options);

/** The framework's own lines are left out: `plugins/request-end.ts` writes one a request. */
export const logController = new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' });

type LoggerOptions = FastifyLoggerOptions & { stream?: { write(line: string): void } };

/** `stream` is for tests; logs go to standard output. */
export function loggerOptions({ LOG_LEVEL }: Config, stream?: LoggerOptions['stream']): LoggerOptions | false {
  if (LOG_LEVEL === 'silent') return false;
  return {
    level: LOG_LEVEL,
    serializers: {
      err: ((error: unknown) => describeError(error)) as never,
      // Whoever logs a whole request or answer gets what is safe of it.
      req: ({ method, routeOptions }) => ({ method, route: routeOptions?.url ?? '' }),
      res: ({ statusCode }) => ({ statusCode }),
    },
    ...(stream ? { stream } : {}),
  };
}
