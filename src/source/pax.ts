import { damaged } from './tar-header.ts';

/** The records of a PAX header that matter here. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_02 */
export interface PaxRecords {
  readonly path?: Buffer;
  readonly linkPath?: Buffer;
  readonly size?: number;
  readonly sparse?: boolean;
}

function sizeOf(value: Buffer): number {
  const text = value.toString('latin1');
  const size = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(size)) throw damaged('a PAX size that is no number');
  return size;
}

/** Parses `length key=value\n` records; the last of a key wins, an empty value takes it back. Throws `invalid-archive`. */
export function parsePax(body: Buffer): PaxRecords {
  const records: { path?: Buffer; linkPath?: Buffer; size?: number; sparse?: boolean } = {};
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, blank));
    const end = at + length;
    const equals = body.indexOf(0x3d, blank);
    const whole =
      blank > at &&
      /^\d+$/.test(body.toString('latin1', at, blank)) &&
      end <= body.length &&
      equals > blank &&
      equals < end &&
      body[end - 1] === 0x0a;
    if (!whole) throw damaged('a PAX record that is cut or malformed');
    const key = body.toString('latin1', blank + 1, equals);
    const value = body.subarray(equals + 1, end - 1);
    if ((key === 'path' || key === 'linkpath') && value.includes(0)) throw damaged('a NUL in a PAX path');
    if (key === 'path') records.path = Buffer.from(value);
    else if (key === 'linkpath') records.linkPath = Buffer.from(value);
    else if (key === 'size' && value.length > 0) records.size = sizeOf(value);
    else if (key.startsWith('GNU.sparse.')) records.sparse = true;
    at = end;
  }
  return records;
}
