/**
 * The read-only file tree that everything after the upload sees: detection, plans, ignore rules, the analysis.
 * It is data, so all of them are pure, whether the files came in an archive or inline in a manifest.
 */

type EntryKind = 'file' | 'directory' | 'symlink';

export interface Entry {
  /** Relative, `/`-separated, without `.`/`..` parts or a trailing slash. */
  readonly path: string;
  readonly kind: EntryKind;
  /** Bytes of content; 0 for directories and links. */
  readonly size: number;
  /** Permission bits only (0o777). */
  readonly mode: number;
  /** Symbolic links only: the target as it was sent. */
  readonly target?: string;
}

/** A text file's content, as far as it was kept. */
export interface KeptText {
  readonly text: string;
  /** True where the file is longer than the cap, and `text` is its beginning. */
  readonly truncated: boolean;
}

export interface Inventory {
  /**
   * True when every file of the project is known (an archive was sent). False for a manifest with inline
   * files: there, absence says nothing, and a plan may assume the conventional files of its package manager.
   */
  readonly complete: boolean;
  /** Sorted by path (code units); holds the parents of every entry. */
  readonly entries: readonly Entry[];
  entry(path: string): Entry | undefined;
  /** True for a regular file, or a symbolic link to one inside the tree. */
  isFile(path: string): boolean;
  isDirectory(path: string): boolean;
  /** The kept content of a text file; undefined when there is no such file or its content was not kept. */
  text(path: string): string | undefined;
  kept(path: string): KeptText | undefined;
  /** Names (not paths) of what lies directly in a directory; '' is the root. */
  names(directory: string): readonly string[];
  /** Paths of the files whose path fits, in order. */
  files(fits: RegExp | ((path: string) => boolean)): readonly string[];
  /** The tree below a directory, as an inventory of its own; paths are relative to that directory. */
  at(directory: string): Inventory;
}

const byPathOrder = (a: Entry, b: Entry): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** The directory part of a path; '' at the root. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const depthOf = (path: string): number => path.split('/').length;

/** Order of paths: those nearer to the root first, then by name. */
export const nearestFirst = (a: string, b: string): number => depthOf(a) - depthOf(b) || (a < b ? -1 : 1);

/** Joins two relative paths, either of which may be '' for the root. */
export const joinPath = (directory: string, path: string): string =>
  directory && path ? `${directory}/${path}` : directory || path;

/** A path of a directory as that directory sees it, which `joinPath` takes back. */
export const pathBelow = (directory: string, path: string): string =>
  directory === '' ? path : path.slice(directory.length + 1);

/** Resolves a link's target against the link's own directory; undefined where it leaves the tree. */
export function resolveTarget(linkPath: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined;
  const parts = parentOf(linkPath).split('/').filter(Boolean);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** Follows at most this many links: the kernel's own bound for a path. */
const LINK_HOPS = 40;

/** The whole tree, which every view of a part of it looks into. */
interface Index {
  readonly complete: boolean;
  /** Sorted by path, so that what lies below a directory stands in a row. */
  readonly sorted: readonly Entry[];
  readonly byPath: ReadonlyMap<string, Entry>;
  /** The directories that have been asked for. */
  readonly names: Map<string, readonly string[]>;
  readonly texts: ReadonlyMap<string, KeptText>;
  /** The symbolic links, which are few. */
  readonly links: ReadonlySet<string>;
}

function indexOf(byPath: ReadonlyMap<string, Entry>, texts: ReadonlyMap<string, KeptText>, complete: boolean): Index {
  const links = new Set<string>();
  for (const { path, kind } of byPath.values()) if (kind === 'symlink') links.add(path);
  return { complete, sorted: [...byPath.values()].sort(byPathOrder), byPath, names: new Map(), texts, links };
}

/** By path, with the directories that no entry names. */
function withParents(entries: Iterable<Entry>): Map<string, Entry> {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) byPath.set(entry.path, entry);
  for (const path of byPath.keys()) {
    for (let parent = parentOf(path); parent !== '' && !byPath.has(parent); parent = parentOf(parent))
      byPath.set(parent, { path: parent, kind: 'directory', size: 0, mode: 0o755 });
  }
  return byPath;
}

