import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Problem } from '../problems/problem.ts';
import { exceeded, RATIO_FREE_BYTES, type SourceLimits } from './limits.ts';
import type { Format } from './sniff.ts';

/** Larger blocks than the default: fewer turns of the event loop for each megabyte. */
const CHUNK_BYTES = 256 * 1024;

function decompressor(format: Format): Transform | undefined {
  if (format === 'gzip') return createGunzip({ chunkSize: CHUNK_BYTES });
  if (format === 'zstd') return createZstdDecompress({ chunkSize: CHUNK_BYTES });
  return undefined;
}

const isZlibFault = (error: unknown): boolean =>
  /^(Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/.test(String((error as { code?: unknown }).code));

/** Bytes in, and out; what the ratio is told from. */
export interface Meter {
  sent: number;
  inflated: number;
}

function checkInflated({ sent, inflated }: Meter, limits: SourceLimits): void {
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
  const through = decompressor(format);
  const output: AsyncIterable<Buffer> = through
    ? pipeline(Readable.from(bytes, { objectMode: false, highWaterMark: CHUNK_BYTES }), through, () => undefined)
    : bytes;
  try {
    for await (const chunk of output) {
      meter.inflated += chunk.length;
      checkInflated(meter, limits);
      yield chunk;
    }
  } catch (error) {
    if (!isZlibFault(error)) throw error;
    throw new Problem('invalid-archive', {
      detail: `The ${format} stream is damaged: ${(error as Error).message}.`,
      hint: 'The upload may have been cut. Make the archive again and send it again.',
      cause: error,
    });
  }
}
