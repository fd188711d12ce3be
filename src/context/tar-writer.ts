/**
 * Headers of the context tar. Every one is made anew from parsed values; nothing of a client's header is passed on.
 * Plain ustar where the entry fits, a PAX record before it where it does not.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */

const BLOCK = 512;

export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly size: number;
  readonly target?: string;
}

const TYPES = { file: '0', directory: '5', symlink: '2' } as const;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const MAX_OCTAL_SIZE = 0o77777777777;

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

interface SplitName {
  readonly name: string;
  readonly prefix: string;
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** Splits a path at a slash into the two fields of ustar; undefined where it does not fit, or is not ASCII. */
function splitName(path: string): SplitName | undefined {
  if (!isAscii(path)) return undefined;
  if (path.length <= NAME_BYTES) return { name: path, prefix: '' };
  for (let slash = path.indexOf('/'); slash > 0 && slash <= PREFIX_BYTES; slash = path.indexOf('/', slash + 1)) {
    const rest = path.length - slash - 1;
    if (rest > 0 && rest <= NAME_BYTES) return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
  }
  return undefined;
}

/** ASCII texts, which fit. */
interface Fields {
  readonly name: string;
  readonly prefix: string;
  readonly mode: number;
  readonly size: number;
  readonly time: number;
  readonly type: string;
  readonly target: string;
}

/** What all headers have in common: owner 0:0, blanks for the checksum, the magic word. */
const TEMPLATE = Buffer.alloc(BLOCK);
TEMPLATE.write(octal(0, 8), 108, 'latin1');
TEMPLATE.write(octal(0, 8), 116, 'latin1');
TEMPLATE.write('        ', 148, 'latin1');
TEMPLATE.write('ustar\x0000', 257, 'latin1');

function headerBlock({ name, prefix, mode, size, time, type, target }: Fields): Buffer {
  const block = Buffer.from(TEMPLATE);
  block.write(name, 0, 'latin1');
  block.write(octal(mode, 8), 100, 'latin1');
  block.write(octal(size, 12), 124, 'latin1');
  block.write(octal(time, 12), 136, 'latin1');
  block.write(type, 156, 'latin1');
  if (target !== '') block.write(target, 157, 'latin1');
  if (prefix !== '') block.write(prefix, 345, 'latin1');
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += block[i] ?? 0;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** `length key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  length = bytes + String(length).length;
  return `${length}${rest}`;
}

function paxBlocks(records: readonly string[], time: number): Buffer[] {
  const body = Buffer.from(records.join(''));
  const header = headerBlock({
    name: 'PaxHeader',
    prefix: '',
    mode: 0o644,
    size: body.length,
    time,
    type: 'x',
    target: '',
  });
  return [header, body, Buffer.alloc(padded(body.length) - body.length)];
}

/** Execution is kept, all else is one mode: a different umask must not invalidate a build cache. */
export const modeOf = ({ kind, mode }: TarEntry): number =>
  kind === 'symlink' ? 0o777 : kind === 'directory' || (mode & 0o111) !== 0 ? 0o755 : 0o644;

/** The header of an entry: one block, or three and more where it needs PAX. Owner 0:0, no names; `time` in seconds since 1970. */
export function entryHeader(entry: TarEntry, time: number): Buffer {
  const { kind, size, target = '' } = entry;
  const path = kind === 'directory' ? `${entry.path}/` : entry.path;
  const split = splitName(path);
  const longTarget = target.length > NAME_BYTES || !isAscii(target);
  const block = headerBlock({
    name: split?.name ?? 'PaxEntry',
    prefix: split?.prefix ?? '',
    mode: modeOf(entry),
    size: size > MAX_OCTAL_SIZE ? 0 : size,
    time,
    type: TYPES[kind],
    target: longTarget ? '' : target,
  });
  if (split && !longTarget && size <= MAX_OCTAL_SIZE) return block;
  const records = [
    ...(split ? [] : [paxRecord('path', path)]),
    ...(longTarget ? [paxRecord('linkpath', target)] : []),
    ...(size > MAX_OCTAL_SIZE ? [paxRecord('size', String(size))] : []),
  ];
  return Buffer.concat([...paxBlocks(records, time), block]);
}

/** Whether an entry's header is one plain block: what the first one of a context has to be. */
export function isPlain({ path, kind, size, target = '' }: TarEntry): boolean {
  const fits = target.length <= NAME_BYTES && isAscii(target) && size <= MAX_OCTAL_SIZE;
  return fits && splitName(kind === 'directory' ? `${path}/` : path) !== undefined;
}

/** Bytes of an entry's header. */
export const headerLength = (entry: TarEntry): number => (isPlain(entry) ? BLOCK : entryHeader(entry, 0).length);

export const paddingLength = (size: number): number => padded(size) - size;

const ZEROS = Buffer.alloc(BLOCK);

/** The zeros after a content of that size. */
export const padding = (size: number): Buffer => ZEROS.subarray(0, paddingLength(size));

/** Two blocks of zeros. */
export const endMark = (): Buffer => Buffer.alloc(2 * BLOCK);
