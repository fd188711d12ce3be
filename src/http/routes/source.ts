import * as z from 'zod';
import { defineOperation, type Operation, type Services } from '../operation.ts';
import { dockerfileAnswer, ignoreAnswer, manifestAnswer } from '../schemas/answers.ts';
import { sourceOptions } from '../schemas/options.ts';
import { answerFromSource, binary, sourceBody, sourceProblems, type SourceCall } from '../source-call.ts';

/** What is sent as an archive. */
export function sourceOperations(services: Services): Operation[] {
  const packing = {
    method: 'post',
    tag: 'source',
    access: 'caller',
    upload: 'kept',
    summary: 'A context that `docker build -` takes',
    description:
      'The project without what its ignore file leaves out, with the Dockerfile and the .dockerignore in it. Everything is decided before the first byte; the Dockerfile comes last, so that a context that was cut cannot build. `set -o pipefail; tar c . | curl -sS --fail-with-body -X POST -T - localhost:8080/v1/source/context | docker build -t app -`',
    query: sourceOptions,
    requestBody: sourceBody,
    answers: {
      '200': {
        description: 'The context.',
        content: { 'application/x-tar': { schema: binary }, 'application/gzip': { schema: binary } },
      },
    },
    problems: sourceProblems,
    handle: async (call: SourceCall) => answerFromSource(call, services, 'packContext'),
  } as const;

  return [
    defineOperation({
      method: 'post',
      url: '/v1/source/manifest',
      id: 'detectManifest',
      tag: 'source',
      access: 'caller',
      upload: 'read',
      summary: 'What a project is, as a manifest',
      description:
        'Every value with where it was found and what it beat; the apps of the repository, and the languages that were weighed.',
      query: sourceOptions,
      requestBody: sourceBody,
      answers: { '200': { description: 'The manifest.', content: { 'application/json': { schema: manifestAnswer } } } },
      problems: sourceProblems,
      handle: async (call) => answerFromSource(call, services, 'detectManifest'),
    }),
    defineOperation({
      method: 'post',
      url: '/v1/source/dockerfile',
      id: 'renderSourceDockerfile',
      tag: 'source',
      access: 'caller',
      upload: 'read',
      summary: 'A Dockerfile for a project',
      description: 'As text, or as JSON with the reason and the evidence of every step, and warnings.',
      query: sourceOptions,
      requestBody: sourceBody,
      answers: {
        '200': {
          description: 'The Dockerfile.',
          content: { 'application/json': { schema: dockerfileAnswer }, 'text/plain': { schema: z.string() } },
        },
      },
      problems: sourceProblems,
      handle: async (call) => answerFromSource(call, services, 'renderSourceDockerfile'),
    }),
    defineOperation({
      method: 'post',
      url: '/v1/source/dockerignore',
      id: 'renderSourceDockerignore',
      tag: 'source',
      access: 'caller',
      upload: 'read',
      summary: 'A .dockerignore for a project',
      description:
        'The project’s own with ours in a marked block, or as `dockerignore=` says. As JSON, with what each pattern is for and what it saves.',
      query: sourceOptions,
      requestBody: sourceBody,
      answers: {
        '200': {
          description: 'The ignore file.',
          content: { 'application/json': { schema: ignoreAnswer }, 'text/plain': { schema: z.string() } },
        },
      },
      problems: sourceProblems,
      handle: async (call) => answerFromSource(call, services, 'renderSourceDockerignore'),
    }),
    defineOperation({ ...packing, url: '/v1/source/context', id: 'packContext' }),
    defineOperation({ ...packing, url: '/v1/context', id: 'packContextShort', aliasOf: 'packContext' }),
  ];
}
