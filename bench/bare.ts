import Fastify from 'fastify';

/** Fastify, and routes that do nothing: the measure for what ours costs on top. */

const app = Fastify();
const answers = new Map<number, string>();

/** Parses a body as JSON, and answers with so many bytes. */
app.post<{ Querystring: { bytes: string } }>('/json', async ({ query }, reply) => {
  const bytes = Number(query.bytes);
  const text = answers.get(bytes) ?? 'x'.repeat(bytes);
  answers.set(bytes, text);
  return reply.type('text/plain; charset=utf-8').send(text);
});

/** Takes an upload, and drops it. */
await app.register(async (scope) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, parsed) => {
    payload.resume();
    payload.once('end', () => parsed(null));
  });
  scope.post('/upload', async (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok'));
  return Promise.resolve();
});

await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
console.log('listening');
process.once('SIGTERM', () => process.exit(0));
