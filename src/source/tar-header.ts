import { Problem } from '../problems/problem.ts';

/** The 512 bytes before every entry of a tar, read by the rules of Go's archive/tar, which Docker reads contexts with. */

export const BLOCK = 512;

export interface TarHeader {
  readonly name: Buffer;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
  readonly linkName: Buffer;
}

export const damaged = (detail: string): Problem =>
  new Problem('invalid-archive', {
    detail: `The tar is damaged: ${detail}.`,
    hint: 'Make the archive again; `tar tvf` shows whether it can be read.',
  });

const field = (block: Buffer, start: number, length: number): Buffer => {
  const end = block.indexOf(0, start);
  return block.subarray(start, end < 0 || end > start + length ? start + length : end);
};

/** Octal digits with blanks or NULs around, or, with the first bit set, a big-endian number. */
function numeric(block: Buffer, start: number, length: number, what: string): number {
  const first = block[start] ?? 0;
  if ((first & 0x80) !== 0) {
    if ((first & 0x40) !== 0) throw damaged(`a negative ${what}`);
    let value = first & 0x3f;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] ?? 0);
    if (!Number.isSafeInteger(value)) throw damaged(`a ${what} beyond all bounds`);
    return value;
  }
  return octal(block, start, length, what);
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0;

/** Digits with blanks or NULs around them; none at all is zero. Read byte by byte: this runs thrice for each entry. */
function octal(block: Buffer, start: number, length: number, what: string): number {
  let end = start + length;
  let at = start;
  while (at < end && isBlank(block[at] ?? 0)) at++;
  while (end > at && isBlank(block[end - 1] ?? 0)) end--;
  let value = 0;
  for (; at < end; at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) throw damaged(`a ${what} that is no number`);
    value = value * 8 + digit;
  }
  return value;
}

const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;

/** Sums the block with its checksum field taken as blanks; old writers added signed bytes. */
function hasRightChecksum(block: Buffer): boolean {
  let sum = CHECKSUM_LENGTH * 0x20;
  for (let i = 0; i < BLOCK; i++) sum += block[i] ?? 0;
  for (let i = CHECKSUM_AT; i < CHECKSUM_AT + CHECKSUM_LENGTH; i++) sum -= block[i] ?? 0;
  const stated = numeric(block, CHECKSUM_AT, CHECKSUM_LENGTH, 'checksum');
  return stated === sum || stated === sum - 256 * highBytes(block);
}

function highBytes(block: Buffer): number {
  let count = 0;
  for (let i = 0; i < BLOCK; i++)
    if ((block[i] ?? 0) > 0x7f && (i < CHECKSUM_AT || i >= CHECKSUM_AT + CHECKSUM_LENGTH)) count++;
  return count;
}

export const isZeroBlock = (block: Buffer): boolean => block[0] === 0 && block.every((byte) => byte === 0);

/** Whether 512 bytes can be a header at all: what tells an old tar without a magic word. */
export function looksLikeHeader(block: Buffer): boolean {
  try {
    return block.length >= BLOCK && block[0] !== 0 && hasRightChecksum(block);
  } catch {
    return false;
  }
}

/** The prefix is part of the name only in POSIX archives; star keeps times in its last bytes. */
function prefixOf(block: Buffer): Buffer | undefined {
  // A prefix is rare, and its first byte tells.
  if (block[345] === 0 || block.toString('latin1', 257, 263) !== 'ustar\0') return undefined;
  const length = block.toString('latin1', 508, 512) === 'tar\0' ? 131 : 155;
  const prefix = field(block, 345, length);
  return prefix.length > 0 ? prefix : undefined;
}

/** Parses a header block. Throws `invalid-archive`. The buffers are parts of the block. */
export function parseHeader(block: Buffer): TarHeader {
  if (!hasRightChecksum(block)) throw damaged('a header’s checksum is wrong');
  const name = field(block, 0, 100);
  const prefix = prefixOf(block);
  return {
    name: prefix ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    mode: numeric(block, 100, 8, 'mode'),
    size: numeric(block, 124, 12, 'size'),
    type: block.toString('latin1', 156, 157),
    linkName: field(block, 157, 100),
  };
}
