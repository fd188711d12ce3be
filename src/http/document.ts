import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { problemTypes, type ProblemSlug } from '../problems/catalogue.ts';
import type { Operation } from './operation.ts';
import { problemSchema } from './schemas/answers.ts';

/** Problems that any operation can answer with. */
const ALWAYS: readonly ProblemSlug[] = ['invalid-request', 'internal-error'];

function problemAnswers(slugs: readonly ProblemSlug[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy([...new Set([...slugs, ...ALWAYS])], (slug) => problemTypes[slug].status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, list]) => [
        String(status),
        {
          description: list.map((slug) => `\`/problems/${slug}\`: ${problemTypes[slug].title}.`).join(' '),
          content: { 'application/problem+json': { schema: problemSchema } },
        },
      ]),
  );
}

function describe({
  id,
  tag,
  summary,
  description,
  query,
  requestBody,
  answers,
  problems,
}: Operation): ZodOpenApiOperationObject {
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: [],
    ...(Object.keys(query.shape).length > 0 ? { requestParams: { query } } : {}),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: { ...answers, ...problemAnswers(problems) },
  };
}

/** The OpenAPI document of all operations, in the order of their list. */
export function openApiDocument(operations: readonly Operation[], version: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of operations) {
    if (operation.aliasOf !== undefined) continue;
    const url = operation.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[url] = { ...paths[url], [operation.method]: describe(operation) };
  }
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Dockwright',
        version,
        summary: 'A project in, a container build out.',
        description:
          'Send a manifest or a source archive; get a Dockerfile, a .dockerignore, an analysis of the build context, or a whole context for `docker build -`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: [
        { name: 'source', description: 'An archive of the project is sent.' },
        { name: 'manifest', description: 'A manifest is sent, as JSON or YAML.' },
        { name: 'reference', description: 'What the service knows.' },
        { name: 'operation', description: 'For those who run it.' },
      ],
      paths,
    },
    { override: ({ jsonSchema }) => dropSafeIntegerBounds(jsonSchema) },
  );
}

/** `z.int()` writes the bounds of JavaScript's safe integers, which say nothing about the API. */
function dropSafeIntegerBounds(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
