import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { settingDescriptions } from '../../src/config.ts';
import { assertKubernetes } from '../support/schemas.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../deploy/base/${name}`, import.meta.url), 'utf8'));

const { resources } = read('kustomization.yaml') as { resources: string[] };

interface Deployment {
  spec: {
    template: {
      spec: {
        terminationGracePeriodSeconds: number;
        securityContext: object;
        containers: { env: { name: string; value: string }[]; securityContext: { readOnlyRootFilesystem: boolean } }[];
        volumes: { emptyDir: { sizeLimit: string } }[];
      };
    };
  };
}

describe('deploy/base', () => {
  for (const name of resources) {
    test(`${name} is what Kubernetes takes`, () => assertKubernetes(read(name)));
  }

  test('sets what the service knows, within what the pod has', () => {
    const { spec } = (read('deployment.yaml') as Deployment).spec.template;
    const [container] = spec.containers;
    const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
    const known = new Set(settingDescriptions().map(({ name }) => name));
    assert.deepEqual(
      Object.keys(env).filter((name) => !known.has(name)),
      [],
    );
    const [volume] = spec.volumes;
    assert.ok(Number(env['SPOOL_BYTES']) < Number.parseInt(volume?.emptyDir.sizeLimit ?? '', 10) * 1024 ** 3);
    const longest = Number(env['SHUTDOWN_DELAY_MS']) / 1000 + Number(env['LIMIT_REQUEST_SECONDS']);
    assert.ok(longest < spec.terminationGracePeriodSeconds);
    assert.equal(container?.securityContext.readOnlyRootFilesystem, true);
  });
});
