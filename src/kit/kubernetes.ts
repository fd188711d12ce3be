import type { Advice } from '../plan/plan.ts';
import { configFilesOf } from './config-files.ts';
import {
  configKey,
  configName,
  labelsOf,
  podSpec,
  secretName,
  secretNames,
  selectorOf,
  volumeName,
} from './kubernetes-pod.ts';
import type { Kit, KitEnvironment } from './model.ts';
import { definePart, type KitFile } from './part.ts';
import { yamlFile } from './yaml.ts';

/** Kubernetes: a folder for each environment that is deployed, whole, so that `kubectl apply -f` takes it as it is. */

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

const object = (
  kit: Kit,
  env: KitEnvironment,
  apiVersion: string,
  kind: string,
  name: string,
  rest: object,
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: {
    name,
    ...(env.manifest.deploy?.namespace === undefined ? {} : { namespace: env.manifest.deploy.namespace }),
    labels: labelsOf(kit),
  },
  ...rest,
});

const configFiles = (kit: Kit) => (volume: Kit['volumes'][number]) =>
  volume.kind === 'config' ? configFilesOf(kit, volume).files.map((f) => f.path) : [];

const template = (kit: Kit, env: KitEnvironment, restartPolicy?: 'Never' | 'OnFailure'): object => ({
  metadata: { labels: labelsOf(kit) },
  spec: podSpec(kit, env, { configFiles: configFiles(kit), ...(restartPolicy === undefined ? {} : { restartPolicy }) }),
});

function deployment(kit: Kit, env: KitEnvironment): KubernetesObject {
  const single = kit.volumes.some((v) => v.kind === 'data');
  return object(kit, env, 'apps/v1', 'Deployment', kit.name, {
    spec: {
      replicas: env.replicas,
      revisionHistoryLimit: 5,
      selector: { matchLabels: selectorOf(kit) },
      strategy: single
        ? { type: 'Recreate' }
        : { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: template(kit, env),
    },
  });
}

function cronJob(kit: Kit, env: KitEnvironment): KubernetesObject {
  return object(kit, env, 'batch/v1', 'CronJob', kit.name, {
    spec: {
      schedule: kit.schedule,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { backoffLimit: 2, activeDeadlineSeconds: 3600, template: template(kit, env, 'Never') } },
    },
  });
}

function job(kit: Kit, env: KitEnvironment): KubernetesObject {
  return object(kit, env, 'batch/v1', 'Job', kit.name, {
    spec: { backoffLimit: 2, ttlSecondsAfterFinished: 86_400, template: template(kit, env, 'Never') },
  });
}

const claims = (kit: Kit, env: KitEnvironment): KubernetesObject[] =>
  kit.volumes
    .filter((v) => v.kind === 'data')
    .map((v) =>
      object(kit, env, 'v1', 'PersistentVolumeClaim', volumeName(kit, v), {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: env.manifest.deploy?.storage ?? '1Gi' } },
        },
      }),
    );

function configMaps(kit: Kit, env: KitEnvironment): KubernetesObject[] {
  const values = { ...env.env, ...(kit.port === undefined ? {} : { PORT: String(kit.port) }) };
  const files = kit.volumes
    .filter((v) => v.kind === 'config')
    .flatMap((v) => {
      const { files: known } = configFilesOf(kit, v);
      if (known.length === 0) return [];
      const data = Object.fromEntries(known.map(({ path, text }) => [configKey(path), text]));
      return [object(kit, env, 'v1', 'ConfigMap', volumeName(kit, v), { data })];
    });
  return [object(kit, env, 'v1', 'ConfigMap', configName(kit), { data: values }), ...files];
}

function autoscaler(kit: Kit, env: KitEnvironment): KubernetesObject {
  return object(kit, env, 'autoscaling/v2', 'HorizontalPodAutoscaler', kit.name, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: kit.name },
      minReplicas: Math.max(1, env.replicas),
      maxReplicas: Math.max(1, env.maxReplicas),
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  });
}

function disruptionBudget(kit: Kit, env: KitEnvironment): KubernetesObject {
  // With one replica a budget of one available would keep a node from ever being drained.
  const spec = env.replicas > 1 ? { minAvailable: 1 } : { maxUnavailable: 1 };
  return object(kit, env, 'policy/v1', 'PodDisruptionBudget', kit.name, {
    spec: { ...spec, selector: { matchLabels: selectorOf(kit) } },
  });
}

/** In: only its port. Out: everything but the address where clouds give credentials to whoever asks. */
function networkPolicy(kit: Kit, env: KitEnvironment): KubernetesObject {
  const ingress = kit.port === undefined ? [] : [{ ports: [{ port: kit.port, protocol: 'TCP' }] }];
  return object(kit, env, 'networking.k8s.io/v1', 'NetworkPolicy', kit.name, {
    spec: {
      podSelector: { matchLabels: selectorOf(kit) },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress: [
        {
          to: [{ namespaceSelector: {} }],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }, { ipBlock: { cidr: '::/0' } }] },
      ],
    },
  });
}

