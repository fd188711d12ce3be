import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInventory, type Entry } from '../../../src/inventory/inventory.ts';
import { driftOf } from '../../../src/languages/python/drift.ts';
import { findStart } from '../../../src/languages/python/find-start.ts';
import { installOf, leavesPip } from '../../../src/languages/python/install.ts';
import { readProject } from '../../../src/languages/python/project.ts';
import { writableOf } from '../../../src/languages/python/writable.ts';
import { dockerfileOf } from '../../support/projects.ts';

function scopeOf(files: Record<string, string>) {
  const entries = Object.entries(files).map(([path, text]): Entry => ({
    path,
    kind: 'file',
    size: text.length,
    mode: 0o644,
  }));
  const texts = new Map(Object.entries(files).map(([path, text]) => [path, { text, truncated: false }]));
  return { inventory: createInventory(entries, texts), member: '' };
}

const BACKENDS = {
  pdm: ['pdm.lock', 'pdm.backend'],
  poetry: ['poetry.lock', 'poetry.core.masonry.api'],
  uv: ['uv.lock', 'uv_build'],
} as const;

for (const [manager, [lock, backend]] of Object.entries(BACKENDS)) {
  test(`${manager} installs the project itself as part of the build, its dependencies before`, () => {
    const project = readProject(
      scopeOf({
        'pyproject.toml': `[project]\nname = "dice"\nversion = "1"\n[project.scripts]\ndice = "dice:main"\n[build-system]\nrequires = []\nbuild-backend = "${backend}"\n`,
        [lock]: '',
        'src/dice/__init__.py': 'def main(): pass\n',
      }),
      manager,
    );
    const install = installOf(project, {
      pythonMinor: 14,
      python: '/usr/local/bin/python3',
      added: [],
      always: false,
    });
    const phases = (steps: readonly { kind: string; phase?: string }[] = []) =>
      steps.filter((s) => s.kind === 'run').map((s) => s.phase);
    assert.deepEqual(phases(install?.dependencies), ['install']);
    assert.deepEqual(phases(install?.project), ['build']);
  });
}

test('Chainlit keeps uploads and texts beside the program', () => {
  const files = {
    'requirements.txt': 'chainlit==2.8.0\n',
    'app.py': 'import chainlit as cl\n\n@cl.on_message\nasync def main(m):\n    pass\n',
    '.chainlit/config.toml': '',
  };
  assert.match(dockerfileOf(files), /^RUN chmod 1777 \/app \/app\/\.chainlit$/m);
});

test('FastHTML keeps a key beside the program', () => {
  const scope = scopeOf({
    'requirements.txt': 'python-fasthtml',
    'main.py': 'from fasthtml.common import *\napp, rt = fast_app()\n',
  });
  const { sources } = findStart(readProject(scope));
  assert.deepEqual(writableOf(scope.inventory, '', sources)?.folders, ['']);
});

test('an image keeps no pip, unless the project asks for it', () => {
  const leaves = (requirements: string) => leavesPip(readProject(scopeOf({ 'requirements.txt': requirements })));
  assert.equal(leaves('flask==3.1.0\npip-tools==7.5.0\n'), true);
  assert.equal(leaves('flask==3.1.0\npip>=24\n'), false);
});

