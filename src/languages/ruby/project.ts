import { joinPath, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { ChosenVersion } from '../runtime-version.ts';
import { readGemfile, type Gemfile } from './gemfile.ts';
import { closure, readLockfile, type Lockfile } from './lockfile.ts';
import { nativePackages, type NativePackages } from './native.ts';
import { rubyVersion } from './version.ts';

/** Whether the lockfile can be followed as it stands. */
export type LockState = 'exact' | 'drifted' | 'platform' | 'absent' | 'unknown';

/** A Ruby project as its files tell it. */
export interface RubyProject {
  readonly inventory: Inventory;
  readonly gemfile: Gemfile | undefined;
  readonly lock: Lockfile | undefined;
  readonly lockState: LockState;
  /** Gems that run in production, by name: those of the lockfile, else those that the Gemfile names. */
  readonly gems: ReadonlySet<string>;
  readonly native: NativePackages;
  readonly version: ChosenVersion;
  /** Folders of gems that are kept with the project. */
  readonly localGems: readonly string[];
}

const LINUX = /linux|^ruby$/;

function stateOf(inventory: Inventory, gemfile: Gemfile | undefined, lock: Lockfile | undefined): LockState {
  if (!inventory.isFile('Gemfile.lock')) return inventory.complete ? 'absent' : 'unknown';
  if (!lock || inventory.kept('Gemfile.lock')?.truncated) return 'unknown';
  const locked = new Set(lock.dependencies);
  const missing = (gemfile?.gems ?? []).some(({ name, certain }) => certain && !locked.has(name));
  if (missing) return 'drifted';
  return lock.platforms.some((platform) => LINUX.test(platform)) ? 'exact' : 'platform';
}

function gemsOf(gemfile: Gemfile | undefined, lock: Lockfile | undefined): Set<string> {
  const named = (gemfile?.gems ?? []).filter(({ development }) => !development).map(({ name }) => name);
  const only = new Set((gemfile?.gems ?? []).filter(({ development }) => development).map(({ name }) => name));
  const roots = [...named, ...(lock?.dependencies ?? []).filter((name) => !only.has(name))];
  return lock ? closure(lock, roots) : new Set(roots);
}

function localGems(inventory: Inventory, gemfile: Gemfile | undefined, lock: Lockfile | undefined): string[] {
  const written = [...(lock?.paths ?? []), ...(gemfile?.gems ?? []).flatMap(({ path }) => path ?? [])];
  const folders = written.map((path) => resolveTarget('Gemfile', path)).filter((path) => path !== undefined);
  return [...new Set(folders)].filter((path) => path !== '' && inventory.isDirectory(path)).sort();
}

export function readProject(inventory: Inventory): RubyProject {
  const text = inventory.text('Gemfile');
  const gemfile = text === undefined ? undefined : readGemfile(text);
  const locked = inventory.text('Gemfile.lock');
  const lock = locked === undefined ? undefined : readLockfile(locked);
  const gems = gemsOf(gemfile, lock);
  const prebuilt = (name: string): boolean =>
    (lock?.gems.get(name) ?? []).some(({ platform }) => platform?.includes('linux') ?? false);
  return {
    inventory,
    gemfile,
    lock,
    lockState: stateOf(inventory, gemfile, lock),
    gems,
    native: nativePackages(gems, prebuilt),
    version: rubyVersion(inventory, gemfile, lock),
    localGems: localGems(inventory, gemfile, lock),
  };
}

/** Where a gem is named, for evidence. */
export function gemEvidence({ gemfile }: RubyProject, name: string): Evidence {
  const line = gemfile?.gems.find((gem) => gem.name === name)?.line;
  return { file: 'Gemfile', ...(line === undefined ? {} : { line }), why: `the gem ${name}` };
}

export const hasFolder = (inventory: Inventory, ...folders: readonly string[]): boolean =>
  folders.some((folder) => inventory.isDirectory(joinPath('', folder)));
