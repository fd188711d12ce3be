import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { copiedByFolder } from '../../src/plan/copy-parents.ts';
import type { CopyStep } from '../../src/plan/plan.ts';

const copy = (sources: readonly string[], more: Partial<CopyStep> = {}): CopyStep => ({
  kind: 'copy',
  sources,
  to: './',
  parents: true,
  why: 'what is installed',
  ...more,
});

const lines = (step: CopyStep): string[] =>
  copiedByFolder([step]).map((s) =>
    s.kind === 'copy' ? `${s.parents ? '--parents ' : ''}${s.sources.join(' ')} → ${s.to}` : s.kind,
  );

describe('paths that keep their folders', () => {
  test('are copied folder by folder, which each builder can', () => {
    assert.deepEqual(
      lines(copy(['package.json', 'apps/api/package.json', 'package-lock.json', 'apps/site/package.json'])),
      [
        'package.json package-lock.json → ./',
        'apps/api/package.json → ./apps/api/',
        'apps/site/package.json → ./apps/site/',
      ],
    );
  });

  test('of folders, which are copied as a whole, one instruction each', () => {
    assert.deepEqual(lines(copy(['a/b/', 'a/c/', 'a/b/x.txt'], { to: '/app/' })), [
      'a/b/ → /app/a/b/',
      'a/c/ → /app/a/c/',
      'a/b/x.txt → /app/a/b/',
    ]);
  });

  test('begin after their mark', () => {
    assert.deepEqual(lines(copy(['services/shop/./web/package.json', 'services/shop/./package.json'])), [
      'services/shop/web/package.json → ./web/',
      'services/shop/package.json → ./',
    ]);
  });

  test('stay together where there are too many for a layer each, and where they are patterns', () => {
    const many = Array.from({ length: 41 }, (_, i) => `p${i}/package.json`);
    assert.deepEqual(lines(copy(many)), [`--parents ${many.join(' ')} → ./`]);
    assert.deepEqual(lines(copy(['**/pom.xml'], { glob: true })), ['--parents **/pom.xml → ./']);
  });

  test('are explained once', () => {
    const steps = copiedByFolder([copy(['a/x', 'b/x'], { comment: 'Once.' })]);
    assert.deepEqual(
      steps.map((s) => s.comment),
      ['Once.', undefined],
    );
  });
});
