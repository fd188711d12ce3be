import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Problem } from '../problems/problem.ts';
import { free } from './free.ts';
import { exceeded, RATIO_FREE_BYTES, type SourceLimits } from './limits.ts';
import type { Format } from './sniff.ts';

/** Larger blocks than the default: fewer turns of the event loop for each megabyte. */
const CHUNK_BYTES = 256 * 1024;

/** Each takes a decoder of its own; parallel writers make one for some megabytes. */
const MAX_FRAMES = 100_000;

interface Decoder extends Transform {
  /** Of the input, those that it has taken. */
  readonly bytesWritten: number;
}

/** Resolves when the chunk has been taken: not before may its memory be used again. */
const written = async (decoder: Decoder, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    decoder.once('close', resolve);
    decoder.write(chunk, (error) => {
      decoder.off('close', resolve);
      if (error) reject(error);
      else resolve();
    });
  });

/**
 * What comes out of the decoders, one after the other; each piece is valid until the next one is asked for. Node's decoder
 * for zstd stops where a frame ends inside of a chunk, and drops the rest of it without a word; what it drops is begun
 * anew. An archive may consist of many frames: parallel writers make them. The decoder for gzip takes all of its members,
 * and ends before what is no gzip.
 */
async function* decoded(
  bytes: AsyncIterable<Buffer>,
  create: () => Decoder,
  { again }: { readonly again: boolean },
): AsyncGenerator<Buffer> {
  const input = bytes[Symbol.asyncIterator]();
  const next = async (): Promise<Buffer | undefined> => {
    const { done, value } = await input.next();
    return done ? undefined : value;
  };
  let left = await next();
  for (let frames = 0; left; frames++) {
    const decoder = create();
    let chunk: Buffer | undefined = left;
    left = undefined;
    const feed = async (): Promise<void> => {
      for (; chunk; chunk = await next()) {
        const before = decoder.bytesWritten;
        await written(decoder, chunk);
        left = chunk.subarray(decoder.bytesWritten - before);
        if (left.length > 0) return;
        left = undefined;
      }
      decoder.end();
    };
    const fed = feed().catch((error: unknown) => void decoder.destroy(error as Error));
    for await (const piece of decoder as AsyncIterable<Buffer>) {
      yield piece;
      free(piece);
    }
    await fed;
    if (!again) return;
    if (frames > MAX_FRAMES) throw new Problem('invalid-archive', { detail: 'The zstd stream has too many frames.' });
  }
}

function decompressed(bytes: AsyncIterable<Buffer>, format: Format): AsyncIterable<Buffer> {
  const options = { chunkSize: CHUNK_BYTES, readableHighWaterMark: 4 * CHUNK_BYTES };
  if (format === 'gzip') return decoded(bytes, () => createGunzip(options), { again: false });
  return format === 'zstd' ? decoded(bytes, () => createZstdDecompress(options), { again: true }) : bytes;
}

const isZlibFault = (error: unknown): boolean =>
  /^(Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/.test(String((error as { code?: unknown }).code));

/** Bytes in, and out; what the ratio is told from. */
export interface Meter {
  sent: number;
  inflated: number;
}

/** Throws `limit-exceeded` where there is more than may be, or more than so little should become. */
export function checkInflated({ sent, inflated }: Meter, limits: SourceLimits): void {
  const hint = 'Send less: leave out what the build does not need.';
  if (inflated > limits.inflated.value)
    throw exceeded(limits.inflated, `The archive has more than ${limits.inflated.value} bytes when decompressed`, hint);
  const beyond = inflated - RATIO_FREE_BYTES;
  if (beyond > 0 && beyond > sent * limits.ratio.value)
    throw exceeded(limits.ratio, `The archive grows more than ${limits.ratio.value} times when decompressed`, hint);
}

/** The bytes of an archive, decompressed, counted and bounded. Throws `invalid-archive` and `limit-exceeded`. */
export async function* inflate(
  bytes: AsyncIterable<Buffer>,
  format: Format,
  meter: Meter,
  limits: SourceLimits,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of decompressed(bytes, format)) {
      meter.inflated += chunk.length;
      checkInflated(meter, limits);
      yield chunk;
    }
  } catch (error) {
    if (!isZlibFault(error)) throw error;
    if (/too much memory/.test((error as Error).message))
      throw new Problem('unsupported-archive', {
        detail: 'The zstd stream was written with a window that is too large to be read.',
        hint: 'Compress it without --long: tar c . | zstd | curl -T - …',
        cause: error,
      });
    throw new Problem('invalid-archive', {
      detail: `The ${format} stream is damaged: ${(error as Error).message}.`,
      hint: 'The upload may have been cut. Make the archive again and send it again.',
      cause: error,
    });
  }
}
