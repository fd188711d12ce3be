import { satisfies } from 'semver';
import { cycleFitting, cycleOf, cyclesOf, lifeOf, pickTag } from '../../images/catalogue.ts';
import { DEBIAN } from '../../images/known.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { officialLine, ownImages } from '../own-image.ts';
import { managedVersions, versionFile } from '../version-files.ts';
import type { Gemfile } from './gemfile.ts';
import type { Lockfile } from './lockfile.ts';
import { tableOf } from '../../plan/table.ts';

const PRODUCT = 'ruby';

export const VERSION_FILE = '.ruby-version';

export const versionOrder: readonly string[] = [
  'runtime in the manifest',
  `${VERSION_FILE}, where the Gemfile bears it`,
  '.tool-versions, likewise',
  'mise.toml, likewise',
  'the ruby line of the Gemfile',
  'RUBY VERSION of Gemfile.lock',
  'the release that the locked Rails was made for',
  'FROM in the project’s own Dockerfile',
  'BUNDLED WITH of Gemfile.lock: Bundler 2 came with Ruby 3',
];

/** `~> 3.2` and `>= 3.1` as semver reads them. https://guides.rubygems.org/patterns/#pessimistic-version-constraint */
function comparator(requirement: string): string | undefined {
  const match = /^\s*(~>|>=|<=|>|<|=|!=)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(requirement);
  if (!match) return undefined;
  const [, operator = '=', major = '0', minor, patch] = match;
  const full = `${major}.${minor ?? '0'}.${patch ?? '0'}`;
  if (operator === '!=') return '*';
  if (operator === '~>')
    return patch === undefined ? `>=${full} <${Number(major) + 1}.0.0` : `>=${full} <${major}.${Number(minor) + 1}.0`;
  if (operator !== '=') return `${operator}${full}`;
  return patch === undefined ? `${major}.${minor ?? 'x'}.x` : full;
}

const rangeOf = (requirements: readonly string[]): string => requirements.map(comparator).filter(Boolean).join(' ');

/** One exact release, which Bundler takes no other for. */
const exactOf = (requirements: readonly string[]): string | undefined =>
  requirements.length === 1 ? /^\s*=?\s*(\d+\.\d+\.\d+)\s*$/.exec(requirements[0] ?? '')?.[1] : undefined;

/** Marks a requirement, in a source's text. */
const RANGE = 'range:';

function readVersion(text: string): string | undefined {
  if (text.startsWith(RANGE)) {
    const range = text.slice(RANGE.length);
    return cycleFitting(PRODUCT, (version) => satisfies(version, range))?.cycle;
  }
  const version = /^(?:ruby-)?v?(\d+(?:\.\d+){0,2})(?:-?p\d+)?(?:-(?:preview|rc)\d+)?$/.exec(text)?.[1];
  if (version === undefined) return /^(latest|ruby)$/.test(text) ? cycleFitting(PRODUCT, () => true)?.cycle : undefined;
  if (version.includes('.')) return version;
  return cycleFitting(PRODUCT, (v) => v.startsWith(`${version}.`))?.cycle;
}

/** Whether Bundler would run with it: a release line bears only what is no exact release. */
function bears(text: string, requirements: readonly string[]): boolean {
  const version = readVersion(text);
  if (version === undefined) return true;
  const exact = exactOf(requirements);
  if (exact !== undefined) return version === exact;
  const full = version.split('.').length === 3 ? version : (cycleOf(PRODUCT, version)?.latest ?? `${version}.0`);
  return satisfies(full, rangeOf(requirements));
}

/** The newest Ruby that a Rails of old runs with. https://www.fastruby.io/blog/ruby/rails/versions/compatibility-table.html */
const RAILS = tableOf<string>({
  '5.0': '2.5',
  '5.1': '2.5',
  '5.2': '2.7',
  '6.0': '2.7',
  '6.1': '3.0',
  '7.0': '3.2',
  '7.1': '3.3',
});

