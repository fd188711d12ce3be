import { defaultCycle, pickTag } from '../../images/catalogue.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, Stage, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { notLocked, packagesRequired, type Composer } from './composer.ts';
import { APP_ROOT } from './server.ts';
import { newestPatch } from './version.ts';

/** Composer runs in its own image: what it fetches is PHP source, and needs none of the app's extensions. */
export const VENDOR_STAGE = 'vendor';

const image = { image: 'composer', tag: pickTag('composer', ['2', defaultCycle('composer')?.cycle ?? '2']) } as const;

/** What Composer reads beside composer.json: packages and patches that are kept with the project. */
function inputsOf(inventory: Inventory, composer: Composer): { files: string[]; folders: string[] } {
  const files = ['composer.json', 'composer.lock', 'symfony.lock'].filter((file) => inventory.isFile(file));
  const patches = composer.extra['patches'] !== undefined || composer.extra['patches-file'] !== undefined;
  const folders = [
    ...composer.pathRepositories,
    ...(patches ? ['patches'].filter((folder) => inventory.isDirectory(folder)) : []),
  ];
  const extra = patches ? ['composer.patches.json', 'patches.json'].filter((file) => inventory.isFile(file)) : [];
  return { files: [...files, ...extra], folders };
}

/**
 * Whether the platform fits is for the app's own image to say, not for Composer's: with a lockfile it is not asked;
 * without one the project's PHP is told, so that packages are chosen for it.
 */
function installCommand(composer: Composer, version: string) {
  const flags = ['--no-dev', '--no-interaction', '--no-progress', '--prefer-dist', '--no-scripts', '--no-autoloader'];
  const missing = notLocked(composer);
  if (composer.hasLock && missing.length > 0)
    return sh`composer update ${flags} --ignore-platform-reqs --with-dependencies ${missing}`;
  if (composer.hasLock) return sh`composer install ${flags} --ignore-platform-reqs`;
  const install = sh`composer install ${flags} ${['--ignore-platform-req=ext-*']}`;
  return composer.platformPhp === undefined
    ? all(sh`composer config platform.php ${newestPatch(version)}`, install)
    : install;
}

export function vendorStage(inventory: Inventory, composer: Composer, version: string): Stage {
  const { files, folders } = inputsOf(inventory, composer);
  const why = 'what the packages are, before the source: an edit of the source installs nothing';
  const sources = inventory.complete ? files : ['composer.json', 'composer.lock*'];
  const install: Step[] = [
    { kind: 'copy', sources, to: './', ...(inventory.complete ? {} : { glob: true }), why },
    ...folders.map((folder): Step => ({
      kind: 'copy',
      sources: [`${folder}/`],
      to: `./${folder}/`,
      why: 'packages and patches of the project’s own',
    })),
    {
      kind: 'run',
      phase: 'install',
      mounts: [{ type: 'cache', target: '/tmp/composer' }],
      command: { lines: ['export COMPOSER_CACHE_DIR=/tmp/composer', ...installCommand(composer, version).lines] },
      why: composer.hasLock ? 'exactly what composer.lock has' : 'the newest packages that fit',
    },
  ];
  return {
    name: VENDOR_STAGE,
    base: image,
    why: 'installs the packages',
    steps: [
      { kind: 'workdir', path: APP_ROOT, why: 'the app' },
      { kind: 'env', vars: { COMPOSER_ALLOW_SUPERUSER: '1' }, why: 'in a build there is no other user' },
      ...(packagesRequired(composer).length > 0 || composer.hasLock ? install : []),
      { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
      {
        kind: 'run',
        phase: 'build',
        command: sh`composer dump-autoload --no-dev --optimize --no-scripts --ignore-platform-reqs`,
        why: 'the class map, which spares a look at the disk for each class',
      },
    ],
  };
}

export function vendorAdvice(composer: Composer | undefined): Advice[] {
  if (!composer) return [];
  const missing = notLocked(composer);
  const needs = packagesRequired(composer).length > 0;
  const [host] = composer.otherHosts;
  return [
    ...(!composer.hasLock && needs
      ? [
          {
            code: 'missing-lockfile',
            detail: 'There is no composer.lock: each build takes the newest packages that fit.',
            hint: 'Run `composer update` and keep composer.lock in the repository.',
          },
        ]
      : []),
    ...(missing.length > 0
      ? [
          {
            code: 'drifted-lockfile',
            detail: `composer.lock lacks ${missing.slice(0, 5).join(', ')}, which composer.json requires: the build resolves them anew.`,
            hint: 'Run `composer update` and keep composer.lock in the repository.',
            file: 'composer.lock',
          },
        ]
      : []),
    ...(host === undefined
      ? []
      : [
          {
            code: 'private-repository',
            detail: `Packages come from ${host.replaceAll(/[^\w.-]/g, '')}, which may ask for credentials.`,
            hint: 'Give them as a build secret: build.secrets: [composer-auth] sets COMPOSER_AUTH for the steps that install.',
            file: 'composer.json',
          },
        ]),
  ];
}
