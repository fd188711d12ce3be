import { shellOf } from '../plan/shell.ts';
import type { Kit } from './model.ts';
import { TAG_SCRIPT } from './tag-script.ts';

/** What the pipelines of all forges have in common: the lines of shell that they run. Values are words that are quoted. */

/** Scans an image for known faults; the one program that is fetched as an image of its own. */
const SCANNER = 'aquasec/trivy:0.67.2';
export const DOCKER = '28';

/** A command as a line of shell; undefined for one with a line break, which would be two. */
const line = (argv: readonly string[]): string | undefined =>
  argv.some((word) => /[\0\n\r\u2028\u2029]/.test(word)) ? undefined : shellOf(argv).lines.join('');

export const lines = (commands: readonly (readonly string[])[]): string[] =>
  commands.map((argv) => line(argv)).filter((text) => text !== undefined);

/** Goes to the app's folder where it is not the root. */
export const inFolder = ({ project }: Kit): string[] =>
  project.app.path === '' ? [] : lines([['cd', project.app.path]]);

/** Asks BuildKit whether the Dockerfile is sound, without building it. */
export const CHECK_DOCKERFILE = 'docker buildx build --check .';

/** A builder that can export caches, several platforms and attestations; the default one cannot. */
export const MAKE_BUILDER = 'docker buildx create --use --driver docker-container';

export const PLAN_TAGS = `TAGS=$(sh ${TAG_SCRIPT} | tr '\\n' ' ' | sed 's/ $//')`;

/** Builds with the caches and loads the image here, to be looked at before anyone else gets it. */
export const BUILD_TO_SCAN = [
  'docker buildx bake --file docker-bake.hcl production --set production.output=type=docker --set production.attest= --set production.tags=scan:this --set production.cache-to= --set production.platform=',
  `docker run --rm --volume /var/run/docker.sock:/var/run/docker.sock ${SCANNER} image --exit-code 1 --severity CRITICAL,HIGH --ignore-unfixed scan:this`,
];

export const BUILD_AND_PUSH = 'docker buildx bake --file docker-bake.hcl production --push';

/** Rolls an image out in a cluster: what is applied first, then what is run. */
export function deployLines(kit: Kit, environment: string): string[] {
  const folder = `deploy/kubernetes/${environment}`;
  const kind = kit.workload === 'cron' ? 'cronjob' : 'deployment';
  const namespace = kit.environments.find((env) => env.name === environment)?.manifest.deploy?.namespace;
  const at = namespace === undefined ? '' : ` --namespace ${namespace}`;
  if (kit.workload === 'job')
    return [
      `kubectl delete job ${kit.name} --ignore-not-found${at}`,
      `sed -i "s|image: .*|image: $IMAGE_REFERENCE|" ${folder}/job.yaml`,
      `kubectl apply --filename ${folder}/`,
    ];
  return [
    `kubectl apply --filename ${folder}/`,
    `kubectl set image ${kind}/${kit.name} app="$IMAGE_REFERENCE"${at}`,
    ...(kind === 'deployment' ? [`kubectl rollout status deployment/${kit.name} --timeout=5m${at}`] : []),
  ];
}
