import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { makeBuild, type Build } from '../../generate/build.ts';
import { inlineInventory } from '../../inventory/inventory.ts';
import { parseManifest } from '../../manifest/parse.ts';
import { manifestSchema } from '../../manifest/schema.ts';
import { answer, etagOf } from '../answer.ts';
import { dockerfileJson, ignoreJson } from '../build-answers.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type OperationCall, type Services } from '../operation.ts';
import { readText } from '../read-text.ts';
import { dockerfileAnswer, ignoreAnswer } from '../schemas/answers.ts';
import { manifestOptions, withOptions, type ManifestOptions } from '../schemas/options.ts';
import { DOCKERFILE_EXAMPLE, manifestExamples } from '../schemas/examples.ts';

export const manifestProblems = [
  'invalid-manifest',
  'not-acceptable',
  'limit-exceeded',
  'no-language',
  'ambiguous-language',
  'unknown-app',
  'broken-file',
  'no-start-command',
  'not-plannable',
  'invalid-dockerignore',
] as const;

export const manifestBody = {
  required: true,
  description: 'The manifest, as JSON or YAML.',
  content: {
    'application/json': { schema: manifestSchema, examples: manifestExamples },
    'application/yaml': { schema: manifestSchema, examples: { settings: manifestExamples.settings } },
  },
};

const types = ['text/plain', 'application/json'] as const;

/** What is sent as a manifest: language and settings, and perhaps key files inline. */
export function manifestOperations(services: Services): Operation[] {
  const { config, version, metrics, answers } = services;

  /** Answers with what `write` makes of the build, or made of it for the same manifest before. */
  async function answerWith(
    { request, reply, query }: OperationCall<ManifestOptions>,
    write: (build: Build, type: (typeof types)[number]) => string,
  ): Promise<FastifyReply> {
    const type = negotiate(request, types);
    const text = await readText(request.body as Readable, 'the manifest', {
      value: config.LIMIT_MANIFEST_BYTES,
      setting: 'LIMIT_MANIFEST_BYTES',
    });
    const etag = etagOf(version, text, query);
    const { body, language } = answers.answer(`${request.routeOptions.url} ${type} ${etag}`, () => {
      const manifest = withOptions(parseManifest(text, 'The manifest'), query);
      const build = makeBuild(
        {
          tree: inlineInventory(manifest.files),
          manifest,
          dockerfile: 'generate',
          ...(query.environment === undefined ? {} : { environment: query.environment }),
        },
        services,
      );
      return { body: write(build, type), language: build.project?.language.id ?? 'none' };
    });
    metrics.built(language);
    return answer(reply, type, body, etag);
  }

  return [
    defineOperation({
      method: 'post',
      url: '/v1/manifest/dockerfile',
      id: 'renderDockerfile',
      tag: 'manifest',
      access: 'caller',
      summary: 'A Dockerfile from a manifest',
      description:
        'Without an upload: the manifest says the language and what differs from its defaults, and may carry key files inline under `files`. As JSON, each step comes with its reason.',
      query: manifestOptions,
      requestBody: manifestBody,
      answers: {
        '200': {
          description: 'The Dockerfile.',
          content: {
            'application/json': { schema: dockerfileAnswer },
            'text/plain': { schema: z.string(), example: DOCKERFILE_EXAMPLE },
          },
        },
      },
      problems: manifestProblems,
      handle: async (call) =>
        answerWith(call, (build, type) =>
          type === 'text/plain' ? build.dockerfile.text : JSON.stringify(dockerfileJson(build)),
        ),
    }),
    defineOperation({
      method: 'post',
      url: '/v1/manifest/dockerignore',
      id: 'renderDockerignore',
      tag: 'manifest',
      access: 'caller',
      summary: 'A .dockerignore from a manifest',
      description:
        'What such a project should leave out of its build context. As JSON, each pattern comes with its purpose.',
      query: manifestOptions,
      requestBody: manifestBody,
      answers: {
        '200': {
          description: 'The ignore file.',
          content: { 'application/json': { schema: ignoreAnswer }, 'text/plain': { schema: z.string() } },
        },
      },
      problems: manifestProblems,
      handle: async (call) =>
        answerWith(call, (build, type) =>
          type === 'text/plain' ? build.ignore.text : JSON.stringify(ignoreJson(build)),
        ),
    }),
  ];
}
