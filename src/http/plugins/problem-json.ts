import { Readable } from 'node:stream';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { problemTypes, type ProblemSlug } from '../../problems/catalogue.ts';
import { Problem } from '../../problems/problem.ts';
import type { ErrorReporter, FailureContext } from '../error-net.ts';
import type { Metrics } from '../metrics.ts';

/** A problem document. https://www.rfc-editor.org/rfc/rfc9457 */
export function problemDocument(problem: Problem, instance: string): Record<string, unknown> {
  return {
    type: `/problems/${problem.slug}`,
    title: problemTypes[problem.slug].title,
    status: problem.status,
    detail: problem.detail,
    instance,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
    ...problem.members,
  };
}

/** What the framework itself throws, in our terms; by its code, else by its status. */
const frameworkErrors: Readonly<Record<string, ProblemSlug>> = {
  ECONNRESET: 'invalid-request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'limit-exceeded',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid-request',
  FST_REQ_FILE_TOO_LARGE: 'limit-exceeded',
  FST_PARTS_LIMIT: 'limit-exceeded',
  FST_FILES_LIMIT: 'limit-exceeded',
  FST_FIELDS_LIMIT: 'limit-exceeded',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'unsupported-media-type',
};

/** The machine is out of room: the request may come again. https://man7.org/linux/man-pages/man3/errno.3.html */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** Makes any thrown thing a problem; what nobody foresaw is a 500 that says nothing of the inside. */
function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode, message } = error as Partial<FastifyError>;
  if (code !== undefined && NO_ROOM.has(code)) {
    return new Problem('overloaded', {
      detail: 'The machine has no room for the upload.',
      hint: 'Try again in a few seconds; those who run the service see the reason in its log.',
      cause: error,
    });
  }
  const slug = code === undefined ? undefined : frameworkErrors[code];
  if (slug) return new Problem(slug, { detail: `${message ?? 'The request was refused'}.`, cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Problem('invalid-request', { detail: `${message ?? 'The request was refused'}.`, cause: error });
  }
  return new Problem('internal-error', {
    detail: 'Something went wrong inside the service; nothing of the request was kept.',
    hint: 'Try again. If it fails again, report the instance: it names this request in the log.',
    cause: error,
  });
}

/** An answer's stream ends early where its client went away: no fault of the service, and nobody reads what is said of it. */
const isGone = (error: unknown, reply: FastifyReply): boolean =>
  reply.raw.destroyed && (error as { code?: unknown }).code === 'ERR_STREAM_PREMATURE_CLOSE';
const clientGone = (cause: unknown): Problem =>
  new Problem('invalid-request', { detail: 'The client went away before its answer.', cause });

function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  if ([429, 503].includes(problem.status) && !reply.hasHeader('retry-after')) reply.header('retry-after', '5');
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .serializer((document: unknown) => JSON.stringify(document))
    .send(problemDocument(problem, request.id));
}

/** Methods of a path that exists, for 405; filled as routes are added. */
function methodsByPath(): { note(url: string, method: string): void; of(url: string): readonly string[] } {
  const methods = new Map<string, Set<string>>();
  return {
    note(url, method) {
      const set = methods.get(url) ?? new Set();
      methods.set(url, set.add(method));
    },
    of: (url) => [...(methods.get(url) ?? [])].sort(),
  };
}

const contextOf = (request: FastifyRequest): FailureContext => ({
  requestId: request.id,
  method: request.method,
  ...(request.routeOptions.url === undefined ? {} : { route: request.routeOptions.url }),
});

/** Answers every error, and every path or method that does not exist, with a problem document. */
export const problemJson = fp<{ readonly reporter: ErrorReporter; readonly metrics: Metrics }>(
  (app, { reporter, metrics }, done) => {
    const methods = methodsByPath();
    app.addHook('onRoute', ({ url, method }) => {
      for (const m of [method].flat()) methods.note(url, m);
    });
    const refuseRoute = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const path = request.url.split('?')[0] ?? '';
      const allowed = methods.of(path);
      metrics.problem(allowed.length === 0 ? 'not-found' : 'method-not-allowed', undefined);
      if (allowed.length === 0) {
        const hint = 'GET / lists what there is; /openapi.json describes it.';
        return sendProblem(request, reply, new Problem('not-found', { detail: `There is nothing at ${path}.`, hint }));
      }
      reply.header('allow', allowed.join(', '));
      const detail = `${path} takes ${allowed.join(', ')}, not ${request.method}.`;
      return sendProblem(request, reply, new Problem('method-not-allowed', { detail }));
    };
    app.setErrorHandler((error, request, reply) => {
      // Fastify refuses a QUERY without a media type before it looks whether the path takes one.
      if (request.is404) return refuseRoute(request, reply);
      const problem = isGone(error, reply) ? clientGone(error) : toProblem(error);
      const setting = (problem.members['limit'] as { setting?: string } | undefined)?.setting;
      metrics.problem(problem.slug, setting);
      if (problem.slug === 'internal-error') {
        request.log.error({ err: problem.cause ?? problem }, 'the service failed');
        metrics.fault('request');
        reporter.report(problem.cause ?? problem, contextOf(request));
      } else if (problem.status >= 500) {
        request.log.warn({ problem: problem.slug, err: problem.cause }, 'refused');
      } else {
        // The detail may quote the input, so that it is not for the log.
        request.log.info({ problem: problem.slug, ...(setting === undefined ? {} : { setting }) }, 'refused');
      }
      return sendProblem(request, reply, problem);
    });
    // A stream that fails when its answer has begun can only be cut; it is reported all the same.
    app.addHook('onSend', async (request, _reply, payload) => {
      if (payload instanceof Readable) payload.once('error', (error) => reporter.report(error, contextOf(request)));
      return Promise.resolve(payload);
    });
    app.setNotFoundHandler(refuseRoute);
    done();
  },
  { name: 'problem-json' },
);
