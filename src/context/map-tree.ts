import { baseName } from '../inventory/inventory.ts';
import type { Folder, State } from './sizes.ts';

/** The tree that is drawn: the heavy parts in full, the light ones put together, so many nodes and no more. */

export interface MapNode {
  readonly name: string;
  /** 'rest' stands for what is too light to be drawn by itself. */
  readonly kind: 'folder' | 'file' | 'rest';
  readonly files: number;
  readonly bytes: Readonly<Record<State, number>>;
  readonly children?: readonly MapNode[];
}

const MAX_CHILDREN = 40;

interface Draft {
  readonly name: string;
  readonly kind: MapNode['kind'];
  readonly files: number;
  readonly bytes: Record<State, number>;
  readonly folder?: Folder;
  children?: Draft[];
}

const weightOf = ({ bytes }: Draft): number => bytes.sent + bytes.avoidable + bytes.ignored;

function draftOf(folder: Folder, name = baseName(folder.path)): Draft {
  const { sent, avoidable, ignored } = folder.tally.split();
  return {
    name,
    kind: 'folder',
    files: sent.files + avoidable.files + ignored.files,
    bytes: { sent: sent.bytes, avoidable: avoidable.bytes, ignored: ignored.bytes },
    folder,
  };
}

function restOf(drafts: readonly Draft[]): Draft[] {
  if (drafts.length === 0) return [];
  const files = drafts.reduce((sum, d) => sum + d.files, 0);
  const bytes = { sent: 0, avoidable: 0, ignored: 0 };
  for (const d of drafts) {
    bytes.sent += d.bytes.sent;
    bytes.avoidable += d.bytes.avoidable;
    bytes.ignored += d.bytes.ignored;
  }
  return [{ name: `${drafts.length} more`, kind: 'rest', files, bytes }];
}

function childrenOf(folder: Folder): Draft[] {
  const files = folder.files.map(({ entry, state }): Draft => {
    const bytes = { sent: 0, avoidable: 0, ignored: 0 };
    bytes[state] = entry.size;
    return { name: baseName(entry.path), kind: 'file', files: 1, bytes };
  });
  const all = [...folder.folders.map((f) => draftOf(f)), ...files].sort((a, b) => weightOf(b) - weightOf(a));
  return [...all.slice(0, MAX_CHILDREN), ...restOf(all.slice(MAX_CHILDREN))];
}

const finished = ({ name, kind, files, bytes, children }: Draft): MapNode => ({
  name,
  kind,
  files,
  bytes,
  ...(children ? { children: children.map(finished) } : {}),
});

/** Opens the heaviest folder that is still closed, again and again, until there are enough nodes. */
export function mapTree(root: Folder, maxNodes: number): MapNode {
  const top = draftOf(root, '');
  const closed: Draft[] = [top];
  let nodes = 1;
  while (closed.length > 0 && nodes < maxNodes) {
    closed.sort((a, b) => weightOf(a) - weightOf(b));
    const next = closed.pop();
    if (!next?.folder || (weightOf(next) === 0 && next !== top)) continue;
    next.children = childrenOf(next.folder);
    nodes += next.children.length;
    closed.push(...next.children.filter((c) => c.folder));
  }
  return finished(top);
}
