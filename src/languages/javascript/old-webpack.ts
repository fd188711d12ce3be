import semver from 'semver';
import { joinPath } from '../../inventory/inventory.ts';
import { majorOf } from './node-version.ts';
import { allDependencies, readPackage } from './package-json.ts';
import { buildDependencies, type JsProject } from './project.ts';
import { foldersIn } from './script-folders.ts';
import { tableOf } from '../../plan/table.ts';

/**
 * Webpack before 4.47 and 5.54 hashes with MD4 of OpenSSL, which has left it out since Node.js 17 unless it is asked for.
 * https://nodejs.org/en/blog/announcements/v17-release-announce#openssl-30
 */

const isOld = (version: string): boolean => semver.satisfies(version, '<4.47.0 || >=5.0.0 <5.54.0', { loose: true });

/** Where nothing is locked: tools that ask for one exact webpack, with their first version that asks for a newer one. */
const FIRST_NEW = tableOf<string>({
  '@angular-devkit/build-angular': '13.0.0',
  next: '12.0.0',
  'react-scripts': '5.0.0',
  webpack: '4.0.0',
});

/** As yarn, npm and pnpm lock it, each in its formats. */
const LOCKED =
  /^"?webpack@[^\n]*:\n\s+version:? "?(\d+\.\d+\.\d+)|"(?:node_modules\/)?webpack": \{\s*"version": "(\d+\.\d+\.\d+)|^[ \t]+'?\/?webpack[@/](\d+\.\d+\.\d+)/gm;

function asksForOld(name: string, range: string): boolean {
  const first = FIRST_NEW[name];
  if (first === undefined || semver.validRange(range) === null) return false;
  const least = semver.minVersion(range);
  return least !== null && semver.lt(least, first);
}

function isBuiltByOld(lock: string, dependencies: Readonly<Record<string, string>>): boolean {
  const locked = [...lock.matchAll(LOCKED)].map(([, yarn, npm, pnpm]) => yarn ?? npm ?? pnpm ?? '');
  if (locked.length > 0) return locked.some(isOld);
  return Object.entries(dependencies).some(([name, range]) => asksForOld(name, range));
}

const LOCKS = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'];

/** True where the build is by a webpack that needs OpenSSL’s old hashes: the app’s own, or that of a folder which its scripts build. */
function hashesWithMd4(project: JsProject): boolean {
  const { inventory, app, lock } = project;
  const text = (file: string): string => inventory.text(file) ?? '';
  if (isBuiltByOld(lock === undefined ? '' : text(lock.file), buildDependencies(project))) return true;
  return foldersIn(Object.values(app.json.scripts).join('\n')).some((name) => {
    const folder = joinPath(app.folder, name);
    const pkg = readPackage(inventory, folder);
    return (
      pkg !== undefined &&
      isBuiltByOld(LOCKS.map((file) => text(joinPath(folder, file))).join('\n'), allDependencies(pkg))
    );
  });
}

/** What the build is told for such a webpack, on a Node.js that has left those hashes out. */
export const webpackEnv = (project: JsProject, node: string): Readonly<Record<string, string>> =>
  majorOf(node) >= 17 && hashesWithMd4(project) ? { NODE_OPTIONS: '--openssl-legacy-provider' } : {};
