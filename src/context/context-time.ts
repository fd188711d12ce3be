import { crc32 } from 'node:zlib';
import { modeOf, type TarEntry } from './tar-writer.ts';

export interface SummedEntry {
  readonly entry: TarEntry;
  /** CRC-32 of its content. */
  readonly checksum: number;
}

const EARLIEST = Date.UTC(2000, 0, 1) / 1000;
/** Seventeen years: every one of these times is past. */
const SPAN = 2 ** 29;

/**
 * The time of all entries of a tar, in seconds since 1970: the same for the same content, so that the same input gives
 * the same bytes, and another one where anything is another. One for all, because make takes a newer file for a reason to
 * work. Not one for ever: where a tar is unpacked over what another one left, BuildKit's transfer of a folder compares
 * path, size, mode and time, and would take an edit that keeps the size for no edit
 * (https://github.com/tonistiigi/fsutil/blob/master/diff_containerd.go); so would a web server's ETag of size and time.
 * The cache of BuildKit itself does not look at it.
 */
export function contextTime(entries: readonly SummedEntry[]): number {
  let sum = 0;
  for (const { entry, checksum } of entries) {
    sum = crc32(`${entry.kind} ${modeOf(entry)} ${checksum} ${entry.path}\0${entry.target ?? ''}\0`, sum);
  }
  return EARLIEST + (sum % SPAN);
}
