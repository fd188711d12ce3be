import { compare, valid } from '@renovatebot/pep440';
import type { LockedPackage } from './lock.ts';
import { SUPPORT } from './wheel-support.ts';

/**
 * The newest Python that a package of a given version has ready-made wheels for. A newer Python would compile it, which
 * takes compilers and minutes and often fails; so where nothing in the project names a version, this caps the choice.
 */

/** Tags of wheels that run on any Python 3. https://packaging.python.org/specifications/platform-compatibility-tags/ */
const FOR_ANY = /-(py[23][\w.]*|cp3\d+-abi3)-|abi3/;
const TAG = /-cp3(\d+)-cp3\d+m?-(?!win|macosx|ios|android|pyodide|emscripten)/;

/** Minor version of the newest Python among a package's wheels for Linux; undefined where they set no bound. */
export function newestByFiles(files: readonly string[]): number | undefined {
  const wheels = files.filter((name) => name.endsWith('.whl'));
  if (wheels.length === 0 || wheels.some((name) => FOR_ANY.test(name))) return undefined;
  const minors = wheels.map((name) => Number(TAG.exec(name)?.[1])).filter((minor) => !Number.isNaN(minor));
  return minors.length === 0 ? undefined : Math.max(...minors);
}

/** The newest minor of Python 3 when the table was made: a package that has wheels for it sets no bound. */
const NEWEST = 14;

/** The same from the version that is pinned. */
export function newestByVersion(name: string, version: string): number | undefined {
  const support = SUPPORT[name];
  if (!support || valid(version) === null) return undefined;
  const minors = Object.keys(support).map(Number);
  const fitting = minors.filter((minor) => compare(version, support[minor] ?? '') >= 0);
  const newest = fitting.length > 0 ? Math.max(...fitting) : Math.min(...minors) - 1;
  return newest >= NEWEST ? undefined : newest;
}

export interface WheelBound {
  readonly minor: number;
  readonly name: string;
  readonly version: string;
}

/** The package that bounds the choice of a Python most. */
export function wheelBound(
  packages: Iterable<Pick<LockedPackage, 'name' | 'version' | 'files'>>,
): WheelBound | undefined {
  let bound: WheelBound | undefined;
  for (const { name, version, files } of packages) {
    if (version === undefined) continue;
    const minor = files.length > 0 ? newestByFiles(files) : newestByVersion(name, version);
    if (minor !== undefined && minor < (bound?.minor ?? 99)) bound = { minor, name, version };
  }
  return bound;
}
