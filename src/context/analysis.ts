import { EffectMeter } from '../ignore/effect.ts';
import type { Filtered } from '../ignore/filter.ts';
import type { GeneratedPattern } from '../ignore/generate.ts';
import type { Pattern } from '../ignore/parse.ts';
import type { Entry, Inventory } from '../inventory/inventory.ts';
import type { Advice } from '../plan/plan.ts';
import type { BuildStep } from './build-step.ts';
import { findDuplicates, type Duplicates } from './duplicates.ts';
import { findFeeds, reachFinder, type Edit, type Reach } from './feeds.ts';
import { mapTree, type MapNode } from './map-tree.ts';
import { findBrokenLinks, findCollisions, listed, type BrokenLink, type Collision, type Listed } from './oddities.ts';
import { findSecrets, type Secret } from './secrets.ts';
import {
  extensionOf,
  folderTree,
  foldersBelow,
  heaviest,
  Tally,
  type Amount,
  type Folder,
  type SizedFile,
  type Split,
  type State,
} from './sizes.ts';

/** What a build context holds, what of it is needed, and what happens to it: as data. */

export interface AnalysisInput {
  readonly tree: Inventory;
  /** By the project's own ignore file, as it came. */
  readonly today: Filtered;
  readonly ownPatterns: readonly Pattern[];
  /** By the ignore file that is proposed. */
  readonly proposed: Filtered;
  readonly proposedPatterns: readonly Pattern[];
  /** What each of our patterns is for. */
  readonly generated: readonly GeneratedPattern[];
  readonly ignoreFile: { readonly path: string; readonly exists: boolean };
  readonly dockerfile: { readonly path: string; readonly origin: 'generated' | 'own' | 'none' };
  readonly steps: readonly BuildStep[];
  /** SHA-256 by path, as far as contents were read. */
  readonly digests: ReadonlyMap<string, string>;
  /** Megabits a second. */
  readonly speeds: readonly number[];
  readonly warnings: readonly Advice[];
}

export interface Sized extends Split {
  readonly path: string;
}

export interface ExtensionSize extends Split {
  readonly extension: string;
}

export interface OwnPattern {
  readonly line: number;
  readonly pattern: string;
  /** What this pattern is the last to decide on. */
  readonly ignores: Amount;
  /** Whether it fits any path at all. */
  readonly matches: boolean;
}

export interface OurPattern {
  readonly pattern: string;
  readonly purpose: string;
  readonly why: string;
  /** What it saves on top of the project's own. */
  readonly saves: Amount;
}

export interface FoundSecret extends Secret {
  /** How far it gets today. */
  readonly today: Reach;
  /** How far it gets with the proposed ignore file. */
  readonly proposed: Reach;
  /** The line of the Dockerfile that copies it. */
  readonly copiedBy?: number;
}

export interface LargestFile {
  readonly path: string;
  readonly bytes: number;
  readonly state: State;
}

export interface ContextAnalysis {
  readonly summary: {
    readonly project: Amount;
    /** By the project's own ignore file. */
    readonly sent: Amount;
    readonly ignored: Amount;
    /** By the proposed one. */
    readonly proposed: Amount;
    readonly saves: Amount;
    /** What of the proposed context the Dockerfile reads; a local build with BuildKit transfers only that. */
    readonly read: Amount;
  };
  readonly upload: readonly {
    readonly megabitsPerSecond: number;
    readonly seconds: number;
    readonly proposedSeconds: number;
  }[];
  readonly ignoreFile: AnalysisInput['ignoreFile'];
  readonly patterns: { readonly own: readonly OwnPattern[]; readonly ours: readonly OurPattern[] };
  readonly folders: readonly Sized[];
  readonly extensions: readonly ExtensionSize[];
  readonly largest: { readonly files: readonly LargestFile[]; readonly folders: readonly Sized[] };
  readonly duplicates: Duplicates;
  readonly secrets: Listed<FoundSecret>;
  readonly collisions: Listed<Collision>;
  readonly links: Listed<BrokenLink>;
  /** Files that a local build would send empty, by a fault of its sender. */
  readonly emptied: Listed<string>;
  readonly dockerfile: AnalysisInput['dockerfile'] & {
    readonly steps: readonly { readonly line: number; readonly stage: string; readonly text: string }[];
  };
  readonly edits: readonly Edit[];
  readonly tree: MapNode;
  readonly warnings: readonly Advice[];
}

