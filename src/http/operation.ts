import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import type { Templates } from '../render/templates.ts';
import type { Config } from '../config.ts';
import { faultsOf } from '../manifest/parse.ts';
import type { ProblemSlug } from '../problems/catalogue.ts';
import { Problem } from '../problems/problem.ts';
import type { SpoolBudget } from '../source/spool-budget.ts';
import type { Admission } from './admission.ts';
import type { AnswerMemory } from './answer-memory.ts';
import type { JobPlace } from './jobs/intake.ts';
import type { Metrics } from './metrics.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route is for; plugins decide by it. Absent for files of the documentation. */
    operation?: Operation;
  }
}

/** What operations work with; made once by the composition root. */
export interface Services {
  readonly config: Config;
  readonly templates: Templates;
  readonly spool: SpoolBudget;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly answers: AnswerMemory;
  /** Where the work on archives is done. */
  readonly jobs: JobPlace;
  /** Of the service; part of every fingerprint, and named in what it writes. */
  readonly version: string;
}

export interface OperationCall<Query> {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly query: Query;
}

/** Who may call: anybody, always; or, where access is set up, known callers, within their rate. */
type Access = 'open' | 'caller';

/** One operation of the API: what the document says of it and what it does, side by side. */
export interface Operation<Query extends z.ZodObject = z.ZodObject> {
  readonly method: 'get' | 'post';
  readonly url: string;
  /** A verb that people would type; generated clients name their functions by it. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly access: Access;
  /** Parameters in the path. */
  readonly params?: z.ZodObject;
  readonly query: Query;
  /** Takes an archive, which needs room: kept until it has been answered from, or only read through. */
  readonly upload?: 'kept' | 'read';
  readonly requestBody?: ZodOpenApiOperationObject['requestBody'];
  readonly answers: ZodOpenApiResponsesObject;
  readonly problems: readonly ProblemSlug[];
  /** Left out of the document: an alias of another operation. */
  readonly aliasOf?: string;
  handle(call: OperationCall<z.infer<Query>>): Promise<FastifyReply>;
}

/** Fixes the types of an operation's query. */
export const defineOperation = <Query extends z.ZodObject>(operation: Operation<Query>): Operation => operation;

function parseQuery(schema: z.ZodObject, query: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const errors = faultsOf(parsed.error);
  const [first] = errors;
  throw new Problem('invalid-request', {
    detail: `The query is not valid: ${first ? `${first.pointer.slice(1)} ${first.detail}` : 'a parameter is wrong'}.`,
    hint: `Parameters of this operation: ${Object.keys(schema.shape).join(', ') || 'none'}.`,
    errors,
  });
}

/** Adds an operation's route. Its query is checked here; its body is its own to read, as a stream. */
export function addOperation(app: FastifyInstance, operation: Operation): void {
  app.route({
    method: operation.method,
    url: operation.url,
    config: { operation },
    handler: async (request, reply) =>
      operation.handle({ request, reply, query: parseQuery(operation.query, request.query) }),
  });
}
