import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { problemTypes, type ProblemSlug } from '../problems/catalogue.ts';
import type { Operation } from './operation.ts';
import { problemSchema } from './schemas/answers.ts';

/** Problems that any operation can answer with, and those of one that only known callers may use. */
const ALWAYS: readonly ProblemSlug[] = ['invalid-request', 'internal-error'];
const OF_CALLERS: readonly ProblemSlug[] = ['access-required', 'too-many-requests', 'access-unavailable'];

const requestIdHeader = z
  .string()
  .meta({ description: 'The id of the request, as it was sent or as it was made here; the log has it too.' });

/** Headers of a problem document, by its status. */
function problemHeaders(status: number): z.ZodObject {
  return z.object({
    'X-Request-Id': requestIdHeader,
    ...(status === 401
      ? { 'WWW-Authenticate': z.string().meta({ description: 'Which kind of token is asked for, and why.' }) }
      : {}),
    ...(status === 429 || status === 503
      ? { 'Retry-After': z.string().meta({ description: 'Seconds after which to try again.' }) }
      : {}),
  });
}

function problemExample(slug: ProblemSlug): { summary: string; value: Record<string, unknown> } {
  const { title, status, meaning } = problemTypes[slug];
  const instance = '6f1f3c1e-8a1b-4f5a-9a3e-2b7d0c4e5f60';
  return { summary: title, value: { type: `/problems/${slug}`, title, status, detail: meaning, instance } };
}

function problemAnswers(slugs: readonly ProblemSlug[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy([...new Set(slugs)], (slug) => problemTypes[slug].status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, list]) => [
        String(status),
        {
          description: list.map((slug) => `\`/problems/${slug}\`: ${problemTypes[slug].title}.`).join(' '),
          headers: problemHeaders(status),
          content: {
            'application/problem+json': {
              schema: problemSchema,
              examples: Object.fromEntries(list.map((slug) => [slug, problemExample(slug)])),
            },
          },
        },
      ]),
  );
}

/** What every good answer carries too. */
const withHeaders = (answers: ZodOpenApiResponsesObject): ZodOpenApiResponsesObject =>
  Object.fromEntries(
    Object.entries(answers).map(([status, one]) => [
      status,
      { headers: z.object({ 'X-Request-Id': requestIdHeader }), ...one } as ZodOpenApiResponseObject,
    ]),
  );

function describe(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, access, params, query, requestBody, answers, problems } = operation;
  const requestParams = {
    ...(params === undefined ? {} : { path: params }),
    ...(Object.keys(query.shape).length > 0 ? { query } : {}),
  };
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    // Open by default, and with a token where the service asks for one.
    security: access === 'open' ? [] : [{}, { bearer: [] }],
    ...(Object.keys(requestParams).length > 0 ? { requestParams } : {}),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      ...withHeaders(answers),
      ...problemAnswers([...problems, ...ALWAYS, ...(access === 'open' ? [] : OF_CALLERS)]),
    },
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
  const document = createDocument(
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
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A token that those who run the service have given out, or a JSON Web Token of their OpenID Connect issuer. Asked for only where the service is set up so.',
          },
        },
      },
      paths,
    },
    { override: ({ jsonSchema }) => dropSafeIntegerBounds(jsonSchema) },
  );
  return tidy(document);
}

/** Control characters and line separators, as not every language's regular expressions have classes. */
const PLAIN_TEXT = String.raw`^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$`;

/** Patterns that are written for JavaScript, in words that all languages share. */
function tidy<Document>(document: Document): Document {
  return JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    key === 'pattern' && String(value).includes(String.raw`\p{Cc}`) ? PLAIN_TEXT : value,
  ) as Document;
}

/** `z.int()` writes the bounds of JavaScript's safe integers, which say nothing about the API. */
function dropSafeIntegerBounds(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
