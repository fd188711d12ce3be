import { z } from 'zod';
import { makeBuild, type Build, type BuildRequest } from '../generate/build.ts';
import { manifestSchema, type Manifest } from '../manifest/schema.ts';
import type { ProblemSlug } from '../problems/catalogue.ts';
import type { Source } from '../source/read-source.ts';
import { etagOf } from './answer.ts';
import type { OperationCall, Services } from './operation.ts';
import { formExample } from './schemas/examples.ts';
import { withOptions, type ManifestOptions, type SourceOptions } from './schemas/options.ts';
import { readSourceRequest, type Contents } from './source-request.ts';

/** What the operations on an archive have in common. */

/** What an operation on an archive may be refused for. */
export const sourceProblems: readonly ProblemSlug[] = [
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

export const binary = z.string().meta({ override: { type: 'string', format: 'binary' } });

/** First as a form, which generated clients can send with a manifest; raw is what people send with curl. */
export const sourceBody = {
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
      example: formExample,
      encoding: { manifest: { contentType: 'application/json' }, archive: { contentType: 'application/octet-stream' } },
    },
    'application/x-tar': { schema: binary },
    'application/gzip': { schema: binary },
    'application/zstd': { schema: binary },
    'application/zip': { schema: binary },
    'application/octet-stream': { schema: binary },
  },
};

export interface Received {
  readonly source: Source;
  readonly manifest: Manifest;
  readonly etag: (type: string) => string;
}

export type SourceCall = OperationCall<SourceOptions>;

/** Reads the archive, hands it on, and gives its memory and disk back when that fails; else its user does. */
export async function withSource<Result, Query extends ManifestOptions & Partial<SourceOptions>>(
  { request, query }: OperationCall<Query>,
  services: Services,
  contents: Contents,
  use: (received: Received) => Promise<Result>,
): Promise<Result> {
  const { source, manifest: sent } = await readSourceRequest(request, services, contents, query.strip);
  const manifest = withOptions(sent, query);
  try {
    return await use({ source, manifest, etag: (type) => etagOf(services.version, source.digest, sent, query, type) });
  } catch (error) {
    source.dispose();
    throw error;
  }
}

export const buildRequest = ({ query }: SourceCall, { source, manifest }: Received): BuildRequest => ({
  tree: source.inventory,
  manifest,
  dockerfile: query.dockerfile,
  ...(query.environment === undefined ? {} : { environment: query.environment }),
});

export function buildOf(call: SourceCall, received: Received, services: Services): Build {
  const build = makeBuild(buildRequest(call, received), services);
  services.metrics.built(build.project?.language.id ?? 'none');
  return build;
}
