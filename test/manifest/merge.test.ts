import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mergeManifests } from '../../src/manifest/merge.ts';
import type { Finding } from '../../src/languages/language.ts';

const found: Finding[] = [
  {
    at: '/runtime',
    value: '3.12',
    from: { file: '.python-version', line: 1, why: 'pinned' },
    rejected: [{ value: '3.10', from: { file: 'runtime.txt', why: 'later in the order' } }],
  },
  { at: '/run/packages', value: ['libpq5'], from: { file: 'requirements.txt', why: 'psycopg' } },
  { at: '/run/env', value: { MODE: 'detected' }, from: { why: 'a rule' } },
];

describe('merging manifests', () => {
  test('request goes over project file over detected, and says what it beat', () => {
    const { manifest, origins } = mergeManifests({
      request: { runtime: '3.14' },
      project: { manifest: { runtime: '3.13', port: 80 }, file: 'dockwright.yaml' },
      findings: found,
    });
    assert.equal(manifest.runtime, '3.14');
    assert.equal(manifest.port, 80);
    assert.equal(origins['/port']?.origin, 'project');
    assert.deepEqual(
      origins['/runtime']?.rejected?.map((r) => [r.value, r.origin]),
      [
        ['3.13', 'project'],
        ['3.12', 'detected'],
      ],
    );
  });

  test('what a detected value was chosen over stays with it', () => {
    const { origins } = mergeManifests({ request: {}, findings: found });
    assert.deepEqual(
      origins['/runtime']?.rejected?.map((r) => r.value),
      ['3.10'],
    );
    assert.equal(origins['/runtime']?.from?.file, '.python-version');
  });

  test('packages are joined, never replaced', () => {
    const { manifest } = mergeManifests({ request: { run: { packages: ['ffmpeg'] } }, findings: found });
    assert.deepEqual(manifest.run?.packages, ['libpq5', 'ffmpeg']);
  });

  test('maps are merged key by key', () => {
    const { manifest } = mergeManifests({ request: { run: { env: { LOG: 'info' } } }, findings: found });
    assert.deepEqual(manifest.run?.env, { LOG: 'info', MODE: 'detected' });
  });

  test('an environment goes over the settings of its own manifest', () => {
    const request = { port: 8000, environments: { production: { port: 80 } } };
    assert.equal(mergeManifests({ request, findings: [], environment: 'production' }).manifest.port, 80);
    assert.equal(mergeManifests({ request, findings: [] }).manifest.port, 8000);
  });

  test('a key with a slash keeps its name', () => {
    const { manifest } = mergeManifests({ request: { image: { labels: { 'org/x~y': 'v' } } }, findings: [] });
    assert.deepEqual(manifest.image?.labels, { 'org/x~y': 'v' });
  });
});
