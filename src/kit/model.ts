import type { Build } from '../generate/build.ts';
import { checksOf, type Checks } from '../generate/checks.ts';
import { reloadOf, type Reload } from '../generate/reload.ts';
import type { Project } from '../generate/project.ts';
import { baseName } from '../inventory/inventory.ts';
import type { Manifest } from '../manifest/schema.ts';
import type { FinishedPlan, ImageFacts } from '../plan/plan.ts';
import { tableOf } from '../plan/table.ts';

/** A project as the parts of the kit see it: what was understood and planned, in the words of those who run images. */

export type Workload = 'service' | 'worker' | 'job' | 'cron' | 'static';

export interface KitVolume {
  /** A name for it in Compose and Kubernetes. */
  readonly name: string;
  /** In the project. */
  readonly source: string;
  /** In the container. */
  readonly path: string;
  readonly kind: 'data' | 'logs' | 'config';
}

/** What is run of an image: the same for every environment, but for its values. */
export interface KitEnvironment {
  readonly name: string;
  /** The stage of the Dockerfile. */
  readonly target: string;
  readonly manifest: Manifest;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly replicas: number;
  readonly maxReplicas: number;
}

export interface Kit {
  readonly build: Build;
  readonly project: Project;
  readonly plan: FinishedPlan;
  readonly manifest: Manifest;
  readonly facts: ImageFacts;
  /** A DNS label. */
  readonly name: string;
  /** The repository, as the manifest has it, else the name alone. */
  readonly image: string;
  /** Whether `image` says which registry it lies in. */
  readonly hasRegistry: boolean;
  readonly tag: string;
  readonly workload: Workload;
  readonly port: number | undefined;
  readonly healthPath: string | undefined;
  readonly schedule: string;
  readonly volumes: readonly KitVolume[];
  /** Folders outside the app's own that the entry point renders into: they need a place that can be written. */
  readonly scratch: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly secrets: readonly string[];
  readonly required: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly buildSecrets: readonly string[];
  readonly environments: readonly KitEnvironment[];
  readonly development: KitEnvironment;
  /** Those that are deployed: all but development. */
  readonly deployed: readonly KitEnvironment[];
  readonly reload: Reload;
  readonly checks: Checks;
}

const LABEL_LENGTH = 50;

/** A name as DNS takes it: lower case, digits, `-`. */
function dnsLabel(text: string, fallback: string): string {
  const label = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LABEL_LENGTH)
    .replaceAll(/^-+|-+$/g, '');
  return /^[a-z]/.test(label) ? label : label === '' ? fallback : `${fallback}-${label}`;
}

const hostOf = (image: string): string | undefined => {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : undefined;
};

export const registryHost = hostOf;

function volumesOf(manifest: Manifest, workdir: string): KitVolume[] {
  const taken = new Set<string>();
  return (manifest.run?.volumes ?? []).map(({ path, access }) => {
    const label = dnsLabel(path, 'volume');
    let name = label;
    for (let n = 2; taken.has(name); n++) name = `${label}-${n}`;
    taken.add(name);
    const kind = access === 'read' ? 'config' : /^logs?$/i.test(baseName(path)) ? 'logs' : 'data';
    return { name, source: path, path: `${workdir}/${path}`, kind };
  });
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
/** Folders for what lives as long as the container: memory there hides nothing of the image. */
const isPassing = (path: string): boolean => /^\/(run|var\/run|tmp)\//.test(path);

function scratchOf(manifest: Manifest): string[] {
  const targets = (manifest.entrypoint?.render ?? []).map(({ to }) => to).filter((to) => isPassing(to));
  return [...new Set(targets.map((to) => folderOf(to)))].filter((folder) => folder !== '/tmp');
}

/** Files that are rendered elsewhere need the image's own folders writable. */
const rendersInside = (manifest: Manifest): boolean =>
  (manifest.entrypoint?.render ?? []).some(({ to }) => !isPassing(to));

function workloadOf(manifest: Manifest, facts: ImageFacts): Workload {
  if (manifest.workload !== undefined) return manifest.workload;
  if (manifest.schedule !== undefined) return 'cron';
  return facts.port === undefined ? 'worker' : 'service';
}

const DEFAULT_REPLICAS = tableOf<number>({ development: 1, staging: 1, production: 2 });

function environmentOf(name: string, manifest: Manifest, dataVolumes: boolean): KitEnvironment {
  const asked = manifest.deploy?.replicas ?? DEFAULT_REPLICAS[name] ?? 1;
  // Two replicas cannot share a volume that one node mounts.
  const replicas = dataVolumes ? Math.min(asked, 1) : asked;
  return {
    name,
    target: name,
    manifest,
    env: manifest.run?.env ?? {},
    secrets: manifest.run?.secrets ?? [],
    replicas,
    maxReplicas: dataVolumes ? 1 : Math.max(replicas, manifest.deploy?.maxReplicas ?? replicas * 3),
  };
}

const STANDARD = ['development', 'staging', 'production'] as const;

/** Puts a kit's model together. `inEnvironment` gives the merged manifest of an environment that the manifest names. */
export function kitOf(
  build: Build,
  project: Project,
  plan: FinishedPlan,
  inEnvironment: (name: string) => Manifest,
): Kit {
  const { manifest } = project.merged;
  const facts = plan.image;
  const name = dnsLabel(manifest.name ?? (baseName(project.app.path) || 'app'), 'app');
  const image = manifest.image?.name ?? name;
  const volumes = volumesOf(manifest, facts.workdir);
  const dataVolumes = volumes.some((v) => v.kind === 'data');
  const names = [
    ...new Set([
      ...STANDARD,
      ...project.environments.map((env) => env.toLowerCase()).filter((env) => /^[a-z][a-z0-9-]*$/.test(env)),
    ]),
  ];
  const environments = names.map((env) => {
    const known = project.environments.find((e) => e.toLowerCase() === env);
    return environmentOf(env, known === undefined ? manifest : inEnvironment(known), dataVolumes);
  });
  const development =
    environments.find((env) => env.name === 'development') ?? environmentOf('development', manifest, dataVolumes);
  const writesInside = facts.writable.length > 0 || plan.advice.some((a) => a.code === 'data-in-container');
  return {
    build,
    project,
    plan,
    manifest,
    facts,
    name,
    image,
    hasRegistry: hostOf(image) !== undefined,
    tag: /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(manifest.version ?? '') ? `v${manifest.version ?? ''}` : 'v0.0.0',
    workload: workloadOf(manifest, facts),
    port: facts.port,
    healthPath: manifest.health?.path,
    schedule: manifest.schedule ?? '0 3 * * *',
    volumes,
    scratch: scratchOf(manifest),
    readOnlyRoot: !writesInside && !rendersInside(manifest),
    secrets: manifest.run?.secrets ?? [],
    required: manifest.entrypoint?.required ?? [],
    env: manifest.run?.env ?? {},
    buildSecrets: manifest.build?.secrets ?? [],
    environments,
    development,
    deployed: environments.filter((env) => env.name !== 'development'),
    reload: reloadOf(project, plan),
    checks: checksOf(project, plan),
  };
}
