import { parentOf } from '../inventory/inventory.ts';
import type { CopyStep, Step } from './plan.ts';

/**
 * `COPY --parents` is younger than the builders that many have: Docker 28 has it only by way of a frontend that is pulled,
 * and kaniko not at all. The paths of a few folders are copied folder by folder instead, which each builder can.
 * https://docs.docker.com/reference/dockerfile/#copy---parents
 */

/** Each is a layer of a build stage, of which some storage drivers take no more than 125. */
const MOST_FOLDERS = 40;

/** Where a source lands below the destination: what comes after the mark, where it has one. */
const keptPart = (source: string): string => source.split('/./').at(-1)?.replace(/^\.\//, '') ?? source;

function byFolder(step: CopyStep): CopyStep[] {
  const folders = new Map<string, string[]>();
  for (const source of step.sources) {
    const kept = keptPart(source);
    const folder = kept.endsWith('/') ? kept : parentOf(kept);
    folders.set(folder, [...(folders.get(folder) ?? []), source.replace('/./', '/')]);
  }
  if (folders.size > MOST_FOLDERS) return [step];
  const { parents: _, comment, ...plain } = step;
  return [...folders].map(([folder, sources], i) => ({
    ...plain,
    ...(comment !== undefined && i === 0 ? { comment } : {}),
    sources,
    to: folder === '' ? step.to : `${step.to}${folder.replace(/\/?$/, '/')}`,
  }));
}

/** The same copies, without `parents` where that can be. */
export const copiedByFolder = (steps: readonly Step[]): Step[] =>
  steps.flatMap((step) => (step.kind === 'copy' && step.parents && !step.glob ? byFolder(step) : [step]));
