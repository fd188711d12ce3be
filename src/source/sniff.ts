import { Problem } from '../problems/problem.ts';
import { BLOCK, looksLikeHeader } from './tar-header.ts';

export type Format = 'tar' | 'gzip' | 'zstd' | 'zip';

const starts = (bytes: Buffer, ...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

const SEND = 'curl -sS --fail-with-body -X POST -T - localhost:8080/v1/source/context';

interface Unsupported {
  readonly fits: (head: Buffer) => boolean;
  readonly what: string;
  readonly hint: string;
}

/** What people send by mistake, and what they should send. */
const unsupported: readonly Unsupported[] = [
  { fits: (h) => h.toString('latin1', 0, 3) === 'BZh', what: 'bzip2', hint: `bunzip2 -c project.tar.bz2 | ${SEND}` },
  { fits: (h) => starts(h, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00), what: 'xz', hint: `xz -dc project.tar.xz | ${SEND}` },
  { fits: (h) => starts(h, 0x5d, 0x00, 0x00), what: 'lzma', hint: `lzma -dc project.tar.lzma | ${SEND}` },
  { fits: (h) => starts(h, 0x04, 0x22, 0x4d, 0x18), what: 'lz4', hint: `lz4 -dc project.tar.lz4 | ${SEND}` },
  { fits: (h) => starts(h, 0x1f, 0x9d), what: 'compress (.Z)', hint: `uncompress -c project.tar.Z | ${SEND}` },
  {
    fits: (h) => starts(h, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c),
    what: '7z',
    hint: `Unpack it, then in its folder: tar c . | ${SEND}`,
  },
  {
    fits: (h) => h.toString('latin1', 0, 4) === 'Rar!',
    what: 'rar',
    hint: `Unpack it, then in its folder: tar c . | ${SEND}`,
  },
  {
    fits: (h) => /^\s*[[{]/.test(h.toString('latin1')),
    what: 'JSON',
    hint: `A manifest goes to /v1/manifest/…, or into the form part "manifest". An archive: tar c . | ${SEND}`,
  },
];

/** What an upload is, by its first bytes (up to 512). Throws `unsupported-archive` or `empty-archive`. */
export function sniff(head: Buffer): Format {
  if (head.length === 0)
    throw new Problem('empty-archive', { detail: 'The body is empty.', hint: `Send an archive: tar c . | ${SEND}` });
  if (starts(head, 0x1f, 0x8b)) return 'gzip';
  if (isZstd(head)) return 'zstd';
  if (starts(head, 0x50, 0x4b, 0x03, 0x04) || starts(head, 0x50, 0x4b, 0x05, 0x06)) return 'zip';
  if (isTar(head)) return 'tar';
  const known = unsupported.find(({ fits }) => fits(head));
  throw new Problem('unsupported-archive', {
    detail: known ? `The body is ${known.what}, which is not taken.` : 'The body is no tar, gzip, zstd or zip archive.',
    hint: known?.hint ?? `Send the project as a tar: tar c . | ${SEND}`,
    members: { supported: ['tar', 'gzip', 'zstd', 'zip'] },
  });
}

/** A frame of zstd, or a skippable one before it, as parallel and seekable writers put there. */
const isZstd = (head: Buffer): boolean =>
  starts(head, 0x28, 0xb5, 0x2f, 0xfd) ||
  (((head[0] ?? 0) & 0xf0) === 0x50 && head.subarray(1, 4).equals(Buffer.from([0x2a, 0x4d, 0x18])));

/** A tar has its magic word at 257; an old one has a right checksum; an empty one is zeros. */
export function isTar(head: Buffer): boolean {
  if (head.toString('latin1', 257, 262) === 'ustar') return true;
  return head.length >= BLOCK && (looksLikeHeader(head) || head.subarray(0, BLOCK).every((byte) => byte === 0));
}
