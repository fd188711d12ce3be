import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFits, assertKubernetes, schemas } from '../support/schemas.ts';

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
