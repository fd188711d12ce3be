/**
 * The same rules for the registry to keep: what is immutable there, and what is cleaned up. Data to paste; a name is put
 * into it as data as well.
 */

export const registries = ['harbor', 'ecr', 'gitlab'] as const;

interface RegistryRules {
  readonly what: string;
  readonly where: string;
  /** A body for the registry's API, or arguments of its command line. */
  readonly rules: unknown;
  readonly note?: string;
}

/** The last part of an image's name, and what stands before it below the registry. */
function partsOf(image: string): { repository: string; name: string } {
  const parts = image.split('/');
  const hasHost = parts.length > 1 && /[.:]|^localhost$/.test(parts[0] ?? '');
  const path = hasHost ? parts.slice(1) : parts;
  return { repository: path.join('/'), name: (path.length > 1 ? path.slice(1) : path).join('/') };
}

/** https://goharbor.io/docs/main/working-with-projects/working-with-images/create-tag-immutability-rules/ */
function harbor(image: string): RegistryRules {
  const { name } = partsOf(image);
  const repository = [{ kind: 'doublestar', decoration: 'repoMatches', pattern: name }];
  const tags = (pattern: string) => [{ kind: 'doublestar', decoration: 'matches', pattern }];
  return {
    what: 'Versions and commits cannot be overwritten; builds of branches go after two weeks.',
    where: 'POST /api/v2.0/projects/{project}/immutabletagrules, then POST /api/v2.0/retentions',
    rules: {
      immutable: [
        { tag_selectors: tags('v*.*.*'), scope_selectors: { repository } },
        { tag_selectors: tags('sha-*'), scope_selectors: { repository } },
      ],
      retention: {
        algorithm: 'or',
        trigger: { kind: 'Schedule', settings: { cron: '0 0 3 * * *' } },
        rules: [
          {
            action: 'retain',
            template: 'always',
            tag_selectors: tags('v*'),
            scope_selectors: { repository },
          },
          {
            action: 'retain',
            template: 'nDaysSinceLastPush',
            params: { nDaysSinceLastPush: 14 },
            tag_selectors: tags('{dev-*,sha-*,latest}'),
            scope_selectors: { repository },
          },
        ],
      },
    },
  };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
function ecr(image: string): RegistryRules {
  const { repository } = partsOf(image);
  return {
    what: 'All tags are immutable but those that float; builds of branches go after two weeks.',
    where:
      'aws ecr put-image-tag-mutability --cli-input-json file://mutability.json; aws ecr put-lifecycle-policy --lifecycle-policy-text file://lifecycle.json',
    rules: {
      mutability: {
        repositoryName: repository,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: ['latest', 'dev-*'].map((filter) => ({ filterType: 'WILDCARD', filter })),
      },
      lifecycle: {
        rules: [
          {
            rulePriority: 1,
            description: 'Builds of branches go after two weeks.',
            selection: {
              tagStatus: 'tagged',
              tagPatternList: ['dev-*'],
              countType: 'sinceImagePushed',
              countUnit: 'days',
              countNumber: 14,
            },
            action: { type: 'expire' },
          },
          {
            rulePriority: 2,
            description: 'What has lost its tags goes after a day.',
            selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 },
            action: { type: 'expire' },
          },
        ],
      },
    },
    note: 'v1 and v1.2 float, and wildcards cannot tell them from v1.2.0: push them to a repository that stays mutable, or leave them out.',
  };
}

/** https://docs.gitlab.com/api/container_registry_protection_tag_rules/ and https://docs.gitlab.com/user/packages/container_registry/reduce_container_registry_storage/#cleanup-policy */
function gitlab(): RegistryRules {
  return {
    what: 'Versions can be pushed by maintainers only; builds of branches go after two weeks.',
    where: 'POST /api/v4/projects/{id}/registry/protection/tag/rules, then PUT /api/v4/projects/{id}',
    rules: {
      protection: {
        tag_name_pattern: String.raw`^v\d+(\.\d+){0,2}(-[0-9A-Za-z.-]+)?$`,
        minimum_access_level_for_push: 'maintainer',
        minimum_access_level_for_delete: 'maintainer',
      },
      project: {
        container_expiration_policy_attributes: {
          enabled: true,
          cadence: '1d',
          keep_n: 10,
          older_than: '14d',
          name_regex: String.raw`(dev|sha)-.*`,
          name_regex_keep: String.raw`v\d+(\.\d+){0,2}.*|latest`,
        },
      },
    },
  };
}

/** Rules for the registries that the plan can be kept by. */
export const registryRules = (image: string): Record<(typeof registries)[number], RegistryRules> => ({
  harbor: harbor(image),
  ecr: ecr(image),
  gitlab: gitlab(),
});