const SHOWN_FOLDERS = 100;
const SHOWN_EXTENSIONS = 40;
const SHOWN_LARGEST = 20;
const TREE_NODES = 800;
/** A folder that is little more than one folder in it says nothing new. */
const MOSTLY = 0.95;

const amountOf = (entries: Iterable<{ readonly kind: string; readonly size: number }>): Amount => {
  let files = 0;
  let bytes = 0;
  for (const { kind, size } of entries) {
    if (kind === 'directory') continue;
    files++;
    bytes += size;
  }
  return { files, bytes };
};

/** A tar holds a header for each entry, and content in blocks of 512. */
const BLOCK = 512;
const tarBytes = (filtered: Filtered): number =>
  filtered.kept.reduce((sum, { size }) => sum + BLOCK + Math.ceil(size / BLOCK) * BLOCK, 2 * BLOCK);

/** Whether an entry is among some of its tree; to be asked in the order of the tree, which both have. */
function among(some: readonly Entry[]): (entry: Entry) => boolean {
  let next = 0;
  return ({ path }) => {
    while ((some[next]?.path ?? path) < path) next++;
    return some[next]?.path === path;
  };
}

function sizedFiles({ tree, today, proposed }: AnalysisInput): SizedFile[] {
  const sent = among(today.kept);
  const stays = among(proposed.kept);
  return tree.entries
    .filter((e) => e.kind !== 'directory')
    .map((entry): SizedFile => {
      const state = sent(entry) ? (stays(entry) ? 'sent' : 'avoidable') : 'ignored';
      return { entry, state };
    });
}

function topFolders(root: Folder): Sized[] {
  const own = new Tally();
  for (const { entry, state } of root.files) own.add(state, entry.size);
  const folders = heaviest(root.folders, SHOWN_FOLDERS, (f) => f.tally.bytes);
  return [
    ...folders.map((f) => ({ path: `${f.path}/`, ...f.tally.split() })),
    ...(root.files.length > 0 ? [{ path: '', ...own.split() }] : []),
  ];
}

function largestFolders(root: Folder): Sized[] {
  const telling = function* (): Generator<Folder> {
    for (const folder of foldersBelow(root))
      if (!folder.folders.some((f) => f.tally.bytes >= folder.tally.bytes * MOSTLY)) yield folder;
  };
  return heaviest(telling(), SHOWN_LARGEST, (f) => f.tally.bytes).map((f) => ({
    path: `${f.path}/`,
    ...f.tally.split(),
  }));
}

function byExtension(files: readonly SizedFile[]): ExtensionSize[] {
  const tallies = new Map<string, Tally>();
  for (const { entry, state } of files) {
    const extension = extensionOf(entry.path);
    const tally = tallies.get(extension) ?? new Tally();
    tallies.set(extension, tally);
    tally.add(state, entry.size);
  }
  return heaviest(tallies, SHOWN_EXTENSIONS, ([, tally]) => tally.bytes).map(([extension, tally]) => ({
    extension,
    ...tally.split(),
  }));
}

/** What each pattern is the last to decide on, of what counts. */
function tallyBy({ ignored, ignoredBy }: Filtered, counts: (entry: Entry) => boolean = () => true): Map<number, Tally> {
  const tallies = new Map<number, Tally>();
  for (const [i, entry] of ignored.entries()) {
    if (entry.kind === 'directory' || !counts(entry)) continue;
    const by = ignoredBy[i] ?? 0;
    const tally = tallies.get(by) ?? new Tally();
    tallies.set(by, tally);
    tally.add('ignored', entry.size);
  }
  return tallies;
}

