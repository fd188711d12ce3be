import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseApp, chooseLanguage, findApps, weigh } from '../../src/detection/detect.ts';
import { createInventory, type Inventory } from '../../src/inventory/inventory.ts';
import type { Language } from '../../src/languages/language.ts';
import { Problem } from '../../src/problems/problem.ts';

const tree = (...paths: string[]): Inventory =>
  createInventory(paths.map((path) => ({ path, kind: 'file', size: 1, mode: 0o644 })));

/** A language that is told by one file. */
const toldBy = (id: string, path: string, weight = 100, apps: readonly string[] = []): Language => ({
  id,
  title: id,
  facts: { detectedBy: [path], versionOrder: [], packageManagers: [], frameworks: [], variants: ['slim'] },
  readsText: () => false,
  detect: (inventory) => (inventory.isFile(path) ? [{ path, weight, reason: path }] : []),
  apps: () => apps,
  infer: () => ({ findings: [] }),
  plan: () => {
    throw new Error('not planned here');
  },
  ignore: () => [],
});

const slugOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    return error instanceof Problem ? error.slug : String(error);
  }
  return undefined;
};

describe('detection', () => {
  const known = [toldBy('a', 'a.txt'), toldBy('b', 'b.txt'), toldBy('weak', 'w.txt', 10)];

  test('the heaviest evidence wins, whatever the order of the list', () => {
    const inventory = tree('a.txt', 'w.txt');
    assert.deepEqual(
      weigh(inventory, known).map((c) => c.language),
      ['a', 'weak'],
    );
    assert.deepEqual(
      weigh(inventory, known.toReversed()).map((c) => c.language),
      ['a', 'weak'],
    );
  });

  test('a tie is an answer, with the candidates', () => {
    const apps = findApps(tree('a.txt', 'b.txt'), known);
    const app = chooseApp(tree('a.txt', 'b.txt'), known, apps, undefined);
    assert.equal(
      slugOf(() => chooseLanguage(app, known, undefined)),
      'ambiguous-language',
    );
    assert.equal(chooseLanguage(app, known, 'b').id, 'b');
  });

  test('one app below the root is the app', () => {
    const inventory = tree('services/x/a.txt', 'README.md');
    const apps = findApps(inventory, known);
    assert.equal(chooseApp(inventory, known, apps, undefined).path, 'services/x');
  });

  test('several apps below the root are a list to choose from', () => {
    const inventory = tree('x/a.txt', 'y/b.txt');
    const apps = findApps(inventory, known);
    assert.equal(
      slugOf(() => chooseApp(inventory, known, apps, undefined)),
      'ambiguous-app',
    );
    assert.equal(chooseApp(inventory, known, apps, 'y').path, 'y');
    assert.equal(
      slugOf(() => chooseApp(inventory, known, apps, 'z')),
      'unknown-app',
    );
  });

  test('a stray file at the root gives way to real apps below', () => {
    const inventory = tree('w.txt', 'x/a.txt');
    assert.deepEqual(
      findApps(inventory, known).map((app) => app.path),
      ['x'],
    );
  });

  test('dependencies and tests are no apps', () => {
    const inventory = tree('node_modules/x/a.txt', 'tests/a.txt', '.hidden/a.txt');
    assert.deepEqual(findApps(inventory, known), []);
    assert.equal(
      slugOf(() => chooseApp(inventory, known, [], undefined)),
      'no-language',
    );
  });

  test('members of a workspace are listed beside the root', () => {
    const inventory = tree('a.txt', 'packages/one/a.txt');
    const apps = findApps(inventory, [toldBy('a', 'a.txt', 100, ['packages/one'])]);
    assert.deepEqual(
      apps.map((app) => app.path),
      ['', 'packages/one'],
    );
    assert.equal(chooseApp(inventory, known, apps, undefined).path, '');
  });
});
