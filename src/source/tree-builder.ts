import { createHash, hash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  inventoryOf,
  parentOf,
  resolveTarget,
  type Entry,
  type Inventory,
  type KeptText,
} from '../inventory/inventory.ts';
import { collisions } from '../inventory/case-fold.ts';
import { Problem } from '../problems/problem.ts';
import { entryPath, linkTarget } from './entry-path.ts';
import { exceeded, fixedLimits, type SourceLimits } from './limits.ts';
import type { EntrySink, ScannedEntry } from './tar-scanner.ts';
import { textOf } from './text.ts';
import { stripped, wrapperOf } from './wrapper.ts';

/** What was met in an archive and handled by a stated rule. */
export interface Notice {
  readonly code:
    'duplicate' | 'case-collision' | 'link-leaves-tree' | 'wrapper-stripped' | 'text-not-kept' | 'special-mode';
  readonly path?: string;
  readonly detail: string;
}

/** One object for each of up to 200,000 entries, from the archive to the answer. */
interface StoredEntry extends Entry {
  /** Where its content begins, in the bytes that were spooled. */
  readonly offset: number;
  readonly digest?: string;
  /** CRC-32 of its content, where that is spooled. */
  readonly checksum: number;
}

export interface BuiltTree {
  readonly inventory: Inventory;
  readonly notices: readonly Notice[];
  readonly offsetOf: (path: string) => number;
  readonly digests: ReadonlyMap<string, string>;
  readonly checksumOf: (path: string) => number;
}

/** What becomes of contents: kept for the answer, hashed, or passed over. */
export type Contents = 'spool' | 'digest' | 'skip';

export interface TreeOptions {
  readonly limits: SourceLimits;
  readonly keepText: (path: string) => boolean;
  readonly contents: Contents;
  readonly strip?: number;
}

/** A second one of these would let two readers see two different builds. */
const SINGLE = /(^|\/)(Dockerfile|\.dockerignore)$/;
/** Leaves of an old writer's global header, as a file. */
const NOT_A_FILE = /(^|\/)pax_global_header$/;
const NOTICES = 1000;
/** Bytes from which on a content is hashed: small ones are the same everywhere, and no news. */
const DIGEST_FROM = 1024;

/** Collects the entries of an archive as a tree, by stated rules: the last of two wins, links are carried and never followed. */
export class TreeBuilder implements EntrySink {
  readonly #options: TreeOptions;
  readonly #nodes = new Map<string, StoredEntry>();
  readonly #texts = new Map<string, KeptText>();
  readonly #notices: Notice[] = [];
  #entries = 0;
  #textBytes = 0;
  #pathBytes = 0;
  #replacedFolders = 0;
  #impliedFolders = 0;
  #contentBytes = 0;
  /** The folder that all files so far lie in; '' where there is none. */
  #wrapper: string | undefined;
  #path = '';
  #current: ScannedEntry | undefined;
  #text: Buffer[] | undefined;
  #textLength = 0;
  #hash: Hash | undefined;
  #digest: string | undefined;
  #checksum = 0;
  /** A folder that is known to be one: entries come folder by folder. */
  #lastFolder = '';

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  entry(entry: ScannedEntry): void {
    this.#countEntry();
    this.#pathBytes += entry.name.length + (entry.target?.length ?? 0);
    this.#path = entryPath(entry.name, this.#options.limits);
    this.#current = entry;
    this.#text = entry.kind === 'file' && !NOT_A_FILE.test(this.#path) && this.#keeps(this.#path) ? [] : undefined;
    this.#textLength = 0;
    this.#hash = undefined;
    this.#digest = undefined;
    this.#checksum = 0;
  }

  #countEntry(): void {
    const { entries } = this.#options.limits;
    if (++this.#entries <= entries.value) return;
    throw exceeded(
      entries,
      `The archive has more than ${entries.value} entries`,
      'Leave out dependencies and build output (tar --exclude=node_modules …).',
    );
  }

  /** A few deep paths must not make millions of folders. */
  #addFolder(path: string): void {
    const { entries } = this.#options.limits;
    if (++this.#impliedFolders > entries.value)
      throw exceeded(
        entries,
        `The paths of the archive imply more than ${entries.value} folders`,
        'Flatten the folders.',
      );
    this.#pathBytes += path.length;
    this.#nodes.set(path, { path, kind: 'directory', mode: 0o755, size: 0, offset: 0, checksum: 0 });
  }

