import { crc32, deflateRawSync } from 'node:zlib';

/** Zip archives byte by byte. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */

export interface ZipEntry {
  readonly name: string;
  readonly data?: Buffer;
  /** As Unix has it, with the type of the file. */
  readonly mode?: number;
  readonly flags?: number;
  readonly crc?: number;
  /** What is said of the size, where that is not the truth. */
  readonly size?: number;
  /** Where the entry is said to begin, where it does not. */
  readonly at?: number;
}

const UTF8 = 0x800;
const MADE_BY_UNIX = 0x031e;

function fields(...values: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    values.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value >>> 0, 0, bytes);
      return field;
    }),
  );
}

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const { name, data = Buffer.alloc(0), mode = 0o100644, flags = 0, crc, size, at } of entries) {
    const packed = deflateRawSync(data);
    const bytes = Buffer.from(name);
    const common = fields(
      [2, 20],
      [2, flags | UTF8],
      [2, 8],
      [4, 0],
      [4, crc ?? crc32(data)],
      [4, packed.length],
      [4, size ?? data.length],
      [2, bytes.length],
      [2, 0],
    );
    const local = Buffer.concat([fields([4, 0x04034b50]), common, bytes, packed]);
    list.push(
      Buffer.concat([
        fields([4, 0x02014b50], [2, MADE_BY_UNIX]),
        common,
        fields([2, 0], [2, 0], [2, 0], [4, mode * 0x10000], [4, at ?? offset]),
        bytes,
      ]),
    );
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(list);
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, directory.length],
    [4, offset],
    [2, 0],
  );
  return Buffer.concat([...parts, directory, end]);
}
