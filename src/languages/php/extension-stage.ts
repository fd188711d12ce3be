import { installPackages } from '../../plan/packages.ts';
import type { ImageRef, Stage, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import type { Extensions } from './extensions.ts';

/**
 * Compiles extensions in a stage of their own, so that no compiler and no headers stay behind. Which libraries the
 * result is linked with is asked of the result: their packages have other names on each Debian.
 * https://github.com/docker-library/docs/blob/master/php/README.md#how-to-install-more-php-extensions
 */

export const EXTENSION_STAGE = 'extensions';
const OUT = '/out';
const PACKAGES = '/packages';
/** What is newer than this was made here; the base image has the rest. */
const START = '/started';

const needed = ({ core, pecl }: Extensions): boolean => core.length + pecl.length > 0;

function compile({ core, pecl, configured }: Extensions): Shell {
  return all(
    sh`touch ${START}`,
    ...configured.map(({ name, options }) => sh`docker-php-ext-configure ${name} ${options}`),
    ...(core.length > 0 ? [sh`docker-php-ext-install -j"$(nproc)" ${core}`] : []),
    ...(pecl.length > 0 ? [sh`pecl install ${pecl}`, sh`docker-php-ext-enable ${pecl}`] : []),
  );
}

/** Puts what was made, and the names of the packages it is linked with, where the runtime stage takes them. */
const gather: Shell = all(
  sh`extensions=$(php -r 'echo ini_get("extension_dir");')`,
  sh`mkdir -p ${`${OUT}/usr/local/etc/php/conf.d`} "${{ lines: [OUT] }}$extensions"`,
  sh`find "$extensions" -type f -newer ${START} -exec cp -a {} "${{ lines: [OUT] }}$extensions/" ';'`,
  sh`cp -a "$PHP_INI_DIR/conf.d/." ${`${OUT}/usr/local/etc/php/conf.d/`}`,
  sh`ldd "$extensions"/*.so | awk '$3 ~ "^/" { n = split($3, path, "/"); print "*/" path[n] }' | sort -u | xargs -r dpkg-query --search 2>/dev/null | cut -d: -f1 | sort -u > ${PACKAGES}`,
);

export function extensionStages(base: ImageRef, extensions: Extensions): Stage[] {
  if (!needed(extensions)) return [];
  const headers = installPackages('debian', extensions.packages, 'headers that the extensions are compiled with');
  return [
    {
      name: EXTENSION_STAGE,
      base,
      why: 'compiles the extensions that the app needs and the image lacks',
      steps: [
        ...(headers ? [headers] : []),
        {
          kind: 'run',
          phase: 'packages',
          command: compile(extensions),
          why: `compiles ${[...extensions.core, ...extensions.pecl].join(', ')}`,
        },
        {
          kind: 'run',
          command: gather,
          why: 'what was made, and the packages that it is linked with',
        },
      ],
    },
  ];
}

export function extensionSteps(extensions: Extensions): Step[] {
  if (!needed(extensions)) return [];
  const linked: Step[] =
    extensions.packages.length === 0 && extensions.pecl.length === 0
      ? []
      : [
          {
            kind: 'run',
            mounts: [{ type: 'bind', from: EXTENSION_STAGE, source: PACKAGES, target: PACKAGES }],
            command: {
              lines: [
                'apt-get update',
                ...sh`DEBIAN_FRONTEND=noninteractive xargs -r -a ${PACKAGES} apt-get install -y --no-install-recommends`
                  .lines,
                'rm -rf /var/lib/apt/lists/*',
              ],
            },
            why: 'the libraries that the extensions are linked with, by the names that they have on this Debian',
          },
        ];
  return [
    ...linked,
    {
      kind: 'copy',
      from: EXTENSION_STAGE,
      sources: [`${OUT}/`],
      to: '/',
      why: 'the extensions, and the files that load them',
    },
  ];
}
