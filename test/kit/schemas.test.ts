import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFits, assertKubernetes, fetchedSchemas, schemas } from '../support/schemas.ts';

test('the schemas find faults', () => {
  assert.throws(() => assertFits(schemas.compose(), { services: { app: { imagee: 'x' } } }), /imagee/);
  assert.throws(() => assertFits(schemas.github(), { on: 'push' }), /jobs/);
  assert.throws(() => assertFits(schemas.gitlab(), { build: { script: 1 } }), /script/);
  assert.throws(
    () => assertKubernetes({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { portz: [] } }),
    /portz/,
  );
});

test('the schemas take what is right', () => {
  assertFits(schemas.compose(), { services: { app: { image: 'x' } } });
  assertKubernetes({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } });
});

test(
  'the schemas that are fetched find faults',
  { skip: process.env['REQUIRE_TOOLS'] !== '1' && 'npm run test:tools fetches them' },
  () => {
    const spec = { template: { spec: { containers: [{ image: 'x', imagee: 'y' }] } } };
    assert.throws(() => assertFits(fetchedSchemas.knative(), { spec }), /imagee/);
    assert.throws(() => assertFits(fetchedSchemas.cloudRunService(), { spec }), /imagee/);
    assert.throws(() => assertFits(fetchedSchemas.cloudRunJob(), { spec: { template: { spec } } }), /imagee/);
    assert.throws(() => assertFits(fetchedSchemas.externalSecret(), { spec: { dataa: [] } }), /dataa/);
  },
);
