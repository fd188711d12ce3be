import { Problem } from '../problems/problem.ts';
import { parsePax, type PaxRecords } from './pax.ts';
import { BLOCK, damaged, isZeroBlock, parseHeader, type TarHeader } from './tar-header.ts';

/**
 * A push parser for tar: whole chunks go in, entries and slices of their content come out, synchronously. It is
 * strict where readers differ (a reader that repairs sees another tree than Docker does), and holds no more than
 * one block and one meta header.
 */

export type EntryKind = 'file' | 'directory' | 'symlink' | 'hardlink';

/** Valid until its `end`: the buffers are parts of what was read. */
export interface ScannedEntry {
  readonly name: Buffer;
  readonly kind: EntryKind;
  readonly mode: number;
  readonly size: number;
  /** Where the content begins, in the bytes that are read. */
  readonly offset: number;
  /** Links only. */
  readonly target?: Buffer;
}

export interface EntrySink {
  /** A new entry; `size` bytes of content follow. */
  entry(entry: ScannedEntry): void;
  /** A slice of the content; valid only during the call. */
  data(slice: Buffer): void;
  /** The content is complete. */
  end(): void;
}

/** Meta headers (PAX, GNU long names) are held in memory; Go takes up to this as well. */
const MAX_META_BYTES = 1024 * 1024;

/** Headers in a row before one entry: a writer needs three. */
const MAX_META_RUN = 16;
/** And all of them together: parsing them is work that no entry shows. */
const MAX_META_TOTAL = 256 * 1024 * 1024;

const META_TYPES = new Set(['x', 'g', 'L', 'K']);

const refusedTypes: Readonly<Record<string, string>> = {
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a named pipe',
  S: 'a sparse file',
};

const refused = (name: Buffer, what: string, hint: string): Problem =>
  new Problem('unsafe-archive', { detail: `The entry ${JSON.stringify(name.toString())} is ${what}.`, hint });

type State = 'header' | 'meta' | 'content' | 'padding' | 'after';

export class TarScanner {
  readonly #sink: EntrySink;
  #state: State = 'header';
  /** The begin of a block that was cut by the end of a chunk. */
  #partial = Buffer.alloc(0);
  /** Bytes that are left of the content, the meta body, or the padding. */
  #left = 0;
  /** Bytes before the one that is looked at. */
  #position = 0;
  #padding = 0;
  #zeroBlocks = 0;
  #metaType = '';
  #metaRun = 0;
  #metaTotal = 0;
  #meta: Buffer[] = [];
  #pax: PaxRecords = {};
  #longName: Buffer | undefined;
  #longLink: Buffer | undefined;

  constructor(sink: EntrySink) {
    this.#sink = sink;
  }