  #checkPathBytes(): void {
    if (this.#pathBytes > fixedLimits.allPaths.value)
      throw exceeded(
        fixedLimits.allPaths,
        'The paths of the archive are too long, all together',
        'Flatten the folders.',
      );
  }

  /** By the path that the entry will have: without what is stripped, which for a wrapping folder shows in the end only. */
  #keeps(path: string): boolean {
    const { keepText, strip } = this.#options;
    if (strip !== undefined) return keepText(path.split('/').slice(strip).join('/'));
    const slash = path.indexOf('/');
    const top = slash < 0 ? '' : path.slice(0, slash);
    this.#wrapper ??= top;
    if (this.#wrapper !== top) this.#wrapper = '';
    return keepText(path) || (this.#wrapper !== '' && keepText(path.slice(slash + 1)));
  }

  data(slice: Buffer): void {
    if (this.#options.contents === 'digest') this.#addToDigest(slice);
    else if (this.#options.contents === 'spool') this.#checksum = crc32(slice, this.#checksum);
    if (!this.#text) return;
    const room = this.#options.limits.text.value - this.#textLength;
    if (room > 0) this.#text.push(Buffer.from(slice.subarray(0, room)));
    this.#textLength += slice.length;
  }

  /** Most contents come in one slice, which costs a quarter of a hash that is fed. */
  #addToDigest(slice: Buffer): void {
    const size = this.#current?.size ?? 0;
    if (size < DIGEST_FROM) return;
    if (slice.length === size) this.#digest = hash('sha256', slice, 'base64');
    else (this.#hash ??= createHash('sha256')).update(slice);
  }

  end(): void {
    const entry = this.#current;
    if (!entry) return;
    const path = this.#path;
    if (path === '') {
      if (entry.kind !== 'directory') throw unsafe('/', 'is the root of the tree, but no folder');
      return;
    }
    if (NOT_A_FILE.test(path) && entry.kind === 'file') return;
    this.#place(this.#nodeOf(entry, path));
    this.#keepText(path);
  }

  #nodeOf(entry: ScannedEntry, path: string): StoredEntry {
    const { kind, mode, size, offset } = entry;
    if (kind === 'symlink') {
      const target = linkTarget(entry.target ?? Buffer.alloc(0), path, this.#options.limits);
      return { path, kind, mode: 0o777, size: 0, offset: 0, checksum: 0, target };
    }
    if (kind === 'directory') return { path, kind, mode: mode & 0o777, size: 0, offset: 0, checksum: 0 };
    if (kind === 'hardlink') return this.#linkedNode(entry, path);
    if ((mode & 0o7000) !== 0)
      this.#notice({ code: 'special-mode', path, detail: 'set-user, set-group and sticky bits are cleared' });
    const digest = this.#digest ?? this.#hash?.digest('base64');
    const checksum = this.#checksum;
    return { path, kind, mode: mode & 0o777, size, offset, checksum, ...(digest === undefined ? {} : { digest }) };
  }

  /** A hard link has the content of a file that came before it; it is a file of its own here. */
  #linkedNode(entry: ScannedEntry, path: string): StoredEntry {
    const target = entryPath(entry.target ?? Buffer.alloc(0), this.#options.limits);
    const node = this.#nodes.get(target);
    if (!node || node.kind === 'directory')
      throw unsafe(path, `is a hard link to "${target}", which is no earlier file of the archive`);
    const text = this.#texts.get(target);
    if (text) this.#texts.set(path, text);
    this.#countLinked(node.size);
    return { ...node, path };
  }

  /** A hard link costs nothing to send and a whole file in the context: what is linked is bounded as what is sent is. */
  #countLinked(bytes: number): void {
    this.#contentBytes += bytes;
    const { inflated } = this.#options.limits;
    if (this.#contentBytes > inflated.value)
      throw exceeded(
        inflated,
        `The hard links of the archive stand for more than ${inflated.value} bytes`,
        'Send less.',
      );
  }

  #place(node: StoredEntry): void {
    const { path } = node;
    const folder = parentOf(path);
    if (folder !== this.#lastFolder) this.#addFolders(path);
    this.#lastFolder = folder;
    this.#checkPathBytes();
    const before = this.#nodes.get(path);
    if (before && !(before.kind === 'directory' && node.kind === 'directory')) this.#replace(path, before, node);
    this.#nodes.set(path, node);
  }

  /** The folders above a path, as far as the archive did not name them. */
  #addFolders(path: string): void {
    for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
      const above = this.#nodes.get(parent);
      if (above?.kind === 'directory') return;
      if (above) throw unsafe(path, `lies below "${parent}", which is no folder`);
      this.#addFolder(parent);
    }
  }

  #replace(path: string, before: StoredEntry, node: StoredEntry): void {
    if (SINGLE.test(path)) throw unsafe(path, 'is there twice');
    this.#notice({ code: 'duplicate', path, detail: 'is there more than once; the last one counts' });
    this.#texts.delete(path);
    this.#lastFolder = '';
    if (before.kind !== 'directory' || node.kind === 'directory') return;
    if (++this.#replacedFolders > fixedLimits.replacedFolders.value)
      throw exceeded(
        fixedLimits.replacedFolders,
        'Folders of the archive turn into files again and again',
        'Make it anew.',
      );
    for (const below of [...this.#nodes.keys()].filter((p) => p.startsWith(`${path}/`))) {
      this.#nodes.delete(below);
      this.#texts.delete(below);
    }
  }

  #keepText(path: string): void {
    const chunks = this.#text;
    this.#text = undefined;
    if (!chunks) return;
    const bytes = Buffer.concat(chunks);
    if (this.#textBytes + bytes.length > this.#options.limits.allText.value) {
      this.#notice({
        code: 'text-not-kept',
        path,
        detail: 'was not looked into: the text that is kept reached its limit',
      });
      return;
    }
    this.#textBytes += bytes.length;
    this.#texts.set(path, { text: textOf(bytes), truncated: this.#textLength > bytes.length });
  }

