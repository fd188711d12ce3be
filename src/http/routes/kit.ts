import type { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { packFiles } from '../../context/pack.ts';
import { inlineInventory } from '../../inventory/inventory.ts';
import { makeKit, type KitRequest, type MadeKit } from '../../kit/index.ts';
import { parseManifest } from '../../manifest/parse.ts';
import { answer, etagOf } from '../answer.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type Services } from '../operation.ts';
import { readText } from '../read-text.ts';
import { kitAnswer, manifestKitOptions, sourceKitOptions } from '../schemas/kit.ts';
import { withOptions } from '../schemas/options.ts';
import { binary, sourceBody, sourceProblems, withSource } from '../source-call.ts';
import { manifestBody, manifestProblems } from './manifest.ts';

/** The kit: everything around the Dockerfile that a project needs to ship. */

const TYPES = ['application/json', 'application/x-tar', 'application/gzip'] as const;

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

const wanted = ({ include, existing }: { include?: string[] | undefined; existing: 'keep' | 'replace' }) =>
  ({ existing, ...(include === undefined ? {} : { include }) }) satisfies Partial<KitRequest>;

function bodyOf(kit: MadeKit, type: (typeof TYPES)[number]): unknown {
  if (type === 'application/json')
    return {
      ...kit,
      files: kit.files.map(({ path, part, why, executable = false, text }) => ({ path, part, why, executable, text })),
    };
  const tar = packFiles(
    kit.files.map(({ path, text, executable }) => ({ path, text, mode: executable ? 0o755 : 0o644 })),
  );
  return type === 'application/gzip' ? gzipSync(tar) : tar;
}

const typeOf = (request: FastifyRequest): (typeof TYPES)[number] => negotiate(request, TYPES);

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
      handle: async (call): Promise<FastifyReply> => {
        const type = typeOf(call.request);
        return withSource(call, services, 'skip', async ({ source, manifest, etag }) => {
          const kit = makeKit({ tree: source.inventory, manifest, ...wanted(call.query) }, services);
          source.dispose();
          return answer(call.reply, type, bodyOf(kit, type), etag(type));
        });
      },
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
        const type = typeOf(request);
        const text = await readText(request.body as Readable, 'the manifest', {
          value: config.LIMIT_MANIFEST_BYTES,
          setting: 'LIMIT_MANIFEST_BYTES',
        });
        const manifest = withOptions(parseManifest(text, 'The manifest'), query);
        const kit = makeKit({ tree: inlineInventory(manifest.files), manifest, ...wanted(query) }, services);
        return answer(reply, type, bodyOf(kit, type), etagOf(version, text, query, type));
      },
    }),
  ];
}