test('tools come in the version that the project asks for', () => {
  const dockerfile = (files: Record<string, string>): string => dockerfileOf({ 'main.py': 'print(1)\n', ...files });
  const poetry = (line: string): string =>
    dockerfile({ 'pyproject.toml': `[tool.poetry]\nname = "dice"\nversion = "1"\n${line}\n`, 'poetry.lock': '' });
  assert.match(poetry('requires-poetry = "<=2.0.0"'), /install 'poetry<=2\.0\.0'/);
  assert.match(poetry('requires-poetry = "nonsense; rm"'), /install 'poetry>=2/);
  const uv = (range: string): string =>
    dockerfile({
      'pyproject.toml': `[project]\nname = "dice"\nversion = "1"\n[tool.uv]\nrequired-version = "${range}"\n`,
    });
  assert.match(uv('>=0.6.0, <0.7.0'), /astral-sh\/uv:0\.6 /);
  assert.match(uv('<0.7.3'), /astral-sh\/uv:0\.7\.2 /);
  assert.doesNotMatch(uv('>=0.6'), /astral-sh\/uv:0\.6 /);
});

test('a uv.lock without the project itself belongs to another one', () => {
  const lock = (name: string) =>
    `version = 1\n[[package]]\nname = "${name}"\nversion = "1"\nsource = { virtual = "." }\n[[package]]\nname = "six"\nversion = "1"\n`;
  const drift = (name: string) =>
    driftOf(
      readProject(
        scopeOf({ 'pyproject.toml': '[project]\nname = "Dice_game"\nversion = "1"\n', 'uv.lock': lock(name) }),
      ),
    );
  assert.equal(drift('dice-game'), undefined);
  assert.match(drift('other') ?? '', /Dice_game/);
});

test('a declared command of a project that is not installed is called where it lies', () => {
  const start = (target: string) => {
    const pyproject = `[tool.poetry]\nname = "dice"\npackage-mode = false\n[tool.poetry.scripts]\ndev = "game.dev:run"\nstart = "${target}"\n`;
    const files = { 'pyproject.toml': pyproject, 'game/server.py': 'def run():\n    pass\n' };
    return findStart(readProject(scopeOf(files))).start?.argv;
  };
  assert.deepEqual(start('game.server:run'), [
    'python',
    '-c',
    'import sys; from game.server import run; sys.exit(run())',
  ]);
  assert.equal(start('game.server:run()'), undefined);
  assert.equal(start('elsewhere:run'), undefined);
});

const OLD = 'setuptools<82';
for (const [name, files, wanted] of [
  ['a release that imports pkg_resources', { 'requirements.txt': 'flask>=2.2\ngunicorn==20.1.0\n' }, true],
  ['a release that does not', { 'requirements.txt': 'flask>=2.2\ngunicorn==23.0.0\n' }, false],
  ['any release', { 'requirements.txt': 'flask>=2.2\ngunicorn\n' }, false],
  ['one beside a setuptools of the project', { 'requirements.txt': 'gunicorn==20.1.0\nsetuptools==75.0\n' }, false],
  [
    'one, with a Python whose environments had setuptools',
    { 'requirements.txt': 'gunicorn==20.1.0\n', '.python-version': '3.11' },
    false,
  ],
  [
    'one in a lockfile that leaves setuptools out',
    {
      Pipfile: '[packages]\ngunicorn = "*"\n[requires]\npython_version = "3.12"\n',
      'Pipfile.lock': '{"_meta":{},"default":{"gunicorn":{"version":"==20.0.4"}},"develop":{}}',
    },
    true,
  ],
] as const) {
  test(`setuptools is installed beside ${name}: ${String(wanted)}`, () => {
    const text = dockerfileOf(
      { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', ...files },
      { command: ['gunicorn', 'app:app'] },
    );
    assert.match(text, /CMD \["gunicorn", "app:app"\]/);
    assert.equal(text.includes(OLD), wanted);
  });
}

test('what Poetry has locked is installed by pip, where all of it is from the index', () => {
  const locked = (more = '', settings: Record<string, string> = {}): string =>
    dockerfileOf({
      'pyproject.toml':
        '[tool.poetry]\nname = "dice"\nversion = "1"\npackage-mode = false\n[tool.poetry.dependencies]\nflask = "*"\n',
      'poetry.lock': `[[package]]\nname = "flask"\nversion = "3.1.2"\nfiles = [{file = "flask-3.1.2.tar.gz", hash = "sha256:00"}]\n${more}`,
      'main.py': 'import flask\napp = flask.Flask(__name__)\n',
      ...settings,
    });
  const byPip =
    /poetry export --only main -o \/tmp\/locked\.txt[ \\\n]+&& \/app\/\.venv\/bin\/pip install --no-deps --require-hashes -r \/tmp\/locked\.txt/;
  const byPoetry = /poetry install --only main --no-root/;
  assert.match(locked(), byPip);
  assert.match(locked(), /install 'poetry>=2[^']*' poetry-plugin-export/);
  assert.doesNotMatch(locked(), byPoetry);
  const empty = dockerfileOf({
    'pyproject.toml': '[tool.poetry]\nname = "dice"\nversion = "1"\npackage-mode = false\n',
    'poetry.lock': 'package = []\n',
    'main.py': 'print(1)\n',
  });
  for (const others of [
    empty,
    locked('[package.source]\ntype = "legacy"\nurl = "https://pypi.example.com/simple"\nreference = "ours"\n'),
    locked('[[package]]\nname = "no-checksum"\nversion = "1"\nfiles = []\n'),
    locked('', { 'poetry.toml': '[installer]\nno-binary = ["flask"]\n' }),
  ]) {
    assert.match(others, byPoetry);
    assert.doesNotMatch(others, /poetry export|plugin-export/);
  }
});
