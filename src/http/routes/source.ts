import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { gzipped, packContext, tarStream } from '../../context/pack.ts';
import { understandProject } from '../../generate/project.ts';
import { answer } from '../answer.ts';
import { dockerfileJson, ignoreJson, manifestJson } from '../build-answers.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type Services } from '../operation.ts';
import { dockerfileAnswer, ignoreAnswer, manifestAnswer } from '../schemas/answers.ts';
import { sourceOptions } from '../schemas/options.ts';
import {
  binary,
  buildOf,
  sourceBody,
  sourceProblems,
  withSource,
  type Received,
  type SourceCall,
} from '../source-call.ts';

/** What is sent as an archive. */
export function sourceOperations(services: Services): Operation[] {
  /** An operation whose answer is made of the tree alone: nothing of the contents is kept. */
  async function answerFromTree<Type extends string>(
    call: SourceCall,
    types: readonly [Type, ...Type[]],
    write: (received: Received, type: Type) => unknown,
  ): Promise<FastifyReply> {
    const type = negotiate(call.request, types);
    return withSource(call, services, 'skip', async (received) => {
      const body = write(received, type);
      received.source.dispose();
      return answer(call.reply, type, body, received.etag(type));
    });
  }

  async function packAnswer(call: SourceCall): Promise<FastifyReply> {
    const type = negotiate(call.request, ['application/x-tar', 'application/gzip']);
    return withSource(call, services, 'spool', async (received) => {
      const { source } = received;
      const { dockerfile, ignore, filtered } = buildOf(call, received, services);
      const context = packContext({
        entries: filtered.kept,
        content: source.content,
        ignoreFile: { path: ignore.path, text: ignore.text },
        dockerfile: { path: 'Dockerfile', text: dockerfile.text },
      });
      const tar = tarStream(context);
      const stream = type === 'application/gzip' ? gzipped(tar) : tar;
      stream.once('close', () => source.dispose());
      call.reply.raw.once('close', () => stream.destroy());
      // A client that went away while the answer was made will not close again.
      if (call.reply.raw.destroyed) stream.destroy();
      if (type === 'application/x-tar') call.reply.header('content-length', context.length);
      return answer(call.reply, type, stream, received.etag(type));
    });
  }

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
    handle: packAnswer,
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
      handle: async (call) =>
        answerFromTree(call, ['application/json'], ({ source, manifest }) =>
          manifestJson(understandProject(source.inventory, manifest, call.query.environment), source.notices),
        ),
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
      handle: async (call) =>
        answerFromTree(call, ['text/plain', 'application/json'], (received, type) => {
          const build = buildOf(call, received, services);
          return type === 'text/plain' ? build.dockerfile.text : dockerfileJson(build);
        }),
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
      handle: async (call) =>
        answerFromTree(call, ['text/plain', 'application/json'], (received, type) => {
          const build = buildOf(call, received, services);
          return type === 'text/plain' ? build.ignore.text : ignoreJson(build);
        }),
    }),
    defineOperation({ ...packing, url: '/v1/source/context', id: 'packContext' }),
    defineOperation({ ...packing, url: '/v1/context', id: 'packContextShort', aliasOf: 'packContext' }),
  ];
}
