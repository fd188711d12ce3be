import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** What the running service is made of, by the lockfile: licences that are allowed, and the table of docs/dependencies.md. */

const ALLOWED = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '(MIT OR CC0-1.0)', '0BSD']);

interface Package {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly integrity?: string;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Package> };
const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
const running = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);

/** As Node.js finds it: beside the one that asks, or in a folder above. https://nodejs.org/api/modules.html#loading-from-node_modules-folders */
function found(name: string, from: string): string {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (at === '') throw new Error(`${name} is not in the lockfile`);
  }
}

function below(path: string, seen = new Set<string>()): Set<string> {
  for (const name of Object.keys(packages[path]?.dependencies ?? {})) {
    const next = found(name, path);
    if (seen.has(next)) continue;
    seen.add(next);
    below(next, seen);
  }
  return seen;
}

test('every package of the running service has a licence that is allowed, a checksum, and no install script', () => {
  for (const [path, { license = 'none', integrity, hasInstallScript }] of running) {
    assert.ok(ALLOWED.has(license), `${path}: ${license}`);
    assert.match(integrity ?? '', /^sha512-/, path);
    assert.ok(hasInstallScript !== true, path);
  }
});

test('docs/dependencies.md lists what package.json does, with licence and what it brings along', () => {
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` +\| (\S+) +\| +(\d+) \| (\S+) +\|/gm)];
  const told = rows.map(([, name, license, own, version]) => ({ name, license, own: Number(own), version }));
  const real = Object.keys(dependencies).map((name) => {
    const path = `node_modules/${name}`;
    return { name, license: packages[path]?.license, own: below(path).size, version: packages[path]?.version };
  });
  const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }): number =>
    (a.name ?? '').localeCompare(b.name ?? '');
  assert.deepEqual(told.toSorted(byName), real.toSorted(byName));
});