function ownPatterns({ ownPatterns: patterns, today, tree }: AnalysisInput): OwnPattern[] {
  const tallies = tallyBy(today);
  const meter = new EffectMeter({ tree, patterns });
  return patterns.map((pattern, i): OwnPattern => {
    const ignores = (tallies.get(i) ?? new Tally()).amount();
    return {
      line: pattern.line,
      pattern: pattern.raw.trim(),
      ignores,
      matches: ignores.files > 0 || meter.fits(pattern),
    };
  });
}

function ourPatterns({ today, proposed, proposedPatterns, generated }: AnalysisInput): OurPattern[] {
  const tallies = tallyBy(proposed, among(today.kept));
  const known = new Map(generated.map((g) => [g.pattern, g]));
  return [...tallies]
    .flatMap(([by, tally]): OurPattern[] => {
      const pattern = proposedPatterns[by]?.raw.trim() ?? '';
      const { purpose, why } = known.get(pattern) ?? { purpose: 'container', why: 'written by the project' };
      return [{ pattern, purpose, why, saves: tally.amount() }];
    })
    .sort((a, b) => b.saves.bytes - a.saves.bytes || b.saves.files - a.saves.files);
}

function foundSecrets({ tree, today, proposed, steps }: AnalysisInput): FoundSecret[] {
  const found = findSecrets(tree);
  if (found.length === 0) return [];
  const reach = reachFinder(steps);
  return found.map((secret): FoundSecret => {
    const { reach: far, line } = reach(secret.path);
    const within = ({ keeps }: Filtered): Reach => (keeps(secret.path) ? far : 'ignored');
    return {
      ...secret,
      today: within(today),
      proposed: within(proposed),
      ...(line === undefined ? {} : { copiedBy: line }),
    };
  });
}

const minus = (a: Amount, b: Amount): Amount => ({ files: a.files - b.files, bytes: a.bytes - b.bytes });

const seconds = (bytes: number, megabits: number): number => Math.round((bytes * 8) / (megabits * 1000)) / 1000;

export function analyseContext(input: AnalysisInput): ContextAnalysis {
  const { tree, today, proposed, steps, speeds, digests, dockerfile } = input;
  const files = sizedFiles(input);
  const root = folderTree(files);
  const sent = amountOf(today.kept);
  const kept = amountOf(proposed.kept);
  const feeds = findFeeds(proposed.kept, steps);
  const [tar, proposedTar] = [tarBytes(today), tarBytes(proposed)];
  return {
    summary: {
      project: root.tally.amount(),
      sent,
      ignored: minus(root.tally.amount(), sent),
      proposed: kept,
      saves: root.tally.amount('avoidable'),
      read: { files: feeds.files, bytes: feeds.bytes },
    },
    upload: speeds.map((speed) => ({
      megabitsPerSecond: speed,
      seconds: seconds(tar, speed),
      proposedSeconds: seconds(proposedTar, speed),
    })),
    ignoreFile: input.ignoreFile,
    patterns: { own: ownPatterns(input), ours: ourPatterns(input) },
    folders: topFolders(root),
    extensions: byExtension(files),
    largest: {
      files: heaviest(files, SHOWN_LARGEST, (f) => f.entry.size).map(({ entry, state }) => ({
        path: entry.path,
        bytes: entry.size,
        state,
      })),
      folders: largestFolders(root),
    },
    duplicates: findDuplicates(
      today.kept.filter((e) => e.kind === 'file'),
      digests,
    ),
    secrets: listed(foundSecrets(input)),
    collisions: listed(findCollisions(today)),
    links: listed(findBrokenLinks(tree, proposed)),
    emptied: listed(today.emptied),
    dockerfile: { ...dockerfile, steps: steps.map(({ line, stageName, text }) => ({ line, stage: stageName, text })) },
    edits: feeds.edits,
    tree: mapTree(root, TREE_NODES),
    warnings: input.warnings,
  };
}
