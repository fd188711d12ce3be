import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseApp, chooseLanguage, findApps, weigh, type App } from '../../src/detection/detect.ts';
import { createInventory, type Inventory } from '../../src/inventory/inventory.ts';
import type { Detectable, Language } from '../../src/languages/language.ts';
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

  test('apps are looked for three folders deep, and not inside of another', () => {
    const inventory = tree(
      'x/a.txt',
      'x/inner/a.txt',
      'one/two/three/a.txt',
      'one/two/three/four/b.txt',
      '1/2/3/4/a.txt',
    );
    assert.deepEqual(
      findApps(inventory, known).map((app) => app.path),
      ['one/two/three', 'x'],
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

  test('a language that there is no folder for is named, rather than what lies in it by chance', () => {
    const problemOf = (...paths: string[]): string => {
      const inventory = tree(...paths);
      try {
        return chooseApp(inventory, known, findApps(inventory, known), undefined).path;
      } catch (error) {
        return error instanceof Problem ? `${error.slug}: ${error.message} ${error.hint ?? ''}` : String(error);
      }
    };
    assert.match(problemOf('dub.json', 'source/app.d'), /^no-language: .*dub\.json is of D\b/);
    assert.match(problemOf('cpanfile', 'app.psgi'), /Perl\b.*packages: \[perl\]/s);
    assert.match(problemOf('app.R'), /^no-language: .*app\.R is of R\b/);
    assert.match(problemOf('cpanfile', 'priv/w.txt'), /^no-language: .*cpanfile is of Perl\b/);
    assert.equal(problemOf('app.R', 'priv/w.txt'), 'priv');
    assert.equal(problemOf('cpanfile', 'a.txt'), '');
  });

  const making = (language: Language, workload?: Detectable['/workload'], isApp = true): Language => ({
    ...language,
    isApp: () => isApp,
    infer: () => ({
      findings: workload === undefined ? [] : [{ at: '/workload', value: workload, from: { why: workload } }],
    }),
  });
  const languageOf = (app: App | undefined): string | undefined => app?.candidates[0]?.language;

  test('files that one language builds are for the program of another beside them', () => {
    const inventory = tree('a.txt', 'b.txt');
    for (const weight of [120, 100, 80]) {
      const site = making(toldBy('a', 'a.txt', weight), 'static');
      const [app] = findApps(inventory, [site, making(toldBy('b', 'b.txt'), 'service')]);
      assert.equal(languageOf(app), 'b');
      assert.ok(app && chooseLanguage(app, [site, toldBy('b', 'b.txt')], undefined).id === 'b');
    }
    const stray = making(toldBy('b', 'b.txt', 40), 'service');
    assert.equal(languageOf(findApps(inventory, [making(toldBy('a', 'a.txt'), 'static'), stray])[0]), 'a');
  });

  test('a root that is tools for one language is an app of another, where that has a program there', () => {
    const inventory = tree('a.txt', 'b.txt', 'x/a.txt');
    const tools = making(toldBy('a', 'a.txt', 140), 'static', false);
    const apps = findApps(inventory, [tools, making(toldBy('b', 'b.txt'), 'service')]);
    assert.deepEqual(
      apps.map(({ path }) => path),
      [''],
    );
    assert.equal(languageOf(apps[0]), 'b');
    assert.deepEqual(
      findApps(inventory, [tools, making(toldBy('b', 'b.txt'), 'static')]).map(({ path }) => path),
      ['x'],
    );
  });

  test('a program that serves goes before files that weigh the same', () => {
    const apps = findApps(tree('a.txt', 'b.txt'), [
      making(toldBy('a', 'a.txt', 100), 'service'),
      making(toldBy('b', 'b.txt', 100), 'static'),
    ]);
    assert.equal(languageOf(apps[0]), 'a');
    assert.equal(apps[0]?.candidates[1]?.weight, 100);
    assert.ok((apps[0]?.candidates[0]?.weight ?? 0) > 100);
  });

  test('of languages that weigh the same, the one with a program to run; two programs of a kind are a tie', () => {
    const chosen = (...workloads: (Detectable['/workload'] | undefined)[]): string | undefined => {
      const languages = workloads.map((workload, i) => making(toldBy(`l${i}`, `${i}.txt`, 100), workload));
      const inventory = tree(...workloads.map((_, i) => `x/${i}.txt`));
      const [app] = findApps(inventory, languages);
      return slugOf(() => app && chooseLanguage(app, languages, undefined)) ?? languageOf(app);
    };
    assert.equal(chosen('job', undefined), 'l0');
    assert.equal(chosen('job', 'worker'), 'l1');
    assert.equal(chosen('worker', 'service', 'job'), 'l1');
    for (const tie of [
      ['service', 'service'],
      ['static', 'job'],
      [undefined, undefined],
    ] as const)
      assert.equal(chosen(...tie), 'ambiguous-language', tie.join());
  });

  test('the members of all workspaces that a root holds are its apps', () => {
    const inventory = tree('a.txt', 'b.txt', 'web/a.txt', 'api/b.txt');
    const languages = [
      making(toldBy('a', 'a.txt', 120, ['web']), 'service', false),
      making(toldBy('b', 'b.txt', 100, ['api']), 'service', false),
    ];
    assert.deepEqual(
      findApps(inventory, languages).map(({ path }) => path),
      ['web', 'api'],
    );
  });

  test('beside folders that a language can run, its libraries and tests are no apps', () => {
    const inventory = tree('App/a.txt', 'Lib/a.txt', 'web/b.txt');
    assert.deepEqual(
      findApps(inventory, [toldBy('a', 'a.txt', 100, ['App']), toldBy('b', 'b.txt', 100)]).map(({ path }) => path),
      ['App', 'web'],
    );
    assert.deepEqual(
      findApps(inventory, [toldBy('a', 'a.txt', 100, ['App/cmd/app'])]).map(({ path }) => path),
      ['App'],
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
