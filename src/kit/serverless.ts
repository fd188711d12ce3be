import type { Advice } from '../plan/plan.ts';
import { isCloudFormationSafe } from './escape.ts';
import { plainEnv, podSecurity, resourcesOf, secretName, secretNames } from './kubernetes-pod.ts';
import { cellOf, targetTitles, workloadTitles, type Target } from './matrix.ts';
import type { Kit, KitEnvironment } from './model.ts';
import { definePart, type KitFile } from './part.ts';
import { yamlFile } from './yaml.ts';

/** Places that run an image when it is called, and nothing when it is not. */

const REQUEST_SECONDS = 300;
const ADAPTER = 'public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1';

const production = (kit: Kit): KitEnvironment =>
  kit.environments.find((env) => env.name === 'production') ?? kit.development;

const megabytes = (memory: string | undefined): number => {
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(memory ?? '512Mi') ?? [];
  const bytes = Number(amount ?? 512) * (unit === 'Gi' ? 1024 : 1);
  return Math.min(10_240, Math.max(128, bytes));
};

/** Lambda changes nothing in the image but adds its adapter, which turns events into requests. https://github.com/awslabs/aws-lambda-web-adapter */
function lambdaFiles(kit: Kit): KitFile[] {
  const env = production(kit);
  const { port = 8080 } = kit;
  const safe = Object.entries(env.env).filter(([, value]) => isCloudFormationSafe(value));
  const secrets = secretNames(kit, env);
  // A reference to the Secrets Manager, resolved when it is deployed: no value is in the template.
  const referred = secrets.map((name) => [
    name,
    { 'Fn::Sub': `{{resolve:secretsmanager:\${SecretName}:SecretString:${name}}}` },
  ]);
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    Description: `${kit.name} as a function of its image`,
    Parameters: {
      ImageUri: { Type: 'String', Description: 'The image, in Amazon ECR, by digest or version.' },
      ...(secrets.length > 0
        ? { SecretName: { Type: 'String', Default: env.manifest.run?.secretStore?.path ?? `${kit.name}/production` } }
        : {}),
    },
    Resources: {
      Function: {
        Type: 'AWS::Serverless::Function',
        Properties: {
          PackageType: 'Image',
          ImageUri: { Ref: 'ImageUri' },
          MemorySize: megabytes(env.manifest.deploy?.memory),
          Timeout: 30,
          EphemeralStorage: { Size: 512 },
          Environment: {
            Variables: {
              ...Object.fromEntries(safe),
              ...(Object.fromEntries(referred) as Record<string, unknown>),
              PORT: String(port),
              AWS_LWA_PORT: String(port),
              ...(kit.healthPath === undefined ? {} : { AWS_LWA_READINESS_CHECK_PATH: kit.healthPath }),
            },
          },
          FunctionUrlConfig: { AuthType: 'AWS_IAM' },
        },
      },
    },
    Outputs: { Url: { Value: { 'Fn::GetAtt': ['FunctionUrl', 'FunctionUrl'] } } },
  };
  return [
    {
      path: 'deploy/lambda/Dockerfile',
      text: [
        '# The image with the adapter that turns events into requests:',
        `#   docker build --file deploy/lambda/Dockerfile --build-arg IMAGE=${kit.image}:${kit.tag} --tag ${kit.image}:${kit.tag}-lambda .`,
        `ARG IMAGE=${kit.image}:${kit.tag}`,
        `FROM ${ADAPTER} AS adapter`,
        '',
        'FROM ${IMAGE}',
        'COPY --from=adapter /lambda-adapter /opt/extensions/lambda-adapter',
        '',
      ].join('\n'),
      why: 'the image as AWS Lambda takes it',
    },
    {
      path: 'deploy/lambda/template.yaml',
      text: yamlFile(
        ['sam deploy --template-file deploy/lambda/template.yaml --parameter-overrides ImageUri=…'],
        template,
      ),
      why: 'the function, its memory, its time, its address',
    },
  ];
}

const secretRefs = (kit: Kit, env: KitEnvironment): object[] =>
  secretNames(kit, env).map((name) => ({
    name,
    valueFrom: { secretKeyRef: { name: `${kit.name}-${name.toLowerCase().replaceAll('_', '-')}`, key: 'latest' } },
  }));

/** Cloud Run sets PORT itself, and refuses it in the list; it reads no variables in values, so no dollar is escaped. https://cloud.google.com/run/docs/reference/yaml/v1 */
function cloudRunContainer(kit: Kit, env: KitEnvironment, serves: boolean): object {
  const { cpu, memory = '512Mi' } = env.manifest.deploy ?? {};
  return {
    image: `${kit.image}:${kit.tag}`,
    ...(serves && kit.port !== undefined ? { ports: [{ name: 'http1', containerPort: kit.port }] } : {}),
    env: [...plainEnv(env, (value) => value), ...secretRefs(kit, env)],
    resources: { limits: { cpu: cpu ?? '1', memory } },
    ...(serves && kit.healthPath !== undefined
      ? {
          startupProbe: {
            httpGet: { path: kit.healthPath, port: kit.port ?? 8080 },
            periodSeconds: 2,
            failureThreshold: 60,
          },
        }
      : {}),
  };
}

