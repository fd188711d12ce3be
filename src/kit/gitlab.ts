import { registryHost, type Kit } from './model.ts';
import { definePart } from './part.ts';
import {
  BUILD_AND_PUSH,
  BUILD_TO_SCAN,
  CHECK_DOCKERFILE,
  deployLines,
  DOCKER,
  inFolder,
  lines,
  MAKE_BUILDER,
  PLAN_TAGS,
} from './pipeline.ts';
import { yamlFile } from './yaml.ts';

/** GitLab CI/CD. `script` is shell; GitLab itself expands nothing in it. https://docs.gitlab.com/ci/yaml/ */

const KUBECTL = 'alpine/k8s:1.34.1';

const ON_TAG = { if: '$CI_COMMIT_TAG =~ /^v\\d+\\.\\d+\\.\\d+$/' };
const ON_BRANCH = { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' };
const ON_REQUEST = { if: '$CI_PIPELINE_SOURCE == "merge_request_event"' };

/** A command that begins like a reference of GitLab's own (`!reference`) is a string of YAML all the same. */
function checkJob(kit: Kit, stage: string, commands: readonly (readonly string[])[]): object {
  const { image, setup } = kit.checks;
  return {
    stage,
    image: { name: image, entrypoint: [''] },
    script: [...inFolder(kit), ...lines(setup), ...lines(commands)],
  };
}

const docker = (kit: Kit): object => ({
  image: `docker:${DOCKER}-cli`,
  services: [`docker:${DOCKER}-dind`],
  variables: {
    DOCKER_HOST: 'tcp://docker:2376',
    DOCKER_TLS_CERTDIR: '/certs',
    DOCKER_CERT_PATH: '/certs/client',
    DOCKER_TLS_VERIFY: '1',
    IMAGE: kit.hasRegistry ? kit.image : '$CI_REGISTRY_IMAGE',
  },
});

function loginLine(kit: Kit): string {
  const host = registryHost(kit.image);
  return host === undefined
    ? 'echo "$CI_REGISTRY_PASSWORD" | docker login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"'
    : `echo "$REGISTRY_PASSWORD" | docker login --username "$REGISTRY_USER" --password-stdin ${host}`;
}

/** With TLS, a builder reaches the daemon through a context. https://docs.docker.com/build/ci/ */
const builder = ['docker context create ci', `${MAKE_BUILDER} ci`];

const refVariables = [
  'if [ -n "${CI_COMMIT_TAG:-}" ]; then export ENVIRONMENT=production VERSION="$CI_COMMIT_TAG"; else export ENVIRONMENT=development BRANCH="$CI_COMMIT_REF_NAME"; fi',
  'export COMMIT="$CI_COMMIT_SHA" REVISION="$CI_COMMIT_SHA" CREATED="$CI_COMMIT_TIMESTAMP"',
  'export CACHE_FROM="type=registry,ref=$IMAGE:cache"',
];

const deployJob = (kit: Kit, environment: string, rule: object): object => ({
  stage: 'deploy',
  image: { name: KUBECTL, entrypoint: [''] },
  environment: { name: environment },
  resource_group: environment,
  needs: [{ job: 'push', artifacts: true }],
  rules: [environment === 'production' ? { ...rule, when: 'manual' } : rule],
  script: ['export KUBECONFIG="$KUBE_CONFIG"', ...deployLines(kit, environment)],
});

function pipeline(kit: Kit): object {
  const { lint, test } = kit.checks;
  return {
    stages: ['check', 'build', 'push', 'deploy'],
    workflow: { rules: [ON_REQUEST, ON_TAG, ON_BRANCH] },
    '.docker': docker(kit),
    dockerfile: { extends: '.docker', stage: 'check', before_script: builder, script: [CHECK_DOCKERFILE] },
    ...(lint.length > 0 ? { lint: checkJob(kit, 'check', lint) } : {}),
    ...(test.length > 0 ? { test: checkJob(kit, 'check', test) } : {}),
    'build-and-scan': {
      extends: '.docker',
      stage: 'build',
      before_script: [...builder, loginLine(kit)],
      script: [...refVariables, ...BUILD_TO_SCAN],
    },
    push: {
      extends: '.docker',
      stage: 'push',
      rules: [ON_TAG, ON_BRANCH],
      before_script: [...builder, loginLine(kit)],
      script: [
        ...refVariables,
        PLAN_TAGS,
        'export TAGS ATTEST=true CACHE_TO="type=registry,mode=max,ref=$IMAGE:cache"',
        BUILD_AND_PUSH,
        'echo "IMAGE_REFERENCE=$IMAGE:${TAGS%% *}" > image.env',
      ],
      artifacts: { reports: { dotenv: 'image.env' } },
    },
    'deploy-staging': deployJob(kit, 'staging', ON_BRANCH),
    'deploy-production': deployJob(kit, 'production', ON_TAG),
  };
}

export const gitlabPart = definePart({
  id: 'gitlab',
  title: 'A pipeline of GitLab CI/CD',
  files: (kit) => [
    {
      path: '.gitlab-ci.yml',
      text: yamlFile(
        [
          'Tests, builds, scans and pushes the image, and deploys it: the default branch to staging, a version to production.',
          `Variables of the project: KUBE_CONFIG (a file)${kit.hasRegistry ? ', REGISTRY_USER, REGISTRY_PASSWORD' : ''}${kit.buildSecrets.map((id) => `, ${id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`).join('')}.`,
        ],
        pipeline(kit),
      ),
      why: 'test, lint, build with a cache, scan, push by the tag plan, deploy',
    },
  ],
});