  /** Takes the next bytes. Throws `invalid-archive` and `unsafe-archive`. */
  write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'after') return;
      const taken = this.#state === 'header' ? this.#takeHeader(chunk, at) : this.#takeBody(chunk, at);
      at += taken;
      this.#position += taken;
    }
  }

  /** There is no more. Throws `invalid-archive` for an archive that is cut; a missing end mark is no fault. */
  finish(): void {
    if (this.#state === 'content' || this.#state === 'meta') throw damaged('it ends in the middle of an entry');
    if (this.#partial.length > 0) throw damaged('it ends in the middle of a header');
    if (this.#state === 'header' && (this.#longName ?? this.#longLink ?? this.#pax.path) !== undefined)
      throw damaged('it ends before the entry that a header announced');
  }

  #takeHeader(chunk: Buffer, at: number): number {
    if (this.#partial.length === 0 && chunk.length - at >= BLOCK) {
      this.#header(chunk.subarray(at, at + BLOCK), this.#position + BLOCK);
      return BLOCK;
    }
    const taken = Math.min(BLOCK - this.#partial.length, chunk.length - at);
    this.#partial = Buffer.concat([this.#partial, chunk.subarray(at, at + taken)]);
    if (this.#partial.length === BLOCK) {
      const block = this.#partial;
      this.#partial = Buffer.alloc(0);
      this.#header(block, this.#position + taken);
    }
    return taken;
  }

  #takeBody(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#left, chunk.length - at);
    const slice = chunk.subarray(at, at + taken);
    if (this.#state === 'content') this.#sink.data(slice);
    else if (this.#state === 'meta') this.#meta.push(Buffer.from(slice));
    this.#left -= taken;
    if (this.#left === 0) this.#bodyEnded();
    return taken;
  }

  #bodyEnded(): void {
    if (this.#state === 'content') this.#sink.end();
    else if (this.#state === 'meta') this.#metaEnded();
    this.#left = this.#state === 'padding' ? 0 : this.#padding;
    this.#padding = 0;
    this.#state = this.#left > 0 ? 'padding' : 'header';
  }

  #header(block: Buffer, end: number): void {
    if (isZeroBlock(block)) {
      this.#zeroBlocks++;
      if (this.#zeroBlocks === 2) this.#state = 'after';
      return;
    }
    if (this.#zeroBlocks > 0) throw damaged('entries go on after an end mark');
    const header = parseHeader(block);
    if (META_TYPES.has(header.type)) this.#beginMeta(header);
    else this.#beginEntry(header, end);
  }

  #expect(state: State, size: number): void {
    this.#state = state;
    this.#left = size;
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (size === 0) this.#bodyEnded();
  }

  #beginMeta({ type, size }: TarHeader): void {
    if (size > MAX_META_BYTES) throw damaged('a header longer than 1 MiB');
    this.#metaTotal += size;
    if (++this.#metaRun > MAX_META_RUN || this.#metaTotal > MAX_META_TOTAL)
      throw damaged('more headers than entries could need');
    this.#metaType = type;
    this.#meta = [];
    this.#expect('meta', size);
  }

  #metaEnded(): void {
    const body = Buffer.concat(this.#meta);
    this.#meta = [];
    const end = body.indexOf(0);
    const text = end < 0 ? body : body.subarray(0, end);
    if (this.#metaType === 'x') this.#pax = parsePax(body);
    else if (this.#metaType === 'L') this.#longName = text;
    else if (this.#metaType === 'K') this.#longLink = text;
    // A global header ('g', as `git archive` writes one) is checked and has no effect, as in Go.
    else parsePax(body);
  }

  #beginEntry(header: TarHeader, offset: number): void {
    this.#metaRun = 0;
    const pax = this.#pax;
    // The GNU long name goes over the PAX path, whatever their order.
    const name = this.#longName ?? (pax.path?.length ? pax.path : header.name);
    const target = this.#longLink ?? (pax.linkPath?.length ? pax.linkPath : header.linkName);
    this.#pax = {};
    this.#longName = undefined;
    this.#longLink = undefined;
    const why = pax.sparse ? refusedTypes['S'] : refusedTypes[header.type];
    if (why !== undefined)
      throw refused(name, why, 'A build context holds files, folders and links. Leave it out with tar --exclude.');
    const kind = this.#kindOf(header, name);
    const size = pax.size ?? header.size;
    if ((kind === 'directory' || kind === 'symlink') && size > 0) throw damaged(`a ${kind} with content`);
    const length = kind === 'file' ? size : 0;
    this.#sink.entry({
      name,
      kind,
      mode: header.mode,
      size: length,
      offset,
      ...(kind === 'symlink' || kind === 'hardlink' ? { target } : {}),
    });
    this.#expect('content', length);
  }

  #kindOf({ type }: TarHeader, name: Buffer): EntryKind {
    if (type === '\0') return name.at(-1) === 0x2f ? 'directory' : 'file';
    if (type === '0') return 'file';
    if (type === '5') return 'directory';
    if (type === '2') return 'symlink';
    if (type === '1') return 'hardlink';
    throw refused(
      name,
      `of the type ${JSON.stringify(type)}, which build contexts do not have`,
      'Make the archive with tar --format=ustar or --format=pax.',
    );
  }
}
