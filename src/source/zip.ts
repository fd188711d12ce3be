import { crc32 } from 'node:zlib';
import { fromBuffer, fromFd, type Entry, type ZipFile } from 'yauzl';
import { promisify } from 'node:util';
import type { Readable } from 'node:stream';
import { Problem } from '../problems/problem.ts';
import { checkInflated, type Meter } from './decompress.ts';
import { exceeded, type SourceLimits } from './limits.ts';
import type { Spool } from './spool.ts';
import type { EntryKind, EntrySink } from './tar-scanner.ts';

/** Zip keeps its list at the end, so it is read from a spool; entries come in the order of that list. */

const damaged = (detail: string, cause?: unknown): Problem =>
  new Problem('invalid-archive', {
    detail: `The zip is damaged: ${detail}.`,
    hint: 'Make the archive again; `unzip -t` shows whether it can be read.',
    cause,
  });

const options = {
  lazyEntries: true,
  autoClose: false,
  decodeStrings: false,
  validateEntrySizes: true,
  strictFileNames: true,
} as const;

async function openZip(spool: Spool): Promise<ZipFile> {
  const whole = spool.whole();
  try {
    return typeof whole === 'number'
      ? await promisify(fromFd as (fd: number, o: object, done: (e: Error | null, z: ZipFile) => void) => void)(
          whole,
          options,
        )
      : await promisify(fromBuffer as (b: Buffer, o: object, done: (e: Error | null, z: ZipFile) => void) => void)(
          whole,
          options,
        );
  } catch (error) {
    throw damaged((error as Error).message, error);
  }
}

const S_IFMT = 0o170000;
const S_IFLNK = 0o120000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const UNIX = 3;
const ENCRYPTED = 1;

/** A device or a pipe, as Unix writers can put into a zip. */
const isSpecial = (entry: Entry): boolean => {
  const format = entry.versionMadeBy >>> 8 === UNIX ? (entry.externalFileAttributes >>> 16) & S_IFMT : 0;
  return ![0, S_IFREG, S_IFDIR, S_IFLNK].includes(format);
};

/** Kind and mode, where the writer was a Unix; else by the name's last slash. */
function attributes(entry: Entry, name: Buffer): { kind: EntryKind; mode: number } {
  const unix = entry.versionMadeBy >>> 8 === UNIX ? entry.externalFileAttributes >>> 16 : 0;
  if ((unix & S_IFMT) === S_IFLNK) return { kind: 'symlink', mode: 0o777 };
  const directory = name.at(-1) === 0x2f || (unix & S_IFMT) === S_IFDIR;
  return { kind: directory ? 'directory' : 'file', mode: unix & 0o7777 || (directory ? 0o755 : 0o644) };
}

function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const clear = (): void => {
      zip.removeAllListeners('entry');
      zip.removeAllListeners('end');
      zip.removeAllListeners('error');
    };
    zip.once('entry', (entry: Entry) => (clear(), resolve(entry)));
    zip.once('end', () => (clear(), resolve(undefined)));
    zip.once('error', (error: Error) => (clear(), reject(damaged(error.message, error))));
    zip.readEntry();
  });
}

/** The content, whose checksum has to be right; that of an entry without content is not looked at. */
async function* contentOf(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  const stream = await promisify(
    zip.openReadStream.bind(zip) as (e: Entry, done: (e: Error | null, s: Readable) => void) => void,
  )(entry);
  let sum = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc32) throw damaged('the checksum of an entry is wrong');
}

const MAX_TARGET_BYTES = 4096;

async function linkOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.uncompressedSize > MAX_TARGET_BYTES) throw damaged('a link with a target longer than 4,096 bytes');
  const chunks: Buffer[] = [];
  for await (const chunk of contentOf(zip, entry)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Reads a zip out of its spool into a tree; `contents` gets what is in it, one content after the other. Throws
 * `invalid-archive`, `limit-exceeded`.
 */
export async function readZip(
  spool: Spool,
  sink: EntrySink,
  limits: SourceLimits,
  contents: { readonly length: number; append(bytes: Buffer): void } | undefined,
): Promise<void> {
  const zip = await openZip(spool);
  if (zip.entryCount > limits.entries.value)
    throw exceeded(
      limits.entries,
      `The archive has ${zip.entryCount} entries`,
      'Leave out dependencies and build output.',
    );
  const meter: Meter = { sent: spool.length, inflated: 0 };
  for (let entry = await nextEntry(zip); entry; entry = await nextEntry(zip)) {
    if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) throw damaged('an entry is encrypted');
    const name = entry.fileName as unknown as Buffer;
    if (isSpecial(entry))
      throw new Problem('unsafe-archive', {
        detail: `The entry ${JSON.stringify(name.toString())} is a device or a pipe.`,
        hint: 'A build context holds files, folders and links. Leave it out.',
      });
    const { kind, mode } = attributes(entry, name);
    // What an entry says of its size is held to when it is read.
    meter.inflated += entry.uncompressedSize;
    checkInflated(meter, limits);
    try {
      if (kind === 'symlink') {
        sink.entry({ name, kind, mode, size: 0, offset: 0, target: await linkOf(zip, entry) });
      } else {
        const size = kind === 'file' ? entry.uncompressedSize : 0;
        sink.entry({ name, kind, mode, size, offset: contents?.length ?? 0 });
        if (kind === 'file') {
          for await (const chunk of contentOf(zip, entry)) {
            contents?.append(chunk);
            sink.data(chunk);
          }
        }
      }
      sink.end();
    } catch (error) {
      throw error instanceof Problem ? error : damaged((error as Error).message, error);
    }
  }
}
