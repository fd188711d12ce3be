import { PassThrough, type Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { Config } from '../config.ts';
import { parseManifest } from '../manifest/parse.ts';
import type { Manifest } from '../manifest/schema.ts';
import { Problem } from '../problems/problem.ts';
import { readText } from './read-text.ts';

/** The client went away: nobody is there to answer. */
class UploadAborted extends Error {
  override readonly name = 'UploadAborted';
  readonly statusCode = 400;
}

/**
 * The request's own stream must outlive a fault, so that the rest of the upload can be drained; readers get this one. It
 * gives up on a sender that has gone silent.
 */
function detached(request: FastifyRequest, body: Readable, idleSeconds: number): Readable {
  const through = new PassThrough({ highWaterMark: 256 * 1024 });
  const timer = setTimeout(() => {
    // Where nobody reads, nothing is expected.
    if (through.writableNeedDrain) timer.refresh();
    else
      through.destroy(
        new Problem('request-timeout', {
          detail: `No byte arrived for ${idleSeconds} seconds.`,
          hint: 'Send the archive again.',
        }),
      );
  }, idleSeconds * 1000);
  body.on('data', () => timer.refresh());
  body.once('end', () => clearTimeout(timer));
  body.once('error', (error) => through.destroy(error));
  through.once('close', () => clearTimeout(timer));
  request.raw.once('close', () => {
    if (!request.raw.complete) through.destroy(new UploadAborted('the upload was aborted'));
  });
  return body.pipe(through);
}

const isMultipart = (request: FastifyRequest): boolean =>
  /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');

/** Hands on the archive of a request, raw or as multipart; resolves with the manifest that may come with it. */
export async function readSourceRequest(
  request: FastifyRequest,
  config: Config,
  feed: (archive: Readable) => Promise<void>,
): Promise<Manifest> {
  if (isMultipart(request)) return readParts(request, config, feed);
  await feed(detached(request, request.body as Readable, config.LIMIT_IDLE_SECONDS));
  return {};
}

async function readParts(
  request: FastifyRequest,
  config: Config,
  feed: (archive: Readable) => Promise<void>,
): Promise<Manifest> {
  let fed = false;
  let manifest: Manifest | undefined;
  const faults = new Set<unknown>();
  try {
    for await (const part of partsOf(request, config, faults)) {
      if (part.fieldname === 'manifest')
        manifest = parseManifest(await manifestText(part, config.LIMIT_MANIFEST_BYTES), 'the part "manifest"');
      else if (part.fieldname === 'archive' && part.type === 'file' && !fed) {
        fed = true;
        const { file } = part;
        const archive = detached(request, file, config.LIMIT_IDLE_SECONDS);
        archive.once('error', () => file.destroy());
        await feed(archive);
      } else throw wrongPart(part);
    }
  } catch (error) {
    throw faults.has(error) ? damagedForm(error) : (error as Error);
  }
  if (fed) return manifest ?? {};
  throw new Problem('invalid-request', {
    detail: 'The form has no part "archive".',
    hint: 'curl -F manifest=@dockwright.yaml -F archive=@project.tar …',
  });
}

/** The parts of a form; `faults` takes the errors of the form itself, also those that a part's own stream fails with. */
async function* partsOf(
  request: FastifyRequest,
  { LIMIT_MANIFEST_BYTES }: Config,
  faults: Set<unknown>,
): AsyncGenerator<MultipartFile | MultipartValue> {
  const limits = { files: 2, fields: 2, fieldSize: LIMIT_MANIFEST_BYTES, fileSize: Number.MAX_SAFE_INTEGER };
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'file') part.file.once('error', (error) => faults.add(error));
      yield part;
    }
  } catch (error) {
    faults.add(error);
    throw error;
  }
}

/** Where it has a code of its own, it is known for what it is: a limit, or a sender that went away. */
const damagedForm = (error: unknown): unknown =>
  error instanceof Problem || (error as { code?: unknown }).code !== undefined
    ? error
    : new Problem('invalid-request', {
        detail: 'The form is damaged, or ends before its last boundary.',
        hint: 'Send it again; curl -F archive=@project.tar … writes such a form.',
        cause: error,
      });

function wrongPart(part: MultipartFile | MultipartValue): Problem {
  const twice = part.fieldname === 'archive' && part.type === 'file';
  return new Problem('invalid-request', {
    detail: twice
      ? 'The form has two parts "archive".'
      : `The form has a part "${part.fieldname}" that is not known${part.fieldname === 'archive' ? ' as a field: it has to be a file' : ''}.`,
    hint: 'The parts are "manifest" (JSON or YAML, optional) and "archive" (a file).',
  });
}

async function manifestText(part: MultipartFile | MultipartValue, limit: number): Promise<string> {
  if (part.type === 'file')
    return readText(part.file, 'the manifest', { value: limit, setting: 'LIMIT_MANIFEST_BYTES' });
  return typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
}
