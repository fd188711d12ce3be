import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { cellOf, targets } from '../../src/kit/matrix.ts';
import type { MadeKit } from '../../src/kit/index.ts';
import { everything, fileOf, GO_SERVICE, kitCases, kitFor } from '../support/kits.ts';

const yaml = (text: string): unknown => parse(text, { logLevel: 'silent' }) as unknown;
const documents = (text: string): unknown[] => parseAllDocuments(text).map((d) => d.toJS() as unknown);
const under = (kit: MadeKit, prefix: string): string[] =>
  kit.files.map((f) => f.path).filter((p) => p.startsWith(prefix));
interface Pod {
  readonly securityContext: Record<string, unknown>;
  readonly containers: readonly Record<string, Record<string, unknown>>[];
}
interface KubernetesObject {
  readonly kind: string;
  readonly spec: { template?: { spec: Pod }; jobTemplate?: { spec: { template: { spec: Pod } } }; replicas?: number };
}
const objects = (kit: MadeKit, environment: string): KubernetesObject[] =>
  under(kit, `deploy/kubernetes/${environment}/`).flatMap((path) => documents(fileOf(kit, path)) as KubernetesObject[]);

for (const [name, { manifest, files }] of Object.entries(kitCases)) {
  describe(`the kit of ${name}`, () => {
    const kit = kitFor(manifest, files ? { files } : {});

    test('never runs as root, nor with rights that it does not need', () => {
      const pods = objects(kit, 'production').flatMap(
        ({ spec }) => spec?.template?.spec ?? spec?.jobTemplate?.spec.template.spec ?? [],
      );
      assert.ok(pods.length > 0);
      for (const { securityContext, containers } of pods) {
        assert.equal(securityContext['runAsNonRoot'], true);
        for (const container of containers) {
          assert.deepEqual(container['securityContext'], {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          assert.ok(container['resources']?.['limits']);
        }
      }
    });

    test('has a file for each place that fits, and an answer for each that does not', () => {
      const folders = {
        lambda: 'deploy/lambda/',
        'cloud-run': 'deploy/cloud-run/',
        knative: 'deploy/knative/',
        kubernetes: 'deploy/kubernetes/',
        compose: 'compose.yaml',
      };
      for (const target of targets) {
        const { fits, why } = cellOf(kit.workload, target);
        assert.equal(under(kit, folders[target]).length > 0, fits, target);
        if (!fits) assert.ok(kit.warnings.some((w) => w.code === 'target-does-not-fit' && w.detail.includes(why)));
        assert.ok(fileOf(kit, 'README.Docker.md').includes(why), why);
      }
    });
  });
}

describe('workloads on Kubernetes', () => {
  const kinds = (manifest: object): string =>
    objects(kitFor(manifest), 'production')
      .map((o) => o.kind)
      .sort()
      .join(' ');

  test('are the objects that each needs', () => {
    assert.equal(
      kinds({ workload: 'service' }),
      'ConfigMap Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount',
    );
    assert.equal(
      kinds({ workload: 'worker' }),
      'ConfigMap Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget ServiceAccount',
    );
    assert.equal(kinds({ workload: 'cron' }), 'ConfigMap CronJob NetworkPolicy ServiceAccount');
    assert.equal(
      kinds({ workload: 'job', run: { volumes: [{ path: 'in' }] } }),
      'ConfigMap Job NetworkPolicy PersistentVolumeClaim ServiceAccount',
    );
  });

  test('with data are one replica, and that is said', () => {
    const kit = kitFor(everything);
    const deployment = objects(kit, 'production').find((o) => o.kind === 'Deployment');
    assert.equal(deployment?.spec.replicas, 1);
    assert.ok(kit.warnings.some((w) => w.code === 'one-replica'));
    assert.ok(!objects(kit, 'production').some((o) => o.kind === 'HorizontalPodAutoscaler'));
  });

  test('have one Ingress where a host is said', () => {
    assert.match(fileOf(kitFor(everything), 'deploy/kubernetes/production/service.yaml'), /host: orders\.example\.com/);
  });
});

describe('configuration from the project', () => {
  const manifest = { run: { volumes: [{ path: 'config', access: 'read' }] } };

  test('becomes a ConfigMap, folders and all', () => {
    const kit = kitFor(manifest, {
      files: { ...GO_SERVICE, 'config/a.yaml': 'x: 1\n', 'config/sub/b.toml': 'y = "z"\n' },
    });
    const [, files] = documents(fileOf(kit, 'deploy/kubernetes/production/config.yaml')) as {
      data: Record<string, string>;
    }[];
    assert.deepEqual(files?.data, { 'a.yaml': 'x: 1\n', 'sub__b.toml': 'y = "z"\n' });
    assert.match(
      fileOf(kit, 'deploy/kubernetes/production/deployment.yaml'),
      /key: sub__b\.toml\n\s+path: sub\/b\.toml/,
    );
  });

  test('with a secret in it is not written out', () => {
    const kit = kitFor(manifest, { files: { ...GO_SERVICE, 'config/a.yaml': 'db:\n  password: hunter2hunter2\n' } });
    assert.doesNotMatch(kit.files.map((f) => f.text).join('\n'), /hunter2/);
    const warning = kit.warnings.find((w) => w.code === 'config-map-to-make');
    assert.match(warning?.detail ?? '', /config\/a\.yaml, line 2/);
  });
});

describe('secrets', () => {
  const kit = kitFor({
    run: { env: { API_TOKEN: 'hunter2hunter2' } },
    build: { args: { NPM_TOKEN: 'hunter3hunter3' } },
  });

  test('are in no file, but referred to', () => {
    assert.doesNotMatch(kit.files.map((f) => f.text).join('\n'), /hunter/);
    assert.match(fileOf(kit, 'compose.yaml'), /API_TOKEN: \$\{API_TOKEN:\?/);
    assert.match(
      fileOf(kit, 'deploy/kubernetes/production/deployment.yaml'),
      /secretKeyRef:\n\s+name: app-secrets\n\s+key: API_TOKEN|key: API_TOKEN/,
    );
    assert.match(fileOf(kit, '.env.example'), /^API_TOKEN=$/m);
    assert.match(fileOf(kit, 'docker-bake.hcl'), /type=env,id=npm_token,env=NPM_TOKEN/);
    assert.match(
      fileOf(kit, 'deploy/lambda/template.yaml'),
      /resolve:secretsmanager:\$\{SecretName\}:SecretString:API_TOKEN/,
    );
  });

  test('come from Vault by External Secrets', () => {
    const vault = kitFor({
      run: { secrets: ['API_TOKEN'], secretStore: { kind: 'vault', name: 'team', path: 'apps/orders' } },
    });
    const [reference] = documents(fileOf(vault, 'deploy/kubernetes/production/secrets.yaml')) as { spec: unknown }[];
    assert.deepEqual(reference?.spec, {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'team' },
      target: { name: 'orders-secrets', creationPolicy: 'Owner' },
      data: [{ secretKey: 'API_TOKEN', remoteRef: { key: 'apps/orders', property: 'API_TOKEN' } }],
    });
  });
});

describe('environments', () => {
  const kit = kitFor({
    environments: {
      development: { run: { packages: ['curl'] }, command: ['orders', '-debug'] },
      production: { deploy: { replicas: 2 }, run: { env: { LOG_LEVEL: 'warn' } } },
      qa: { command: ['orders', '-qa'] },
    },
    image: { variant: 'slim' },
  });

  test('are targets of the Dockerfile, production last', () => {
    const targets = [...fileOf(kit, 'Dockerfile').matchAll(/^FROM .* AS (\S+)$/gm)].map(([, name]) => name);
    assert.deepEqual(targets.slice(-5), ['runtime', 'development', 'staging', 'qa', 'production']);
    assert.match(fileOf(kit, 'Dockerfile'), /FROM runtime AS qa\nCMD \["orders", "-qa"\]/);
    assert.match(
      fileOf(kit, 'Dockerfile'),
      /FROM build AS development\n[^]*apt-get install -y --no-install-recommends curl[^]*CMD \["orders", "-debug"\]/,
    );
  });

  test('end as a user that is not root', () => {
    const [, ...stages] = fileOf(kit, 'Dockerfile').split(/^FROM /m);
    const development = stages.find((s) => s.includes(' AS development'));
    assert.match(development?.match(/^USER .*$/gm)?.at(-1) ?? '', /^USER 10001:10001$/);
  });

  test('have their own values and replicas in Compose', () => {
    const production = yaml(fileOf(kit, 'compose.production.yaml')) as { services: { app: Record<string, unknown> } };
    assert.deepEqual(production.services.app['environment'], { LOG_LEVEL: 'warn' });
    assert.match(fileOf(kit, 'compose.production.yaml'), /ports: !override\n\s+- 8080-8081:8080/);
    assert.ok(kit.files.some((f) => f.path === 'compose.qa.yaml'));
  });
});

describe('parts and files that are there', () => {
  test('include= picks parts', () => {
    assert.deepEqual(
      kitFor({}, { include: ['bake', 'tags'] }).files.map((f) => f.path),
      ['docker-bake.hcl', 'deploy/docker-tags.sh'],
    );
  });

  test('a file of the project’s own is left, unless asked for', () => {
    const files = { ...GO_SERVICE, '.gitlab-ci.yml': 'mine: {}\n', Dockerfile: 'FROM scratch\n' };
    const kit = kitFor({}, { files });
    assert.ok(!kit.files.some((f) => f.path === '.gitlab-ci.yml'));
    assert.ok(kit.files.some((f) => f.path === 'Dockerfile'));
    assert.deepEqual(
      kit.warnings.filter((w) => w.code === 'file-kept').map((w) => w.file),
      ['.gitlab-ci.yml'],
    );
    assert.ok(kitFor({}, { files, existing: 'replace' }).files.some((f) => f.path === '.gitlab-ci.yml'));
  });

  test('what the kit brings stays out of the image', () => {
    const text = fileOf(kitFor(), '.dockerignore');
    for (const path of ['docker-bake*.hcl', 'README.Docker.md', 'deploy/kubernetes', 'compose*.y*ml', '.github'])
      assert.ok(text.includes(path), path);
  });

  test('an own file of Compose that would be hidden is named', () => {
    const kit = kitFor({}, { files: { ...GO_SERVICE, 'docker-compose.yml': 'services: {}\n' } });
    assert.ok(kit.warnings.some((w) => w.code === 'compose-hides-own'));
  });
});

describe('a file that is rendered at the start', () => {
  const kit = (to: string): MadeKit =>
    kitFor(
      { image: { variant: 'slim' }, entrypoint: { render: [{ template: 'a.template', to }] } },
      { files: { ...GO_SERVICE, 'a.template': 'x\n' } },
    );

  test('has memory of its own where nothing of the image lies', () => {
    const text = fileOf(kit('/run/orders/a.conf'), 'compose.yaml');
    assert.match(text, /read_only: true\n\s+tmpfs:\n\s+- \/tmp:mode=1777\n\s+- \/run\/orders:mode=1777/);
  });

  test('hides nothing of the image elsewhere', () => {
    const made = kit('/etc/nginx/nginx.conf');
    assert.doesNotMatch(fileOf(made, 'compose.yaml'), /tmpfs|read_only: true/);
    assert.match(fileOf(made, 'Dockerfile'), /COPY --chown=10001:10001 <<"EOF" \/etc\/nginx\/nginx\.conf\nEOF/);
  });
});