function ofRails(lock: Lockfile | undefined): VersionSource[] {
  const rails = lock?.gems.get('railties')?.[0]?.version;
  const line = rails?.split('.').slice(0, 2).join('.');
  const ruby = RAILS[line ?? ''];
  return ruby === undefined
    ? []
    : [{ text: ruby, from: { file: 'Gemfile.lock', why: `the newest release that Rails ${line ?? ''} runs with` } }];
}

function ofLock(lock: Lockfile | undefined, image: readonly VersionSource[]): VersionSource[] {
  if (!lock) return [...image];
  const { ruby, bundler } = lock;
  const file = 'Gemfile.lock';
  return [
    ...(ruby ? [{ text: ruby.version, from: { file, line: ruby.line, why: `RUBY VERSION is ${ruby.version}` } }] : []),
    ...ofRails(lock),
    ...image,
    ...(bundler !== undefined && /^[12]\./.test(bundler)
      ? [{ text: '3', from: { file, why: `made by Bundler ${bundler}, which came with Ruby 3 or before` } }]
      : []),
  ];
}

function ofGemfile(gemfile: Gemfile | undefined, inventory: Inventory): VersionSource[] {
  if (gemfile?.rubyFile !== undefined && gemfile.rubyFile !== VERSION_FILE)
    return versionFile(inventory, gemfile.rubyFile);
  if (!gemfile?.ruby) return [];
  const { requirements, line } = gemfile.ruby;
  const exact = exactOf(requirements);
  const text = exact ?? `${RANGE}${rangeOf(requirements)}`;
  return [{ text, from: { file: 'Gemfile', line, why: `ruby ${requirements.join(', ')}` } }];
}

/** The release to run, and what named it. */
export function rubyVersion(
  inventory: Inventory,
  gemfile: Gemfile | undefined,
  lock: Lockfile | undefined,
): ChosenVersion {
  const files = [...versionFile(inventory, VERSION_FILE), ...managedVersions(inventory, 'ruby')];
  const own = ofGemfile(gemfile, inventory);
  const requirements = gemfile?.ruby?.requirements ?? [];
  const borne = (source: VersionSource): boolean => requirements.length === 0 || bears(source.text, requirements);
  // Bundler ends where the Gemfile asks for another release than the one that runs.
  const ordered = [...files.filter(borne), ...own, ...files.filter((source) => !borne(source))];
  const enforced = exactOf(requirements) !== undefined || gemfile?.rubyFile !== undefined;
  // Images of the newest patch release only are kept up to date; where Bundler does not insist, the line is taken.
  const read = (text: string): string | undefined => {
    const version = readVersion(text);
    return version === undefined || enforced ? version : version.split('.').slice(0, 2).join('.');
  };
  const chosen = chooseVersion(
    PRODUCT,
    [...ordered, ...ofLock(lock, ownImages(inventory, '', officialLine('ruby', 2)))],
    read,
  );
  return { ...chosen, rejected: chosen.rejected.filter((r) => r.value !== chosen.version) };
}

/**
 * Slim for running, with compilers for building. A release line comes on the Debian of all others; an exact release
 * has the plain tag for certain, and both of its images are on the same Debian.
 */
export function rubyImage(version: string, slim: boolean): ImageRef {
  const flavour = slim ? '-slim' : '';
  const plain = `${version}${flavour}`;
  const exact = version.split('.').length > 2;
  return { image: 'ruby', tag: exact ? plain : pickTag('ruby', [`${plain}-${DEBIAN.codename}`, plain]) };
}

/** jemalloc is installed where the image is still being made: of older Debians the package index is gone. */
export const hasAllocator = (version: string): boolean => lifeOf(PRODUCT, version).state !== 'ended';

/** Bundler follows BUNDLED WITH by itself from 2.3 on, which came with Ruby 3.1. */
export const switchesBundler = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 1);
};

export function versionAdvice(version: string): Advice[] {
  const { state, eol } = lifeOf(PRODUCT, version);
  if (state !== 'ended') return [];
  return [
    {
      code: 'runtime-end-of-life',
      detail: `Ruby ${version} gets no security fixes since ${eol ?? 'some time'}.`,
      hint: `${cyclesOf(PRODUCT)[0]?.cycle ?? 'The newest line'} is the newest release line.`,
    },
  ];
}
