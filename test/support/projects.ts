import { planProject } from '../../src/generate/plan.ts';
import { understandProject, type Project } from '../../src/generate/project.ts';
import { createInventory, type Inventory } from '../../src/inventory/inventory.ts';
import type { Manifest } from '../../src/manifest/schema.ts';
import type { FinishedPlan } from '../../src/plan/plan.ts';
import { Problem } from '../../src/problems/problem.ts';
import { renderDockerfile } from '../../src/render/dockerfile.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';

/** Projects of a few lines, written inside a test. */

export const treeOf = (files: Readonly<Record<string, string>>): Inventory =>
  createInventory(
    Object.entries(files).map(([path, text]) => ({ path, kind: 'file', size: text.length, mode: 0o644 })),
    new Map(Object.entries(files).map(([path, text]) => [path, { text, truncated: false }])),
  );

export const projectOf = (files: Readonly<Record<string, string>>, manifest: Manifest = {}): Project =>
  understandProject(treeOf(files), manifest);

export const planOf = (files: Readonly<Record<string, string>>, manifest: Manifest = {}): FinishedPlan =>
  planProject(projectOf(files, manifest));

const templates = loadTemplates();

export const dockerfileOf = (files: Readonly<Record<string, string>>, manifest: Manifest = {}): string =>
  renderDockerfile(planOf(files, manifest), templates, 'test').text;

/** The codes of a plan's advice, in order. */
export const adviceOf = (files: Readonly<Record<string, string>>, manifest: Manifest = {}): string[] =>
  planOf(files, manifest).advice.map((a) => a.code);

/** The problem that something ends in; undefined where it succeeds. */
export function problemOf(act: () => unknown): Problem | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return undefined;
}
