import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.ts';

/** The media type to answer with: the first is for `*\/*` and for no Accept at all. Throws `not-acceptable`. */
export function negotiate<Type extends string>(request: FastifyRequest, types: readonly [Type, ...Type[]]): Type {
  const chosen = request.accepts().type([...types]);
  const found = types.find((type) => type === chosen);
  if (found) return found;
  throw new Problem('not-acceptable', {
    detail: `This operation answers with ${types.join(', ')}; the request accepts ${request.headers.accept ?? 'nothing'}.`,
    hint: `Send "Accept: ${types[0]}", or leave it out.`,
    members: { available: types },
  });
}
