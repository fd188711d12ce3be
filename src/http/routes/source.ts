import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { gzipped, packContext } from '../../context/pack.ts';
import { makeBuild, type Build } from '../../generate/build.ts';
import { understandProject } from '../../generate/project.ts';
import { manifestSchema, type Manifest } from '../../manifest/schema.ts';
import type { ProblemSlug } from '../../problems/catalogue.ts';
import type { Source } from '../../source/read-source.ts';
import { answer, etagOf } from '../answer.ts';
import { dockerfileJson, ignoreJson, manifestJson } from '../build-answers.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type OperationCall, type Services } from '../operation.ts';
import { dockerfileAnswer, ignoreAnswer, manifestAnswer } from '../schemas/answers.ts';
import { sourceOptions, withOptions, type SourceOptions } from '../schemas/options.ts';
import { readSourceRequest, type Contents } from '../source-request.ts';

const problems: readonly ProblemSlug[] = [
  'invalid-archive',
  'invalid-manifest',
  'not-acceptable',
  'request-timeout',
  'limit-exceeded',
  'unsupported-archive',
  'unsupported-media-type',
  'unsafe-archive',
  'empty-archive',
  'no-language',
  'ambiguous-language',
  'ambiguous-app',
  'unknown-app',
  'broken-file',
  'no-start-command',
  'not-plannable',
  'invalid-dockerignore',
  'overloaded',
];

const binary = z.string().meta({ override: { type: 'string', format: 'binary' } });

/** First as a form, which generated clients can send with a manifest; raw is what people send with curl. */
const requestBody = {
  required: true,
  description:
    'The project as an archive: tar, gzip or zstd of a tar, or zip, told by its first bytes. Raw, or as a form with a manifest beside it.',
  content: {
    'multipart/form-data': {
      schema: z.object({
        manifest: manifestSchema
          .optional()
          .meta({ description: 'JSON or YAML; goes over what is found in the archive.' }),
        archive: binary,
      }),
      encoding: { manifest: { contentType: 'application/json' }, archive: { contentType: 'application/octet-stream' } },
    },
    'application/x-tar': { schema: binary },
    'application/gzip': { schema: binary },
    'application/zstd': { schema: binary },
    'application/zip': { schema: binary },
    'application/octet-stream': { schema: binary },
  },
};

interface Received {
  readonly source: Source;
  readonly manifest: Manifest;
  readonly etag: (type: string) => string;
}

/** What is sent as an archive. */
export function sourceOperations(services: Services): Operation[] {
  const { version } = services;
  type Call = OperationCall<SourceOptions>;

  /** Reads the archive, hands it on, and gives its memory and disk back when the answer is made. */
  async function withSource<Result>(
    { request, query }: Call,
    contents: Contents,
    use: (received: Received) => Promise<Result>,
  ): Promise<Result> {
    const { source, manifest: sent } = await readSourceRequest(request, services, contents, query.strip);
    const manifest = withOptions(sent, query);
    try {
      return await use({ source, manifest, etag: (type) => etagOf(version, source.digest, sent, query, type) });
    } catch (error) {
      await source.dispose();
      throw error;
    }
  }

  const buildOf = ({ query }: Call, { source, manifest }: Received): Build =>
    makeBuild(
      {
        tree: source.inventory,
        manifest,
        dockerfile: query.dockerfile,
        ...(query.environment === undefined ? {} : { environment: query.environment }),
      },
      services,
    );

  /** An operation whose answer is made of the tree alone: nothing of the contents is kept. */
  async function answerFromTree<Type extends string>(
    call: Call,
    types: readonly [Type, ...Type[]],
    write: (received: Received, type: Type) => unknown,
  ): Promise<FastifyReply> {
    const type = negotiate(call.request, types);
    return withSource(call, 'skip', async (received) => {
      const body = write(received, type);
      await received.source.dispose();
      return answer(call.reply, type, body, received.etag(type));
    });
  }

  async function packAnswer(call: Call): Promise<FastifyReply> {
    const type = negotiate(call.request, ['application/x-tar', 'application/gzip']);
    return withSource(call, 'spool', async (received) => {
      const { source } = received;
      const { dockerfile, ignore, filtered } = buildOf(call, received);
      const context = packContext({
        entries: filtered.kept,
        content: source.content,
        ignoreFile: { path: ignore.path, text: ignore.text },
        dockerfile: { path: 'Dockerfile', text: dockerfile.text },
      });
      const tar = context.tar();
      const stream = type === 'application/gzip' ? gzipped(tar) : tar;
      stream.once('close', () => void source.dispose());
      call.reply.raw.once('close', () => stream.destroy());
      if (type === 'application/x-tar') call.reply.header('content-length', context.length);
      return answer(call.reply, type, stream, received.etag(type));
    });
  }

  const packing = {
    method: 'post',
    tag: 'source',
    summary: 'A context that `docker build -` takes',
    description:
      'The project without what its ignore file leaves out, with the Dockerfile and the .dockerignore in it. Everything is decided before the first byte; the Dockerfile comes last, so that a context that was cut cannot build. `set -o pipefail; tar c . | curl -sS --fail-with-body -X POST -T - localhost:8080/v1/source/context | docker build -t app -`',
    query: sourceOptions,
    requestBody,
    answers: {
      '200': {
        description: 'The context.',
        content: { 'application/x-tar': { schema: binary }, 'application/gzip': { schema: binary } },
      },
    },
    problems,
    handle: packAnswer,
  } as const;

  return [
    defineOperation({
      method: 'post',
      url: '/v1/source/manifest',
      id: 'detectManifest',
      tag: 'source',
      summary: 'What a project is, as a manifest',
      description:
        'Every value with where it was found and what it beat; the apps of the repository, and the languages that were weighed.',
      query: sourceOptions,
      requestBody,
      answers: { '200': { description: 'The manifest.', content: { 'application/json': { schema: manifestAnswer } } } },
      problems,
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
      summary: 'A Dockerfile for a project',
      description: 'As text, or as JSON with the reason and the evidence of every step, and warnings.',
      query: sourceOptions,
      requestBody,
      answers: {
        '200': {
          description: 'The Dockerfile.',
          content: { 'application/json': { schema: dockerfileAnswer }, 'text/plain': { schema: z.string() } },
        },
      },
      problems,
      handle: async (call) =>
        answerFromTree(call, ['text/plain', 'application/json'], (received, type) => {
          const build = buildOf(call, received);
          return type === 'text/plain' ? build.dockerfile.text : dockerfileJson(build);
        }),
    }),
    defineOperation({
      method: 'post',
      url: '/v1/source/dockerignore',
      id: 'renderSourceDockerignore',
      tag: 'source',
      summary: 'A .dockerignore for a project',
      description:
        'The project’s own with ours in a marked block, or as `dockerignore=` says. As JSON, with what each pattern is for and what it saves.',
      query: sourceOptions,
      requestBody,
      answers: {
        '200': {
          description: 'The ignore file.',
          content: { 'application/json': { schema: ignoreAnswer }, 'text/plain': { schema: z.string() } },
        },
      },
      problems,
      handle: async (call) =>
        answerFromTree(call, ['text/plain', 'application/json'], (received, type) => {
          const build = buildOf(call, received);
          return type === 'text/plain' ? build.ignore.text : ignoreJson(build);
        }),
    }),
    defineOperation({ ...packing, url: '/v1/source/context', id: 'packContext' }),
    defineOperation({ ...packing, url: '/v1/context', id: 'packContextShort', aliasOf: 'packContext' }),
  ];
}
