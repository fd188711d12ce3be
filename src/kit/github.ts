import { githubText } from './escape.ts';
import { registryHost, type Kit } from './model.ts';
import { definePart } from './part.ts';
import {
  BUILD_AND_PUSH,
  BUILD_TO_SCAN,
  CHECK_DOCKERFILE,
  deployLines,
  inFolder,
  lines,
  MAKE_BUILDER,
  PLAN_TAGS,
} from './pipeline.ts';
import { yamlFile } from './yaml.ts';

/** GitHub Actions. Needs no action but checkout: all else is the commands that people would type. https://docs.github.com/actions */

const CHECKOUT = { uses: 'actions/checkout@v6', with: { 'persist-credentials': false } };
const run = (name: string, commands: readonly string[], more: object = {}): object => ({
  name,
  run: commands.join('\n'),
  ...more,
});
/** Commands that come from the project: an expression in one of them stays the text that it is. */
const runOwn = (name: string, commands: readonly string[]): object[] =>
  commands.length === 0
    ? []
    : [
        run(
          name,
          commands.map((text) => githubText(text)),
        ),
      ];

/** In an image with tools of its own; checkout brings what it needs along. */
function checkJob(kit: Kit): object {
  const { image, setup, lint, test } = kit.checks;
  const folder = inFolder(kit);
  const step = (name: string, commands: readonly (readonly string[])[]): object[] =>
    commands.length === 0 ? [] : runOwn(name, [...folder, ...lines(commands)]);
  return {
    'runs-on': 'ubuntu-latest',
    container: { image: githubText(image) },
    'timeout-minutes': 30,
    steps: [CHECKOUT, ...step('Install', setup), ...step('Lint', lint), ...step('Test', test)],
  };
}

const hasChecks = ({ checks }: Kit): boolean => checks.lint.length + checks.test.length > 0;

/** Which image, and what its tags are planned from, as variables of the job. */
function variableLines(kit: Kit): string[] {
  const image = kit.hasRegistry
    ? `  echo "IMAGE=${kit.image}"`
    : `  echo "IMAGE=ghcr.io/$(echo "$GITHUB_REPOSITORY" | tr '[:upper:]' '[:lower:]')"`;
  return [
    '{',
    image,
    '  echo "COMMIT=$GITHUB_SHA"',
    '  case $GITHUB_REF in',
    '    refs/tags/v*) echo "ENVIRONMENT=production"; echo "VERSION=$GITHUB_REF_NAME" ;;',
    '    *) echo "ENVIRONMENT=development"; echo "BRANCH=$GITHUB_REF_NAME" ;;',
    '  esac',
    '} >> "$GITHUB_ENV"',
  ];
}

const tagLines = [
  PLAN_TAGS,
  'echo "TAGS=$TAGS" >> "$GITHUB_ENV"',
  'echo "reference=$IMAGE:${TAGS%% *}" >> "$GITHUB_OUTPUT"',
];

function buildJob(kit: Kit): object {
  const host = registryHost(kit.image) ?? 'ghcr.io';
  const own = kit.hasRegistry && host !== 'ghcr.io';
  const secrets = Object.fromEntries(
    kit.buildSecrets.map((id) => {
      const name = id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
      return [name, `\${{ secrets.${name} }}`];
    }),
  );
  const login = run(
    'Log in',
    [`echo "$REGISTRY_PASSWORD" | docker login --username "$REGISTRY_USER" --password-stdin ${host}`],
    {
      env: own
        ? { REGISTRY_USER: '${{ secrets.REGISTRY_USER }}', REGISTRY_PASSWORD: '${{ secrets.REGISTRY_PASSWORD }}' }
        : { REGISTRY_USER: '${{ github.actor }}', REGISTRY_PASSWORD: '${{ secrets.GITHUB_TOKEN }}' },
    },
  );
  const cached = { CACHE_FROM: 'type=registry,ref=${{ env.IMAGE }}:cache' };
  return {
    ...(hasChecks(kit) ? { needs: 'check' } : {}),
    'runs-on': 'ubuntu-latest',
    'timeout-minutes': 60,
    permissions: { contents: 'read', packages: 'write' },
    outputs: { reference: '${{ steps.tags.outputs.reference }}' },
    ...(kit.buildSecrets.length > 0 ? { env: secrets } : {}),
    steps: [
      CHECKOUT,
      run('Name the image', variableLines(kit)),
      run('Check the Dockerfile', [MAKE_BUILDER, CHECK_DOCKERFILE]),
      { ...login, if: "github.event_name != 'pull_request'" },
      run('Build and scan', BUILD_TO_SCAN, { env: cached }),
      run('Plan the tags', tagLines, { id: 'tags', if: "github.event_name != 'pull_request'" }),
      run('Push', [BUILD_AND_PUSH], {
        if: "github.event_name != 'pull_request'",
        env: {
          ...cached,
          CACHE_TO: 'type=registry,mode=max,ref=${{ env.IMAGE }}:cache',
          ATTEST: 'true',
          REVISION: '${{ github.sha }}',
        },
      }),
    ],
  };
}

const deployJob = (kit: Kit, environment: string, condition: string): object => ({
  needs: 'build',
  if: condition,
  'runs-on': 'ubuntu-latest',
  'timeout-minutes': 15,
  environment,
  concurrency: { group: `deploy-${environment}`, 'cancel-in-progress': false },
  env: { IMAGE_REFERENCE: '${{ needs.build.outputs.reference }}' },
  steps: [
    CHECKOUT,
    run(
      'Reach the cluster',
      [
        'mkdir -p "$HOME/.kube"',
        'printf \'%s\' "$KUBE_CONFIG" > "$HOME/.kube/config"',
        'chmod 600 "$HOME/.kube/config"',
      ],
      {
        env: { KUBE_CONFIG: '${{ secrets.KUBE_CONFIG }}' },
      },
    ),
    run('Deploy', deployLines(kit, environment)),
  ],
});

const workflow = (kit: Kit): object => ({
  name: 'Image',
  on: {
    push: { branches: ['main', 'master'], tags: ['v*.*.*'] },
    pull_request: {},
  },
  permissions: { contents: 'read' },
  concurrency: { group: 'image-${{ github.ref }}', 'cancel-in-progress': "${{ github.event_name == 'pull_request' }}" },
  jobs: {
    ...(hasChecks(kit) ? { check: checkJob(kit) } : {}),
    build: buildJob(kit),
    'deploy-staging': deployJob(kit, 'staging', "github.event_name == 'push' && github.ref_type == 'branch'"),
    'deploy-production': deployJob(kit, 'production', "github.event_name == 'push' && github.ref_type == 'tag'"),
  },
});

export const githubPart = definePart({
  id: 'github',
  title: 'A workflow of GitHub Actions',
  files: (kit) => [
    {
      path: '.github/workflows/image.yml',
      text: yamlFile(
        [
          'Tests, builds, scans and pushes the image, and deploys it: a branch to staging, a version to production.',
          `Secrets of the repository: KUBE_CONFIG${kit.hasRegistry && registryHost(kit.image) !== 'ghcr.io' ? ', REGISTRY_USER, REGISTRY_PASSWORD' : ''}${kit.buildSecrets.map((id) => `, ${id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`).join('')}.`,
        ],
        workflow(kit),
      ),
      why: 'test, lint, build with a cache, scan, push by the tag plan, deploy',
    },
  ],
});
