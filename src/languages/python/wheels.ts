import { compare, valid } from '@renovatebot/pep440';
import type { LockedPackage } from './lock.ts';
import { tableOf } from '../../plan/table.ts';

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

/**
 * For pins without a lockfile: from which version on a package supports which Python 3 minor, newest first, as its
 * project published wheels (or, for pure Python, as it says). Only packages that many projects pin.
 */
const SUPPORT = tableOf<readonly (readonly [from: string, minor: number])[]>({
  aiohttp: [
    ['3.13', 14],
    ['3.10.6', 13],
    ['3.9', 12],
    ['3.8.3', 11],
    ['3.8', 10],
  ],
  asyncpg: [
    ['0.31', 14],
    ['0.30', 13],
    ['0.29', 12],
    ['0.27', 11],
    ['0.25', 10],
  ],
  cffi: [
    ['2', 14],
    ['1.17', 13],
    ['1.16', 12],
    ['1.15.1', 11],
    ['1.15', 10],
  ],
  'discord-py': [
    ['2.5', 14],
    ['1', 12],
  ],
  django: [
    ['5.2.8', 14],
    ['5.1.3', 13],
    ['4.2.8', 12],
    ['4.1.3', 11],
    ['3.2.9', 10],
  ],
  gevent: [
    ['25.9', 14],
    ['24.10', 13],
    ['23.9', 12],
    ['22.10', 11],
    ['21.12', 10],
  ],
  greenlet: [
    ['3.2.4', 14],
    ['3.1', 13],
    ['3', 12],
    ['2', 11],
    ['1.1.2', 10],
  ],
  grpcio: [
    ['1.75.1', 14],
    ['1.66.2', 13],
    ['1.59.2', 12],
    ['1.49.1', 11],
    ['1.41.1', 10],
  ],
  httptools: [
    ['0.7', 14],
    ['0.6.2', 13],
    ['0.6.1', 12],
    ['0.5', 11],
    ['0.4', 10],
  ],
  lxml: [
    ['6', 14],
    ['5.3', 13],
    ['4.9.3', 12],
    ['4.9.1', 11],
    ['4.6.4', 10],
  ],
  markupsafe: [
    ['3.0.3', 14],
    ['3', 13],
    ['2.1.4', 12],
    ['2.1.2', 11],
    ['2.0.1', 10],
  ],
  matplotlib: [
    ['3.10.5', 14],
    ['3.9.2', 13],
    ['3.8', 12],
    ['3.6', 11],
    ['3.5', 10],
  ],
  numpy: [
    ['2.3.2', 14],
    ['2.1', 13],
    ['1.26', 12],
    ['1.23.3', 11],
    ['1.21.3', 10],
  ],
  orjson: [
    ['3.11.2', 14],
    ['3.10.7', 13],
    ['3.9.8', 12],
    ['3.8', 11],
    ['3.6.5', 10],
  ],
  pandas: [
    ['2.3.3', 14],
    ['2.2.3', 13],
    ['2.1.1', 12],
    ['1.5.1', 11],
    ['1.3.3', 10],
  ],
  pillow: [
    ['12', 14],
    ['11', 13],
    ['10.1', 12],
    ['9.3', 11],
    ['8.4', 10],
  ],
  'psycopg2-binary': [
    ['2.9.11', 14],
    ['2.9.10', 13],
    ['2.9.8', 12],
    ['2.9.5', 11],
    ['2.9.2', 10],
  ],
  'psycopg-binary': [
    ['3.2.11', 14],
    ['3.2.3', 13],
    ['3.1.12', 12],
    ['3.1.5', 11],
  ],
  pydantic: [
    ['2.12', 14],
    ['2.8', 13],
    ['2.4', 12],
    ['1.10.2', 11],
    ['1.9', 10],
  ],
  'pydantic-core': [
    ['2.35', 14],
    ['2.20', 13],
    ['2.10', 12],
    ['0.1', 11],
  ],
  // Made of a module that Python 3.13 no longer has (PEP 594).
  pydub: [['0', 12]],
  'python-telegram-bot': [
    ['20', 14],
    ['12', 12],
  ],
  pyyaml: [
    ['6.0.3', 14],
    ['6.0.2', 13],
    ['6.0.1', 12],
    ['6', 11],
    ['5.4.1', 9],
  ],
  regex: [
    ['2025.9', 14],
    ['2024.9', 13],
    ['2023.10', 12],
    ['2022.9', 11],
    ['2021.10', 10],
  ],
  'scikit-learn': [
    ['1.7.2', 14],
    ['1.5.2', 13],
    ['1.3.1', 12],
    ['1.2', 11],
    ['1.0.1', 10],
  ],
  scipy: [
    ['1.16.1', 14],
    ['1.14.1', 13],
    ['1.11.2', 12],
    ['1.9.2', 11],
    ['1.7.2', 10],
  ],
  sqlalchemy: [
    ['2.0.44', 14],
    ['2.0.32', 13],
    ['2.0.23', 12],
    ['1.4.44', 11],
    ['1.4.27', 10],
  ],
  tensorflow: [
    ['2.20', 13],
    ['2.16', 12],
    ['2.12', 11],
    ['2.8', 10],
  ],
  tokenizers: [
    ['0.20', 14],
    ['0.15', 13],
    ['0.14', 12],
    ['0.13.3', 11],
  ],
  torch: [
    ['2.9', 14],
    ['2.6', 13],
    ['2.2', 12],
    ['2', 11],
    ['1.11', 10],
  ],
  uvloop: [
    ['0.22', 14],
    ['0.21', 13],
    ['0.19', 12],
    ['0.17', 11],
    ['0.16', 10],
  ],
  yarl: [
    ['1.21', 14],
    ['1.12', 13],
    ['1.9.3', 12],
    ['1.8.2', 11],
    ['1.7', 10],
  ],
  flask: [
    ['2.2', 14],
    ['1', 11],
  ],
  feedparser: [
    ['6.0.11', 14],
    ['5', 12],
  ],
  fastapi: [
    ['0.100', 14],
    ['0.50', 11],
  ],
  werkzeug: [
    ['2.3.6', 14],
    ['2.2', 13],
    ['1', 11],
  ],
  jinja2: [
    ['3', 14],
    ['2', 9],
  ],
  celery: [
    ['5.3', 14],
    ['5', 11],
  ],
  kombu: [
    ['5.3', 14],
    ['4', 11],
  ],
  gunicorn: [
    ['20.1', 14],
    ['19', 11],
  ],
});

/** The same from the version that is pinned. */
export function newestByVersion(name: string, version: string): number | undefined {
  const rows = SUPPORT[name];
  if (!rows || valid(version) === null) return undefined;
  const fits = rows.find(([from]) => compare(version, from) >= 0);
  const minor = fits?.[1] ?? (rows.at(-1)?.[1] ?? 10) - 1;
  return minor >= 14 ? undefined : minor;
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
