import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInventory, type Entry } from '../../../src/inventory/inventory.ts';
import { findStart } from '../../../src/languages/python/start.ts';
import { installOf, leavesPip } from '../../../src/languages/python/install.ts';
import { readProject } from '../../../src/languages/python/project.ts';
import { writableOf } from '../../../src/languages/python/writable.ts';

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
      added: undefined,
      always: false,
    });
    const phases = (steps: readonly { kind: string; phase?: string }[] = []) =>
      steps.filter((s) => s.kind === 'run').map((s) => s.phase);
    assert.deepEqual(phases(install?.dependencies), ['install']);
    assert.deepEqual(phases(install?.project), ['build']);
  });
}

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
