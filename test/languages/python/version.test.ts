import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inlineInventory } from '../../../src/inventory/inventory.ts';
import { readProject } from '../../../src/languages/python/project.ts';
import { pythonVersion, readVersion } from '../../../src/languages/python/version.ts';
import { newestByFiles, newestByVersion } from '../../../src/languages/python/wheels.ts';

const chosen = (files: Record<string, string>) =>
  pythonVersion(readProject({ inventory: inlineInventory(files), member: '' }));

describe('versions as they are written', () => {
  const cases: readonly [string, string | undefined][] = [
    ['3.12', '3.12'],
    ['3.12.4', '3.12.4'],
    ['3.12.x', '3.12'],
    ['3.12.999', '3.12'],
    ['python-3.11.4', '3.11.4'],
    ['cpython-3.13', '3.13'],
    ['3.14t', '3.14t'],
    ['3.11t', undefined],
    ['latest', '3.14'],
    ['pypy3.10', undefined],
    ['9.9', undefined],
  ];
  for (const [text, version] of cases) test(text, () => assert.equal(readVersion(text), version));
});

describe('the order of version files', () => {
  test('.python-version goes before .tool-versions, which goes before the manifest', () => {
    const { version, rejected } = chosen({
      '.python-version': '# for pyenv\n3.12\n',
      '.tool-versions': 'python 3.11.9\n',
      'requirements.txt': 'flask\n',
      'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.10"\n',
    });
    assert.equal(version, '3.12');
    assert.deepEqual(rejected.map((r) => r.value).slice(0, 1), ['3.11.9']);
  });

  test('a version that the installer would refuse is passed over', () => {
    const { version, rejected } = chosen({
      '.tool-versions': 'python 3.9.23\n',
      'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.11"\n[tool.uv]\n',
    });
    assert.equal(version, '3.14');
    assert.match(rejected[0]?.from.why ?? '', /rules it out/);
  });

  test('Poetry’s caret is a range', () => {
    const poetry = (python: string) =>
      chosen({ 'pyproject.toml': `[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "${python}"\n` })
        .version;
    assert.equal(poetry('^3.9'), '3.14');
    assert.equal(poetry('~3.11'), '3.11');
    assert.equal(poetry('>=3.8,<3.13'), '3.12');
  });

  test('the project’s own Dockerfile says which release it works with, before a range where that release is kept up', () => {
    const pyproject = '[project]\nname = "x"\nrequires-python = ">=3.10"\n[tool.uv]\n';
    const built = (image: string, files: Record<string, string>) => chosen({ Dockerfile: `FROM ${image}`, ...files });
    assert.equal(built('python:3.12-slim', { 'pyproject.toml': pyproject }).version, '3.12');
    assert.equal(built('ghcr.io/astral-sh/uv:0.9-python3.13-alpine', { 'pyproject.toml': pyproject }).version, '3.13');
    assert.equal(built('python:3.12', { 'pyproject.toml': pyproject, '.python-version': '3.11' }).version, '3.11');
    assert.equal(built('python:3.6', { 'pyproject.toml': pyproject.replace('>=3.10', '>=3.6') }).version, '3.14');
    assert.equal(built('python:3.6', { 'requirements.txt': 'flask' }).version, '3.6');
    assert.match(built('python:3.6', { 'requirements.txt': 'flask' }).from.why, /own Dockerfile .* python:3\.6/);
  });

  test('a pin without wheels for the newest Python holds the choice back', () => {
    assert.equal(chosen({ 'requirements.txt': 'numpy==1.26.4\n' }).version, '3.12');
    assert.equal(chosen({ 'requirements.txt': 'numpy>=1.26\n' }).version, '3.14');
    assert.equal(chosen({ 'requirements.txt': 'numpy==1.26.4\n', '.python-version': '3.11' }).version, '3.11');
  });
});

test('the wheels of a package bound the Python, unless one fits them all', () => {
  assert.equal(
    newestByFiles([
      'x-1-cp312-cp312-manylinux_2_17_x86_64.whl',
      'x-1-cp311-cp311-manylinux_2_17_x86_64.whl',
      'x-1.tar.gz',
    ]),
    12,
  );
  assert.equal(newestByFiles(['x-1-cp312-cp312-manylinux_2_17_x86_64.whl', 'x-1-py3-none-any.whl']), undefined);
  assert.equal(newestByFiles(['x-1-cp38-abi3-manylinux_2_17_x86_64.whl']), undefined);
  assert.equal(newestByVersion('django', '3.2.25'), 10);
  assert.equal(newestByVersion('werkzeug', '2.2.2'), 13);
  assert.equal(newestByVersion('werkzeug', '3.0.6'), undefined);
  assert.equal(newestByVersion('pydub', '0.25.1'), 12);
  assert.equal(newestByVersion('psycopg2', '2.9.3'), 10);
  assert.equal(newestByVersion('numpy', '1.19.5'), 9);
  assert.equal(newestByVersion('numpy', '1.26.4'), 12);
  assert.equal(newestByVersion('numpy', '2.3.2'), undefined);
  assert.equal(newestByVersion('celery', '5.2.7'), 11);
  assert.equal(newestByVersion('unheard-of', '1.0'), undefined);
});
