import { kubernetesText } from './escape.ts';
import type { Kit, KitEnvironment, KitVolume } from './model.ts';

/** The pod: what every workload of Kubernetes, and Knative and Cloud Run after it, has in common. */

export const labelsOf = (kit: Kit): Record<string, string> => ({
  'app.kubernetes.io/name': kit.name,
  'app.kubernetes.io/managed-by': 'dockwright',
});
export const selectorOf = (kit: Kit): Record<string, string> => ({ 'app.kubernetes.io/name': kit.name });

export const configName = (kit: Kit): string => `${kit.name}-env`;
export const secretName = (kit: Kit): string => `${kit.name}-secrets`;
export const volumeName = (kit: Kit, volume: KitVolume): string => `${kit.name}-${volume.name}`;

export const secretNames = (kit: Kit, env: KitEnvironment): string[] => [
  ...new Set([...env.secrets, ...kit.required.filter((name) => !Object.hasOwn(env.env, name))]),
];

/** What a container asks for and may take at most; no limit of the CPU, which would only slow it down. */
export function resourcesOf({ manifest }: KitEnvironment): Record<string, unknown> {
  const { cpu = '100m', memory } = manifest.deploy ?? {};
  return {
    requests: { cpu, memory: memory ?? '256Mi' },
    limits: { memory: memory ?? '512Mi' },
  };
}

const secretEnv = (kit: Kit, env: KitEnvironment): Record<string, unknown>[] =>
  secretNames(kit, env).map((name) => ({ name, valueFrom: { secretKeyRef: { name: secretName(kit), key: name } } }));

/** Values in the container's own list, where dollars are escaped by default. */
export const plainEnv = (env: KitEnvironment, escape = kubernetesText): Record<string, unknown>[] =>
  Object.entries(env.env)
    .filter(([name]) => name !== 'PORT')
    .map(([name, value]) => ({ name, value: escape(value) }));

function probesOf({ port, healthPath, workload }: Kit): Record<string, unknown> {
  if (port === undefined || workload === 'job' || workload === 'cron') return {};
  const ask =
    healthPath === undefined ? { tcpSocket: { port: 'http' } } : { httpGet: { path: healthPath, port: 'http' } };
  return {
    startupProbe: { ...ask, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...ask, periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { ...ask, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 },
  };
}

/** The user of the image, never root, with nothing that it does not need. */
const containerSecurity = (kit: Kit): Record<string, unknown> => ({
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: kit.readOnlyRoot,
  capabilities: { drop: ['ALL'] },
});

export const podSecurity = ({ facts: { uid } }: Kit): Record<string, unknown> => ({
  runAsNonRoot: true,
  runAsUser: uid,
  runAsGroup: uid,
  fsGroup: uid,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
});

/** The key of a file in a ConfigMap, which has no folders. */
export const configKey = (path: string): string => path.replaceAll('/', '__');

function volumeSource(kit: Kit, volume: KitVolume, files: readonly string[]): Record<string, unknown> {
  const name = volumeName(kit, volume);
  if (volume.kind === 'logs') return { name: volume.name, emptyDir: {} };
  if (volume.kind === 'data') return { name: volume.name, persistentVolumeClaim: { claimName: name } };
  const items = files.map((path) => ({ key: configKey(path), path }));
  return { name: volume.name, configMap: { name, defaultMode: 0o644, ...(items.length > 0 ? { items } : {}) } };
}

interface PodOptions {
  readonly restartPolicy?: 'Never' | 'OnFailure';
  /** Files of each volume with configuration, where they are known. */
  readonly configFiles: (volume: KitVolume) => readonly string[];
}

export function podSpec(
  kit: Kit,
  env: KitEnvironment,
  { restartPolicy, configFiles }: PodOptions,
): Record<string, unknown> {
  const scratch = kit.readOnlyRoot ? ['/tmp', ...kit.scratch] : [];
  const mounts = [
    ...scratch.map((mountPath, i) => ({ name: i === 0 ? 'tmp' : `scratch-${i}`, mountPath })),
    ...kit.volumes.map((v) => ({
      name: v.name,
      mountPath: v.path,
      ...(v.kind === 'config' ? { readOnly: true } : {}),
    })),
  ];
  const volumes = [
    ...scratch.map((_, i) => ({ name: i === 0 ? 'tmp' : `scratch-${i}`, emptyDir: {} })),
    ...kit.volumes.map((v) => volumeSource(kit, v, configFiles(v))),
  ];
  const container = {
    name: 'app',
    image: `${kit.image}:${kit.tag}`,
    ...(kit.port === undefined ? {} : { ports: [{ name: 'http', containerPort: kit.port }] }),
    envFrom: [{ configMapRef: { name: configName(kit) } }],
    ...(secretNames(kit, env).length > 0 ? { env: secretEnv(kit, env) } : {}),
    resources: resourcesOf(env),
    ...probesOf(kit),
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
    securityContext: containerSecurity(kit),
  };
  return {
    serviceAccountName: kit.name,
    automountServiceAccountToken: false,
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
    terminationGracePeriodSeconds: 30,
    securityContext: podSecurity(kit),
    containers: [container],
    ...(volumes.length > 0 ? { volumes } : {}),
  };
}
