import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { folderFindings } from '../../src/generate/folders.ts';
import { createInventory, inlineInventory } from '../../src/inventory/inventory.ts';

const tree = (...paths: readonly string[]) =>
  createInventory(paths.map((path) => ({ path, kind: 'file', size: 1, mode: 0o644 })));
const volumes = (...paths: readonly string[]) => folderFindings(tree(...paths), '').map((f) => f.value);

describe('folders of data, configuration and logs', () => {
  test('empty ones are written, settings are read', () => {
    assert.deepEqual(volumes('data/.gitkeep', 'logs/.gitkeep', 'config/app.yaml', 'main.py'), [
      [
        { path: 'config', access: 'read' },
        { path: 'data', access: 'write' },
        { path: 'logs', access: 'write' },
      ],
    ]);
  });

  test('a database and old logs are data', () => {
    assert.deepEqual(volumes('data/app.sqlite3', 'log/app.log'), [
      [
        { path: 'data', access: 'write' },
        { path: 'log', access: 'write' },
      ],
    ]);
  });

  test('a folder with files of the program is none', () => {
    assert.deepEqual(
      volumes('data/countries.csv', 'config/settings.py', 'config/app.yaml', 'storage/framework/x.php'),
      [],
    );
  });

  test('an inline manifest says nothing of folders', () => {
    assert.deepEqual(folderFindings(inlineInventory({ 'config/app.yaml': '' }), ''), []);
  });

  test('below an app, they are the app’s', () => {
    const found = folderFindings(tree('apps/api/data/.gitkeep', 'data/.gitkeep'), 'apps/api');
    assert.deepEqual(found[0]?.value, [{ path: 'data', access: 'write' }]);
    assert.equal(found[0]?.from.file, 'apps/api/data');
  });
});
