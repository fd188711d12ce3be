import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type * as z from 'zod';
import { faultsOf } from '../manifest/parse.ts';
import { Problem } from '../problems/problem.ts';
import type { Services } from './operation.ts';
import { readText } from './read-text.ts';

/** Reads a body of JSON and checks it. Throws `invalid-request`, pointing at every fault. */
export async function readJson<Schema extends z.ZodType>(
  request: FastifyRequest,
  { config }: Services,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await readText(request.body as Readable, 'the request', {
    value: config.LIMIT_MANIFEST_BYTES,
    setting: 'LIMIT_MANIFEST_BYTES',
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const hint = 'Send an object of JSON, with Content-Type: application/json.';
    throw new Problem('invalid-request', { detail: 'The body is not JSON.', hint, cause });
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const errors = faultsOf(checked.error);
  throw new Problem('invalid-request', {
    detail: `The body does not fit the schema: ${errors.map((e) => `${e.pointer || '/'} ${e.detail}`).join('; ')}.`,
    hint: '/openapi.json has the schema; `errors` points at each fault.',
    errors,
  });
}
