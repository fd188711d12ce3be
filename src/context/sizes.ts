import { parentOf, type Entry } from '../inventory/inventory.ts';

/** Sizes of a tree: by what happens to a file, folder by folder. */

/** Sent today and with our patterns; sent today, and left out with ours; left out by the project's own ignore file. */
export const states = ['sent', 'avoidable', 'ignored'] as const;
export type State = (typeof states)[number];

export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** What becomes of the files of a folder, of an extension, of a project. */
export type Split = Readonly<Record<State, Amount>>;

/** Files and bytes, as they are counted. */
export class Tally {
  readonly #files = { sent: 0, avoidable: 0, ignored: 0 };
  readonly #bytes = { sent: 0, avoidable: 0, ignored: 0 };

  add(state: State, bytes: number, files = 1): void {
    this.#files[state] += files;
    this.#bytes[state] += bytes;
  }

  amount(...of: readonly State[]): Amount {
    const sum = (counts: Readonly<Record<State, number>>): number =>
      (of.length > 0 ? of : states).reduce((total, state) => total + counts[state], 0);
    return { files: sum(this.#files), bytes: sum(this.#bytes) };
  }

  get bytes(): number {
    return this.#bytes.sent + this.#bytes.avoidable + this.#bytes.ignored;
  }

  split(): Split {
    return { sent: this.amount('sent'), avoidable: this.amount('avoidable'), ignored: this.amount('ignored') };
  }
}

export interface SizedFile {
  readonly entry: Entry;
  readonly state: State;
}

export interface Folder {
  /** '' for the root. */
  readonly path: string;
  readonly tally: Tally;
  readonly folders: Folder[];
  readonly files: SizedFile[];
}

/** Entries (sorted, parents present) as a tree of folders with what lies in and below each. */
export function folderTree(files: readonly SizedFile[]): Folder {
  const root: Folder = { path: '', tally: new Tally(), folders: [], files: [] };
  const byPath = new Map<string, Folder>([['', root]]);
  const folderAt = (path: string): Folder => {
    const known = byPath.get(path);
    if (known) return known;
    const folder: Folder = { path, tally: new Tally(), folders: [], files: [] };
    byPath.set(path, folder);
    folderAt(parentOf(path)).folders.push(folder);
    return folder;
  };
  /** A folder and those that it lies in, up to the root. */
  const foldersAbove = (path: string): Folder[] =>
    path === '' ? [root] : [folderAt(path), ...foldersAbove(parentOf(path))];
  /** Of the file before: most lie in the same folder. */
  let path = '';
  let above: readonly Folder[] = [root];
  for (const file of files) {
    const folder = parentOf(file.entry.path);
    if (folder !== path) above = foldersAbove(folder);
    path = folder;
    above[0]?.files.push(file);
    for (const { tally } of above) tally.add(file.state, file.entry.size);
  }
  return root;
}

/** All folders below one, in no order that matters. */
export function* foldersBelow(folder: Folder): Generator<Folder> {
  const open = [...folder.folders];
  for (let next = open.pop(); next; next = open.pop()) {
    yield next;
    open.push(...next.folders);
  }
}

/** The heaviest of many, without sorting all of them. */
export function heaviest<Item>(items: Iterable<Item>, count: number, weigh: (item: Item) => number): Item[] {
  let kept: { item: Item; weight: number }[] = [];
  let least = -Infinity;
  const cut = (): void => {
    kept = kept.sort((a, b) => b.weight - a.weight).slice(0, count);
    if (kept.length === count) least = kept.at(-1)?.weight ?? least;
  };
  for (const item of items) {
    const weight = weigh(item);
    if (weight <= least) continue;
    kept.push({ item, weight });
    if (kept.length >= count * 4) cut();
  }
  cut();
  return kept.map(({ item }) => item);
}

/** The extension that a file is counted under; a dotfile by its whole name. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot < 0 ? '' : name.slice(dot).toLowerCase();
  return extension.length < 2 || extension.length > 20 ? '' : extension;
}
