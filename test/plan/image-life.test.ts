import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cyclesOf } from '../../src/images/catalogue.ts';
import { lifeOfImage, partsOfImage } from '../../src/images/life.ts';
import { variants } from '../../src/manifest/schema.ts';
import { imageLifeAdvice } from '../../src/plan/image-life.ts';
import type { FinishedPlan } from '../../src/plan/plan.ts';
import { variantFacts } from '../../src/plan/variant-traits.ts';

const plan = (image: string, tag: string): FinishedPlan => ({
  syntax: { image: 'docker/dockerfile', tag: '1' },
  stages: [{ name: 'runtime', base: { image, tag }, why: '', steps: [] }],
  advice: [],
  image: { os: 'debian', uid: 1, workdir: '/', entrypoint: [], command: [], hasHealthcheck: false, writable: [] },
});

describe('what an image is made of', () => {
  test('is told by its reference', () => {
    assert.deepEqual(partsOfImage('python:3.14-slim-trixie'), [
      { product: 'python', version: '3.14' },
      { product: 'debian', version: '13' },
    ]);
    assert.deepEqual(partsOfImage('mirror.example.com:5000/library/node:24-alpine3.23@sha256:00'), [
      { product: 'nodejs', version: '24' },
      { product: 'alpine-linux', version: '3.23' },
    ]);
    assert.deepEqual(partsOfImage('gcr.io/distroless/static-debian12:nonroot'), [{ product: 'debian', version: '12' }]);
    assert.deepEqual(partsOfImage('scratch'), []);
    assert.deepEqual(partsOfImage('registry.example.com/own:1'), []);
  });
});

describe('images past their end, or near it', () => {
  test('are warned of', () => {
    const old = cyclesOf('debian').find(({ cycle }) => cycle === '11');
    assert.equal(lifeOfImage('debian:bullseye')[0]?.state, 'ended');
    const [advice] = imageLifeAdvice(plan('debian', 'bullseye'), undefined);
    assert.equal(advice?.code, 'image-end-of-life');
    assert.ok(advice?.detail.includes(old?.eol ?? 'never'));
  });

  test('are not, while they are looked after', () => {
    assert.deepEqual(imageLifeAdvice(plan('debian', 'trixie-slim'), undefined), []);
  });

  test('are not said again where the language has said so', () => {
    const own = { ...plan('python', '3.8-slim-trixie'), advice: [{ code: 'runtime-end-of-life', detail: '' }] };
    assert.deepEqual(imageLifeAdvice(own, 'python'), []);
    assert.equal(imageLifeAdvice(own, undefined)[0]?.code, 'image-end-of-life');
  });
});

describe('variants side by side', () => {
  test('each has a way to look into it, and only those with a shell go in by exec', () => {
    for (const variant of variants) {
      const { shell, debug, breaks, os } = variantFacts(variant);
      assert.equal(
        debug.some((line) => line.startsWith('docker exec')),
        shell !== 'none',
        variant,
      );
      if (os !== 'debian') assert.ok(breaks.length > 0, variant);
    }
  });

  test('have the end of life of their system', () => {
    assert.equal(variantFacts('slim').eol, cyclesOf('debian').find(({ cycle }) => cycle === '13')?.eol);
    assert.equal(variantFacts('scratch').state, 'unknown');
  });
});
