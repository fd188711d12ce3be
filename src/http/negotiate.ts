import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.ts';

/** The media type to answer with: the first is for `*\/*` and for no Accept at all. Throws `not-acceptable`. */
export function negotiate<Type extends string>(request: FastifyRequest, types: readonly [Type, ...Type[]]): Type {
  const chosen = request.accepts().type([...types]);
  const found = types.find((type) => type === chosen);
  if (found) return found;
  // openapi-generator's Java client asks for JSON only, which at some operations is that of a problem; the rest is left to
  // the service. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
  if (/^\s*application\/problem\+json\s*$/.test(request.headers.accept ?? '')) return types[0];
  throw new Problem('not-acceptable', {
    detail: `This operation answers with ${types.join(', ')}; the request accepts ${request.headers.accept ?? 'nothing'}.`,
    hint: `Send "Accept: ${types[0]}", or leave it out.`,
    members: { available: types },
  });
}
