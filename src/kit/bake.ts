import { Expression, hclFile, type HclBlock, type HclValue } from './hcl.ts';
import type { Kit } from './model.ts';
import { definePart } from './part.ts';

/** The build as data, for `docker buildx bake`. https://docs.docker.com/build/bake/reference/ */

const variable = (label: string, value: HclValue, comment: string): HclBlock => ({
  type: 'variable',
  label,
  comment,
  attributes: { default: value },
});

const list = (name: string): Expression => new Expression(`${name} == "" ? [] : split(" ", ${name})`);

/** `type=env` takes a secret's value from the environment of whoever builds, and writes it nowhere. */
const secretSpec = (id: string): string => `type=env,id=${id},env=${id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;

function blocks(kit: Kit): HclBlock[] {
  const { manifest, environments } = kit;
  const args = Object.keys(manifest.build?.args ?? {});
  const common: Record<string, HclValue> = {
    context: '.',
    dockerfile: 'Dockerfile',
    ...(args.length > 0 ? { args: manifest.build?.args ?? {} } : {}),
    ...(kit.buildSecrets.length > 0 ? { secret: kit.buildSecrets.map((id) => secretSpec(id)) } : {}),
    platforms: list('PLATFORMS'),
    'cache-from': list('CACHE_FROM'),
    'cache-to': list('CACHE_TO'),
    'no-cache': new Expression('NO_CACHE'),
    attest: new Expression('ATTEST ? ["type=provenance,mode=max", "type=sbom"] : []'),
    labels: {
      'org.opencontainers.image.revision': new Expression('REVISION'),
      'org.opencontainers.image.created': new Expression('CREATED'),
    },
  };
  return [
    variable('IMAGE', kit.image, 'The repository that the image is pushed to.'),
    variable('TAGS', kit.tag, 'Tags, separated by blanks; deploy/docker-tags.sh plans them.'),
    variable(
      'PLATFORMS',
      (manifest.image?.platforms ?? []).join(' '),
      'Platforms, separated by blanks; the builder’s own where empty. Several need a builder of the docker-container driver.',
    ),
    variable(
      'CACHE_FROM',
      '',
      'Where a cache is taken from, such as "type=registry,ref=registry.example.com/app:cache".',
    ),
    variable(
      'CACHE_TO',
      '',
      'Where the cache is put, such as "type=registry,mode=max,ref=registry.example.com/app:cache".',
    ),
    variable('NO_CACHE', false, 'Builds every step anew.'),
    variable(
      'ATTEST',
      false,
      'Adds a bill of materials and the provenance; needs the docker-container driver or the containerd image store.',
    ),
    variable('REVISION', '', 'The commit that is built.'),
    variable('CREATED', '', 'When it was built, as RFC 3339 has it.'),
    { type: 'group', label: 'default', attributes: { targets: ['production'] } },
    { type: 'target', label: '_common', comment: 'What every target has.', attributes: common },
    ...environments.map(({ name, target }): HclBlock => ({
      type: 'target',
      label: name,
      attributes: {
        inherits: ['_common'],
        target,
        tags: new Expression(
          name === 'production'
            ? '[for tag in split(" ", TAGS) : "${IMAGE}:${tag}"]'
            : `[for tag in split(" ", TAGS) : "\${IMAGE}:\${tag}-${name}"]`,
        ),
      },
    })),
  ];
}

export const bakePart = definePart({
  id: 'bake',
  title: 'Builds, as docker-bake.hcl',
  files: (kit) => [
    {
      path: 'docker-bake.hcl',
      text: hclFile(
        [
          'Builds the image: docker buildx bake --file docker-bake.hcl [development | staging | production]',
          'Every variable can be set in the environment: NO_CACHE=true docker buildx bake --file docker-bake.hcl',
        ],
        blocks(kit),
      ),
      why: 'every way to build the image, with its arguments, secrets, platforms, caches, bill of materials and provenance',
    },
  ],
});
