/** Tar archives byte by byte, so that every field of a header can be wrong on purpose. */

const BLOCK = 512;

export interface RawHeader {
  readonly name?: string | Buffer;
  readonly mode?: number;
  /** As text it is written as it stands; a buffer goes in byte for byte. */
  readonly size?: number | string | Buffer;
  readonly uid?: number | Buffer;
  readonly mtime?: number | Buffer;
  readonly type?: string;
  readonly link?: string;
  /** POSIX by default; '' for an archive older than that. */
  readonly magic?: string;
  readonly prefix?: string;
  /** 'unsigned' by default, 'signed' as old writers have it, or the text of the field. */
  readonly checksum?: string;
  readonly body?: string | Buffer;
}

const octal = (value: number, width: number): Buffer => Buffer.from(`${value.toString(8).padStart(width - 1, '0')}\0`);

function put(block: Buffer, at: number, width: number, value: number | string | Buffer): void {
  const bytes = typeof value === 'number' ? octal(value, width) : Buffer.from(value);
  bytes.copy(block, at, 0, width);
}

/** A number of base 256, as GNU tar writes what octal has no room for. */
export function base256(value: bigint, width: number): Buffer {
  const bytes = Buffer.alloc(width);
  for (let i = width - 1, rest = BigInt.asUintN(8 * width, value); i >= 0; i--, rest >>= 8n)
    bytes[i] = Number(rest & 0xffn);
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

const bodyOf = ({ body }: RawHeader): Buffer => Buffer.from(body ?? '');

export function header(fields: RawHeader): Buffer {
  const block = Buffer.alloc(BLOCK);
  put(block, 0, 100, fields.name ?? '');
  put(block, 100, 8, fields.mode ?? 0o644);
  put(block, 108, 8, fields.uid ?? 0);
  put(block, 116, 8, 0);
  put(block, 124, 12, fields.size ?? bodyOf(fields).length);
  put(block, 136, 12, fields.mtime ?? 1);
  put(block, 156, 1, fields.type ?? '0');
  put(block, 157, 100, fields.link ?? '');
  put(block, 257, 8, fields.magic ?? 'ustar\x0000');
  put(block, 345, 155, fields.prefix ?? '');
  block.fill(' ', 148, 156);
  const kind = fields.checksum ?? 'unsigned';
  const bytes = kind === 'signed' ? [...new Int8Array(block)] : [...block];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(block, 148, 8, kind === 'unsigned' || kind === 'signed' ? `${sum.toString(8).padStart(6, '0')}\0 ` : kind);
  return block;
}

export const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);

export const entry = (fields: RawHeader): Buffer => Buffer.concat([header(fields), padded(bodyOf(fields))]);

export const file = (name: string | Buffer, body: string | Buffer = 'x'): Buffer => entry({ name, body });
export const folder = (name: string): Buffer => entry({ name, type: '5', mode: 0o755 });
export const symlink = (name: string, link: string): Buffer => entry({ name, type: '2', link });
export const hardlink = (name: string, link: string): Buffer => entry({ name, type: '1', link });

/** One record of a PAX header; its length counts itself. */
export function record(key: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

export const pax = (records: Readonly<Record<string, string | Buffer>>, type = 'x'): Buffer =>
  entry({ name: 'pax', type, body: Buffer.concat(Object.entries(records).map(([k, v]) => record(k, v))) });

/** A GNU header for a long name ('L') or a long link target ('K'). */
export const long = (type: 'L' | 'K', text: string): Buffer =>
  entry({ name: '././@LongLink', type, magic: 'ustar  \0', body: `${text}\0` });

export const END = Buffer.alloc(2 * BLOCK);

/** Parts as an archive with its end mark. */
export const tar = (...parts: readonly Buffer[]): Buffer => Buffer.concat([...parts, END]);
