import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../src/problems/problem.ts';
import { branchSlug, planTags, TAG_FORM, type TagRequest } from '../../src/tags/plan.ts';

const image = 'registry.example.com/shop/orders';
const commit = '3f786850e387550fdab836ed7e6dc881de23001b';
const tags = (request: Omit<TagRequest, 'image'>): string[] =>
  planTags({ image, ...request }).tags.map((t) => `${t.tag} ${t.kind}`);
const refused = (request: Omit<TagRequest, 'image'>): string[] => {
  try {
    planTags({ image, ...request });
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.slug, 'refused-tags');
    return error.errors.map((e) => e.pointer);
  }
  return [];
};

describe('tags', () => {
  test('of a release', () => {
    assert.deepEqual(tags({ version: '1.2.0', branch: 'main', commit, environment: 'production' }), [
      'v1.2.0 immutable',
      'v1.2 floating',
      'v1 floating',
      'sha-3f786850e387 immutable',
    ]);
  });

  test('of a version below 1.0.0, whose major line promises nothing', () => {
    assert.deepEqual(tags({ version: 'v0.3.1', environment: 'production' }), ['v0.3.1 immutable', 'v0.3 floating']);
  });

  test('of a pre-release: none that floats', () => {
    const plan = planTags({ image, version: '2.0.0-rc.1', environment: 'staging' });
    assert.deepEqual(
      plan.tags.map((t) => t.tag),
      ['v2.0.0-rc.1'],
    );
    assert.ok(plan.left.some((l) => l.tag === 'v2.0'));
  });

  test('of a branch in development', () => {
    assert.deepEqual(tags({ branch: 'feature/New Checkout!', commit, environment: 'development' }), [
      'sha-3f786850e387 immutable',
      'dev-feature-new-checkout floating',
      'latest floating',
    ]);
  });

  test('the primary one is immutable', () => {
    assert.equal(
      planTags({ image, branch: 'x', commit, environment: 'development' }).primary,
      `${image}:sha-3f786850e387`,
    );
    assert.equal(planTags({ image, version: '1.0.0', commit, environment: 'staging' }).primary, `${image}:v1.0.0`);
  });

  test('as commands', () => {
    const { commands } = planTags({ image, version: '0.1.0', environment: 'staging' });
    assert.deepEqual(commands.tag, [`docker tag orders ${image}:v0.1.0`, `docker tag orders ${image}:v0.1`]);
    assert.deepEqual(commands.push, [`docker push ${image}:v0.1.0`, `docker push ${image}:v0.1`]);
  });
});

describe('combinations that are refused', () => {
  test('production without a release', () => {
    assert.deepEqual(refused({ commit, environment: 'production' }), ['/version']);
    assert.deepEqual(refused({ version: '1.0.0-rc.1', environment: 'production' }), ['/version']);
  });
  test('production from a branch of development', () => {
    assert.deepEqual(refused({ version: '1.0.0', branch: 'feature/x', environment: 'production' }), ['/branch']);
    assert.deepEqual(refused({ version: '1.0.0', branch: 'release/1.0', environment: 'production' }), []);
  });
  test('latest and dev-* outside development', () => {
    assert.deepEqual(refused({ version: '1.0.0', environment: 'production', extra: ['ok', 'latest'] }), ['/extra/1']);
    assert.deepEqual(refused({ version: '1.0.0', environment: 'staging', extra: ['dev-x'] }), ['/extra/0']);
  });
  test('a version that is none, and one that no tag can hold', () => {
    assert.deepEqual(refused({ version: '1.2', environment: 'staging', commit }), ['/version']);
    assert.deepEqual(refused({ version: '1.2.0+7', environment: 'staging', commit }), ['/version']);
  });
  test('nothing that names the image for ever', () => {
    assert.deepEqual(refused({ branch: 'x', environment: 'development' }), ['/commit']);
  });
  test('a tag of the plan’s own form', () => {
    assert.deepEqual(refused({ commit, environment: 'development', extra: ['v1'] }), ['/extra/0']);
  });
});

test('whatever a branch is called, its tag is one', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (branch) => {
      const slug = branchSlug(branch);
      if (slug !== '') assert.match(`dev-${slug}`, TAG_FORM);
      for (const { tag } of planTags({ image, branch, commit, environment: 'development' }).tags)
        assert.match(tag, TAG_FORM);
    }),
  );
});