  #notice(notice: Notice): void {
    if (this.#notices.length < NOTICES) this.#notices.push(notice);
  }

  /** The tree, without a wrapping folder. Throws `empty-archive`. */
  finish(): BuiltTree {
    const files = [...this.#nodes.values()].some((n) => n.kind !== 'directory');
    if (!files)
      throw new Problem('empty-archive', {
        detail: 'The archive holds no file.',
        hint: 'Make it where the project lies: tar c . | curl -T - …',
      });
    const wrapper =
      this.#options.strip === undefined
        ? wrapperOf(this.#nodes.keys(), (path) => this.#nodes.get(path)?.kind)
        : undefined;
    if (wrapper !== undefined)
      this.#notice({
        code: 'wrapper-stripped',
        path: wrapper,
        detail: 'the folder that holds everything was taken as the root; strip=0 keeps it',
      });
    const parts = this.#options.strip ?? (wrapper === undefined ? 0 : 1);
    const nodes = stripped(this.#nodes, parts, (node, path) => ({ ...node, path }));
    if (nodes.size === 0)
      throw new Problem('empty-archive', {
        detail: `Nothing is left when ${parts} leading path parts are dropped.`,
        hint: 'Lower strip.',
      });
    const inventory = inventoryOf(
      nodes,
      stripped(this.#texts, parts, (text) => text),
    );
    this.#noticeOddities(nodes);
    return {
      inventory,
      notices: this.#notices,
      offsetOf: (path) => nodes.get(path)?.offset ?? 0,
      digests: digestsOf(nodes),
      checksumOf: (path) => nodes.get(path)?.checksum ?? 0,
    };
  }

  /** Legal on Linux, and trouble elsewhere: names that differ in case or form only, links that point out of the tree. */
  #noticeOddities(nodes: ReadonlyMap<string, StoredEntry>): void {
    for (const [first, ...others] of collisions(nodes.keys(), (path) => nodes.has(path))) {
      for (const path of others)
        this.#notice({ code: 'case-collision', path, detail: `differs from ${first} in case or Unicode form only` });
    }
    for (const { path, kind, target } of nodes.values()) {
      if (kind === 'symlink' && resolveTarget(path, target ?? '') === undefined) {
        this.#notice({
          code: 'link-leaves-tree',
          path,
          detail: `points to ${target ?? ''}, outside of the project; it is carried as it is and resolved inside the image only`,
        });
      }
    }
  }
}

function digestsOf(nodes: ReadonlyMap<string, StoredEntry>): Map<string, string> {
  const digests = new Map<string, string>();
  for (const { path, digest } of nodes.values()) if (digest !== undefined) digests.set(path, digest);
  return digests;
}

const unsafe = (path: string, why: string): Problem =>
  new Problem('unsafe-archive', {
    detail: `The entry "${path}" ${why}.`,
    hint: 'Make the archive from the folder itself: tar c . | curl -T - …',
  });
