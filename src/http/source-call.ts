import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { manifestSchema } from '../manifest/schema.ts';
import type { ProblemSlug } from '../problems/catalogue.ts';
import { blockStream } from '../context/pack.ts';
import { answer } from './answer.ts';
import { Intake } from './jobs/intake.ts';
import { works, type QueryOf, type WorkId } from './jobs/works.ts';
import { negotiate } from './negotiate.ts';
import type { OperationCall, Services } from './operation.ts';
import { formExample } from './schemas/examples.ts';
import type { SourceOptions } from './schemas/options.ts';
import { readSourceRequest } from './source-request.ts';

/** What the operations on an archive have in common. */

/** What an operation on an archive may be refused for. */
export const sourceProblems: readonly ProblemSlug[] = [
  'invalid-archive',
  'invalid-manifest',
  'not-acceptable',
  'request-timeout',
  'limit-exceeded',
  'unsupported-archive',
  'unsupported-media-type',
  'unsafe-archive',
  'empty-archive',
  'no-language',
  'ambiguous-language',
  'ambiguous-app',
  'unknown-app',
  'broken-file',
  'no-start-command',
  'not-plannable',
  'invalid-dockerignore',
  'overloaded',
];

export const binary = z.string().meta({ override: { type: 'string', format: 'binary' } });

/** First as a form, which generated clients can send with a manifest; raw is what people send with curl. */
export const sourceBody = {
  required: true,
  description:
    'The project as an archive: tar, gzip or zstd of a tar, or zip, told by its first bytes. Raw, or as a form with a manifest beside it.',
  content: {
    'multipart/form-data': {
      schema: z.object({
        manifest: manifestSchema
          .optional()
          .meta({ description: 'JSON or YAML; goes over what is found in the archive.' }),
        archive: binary,
      }),
      example: formExample,
      encoding: { manifest: { contentType: 'application/json' }, archive: { contentType: 'application/octet-stream' } },
    },
    'application/x-tar': { schema: binary },
    'application/gzip': { schema: binary },
    'application/zstd': { schema: binary },
    'application/zip': { schema: binary },
    'application/octet-stream': { schema: binary },
  },
};

export type SourceCall = OperationCall<SourceOptions>;

/** Has a work done with the archive of a request, and answers with what comes of it. */
export async function answerFromSource<Id extends WorkId>(
  { request, reply, query }: OperationCall<QueryOf<Id>>,
  services: Services,
  id: Id,
): Promise<FastifyReply> {
  const type = negotiate<string>(request, works[id].types);
  const { strip } = query as { readonly strip?: number | undefined };
  const intake = new Intake({ work: id, type, query, ...(strip === undefined ? {} : { strip }) }, services.jobs);
  let stream: Readable | undefined;
  reply.raw.once('close', () => {
    intake.cancel();
    stream?.destroy();
  });
  try {
    const manifest = await readSourceRequest(request, services.config, async (archive) => intake.feed(archive));
    const made = await intake.finish(manifest);
    const { body, etag, language, headers = {}, length } = made;
    if (language !== undefined) services.metrics.built(language);
    reply.headers(headers);
    if (typeof body === 'string' || Buffer.isBuffer(body)) {
      made.dispose();
      return answer(reply, type, body, etag);
    }
    if (length !== undefined) reply.header('content-length', length);
    stream = body instanceof Readable ? body : blockStream(body);
    stream.once('close', made.dispose);
    // A client that went away while the answer was made will not close again.
    if (reply.raw.destroyed) stream.destroy();
    return answer(reply, type, stream, etag);
  } catch (error) {
    intake.cancel();
    throw error;
  }
}
