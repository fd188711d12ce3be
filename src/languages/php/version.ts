import { cycleFitting, cycleOf, cyclesOf, lifeOf, pickTag } from '../../images/catalogue.ts';
import { DEBIAN } from '../../images/known.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { officialLine, ownImages } from '../own-image.ts';
import { managedVersions, versionFile } from '../version-files.ts';
import { lineIn, type Composer } from './composer.ts';
import { constraintOf } from './constraint.ts';

const PRODUCT = 'php';

export const VERSION_FILE = '.php-version';

/** The one order in which the project is asked. */
export const versionOrder: readonly string[] = [
  'runtime in the manifest',
  VERSION_FILE,
  '.tool-versions',
  'mise.toml',
  'config.platform.php of composer.json',
  'require.php of composer.json, with what the locked packages bear',
  'platform.php of composer.lock',
  'FROM in the project’s own Dockerfile',
];

/** Marks a constraint, in a source's text. */
const RANGE = 'range:';

/**
 * The newest release line that frameworks of old take, where their own constraint has no upper end.
 * https://laravel.com/docs/master/releases#support-policy
 */
const CEILINGS: readonly { readonly name: string; readonly upTo: Readonly<Record<string, string>> }[] = [
  {
    name: 'laravel/framework',
    upTo: { 5: '7.3', 6: '8.0', 7: '8.0', 8: '8.1', 9: '8.2', 10: '8.3', 11: '8.4' },
  },
];

const majorOf = (text: string): string | undefined => /(\d+)/.exec(text)?.[1];

type Test = (version: string) => boolean;

/** What the framework and the locked packages bear, beside what composer.json asks for. */
function alsoFits(composer: Composer): Test[] {
  const ceilings = CEILINGS.flatMap(({ name, upTo }) => {
    const locked = composer.lock?.packages.find((p) => p.name === name)?.version;
    const limit = upTo[majorOf(locked ?? composer.require[name] ?? '') ?? ''];
    return limit === undefined ? [] : (constraintOf(`<=${limit}.99`) ?? []);
  });
  const locked = (composer.lock?.packages ?? []).flatMap((p) => constraintOf(p.require['php'] ?? '*') ?? []);
  return [...ceilings, ...locked];
}

function reader(composer: Composer | undefined): (text: string) => string | undefined {
  const also = composer ? alsoFits(composer) : [];
  const newest = (...tests: readonly Test[]): string | undefined =>
    cycleFitting(PRODUCT, (version) => tests.every((test) => test(version)))?.cycle;
  return (text) => {
    if (text.startsWith(RANGE)) {
      const fits = constraintOf(text.slice(RANGE.length));
      return fits && (newest(fits, ...also) ?? newest(fits));
    }
    const version = /^(?:php-?)?v?(\d+(?:\.\d+){0,2})/.exec(text)?.[1];
    if (version === undefined) return /^(latest|stable)$/.test(text) ? newest() : undefined;
    if (!version.includes('.')) return newest((v) => v.startsWith(`${version}.`));
    return cycleOf(PRODUCT, version)?.cycle ?? version.split('.').slice(0, 2).join('.');
  };
}

function ofComposer(composer: Composer | undefined): VersionSource[] {
  if (!composer) return [];
  const { platformPhp, require, lock, text } = composer;
  const asked = require['php'];
  const locked = lock?.platform['php'];
  const file = 'composer.json';
  return [
    ...(platformPhp === undefined
      ? []
      : [
          {
            text: platformPhp,
            from: { file, ...lineIn(text, 'platform'), why: `config.platform.php is ${platformPhp}` },
          },
        ]),
    ...(asked === undefined
      ? []
      : [
          {
            text: `${RANGE}${asked}`,
            from: { file, ...lineIn(text, 'php'), why: `the newest release that fits ${asked}` },
          },
        ]),
    ...(locked === undefined
      ? []
      : [{ text: `${RANGE}${locked}`, from: { file: 'composer.lock', why: `platform.php is ${locked}` } }]),
    // Without a word of the project's own, the locked packages still tell.
    ...(asked === undefined && lock
      ? [
          {
            text: `${RANGE}*`,
            from: { file: 'composer.lock', why: 'the newest release that the locked packages bear' },
          },
        ]
      : []),
  ];
}

/** The release line to run, and what named it. */
export function phpVersion(inventory: Inventory, composer: Composer | undefined): ChosenVersion {
  const sources = [
    ...versionFile(inventory, VERSION_FILE),
    ...managedVersions(inventory, 'php'),
    ...ofComposer(composer),
    ...ownImages(inventory, '', officialLine('php', 2)),
  ];
  const chosen = chooseVersion(PRODUCT, sources, reader(composer));
  return { ...chosen, rejected: chosen.rejected.filter((r) => r.value !== chosen.version) };
}

/** The newest patch release of a line, for Composer's platform. */
export const newestPatch = (version: string): string => cycleOf(PRODUCT, version)?.latest ?? version;

/** https://hub.docker.com/_/php */
export const phpImage = (version: string, kind: 'apache' | 'cli'): ImageRef => ({
  image: 'php',
  tag: pickTag('php', [`${version}-${kind}-${DEBIAN.codename}`, `${version}-${kind}`]),
});

/** OPcache is part of PHP itself from 8.5 on. https://wiki.php.net/rfc/make_opcache_required */
export const hasOpcache = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 8 || (major === 8 && minor >= 5);
};

export function versionAdvice(version: string): Advice[] {
  const { state, eol } = lifeOf(PRODUCT, version);
  if (state !== 'ended') return [];
  return [
    {
      code: 'runtime-end-of-life',
      detail: `PHP ${version} gets no security fixes since ${eol ?? 'some time'}.`,
      hint: `${cyclesOf(PRODUCT)[0]?.cycle ?? 'The newest line'} is the newest release line.`,
    },
  ];
}
