import type { Evidence } from '../plan/plan.ts';
import type { Finding, Rejected } from '../languages/language.ts';
import type { Manifest, Settings } from './schema.ts';

/**
 * Merging: request over project file over detected over default. Every value keeps where it came from and
 * what it beat, so that an answer can say so. Lists of system packages are joined, all else is replaced.
 */

type Origin = 'request' | 'project' | 'detected' | 'default';

export interface Trace {
  readonly origin: Origin;
  readonly from?: Evidence;
  readonly rejected?: readonly (Rejected & { readonly origin: Origin })[];
}

export interface MergedManifest {
  readonly manifest: Manifest;
  /** By JSON pointer of each value. */
  readonly origins: Readonly<Record<string, Trace>>;
}

interface Leaf {
  readonly value: unknown;
  readonly origin: Origin;
  readonly from?: Evidence;
  readonly rejected?: readonly Rejected[];
}

/** Lists that grow: the user adds to what was detected, and never takes from it by adding. */
const JOINED = new Set(['/build/packages', '/run/packages']);

/** Objects whose members are values of their own, merged key by key. */
const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const unescapePointer = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~');

function leavesOf(value: Record<string, unknown>, at = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    const pointer = `${at}/${escapePointer(key)}`;
    if (member === undefined) return [];
    return isBranch(member) ? leavesOf(member, pointer) : [[pointer, member]];
  });
}

function add(leaves: Map<string, Leaf[]>, pointer: string, leaf: Leaf): void {
  const list = leaves.get(pointer);
  if (list) list.push(leaf);
  else leaves.set(pointer, [leaf]);
}

function addManifest(
  leaves: Map<string, Leaf[]>,
  manifest: Record<string, unknown>,
  origin: Origin,
  file?: string,
): void {
  for (const [pointer, value] of leavesOf(manifest)) {
    const where = file === undefined ? {} : { from: { file, why: `${pointer} in ${file}` } };
    add(leaves, pointer, { value, origin, ...where });
  }
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function joined(list: readonly Leaf[]): unknown[] {
  return [
    ...new Set(list.toReversed().flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : [value]))),
  ];
}

function settle(pointer: string, list: readonly Leaf[]): { value: unknown; trace: Trace } | undefined {
  const [first, ...others] = list;
  if (!first) return undefined;
  const join = JOINED.has(pointer);
  const beaten = [
    ...(first.rejected ?? []).map((r) => ({ ...r, origin: first.origin })),
    ...(join
      ? []
      : others.map((o) => ({
          value: shown(o.value),
          origin: o.origin,
          from: o.from ?? { why: `given by the ${o.origin}` },
        }))),
  ];
  const trace: Trace = {
    origin: first.origin,
    ...(first.from ? { from: first.from } : {}),
    ...(beaten.length > 0 ? { rejected: beaten } : {}),
  };
  return { value: join ? joined(list) : first.value, trace };
}

function place(target: Record<string, unknown>, pointer: string, value: unknown): void {
  const keys = pointer.slice(1).split('/').map(unescapePointer);
  const last = keys.pop() ?? '';
  let branch = target;
  for (const key of keys) {
    if (!isBranch(branch[key])) branch[key] = {};
    branch = branch[key] as Record<string, unknown>;
  }
  branch[last] = value;
}

export interface Layers {
  readonly request: Manifest;
  /** The project's own manifest, and the file it stands in. */
  readonly project?: { readonly manifest: Manifest; readonly file: string };
  readonly findings: readonly Finding[];
  /** The environment whose settings go over the others of the same layer. */
  readonly environment?: string;
}

function withoutMeta(
  { environments, files, ...rest }: Manifest,
  environment: string | undefined,
): Record<string, unknown>[] {
  void files;
  const own: Settings | undefined = environment === undefined ? undefined : environments?.[environment];
  return own ? [own, rest] : [rest];
}

/** Merges the layers; `environments` and `files` are not part of the result. */
export function mergeManifests({ request, project, findings, environment }: Layers): MergedManifest {
  const leaves = new Map<string, Leaf[]>();
  for (const part of withoutMeta(request, environment)) addManifest(leaves, part, 'request');
  if (project) {
    for (const part of withoutMeta(project.manifest, environment)) addManifest(leaves, part, 'project', project.file);
  }
  for (const { at, value, from, rejected } of findings) {
    if (isBranch(value))
      addManifest(leaves, { [at.slice(1).split('/')[0] ?? '']: nest(at, value) }, 'detected', from.file);
    else add(leaves, at, { value, origin: 'detected', from, ...(rejected ? { rejected } : {}) });
  }
  const values: Record<string, unknown> = {};
  const origins: Record<string, Trace> = {};
  for (const [pointer, list] of leaves) {
    const settled = settle(pointer, list);
    if (!settled) continue;
    place(values, pointer, settled.value);
    origins[pointer] = settled.trace;
  }
  return { manifest: values, origins };
}

function nest(pointer: string, value: Record<string, unknown>): Record<string, unknown> {
  const [, ...below] = pointer.slice(1).split('/');
  return below.reduceRight<Record<string, unknown>>((inner, key) => ({ [key]: inner }), value);
}