const service = (kit: Kit, env: KitEnvironment): KubernetesObject =>
  object(kit, env, 'v1', 'Service', kit.name, {
    spec: { selector: selectorOf(kit), ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });

function ingress(kit: Kit, env: KitEnvironment): KubernetesObject[] {
  const host = env.manifest.deploy?.host;
  if (host === undefined) return [];
  const backend = { service: { name: kit.name, port: { name: 'http' } } };
  return [
    object(kit, env, 'networking.k8s.io/v1', 'Ingress', kit.name, {
      spec: {
        tls: [{ hosts: [host], secretName: `${kit.name}-tls` }],
        rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    }),
  ];
}

/** A reference to where the values are kept; External Secrets makes the Secret from it. https://external-secrets.io/latest/api/externalsecret/ */
function externalSecret(kit: Kit, env: KitEnvironment): KubernetesObject[] {
  const names = secretNames(kit, env);
  const store = env.manifest.run?.secretStore;
  if (names.length === 0 || store === undefined || store.kind === 'kubernetes') return [];
  const path = store.path ?? `${kit.name}/${env.name}`;
  return [
    object(kit, env, 'external-secrets.io/v1', 'ExternalSecret', secretName(kit), {
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { kind: 'ClusterSecretStore', name: store.name ?? store.kind },
        target: { name: secretName(kit), creationPolicy: 'Owner' },
        // Azure has no secrets with several values: each name is one of its own.
        data: names.map((name) => ({
          secretKey: name,
          remoteRef:
            store.kind === 'azure'
              ? { key: `${path}-${name}`.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-') }
              : { key: path, property: name },
        })),
      },
    }),
  ];
}

interface Group {
  readonly file: string;
  readonly objects: readonly KubernetesObject[];
  readonly why: string;
}

function workloadGroups(kit: Kit, env: KitEnvironment): Group[] {
  const { workload } = kit;
  if (workload === 'cron') return [{ file: 'cron-job', objects: [cronJob(kit, env)], why: 'runs it by its schedule' }];
  if (workload === 'job') return [{ file: 'job', objects: [job(kit, env)], why: 'runs it once, to its end' }];
  const scales = !kit.volumes.some((v) => v.kind === 'data') && env.maxReplicas > 1;
  return [
    { file: 'deployment', objects: [deployment(kit, env)], why: 'keeps it running' },
    ...(kit.port === undefined || workload === 'worker'
      ? []
      : [{ file: 'service', objects: [service(kit, env), ...ingress(kit, env)], why: 'how others reach it' }]),
    ...(scales
      ? [{ file: 'autoscaler', objects: [autoscaler(kit, env)], why: 'more replicas when they are busy' }]
      : []),
    {
      file: 'disruption-budget',
      objects: [disruptionBudget(kit, env)],
      why: 'some of it stays when nodes are drained',
    },
  ];
}

function groups(kit: Kit, env: KitEnvironment): Group[] {
  const account = object(kit, env, 'v1', 'ServiceAccount', kit.name, { automountServiceAccountToken: false });
  const outside = externalSecret(kit, env);
  const volumes = claims(kit, env);
  return [
    { file: 'account', objects: [account], why: 'an identity without rights' },
    { file: 'config', objects: configMaps(kit, env), why: `values of ${env.name}` },
    ...(outside.length > 0
      ? [{ file: 'secrets', objects: outside, why: 'where secrets come from; none is written here' }]
      : []),
    ...(volumes.length > 0 ? [{ file: 'volumes', objects: volumes, why: 'data that outlives the pods' }] : []),
    ...workloadGroups(kit, env),
    { file: 'network-policy', objects: [networkPolicy(kit, env)], why: 'who may talk to it, and it to whom' },
  ];
}

const kubernetesFolder = (env: KitEnvironment): string => `deploy/kubernetes/${env.name}`;

function filesOf(kit: Kit, env: KitEnvironment): KitFile[] {
  return groups(kit, env).map(({ file, objects, why }) => ({
    path: `${kubernetesFolder(env)}/${file}.yaml`,
    text: yamlFile([`${env.name}: ${why}.`], ...objects),
    why: `${why}, in ${env.name}`,
  }));
}

function advice(kit: Kit): Advice[] {
  const withheld = kit.volumes
    .filter((v) => v.kind === 'config')
    .flatMap((v): Advice[] => {
      const { withheld: why } = configFilesOf(kit, v);
      if (why === undefined) return [];
      return [
        {
          code: 'config-map-to-make',
          detail: `The ConfigMap ${volumeName(kit, v)} is not written: ${why}.`,
          hint: `kubectl create configmap ${volumeName(kit, v)} --from-file=${v.source}/`,
          file: v.source,
        },
      ];
    });
  const asked = kit.deployed.filter((env) => (env.manifest.deploy?.replicas ?? 1) > env.replicas);
  const single: Advice[] = asked.map((env) => ({
    code: 'one-replica',
    detail: `${env.name} has one replica in place of ${env.manifest.deploy?.replicas ?? 1}: the volume with its data is mounted by one node.`,
    hint: 'Keep the data in a database or a bucket, and take the folder out of run.volumes.',
  }));
  if (kit.hasRegistry) return [...withheld, ...single];
  return [
    ...withheld,
    ...single,
    {
      code: 'image-without-registry',
      detail: `The files for Kubernetes name the image "${kit.image}", which lies in no registry.`,
      hint: 'Say where it is pushed to: image.name in the manifest, such as "registry.example.com/shop/orders".',
    },
  ];
}

export const kubernetesPart = definePart({
  id: 'kubernetes',
  title: 'Kubernetes, with a folder for each environment',
  files: (kit) => kit.deployed.flatMap((env) => filesOf(kit, env)),
  advice,
});