/** The index of the first entry whose path is not before a text. */
export function firstFrom(sorted: readonly Entry[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.path ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The character after the slash: `a/` and all that lies below it is before `a0`. */
const AFTER_SLASH = '0';

/** Where what lies below a directory begins and ends in a sorted tree. */
export const rangeBelow = (sorted: readonly Entry[], directory: string): [from: number, to: number] => [
  firstFrom(sorted, `${directory}/`),
  firstFrom(sorted, directory + AFTER_SLASH),
];

/** Names in a directory (`prefix` is its path and a slash), from one subtree to the next. */
function namesBelow(sorted: readonly Entry[], prefix: string): string[] {
  const names: string[] = [];
  let i = firstFrom(sorted, prefix);
  for (;;) {
    const path = sorted[i]?.path;
    if (!path?.startsWith(prefix)) return names;
    const slash = path.indexOf('/', prefix.length);
    if (slash < 0) names.push(path.slice(prefix.length));
    i = slash < 0 ? i + 1 : firstFrom(sorted, path.slice(0, slash) + AFTER_SLASH);
  }
}

/** A tree, or what lies below a directory of one; the latter costs nothing until its entries are asked for. */
class Tree implements Inventory {
  readonly #index: Index;
  /** '' or ends in a slash. */
  readonly #prefix: string;
  #entries: readonly Entry[] | undefined;
  #top: ReadonlySet<string> | undefined;

  constructor(index: Index, prefix = '') {
    this.#index = index;
    this.#prefix = prefix;
  }

  get complete(): boolean {
    return this.#index.complete;
  }

  get entries(): readonly Entry[] {
    return (this.#entries ??= this.#prefix === '' ? this.#index.sorted : this.#below());
  }

  #below(): Entry[] {
    const { sorted } = this.#index;
    const found: Entry[] = [];
    for (let i = firstFrom(sorted, this.#prefix); sorted[i]?.path.startsWith(this.#prefix); i++) {
      const entry = sorted[i];
      if (entry) found.push(this.#shortened(entry));
    }
    return found;
  }

  #shortened(entry: Entry): Entry {
    return { ...entry, path: entry.path.slice(this.#prefix.length) };
  }

  entry(path: string): Entry | undefined {
    if (this.#prefix === '') return this.#index.byPath.get(path);
    // Detection asks hundreds of folders for hundreds of files that are not there.
    const slash = path.indexOf('/');
    if (!(this.#top ??= new Set(this.names(''))).has(slash < 0 ? path : path.slice(0, slash))) return undefined;
    const entry = this.#index.byPath.get(this.#prefix + path);
    return entry && this.#shortened(entry);
  }

  #follow(path: string): Entry | undefined {
    let entry = this.entry(path);
    for (let hops = 0; entry?.kind === 'symlink' && hops < LINK_HOPS; hops++) {
      const target = resolveTarget(entry.path, entry.target ?? '');
      entry = target === undefined ? undefined : this.entry(target);
    }
    return entry;
  }

  isFile(path: string): boolean {
    return this.#follow(path)?.kind === 'file';
  }

  isDirectory(path: string): boolean {
    return path === '' || this.#follow(path)?.kind === 'directory';
  }

  text(path: string): string | undefined {
    return this.kept(path)?.text;
  }

  kept(path: string): KeptText | undefined {
    const { texts, links } = this.#index;
    const full = this.#prefix + path;
    if (!links.has(full)) return texts.get(full);
    const entry = this.#follow(path);
    return entry && texts.get(this.#prefix + entry.path);
  }

  names(directory: string): readonly string[] {
    const path = (this.#prefix + directory).replace(/\/$/, '');
    const { names, sorted } = this.#index;
    const known = names.get(path) ?? namesBelow(sorted, path === '' ? '' : `${path}/`);
    names.set(path, known);
    return known;
  }

  files(fits: RegExp | ((path: string) => boolean)): readonly string[] {
    const test = typeof fits === 'function' ? fits : (path: string) => fits.test(path);
    return this.entries.filter((e) => e.kind === 'file' && test(e.path)).map((e) => e.path);
  }

  at(directory: string): Inventory {
    return directory === '' ? this : new Tree(this.#index, `${this.#prefix}${directory}/`);
  }
}

/** An inventory of a whole project: `entries` in any order, parents may be missing; `texts` by path. */
export const createInventory = (
  entries: Iterable<Entry>,
  texts: ReadonlyMap<string, KeptText> = new Map(),
): Inventory => inventoryOf(withParents(entries), texts);

/** The same, of entries by path that hold the parents of each. */
export const inventoryOf = (byPath: ReadonlyMap<string, Entry>, texts: ReadonlyMap<string, KeptText>): Inventory =>
  new Tree(indexOf(byPath, texts, true));

/** An inventory of the few files that a manifest carries inline; with none of them it is empty. */
export function inlineInventory(files: Readonly<Record<string, string>> = {}): Inventory {
  const texts = new Map(
    // As the bytes of an archive would be read: half a pair of surrogates is none of a text.
    Object.entries(files).map(([path, text]) => [path, { text: text.toWellFormed(), truncated: false }]),
  );
  const entries = [...texts].map(([path, { text }]): Entry => {
    return { path, kind: 'file', size: Buffer.byteLength(text), mode: 0o644 };
  });
  return new Tree(indexOf(withParents(entries), texts, false));
}
