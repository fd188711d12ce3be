import type { Readable } from 'node:stream';
import { Problem } from '../problems/problem.ts';

/** Reads a small body whole. Throws `limit-exceeded` beyond `limit.value` bytes, `invalid-request` where it is not UTF-8. */
export async function readText(
  body: Readable,
  what: string,
  limit: { readonly value: number; readonly setting: string },
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit.value) {
      throw new Problem('limit-exceeded', {
        detail: `${what} is longer than ${limit.value} bytes.`,
        hint: `The limit is set by ${limit.setting}.`,
        members: { limit: { name: what, value: limit.value, setting: limit.setting } },
      });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new Problem('invalid-request', { detail: `${what} is not UTF-8 text.`, hint: 'Send it as UTF-8.', cause });
  }
}
