import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { inlineInventory } from '../../inventory/inventory.ts';
import { makeKit } from '../../kit/index.ts';
import { parseManifest } from '../../manifest/parse.ts';
import { answer, etagOf } from '../answer.ts';
import { kitBody, kitTypes } from '../kit-answer.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type Services } from '../operation.ts';
import { readText } from '../read-text.ts';
import { kitAnswer, kitRequest, manifestKitOptions, sourceKitOptions } from '../schemas/kit.ts';
import { withOptions } from '../schemas/options.ts';
import { answerFromSource, binary, sourceBody, sourceProblems } from '../source-call.ts';
import { manifestBody, manifestProblems } from './manifest.ts';

/** The kit: everything around the Dockerfile that a project needs to ship. */

const answers = {
  '200': {
    description: 'The files: as JSON with what each is for, or as a tar to unpack over the project.',
    content: {
      'application/json': { schema: kitAnswer },
      'application/x-tar': { schema: binary },
      'application/gzip': { schema: binary },
    },
  },
};

export function kitOperations(services: Services): Operation[] {
  const { config, version } = services;
  return [
    defineOperation({
      method: 'post',
      url: '/v1/source/kit',
      id: 'makeSourceKit',
      tag: 'source',
      summary: 'Everything around the Dockerfile, for a project',
      description:
        'Dockerfile with a target for each environment, .dockerignore, bake file, Compose, tag script, pipelines, Kubernetes, serverless, README. `tar c . | curl -sS -T - -X POST localhost:8080/v1/source/kit -H "Accept: application/x-tar" | tar x`',
      access: 'caller',
      upload: 'read',
      query: sourceKitOptions,
      requestBody: sourceBody,
      answers,
      problems: sourceProblems,
      handle: async (call): Promise<FastifyReply> => answerFromSource(call, services, 'makeSourceKit'),
    }),
    defineOperation({
      method: 'post',
      url: '/v1/manifest/kit',
      id: 'makeKit',
      tag: 'manifest',
      summary: 'Everything around the Dockerfile, from a manifest',
      description: 'The same from a manifest alone, which may carry key files inline under `files`.',
      access: 'caller',
      query: manifestKitOptions,
      requestBody: manifestBody,
      answers,
      problems: manifestProblems,
      handle: async ({ request, reply, query }): Promise<FastifyReply> => {
        const type = negotiate(request, kitTypes);
        const text = await readText(request.body as Readable, 'the manifest', {
          value: config.LIMIT_MANIFEST_BYTES,
          setting: 'LIMIT_MANIFEST_BYTES',
        });
        const manifest = withOptions(parseManifest(text, 'The manifest'), query);
        const kit = makeKit({ tree: inlineInventory(manifest.files), manifest, ...kitRequest(query) }, services);
        return answer(reply, type, kitBody(kit, type), etagOf(version, text, query, type));
      },
    }),
  ];
}
