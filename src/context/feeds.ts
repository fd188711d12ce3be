import { createMatcher } from '../ignore/matcher.ts';
import { cleanSource, isWhole, type NeededPath } from '../ignore/needed.ts';
import { parseIgnore } from '../ignore/parse.ts';
import type { Entry } from '../inventory/inventory.ts';
import type { BuildStep } from './build-step.ts';

/** Which steps read which files, and what an edit makes the builder run again. */

type Reads = (path: string) => boolean;

function matches(pattern: string): Reads {
  try {
    const matcher = createMatcher(parseIgnore(pattern).patterns);
    return (path) => matcher.decide(path).ignored;
  } catch {
    return () => false;
  }
}

function readsOf({ path, glob }: NeededPath): Reads {
  if (isWhole(path)) return () => true;
  const name = cleanSource(path);
  if (glob) return matches(name);
  return (candidate) => candidate === name || candidate.startsWith(`${name}/`);
}

/** Whether a step reads a file of the context. */
function readerOf({ reads, exclude }: BuildStep): Reads {
  const included = reads.map(readsOf);
  const excluded = exclude.map(matches);
  return (path) => included.some((fits) => fits(path)) && !excluded.some((fits) => fits(path));
}

/** Steps that make a layer: the others cost nothing when they run again. */
const WORKING = new Set(['RUN', 'COPY', 'ADD']);

/** Lines of the steps that run again after an edit of what some steps read: those, what follows, what takes from there. */
function rerunsOf(steps: readonly BuildStep[], edited: ReadonlySet<BuildStep>): BuildStep[] {
  const changed = new Set<number>();
  return steps.filter((step) => {
    if (edited.has(step) || step.from.some((stage) => changed.has(stage))) changed.add(step.stage);
    return changed.has(step.stage) && WORKING.has(step.keyword);
  });
}

/** Parts of a project whose edits have the same effect. */
export interface Edit {
  /** Top-level folders (with a `/`) and files. */
  readonly paths: readonly string[];
  /** The lines that read them. */
  readonly feeds: readonly number[];
  /** The lines that run again. */
  readonly reruns: readonly number[];
}

export interface Feeds {
  readonly edits: readonly Edit[];
  readonly files: number;
  readonly bytes: number;
}

const topOf = (path: string): string => {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash + 1);
};

/** What of the sent files is read by the steps, and what an edit of each top-level part invalidates. */
export function findFeeds(kept: readonly Entry[], steps: readonly BuildStep[]): Feeds {
  const readers = steps.filter((s) => s.reads.length > 0).map((step) => ({ step, reads: readerOf(step) }));
  const byTop = new Map<string, Set<BuildStep>>();
  let files = 0;
  let bytes = 0;
  for (const { path, kind, size } of kept) {
    if (kind === 'directory') continue;
    const top = topOf(path);
    const feeds = byTop.get(top) ?? new Set<BuildStep>();
    byTop.set(top, feeds);
    let read = false;
    for (const { step, reads } of readers) {
      if (read && feeds.has(step)) continue;
      if (!reads(path)) continue;
      feeds.add(step);
      read = true;
    }
    if (!read) continue;
    files++;
    bytes += size;
  }
  return { edits: editsOf(byTop, steps), files, bytes };
}

function editsOf(byTop: ReadonlyMap<string, Set<BuildStep>>, steps: readonly BuildStep[]): Edit[] {
  const order = new Map(steps.map((step, i) => [step, i]));
  const groups = new Map<string, { paths: string[]; feeds: Set<BuildStep> }>();
  for (const [top, feeds] of byTop) {
    const key = [...feeds]
      .map((s) => order.get(s) ?? 0)
      .sort((a, b) => a - b)
      .join();
    const group = groups.get(key);
    if (group) group.paths.push(top);
    else groups.set(key, { paths: [top], feeds });
  }
  return [...groups.values()]
    .map(({ paths, feeds }) => ({
      paths,
      feeds: steps.filter((s) => feeds.has(s)).map((s) => s.line),
      reruns: rerunsOf(steps, feeds).map((s) => s.line),
    }))
    .sort((a, b) => a.reruns.length - b.reruns.length);
}

/** How far a file gets: into the image, into a stage that the image takes from, into the context, or nowhere. */
export type Reach = 'image' | 'build-stage' | 'context' | 'ignored';

/** Stages that the last one is built on, and stages that it copies from, near or far. */
function stagesOfImage(steps: readonly BuildStep[]): {
  readonly own: ReadonlySet<number>;
  readonly all: ReadonlySet<number>;
} {
  const last = steps.at(-1)?.stage ?? 0;
  const close = (follow: (step: BuildStep) => boolean): Set<number> => {
    const found = new Set([last]);
    for (const step of [...steps].reverse())
      if (found.has(step.stage) && follow(step)) for (const stage of step.from) found.add(stage);
    return found;
  };
  return { own: close((step) => step.keyword === 'FROM'), all: close(() => true) };
}

/** Says of a sent file how far it gets, and by which line. */
export function reachFinder(steps: readonly BuildStep[]): (path: string) => { reach: Reach; line?: number } {
  const { own, all } = stagesOfImage(steps);
  const copying = steps
    .filter((s) => s.reads.length > 0 && s.keyword !== 'RUN')
    .map((step) => ({ step, reads: readerOf(step) }));
  return (path) => {
    const readers = copying.filter(({ reads }) => reads(path)).map(({ step }) => step);
    const inImage = readers.find((s) => own.has(s.stage));
    const inStage = readers.find((s) => all.has(s.stage));
    const by = inImage ?? inStage;
    return by ? { reach: inImage ? 'image' : 'build-stage', line: by.line } : { reach: 'context' };
  };
}
