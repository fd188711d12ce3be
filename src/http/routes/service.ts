import * as z from 'zod';
import { problemTypes } from '../../problems/catalogue.ts';
import { Problem } from '../../problems/problem.ts';
import { answer, etagOf } from '../answer.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type Services } from '../operation.ts';

const none = z.strictObject({});
const status = z.object({ status: z.string() }).meta({ id: 'Status' });
const JSON_TYPE = 'application/json';

const problemPage = z
  .object({ type: z.string(), title: z.string(), status: z.int(), meaning: z.string() })
  .meta({ id: 'ProblemType' });

const ONE_LINER =
  'set -o pipefail; tar c . | curl -sS --fail-with-body -X POST -T - localhost:8080/v1/source/context | docker build -t app -';

function welcome(version: string): string {
  return [
    `Dockwright ${version}: a project in, a container build out.`,
    '',
    'Turn the folder you stand in into an image:',
    '',
    `  ${ONE_LINER}`,
    '',
    'Or see the parts of it first:',
    '',
    '  tar c . | curl -sS -T - -X POST localhost:8080/v1/source/dockerfile',
    '  tar c . | curl -sS -T - -X POST localhost:8080/v1/source/analysis -H "Accept: text/plain"',
    '',
    'All operations: /docs (for people), /openapi.json (for programs).',
    '',
  ].join('\n');
}

/** Whether the process still takes work; false from SIGTERM on. */
export interface Readiness {
  readonly isReady: () => boolean;
}

/** For those who run the service, and for those who meet it for the first time. */
export function serviceOperations({ version, metrics, config }: Services, { isReady }: Readiness): Operation[] {
  const metricsOperation = defineOperation({
    method: 'get',
    url: '/metrics',
    id: 'getMetrics',
    tag: 'operation',
    access: 'caller',
    summary: 'Metrics for Prometheus',
    description:
      'Durations, bytes in and out, entries of archives, builds by language, limits hit, uploads that run and wait, and the process itself.',
    query: none,
    answers: { '200': { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } } },
    problems: [],
    handle: async ({ reply }) =>
      reply
        .type(metrics.contentType)
        .header('cache-control', 'no-store')
        .send(await metrics.text()),
  });

  return [
    ...(config.METRICS ? [metricsOperation] : []),
    defineOperation({
      method: 'get',
      url: '/livez',
      id: 'checkLive',
      tag: 'operation',
      access: 'open',
      summary: 'Whether the process lives',
      description: 'Always 200 while the process can answer at all.',
      query: none,
      answers: { '200': { description: 'It lives.', content: { [JSON_TYPE]: { schema: status } } } },
      problems: [],
      handle: async ({ reply }) => reply.header('cache-control', 'no-store').send({ status: 'live' }),
    }),
    defineOperation({
      method: 'get',
      url: '/readyz',
      id: 'checkReady',
      tag: 'operation',
      access: 'open',
      summary: 'Whether the process takes work',
      description: 'Fails from SIGTERM on, so that no new request is sent to a process that is going down.',
      query: none,
      answers: { '200': { description: 'It takes work.', content: { [JSON_TYPE]: { schema: status } } } },
      problems: ['overloaded'],
      handle: async ({ reply }) => {
        if (!isReady())
          throw new Problem('overloaded', {
            detail: 'The service is going down.',
            hint: 'Another replica takes over.',
          });
        return reply.header('cache-control', 'no-store').send({ status: 'ready' });
      },
    }),
    defineOperation({
      method: 'get',
      url: '/',
      id: 'welcome',
      tag: 'operation',
      access: 'open',
      summary: 'What this is and how to begin',
      description: 'A few lines to copy into a terminal.',
      query: none,
      answers: { '200': { description: 'A few lines of text.', content: { 'text/plain': { schema: z.string() } } } },
      problems: ['not-acceptable'],
      handle: async ({ request, reply }) =>
        answer(reply, negotiate(request, ['text/plain']), welcome(version), etagOf(version, 'welcome')),
    }),
    defineOperation({
      method: 'get',
      url: '/problems/:slug',
      id: 'describeProblem',
      tag: 'reference',
      access: 'open',
      params: z.object({ slug: z.string().meta({ example: 'no-language' }) }),
      summary: 'What a type of problem means',
      description: 'The page behind the `type` of a problem document.',
      query: none,
      answers: { '200': { description: 'The type.', content: { [JSON_TYPE]: { schema: problemPage } } } },
      problems: ['not-found', 'not-acceptable'],
      handle: async ({ request, reply }) => {
        const { slug = '' } = request.params as { slug?: string };
        const found = Object.entries(problemTypes).find(([known]) => known === slug);
        if (!found) {
          const known = Object.keys(problemTypes).join(', ');
          throw new Problem('not-found', {
            detail: 'There is no such type of problem.',
            hint: `Those there are: ${known}.`,
          });
        }
        const page = { type: `/problems/${slug}`, ...found[1] };
        return answer(reply, negotiate(request, [JSON_TYPE]), page, etagOf(version, slug));
      },
    }),
  ];
}