function cloudRunFiles(kit: Kit): KitFile[] {
  const env = production(kit);
  const serves = kit.workload === 'service' || kit.workload === 'static';
  const container = cloudRunContainer(kit, env, serves);
  if (serves) {
    const service = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: kit.name, annotations: { 'run.googleapis.com/ingress': 'all' } },
      spec: {
        template: {
          metadata: {
            annotations: {
              'autoscaling.knative.dev/minScale': '0',
              'autoscaling.knative.dev/maxScale': String(Math.max(1, env.maxReplicas)),
            },
          },
          spec: { containerConcurrency: 80, timeoutSeconds: REQUEST_SECONDS, containers: [container] },
        },
      },
    };
    return [
      {
        path: 'deploy/cloud-run/service.yaml',
        text: yamlFile(['gcloud run services replace deploy/cloud-run/service.yaml --region=…'], service),
        why: 'the service on Google Cloud Run',
      },
    ];
  }
  const job = {
    apiVersion: 'run.googleapis.com/v1',
    kind: 'Job',
    metadata: { name: kit.name },
    spec: {
      template: {
        spec: { taskCount: 1, template: { spec: { maxRetries: 2, timeoutSeconds: '3600', containers: [container] } } },
      },
    },
  };
  const schedule =
    kit.workload === 'cron'
      ? [
          `Then: gcloud scheduler jobs create http ${kit.name} --schedule=${JSON.stringify(kit.schedule)} --http-method=POST --oauth-service-account-email=… --uri=https://run.googleapis.com/v2/projects/…/locations/…/jobs/${kit.name}:run`,
        ]
      : [];
  return [
    {
      path: 'deploy/cloud-run/job.yaml',
      text: yamlFile(['gcloud run jobs replace deploy/cloud-run/job.yaml --region=…', ...schedule], job),
      why: 'the job on Google Cloud Run',
    },
  ];
}

function knativeFiles(kit: Kit): KitFile[] {
  const env = production(kit);
  const { manifest } = env;
  const { runAsNonRoot, runAsUser, runAsGroup } = podSecurity(kit);
  const refs = secretNames(kit, env).map((name) => ({
    name,
    valueFrom: { secretKeyRef: { name: secretName(kit), key: name } },
  }));
  const service = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: kit.name,
      ...(manifest.deploy?.namespace === undefined ? {} : { namespace: manifest.deploy.namespace }),
    },
    spec: {
      template: {
        metadata: {
          annotations: {
            'autoscaling.knative.dev/min-scale': '0',
            'autoscaling.knative.dev/max-scale': String(Math.max(1, env.maxReplicas)),
          },
        },
        spec: {
          containerConcurrency: 80,
          timeoutSeconds: REQUEST_SECONDS,
          containers: [
            {
              image: `${kit.image}:${kit.tag}`,
              ...(kit.port === undefined ? {} : { ports: [{ containerPort: kit.port }] }),
              env: [...plainEnv(env), ...refs],
              resources: resourcesOf(env),
              readinessProbe:
                kit.healthPath === undefined
                  ? { tcpSocket: { port: 0 } }
                  : { httpGet: { path: kit.healthPath, port: 0 } },
              securityContext: {
                runAsNonRoot,
                runAsUser,
                runAsGroup,
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: kit.readOnlyRoot,
                capabilities: { drop: ['ALL'] },
                seccompProfile: { type: 'RuntimeDefault' },
              },
              ...(kit.readOnlyRoot ? { volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] } : {}),
            },
          ],
          ...(kit.readOnlyRoot ? { volumes: [{ name: 'tmp', emptyDir: {} }] } : {}),
        },
      },
    },
  };
  return [
    {
      path: 'deploy/knative/service.yaml',
      text: yamlFile(['kubectl apply --filename deploy/knative/service.yaml'], service),
      why: 'the service on Knative',
    },
  ];
}

const serverlessPart = (target: Target, files: (kit: Kit) => KitFile[], more: (kit: Kit) => Advice[] = () => []) =>
  definePart({
    id: target,
    title: targetTitles[target],
    files: (kit) => (cellOf(kit.workload, target).fits ? files(kit) : []),
    advice: (kit) => {
      const { fits, why } = cellOf(kit.workload, target);
      if (!fits)
        return [
          {
            code: 'target-does-not-fit',
            detail: `${targetTitles[target]} does not fit ${workloadTitles[kit.workload]}: ${why}.`,
          },
        ];
      const data = kit.volumes.filter((v) => v.kind === 'data');
      return [
        ...(data.length > 0
          ? [
              {
                code: 'no-lasting-storage',
                detail: `${targetTitles[target]} keeps no files: what is written to ${data.map((v) => v.path).join(', ')} is gone with the instance.`,
                hint: 'Keep it in a database or a bucket.',
              },
            ]
          : []),
        ...more(kit),
      ];
    },
  });

const unsafeForLambda = (kit: Kit): Advice[] =>
  Object.entries(production(kit).env)
    .filter(([, value]) => !isCloudFormationSafe(value))
    .map(([name]) => ({
      code: 'value-left-out',
      detail: `${name} is not in deploy/lambda/template.yaml: CloudFormation would read its value as a reference.`,
    }));

export const lambdaPart = serverlessPart('lambda', lambdaFiles, unsafeForLambda);
export const cloudRunPart = serverlessPart('cloud-run', cloudRunFiles);
export const knativePart = serverlessPart('knative', knativeFiles);
