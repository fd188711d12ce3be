import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hygieneAdvice } from '../../src/generate/hygiene.ts';
import { treeOf } from '../support/kits.ts';

const said = (files: Record<string, string>, earlier: Parameters<typeof hygieneAdvice>[2] = []): string[] =>
  hygieneAdvice(treeOf(files), '', earlier).map(
    ({ code, file, line }) => `${code} ${file ?? ''}${line === undefined ? '' : `:${line}`}`,
  );

describe('requirements of pip', () => {
  test('that are not pinned are named by their line', () => {
    assert.deepEqual(
      said({
        'requirements.txt':
          '# web\nflask>=3\nrequests\nredis==5.0.1  # pinned\nmine @ https://example.com/x.whl\n-r other.txt\n',
      }),
      [
        'unpinned-dependency requirements.txt:2',
        'unpinned-dependency requirements.txt:3',
        'unhashed-dependency requirements.txt:2',
      ],
    );
  });

  test('that conflict are named by the second of them', () => {
    assert.deepEqual(said({ 'requirements.txt': 'Flask==3.0.0 --hash=sha256:aa\nflask==3.1.0 --hash=sha256:bb\n' }), [
      'conflicting-dependency requirements.txt:2',
    ]);
  });

  test('of which two exclude each other by a marker do not conflict', () => {
    assert.deepEqual(
      said({
        'requirements.txt':
          'a==1 ; python_version<"3.9" --hash=sha256:aa\na==2 ; python_version>="3.9" --hash=sha256:bb\n',
      }),
      [],
    );
  });

  test('without a hash among others with one are named', () => {
    assert.deepEqual(said({ 'requirements.txt': 'a==1 \\\n    --hash=sha256:aa\nb==2\n' }), [
      'unhashed-dependency requirements.txt:3',
    ]);
  });

  test('many of a kind are counted', () => {
    const text = Array.from({ length: 30 }, (_, i) => `p${i} --hash=sha256:a`).join('\n');
    const found = said({ 'requirements.txt': text });
    assert.equal(found.length, 11);
  });
});

describe('dependencies of a package.json', () => {
  const manifest = `{
  "dependencies": {
    "a": "*",
    "b": "^1.0.0",
    "c": "github:owner/repo",
    "d": "github:owner/repo#0123456789abcdef0123456789abcdef01234567"
  },
  "devDependencies": {
    "b": "^2.0.0"
  }
}
`;
  test('are named by their line', () => {
    assert.deepEqual(said({ 'package.json': manifest, 'package-lock.json': '{}' }), [
      'unpinned-dependency package.json:3',
      'unpinned-dependency package.json:5',
      'conflicting-dependency package.json:9',
    ]);
  });

  test('without a lockfile: the command that makes one', () => {
    const [lock] = hygieneAdvice(treeOf({ 'package.json': '{"dependencies": {"a": "^1.0.0"}}' }), '', []);
    assert.equal(lock?.code, 'missing-lockfile');
    assert.match(lock?.hint ?? '', /npm install --package-lock-only/);
  });

  test('what the language has said of lockfiles is not said again', () => {
    const files = { 'package.json': '{"dependencies": {"a": "^1.0.0"}}' };
    assert.deepEqual(said(files, [{ code: 'missing-lockfile', detail: '' }]), []);
  });

  test('in a workspace the lockfile at the root will do', () => {
    const tree = treeOf({ 'apps/a/package.json': '{"dependencies": {"a": "^1.0.0"}}', 'pnpm-lock.yaml': '' });
    assert.deepEqual(hygieneAdvice(tree, 'apps/a', []), []);
  });
});

test('a lockfile is missing elsewhere too', () => {
  assert.deepEqual(said({ 'pyproject.toml': '[project]\nname = "x"\ndependencies = ["flask"]\n' }), [
    'missing-lockfile pyproject.toml',
  ]);
  assert.deepEqual(said({ Gemfile: 'source "https://rubygems.org"\ngem "rails"\n' }), ['missing-lockfile Gemfile']);
  assert.deepEqual(said({ 'composer.json': '{"require": {"x/y": "^1"}}', 'composer.lock': '{}' }), []);
});

test('a package of the project itself may be asked for by any version', () => {
  const tree = treeOf({
    'apps/a/package.json': '{"dependencies": {"@own/b": "*"}}',
    'libs/b/package.json': '{"name": "@own/b"}',
    'package-lock.json': '{}',
  });
  assert.deepEqual(hygieneAdvice(tree, 'apps/a', []), []);
});
