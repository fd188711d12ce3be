import Fastify, { type FastifyInstance } from 'fastify';

/** The API reference at /docs, from files of the service; no request leaves for anywhere else. */

const PATH = '/docs';

async function load(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const inner = Fastify();
  await inner.register(scalar, {
    routePrefix: PATH,
    configuration: { url: '/openapi.json', telemetry: false, withDefaultFonts: false },
  });
  return inner;
}

/** Its bundle takes a tenth of a second and 20 MB to load, so that it is loaded when somebody first looks. */
export function addReferencePage(app: FastifyInstance): void {
  let loaded: Promise<FastifyInstance> | undefined;
  for (const url of [PATH, `${PATH}/*`]) {
    app.route({
      method: 'GET',
      url,
      config: { page: true },
      handler: async (request, reply) => {
        loaded ??= load();
        const { statusCode, headers, rawPayload } = await (await loaded).inject({ method: 'GET', url: request.url });
        const { location, 'content-type': type } = headers;
        if (typeof location === 'string') reply.header('location', location);
        if (type !== undefined) reply.header('content-type', type);
        return reply.code(statusCode).send(rawPayload);
      },
    });
  }
}
