import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lockfilesOf } from '../../../src/languages/javascript/lockfile.ts';
import { packageManagerOf } from '../../../src/languages/javascript/package-manager.ts';
import { readPackage } from '../../../src/languages/javascript/package-json.ts';
import { workspaceMembers } from '../../../src/languages/javascript/workspace.ts';
import { filesOf } from '../../support/inline.ts';
import { dockerfileOf, treeOf } from '../../support/projects.ts';

function read(files: Readonly<Record<string, unknown>>) {
  const inventory = treeOf(filesOf(files));
  const root = readPackage(inventory, '');
  assert.ok(root);
  const locks = lockfilesOf(inventory, [root, ...workspaceMembers(inventory, root)]);
  return { locks, manager: packageManagerOf(inventory, root, locks) };
}
const drift = (files: Readonly<Record<string, unknown>>) => read(files).locks[0]?.drift;

const pkg = (more: Readonly<Record<string, unknown>> = {}) => ({
  dependencies: { ms: '^2.1.0' },
  devDependencies: { typescript: '~5.9.0' },
  ...more,
});
const npmLock = (ms: string) => ({
  lockfileVersion: 3,
  packages: { '': {}, 'node_modules/ms': { version: ms }, 'node_modules/typescript': { version: '5.9.2' } },
});

describe('peers in a lock of npm', () => {
  const dnd = (peers: Readonly<Record<string, string>>, more = {}) => ({
    version: '11.0.0',
    peerDependencies: peers,
    ...more,
  });
  const refused = (packages: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) =>
    read({
      'package.json': { dependencies: { react: '18.2.0', dnd: '11.0.0' }, ...more },
      'package-lock.json': {
        lockfileVersion: 3,
        packages: { '': {}, 'node_modules/react': { version: '18.2.0' }, ...packages },
      },
    }).locks[0]?.refused;

  test('one that is there and fits is nothing to tell', () => {
    assert.equal(refused({ 'node_modules/dnd': dnd({ react: '^16.0.0 || ^18.0.0' }) }), undefined);
  });

  test('one that excludes what is locked was left alone by who made the lock', () => {
    assert.match(refused({ 'node_modules/dnd': dnd({ react: '^16.0.0' }) }) ?? '', /dnd wants react \^16.* 18\.2\.0/);
  });

  test('so was one that is not there', () => {
    const lacking = { 'node_modules/dnd': dnd({ redux: '^4.0.0' }) };
    assert.match(refused(lacking) ?? '', /dnd wants redux/);
    assert.equal(refused({ ...lacking, 'node_modules/redux': { version: '4.1.0' } }), undefined);
    assert.match(
      refused({ ...lacking, 'node_modules/dnd/node_modules/redux': { version: '4.1.0' } }) ?? '',
      /redux/,
      'what lies below a package is not beside it',
    );
  });

  test('the nearest one counts, and deeper down npm makes do with another version', () => {
    const nested = { 'node_modules/dnd': dnd({}), 'node_modules/dnd/node_modules/@a/b': dnd({ react: '^16.0.0' }) };
    assert.equal(refused(nested), undefined);
    const deep = { 'node_modules/dnd': dnd({}), 'node_modules/dnd/node_modules/@a/b': dnd({ redux: '^4.0.0' }) };
    assert.match(refused(deep) ?? '', /@a\/b wants redux/);
    assert.equal(refused({ ...deep, 'node_modules/dnd/node_modules/redux': { version: '1.0.0' } }), undefined);
  });

  test('optional peers, overrides and packages for other systems are not held against it', () => {
    const optional = dnd({ redux: '^4.0.0' }, { peerDependenciesMeta: { redux: { optional: true } } });
    assert.equal(refused({ 'node_modules/dnd': optional }), undefined);
    assert.equal(refused({ 'node_modules/dnd': dnd({ redux: '^4.0.0' }, { optional: true }) }), undefined);
    const overrides = { overrides: { react: '18.2.0' } };
    assert.equal(refused({ 'node_modules/dnd': dnd({ react: '^16.0.0' }) }, overrides), undefined);
  });
});

describe('drift of a lockfile from package.json', () => {
  test('npm: a range that the locked version meets is no drift', () => {
    assert.equal(drift({ 'package.json': pkg(), 'package-lock.json': npmLock('2.1.3') }), undefined);
    assert.match(drift({ 'package.json': pkg(), 'package-lock.json': npmLock('2.0.0') }) ?? '', /ms \^2\.1\.0/);
    const added = pkg({ dependencies: { ms: '^2.1.0', koa: '^3.0.0' } });
    assert.match(drift({ 'package.json': added, 'package-lock.json': npmLock('2.1.3') }) ?? '', /koa/);
  });

  test('npm: a lock without what its packages can use on other machines is none that npm ci takes', () => {
    const lock = (more: Readonly<Record<string, unknown>>) =>
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': {},
          'node_modules/ms': { version: '2.1.3', optionalDependencies: { 'ms-arm': '1', 'ms-x64': '1' } },
          'node_modules/ms-x64': {
            version: '1.0.0',
            optional: true,
            cpu: ['x64'],
            optionalDependencies: { gone: '1' },
          },
          ...more,
        },
      });
    const lacking = drift({ 'package.json': pkg({ devDependencies: {} }), 'package-lock.json': lock({}) });
    assert.match(lacking ?? '', /^ms can use ms-arm, which it does not hold$/);
    for (const place of ['node_modules/ms-arm', 'node_modules/ms/node_modules/ms-arm']) {
      const whole = lock({ [place]: { version: '1.0.0', optional: true } });
      assert.equal(
        drift({ 'package.json': pkg({ devDependencies: {} }), 'package-lock.json': whole }),
        undefined,
        place,
      );
    }
  });

  test('npm: nor one without what a package can use that is optional itself', () => {
    const packages = {
      '': {},
      'node_modules/ms': { version: '2.1.3' },
      'node_modules/pack': { version: '1.0.0', optional: true, optionalDependencies: { 'pack-arm': '1' } },
    };
    const lock = JSON.stringify({ lockfileVersion: 3, packages });
    assert.match(
      drift({ 'package.json': pkg({ devDependencies: {} }), 'package-lock.json': lock }) ?? '',
      /^pack can use pack-arm, which it does not hold$/,
    );
  });

  test('npm: what is overridden, optional or from git is not held against the lock', () => {
    const lenient = pkg({
      dependencies: { ms: 'github:vercel/ms' },
      optionalDependencies: { fsevents: '^2.3.0' },
      overrides: { typescript: '6.0.0' },
    });
    assert.equal(drift({ 'package.json': lenient, 'package-lock.json': npmLock('0.0.1') }), undefined);
  });

  test('what the root of a workspace overrides is not held against the lock, in members neither', () => {
    const yarn = {
      'package.json': { workspaces: ['packages/*'], resolutions: { ms: '2.1.2' } },
      'packages/a/package.json': { name: 'a', dependencies: { ms: '2.1.3' } },
      'yarn.lock': '__metadata:\n  version: 8\n\n"ms@npm:2.1.2":\n  version: 2.1.2\n',
    };
    assert.equal(drift(yarn), undefined);
    assert.match(drift({ ...yarn, 'package.json': { workspaces: ['packages/*'] } }) ?? '', /ms 2\.1\.3/);
    const pnpm = {
      'package.json': { dependencies: { ms: 'catalog:' } },
      'pnpm-workspace.yaml': 'catalog:\n  ms: 2.1.3\noverrides:\n  ms: "catalog:"\n',
      'pnpm-lock.yaml':
        "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      ms:\n        specifier: 2.1.3\n        version: 2.1.3\n",
    };
    assert.equal(drift(pnpm), undefined);
    assert.match(drift({ ...pnpm, 'pnpm-workspace.yaml': 'catalog:\n  ms: 2.1.3\n' }) ?? '', /made for 2\.1\.3/);
  });

  test('pnpm: ranges have to be the same, also of members', () => {
    const lock = (range: string) =>
      `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      ms:\n        specifier: ${range}\n        version: 2.1.3\n    devDependencies:\n      typescript:\n        specifier: ~5.9.0\n        version: 5.9.2\n\n  packages/a:\n    dependencies:\n      ms:\n        specifier: ^2.1.0\n        version: 2.1.3\n\npackages:\n\n  ms@2.1.3: {}\n`;
    const member = {
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
      'packages/a/package.json': { name: 'a', dependencies: { ms: '^2.1.0' } },
    };
    assert.equal(drift({ 'package.json': pkg(), 'pnpm-lock.yaml': lock('^2.1.0'), ...member }), undefined);
    assert.match(
      drift({ 'package.json': pkg(), 'pnpm-lock.yaml': lock('^2.0.0'), ...member }) ?? '',
      /made for \^2\.0\.0/,
    );
    const other = { ...member, 'packages/b/package.json': { name: 'b', dependencies: { ms: '^2.1.0' } } };
    assert.match(drift({ 'package.json': pkg(), 'pnpm-lock.yaml': lock('^2.1.0'), ...other }) ?? '', /packages\/b/);
  });

  test('yarn 1 and berry: an entry for each range', () => {
    const one = (range: string) =>
      `# yarn lockfile v1\n\n\nms@${range}:\n  version "2.1.3"\n\ntypescript@~5.9.0:\n  version "5.9.2"\n`;
    assert.equal(drift({ 'package.json': pkg(), 'yarn.lock': one('^2.1.0') }), undefined);
    assert.match(drift({ 'package.json': pkg(), 'yarn.lock': one('^2.0.0') }) ?? '', /ms \^2\.1\.0/);
    const berry = `__metadata:\n  version: 8\n\n"ms@npm:^2.1.0, ms@npm:^2.1.3":\n  version: 2.1.3\n\n"typescript@npm:~5.9.0":\n  version: 5.9.2\n`;
    assert.equal(drift({ 'package.json': pkg(), 'yarn.lock': berry }), undefined);
  });

  test('bun: ranges have to be the same', () => {
    const lock = `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "dependencies": { "ms": "^2.1.0", },\n      "devDependencies": { "typescript": "~5.9.0", },\n    },\n  },\n  "packages": {\n    "ms": ["ms@2.1.3", "", {}, "x"],\n  }\n}\n`;
    assert.equal(drift({ 'package.json': pkg(), 'bun.lock': lock }), undefined);
    assert.match(drift({ 'package.json': pkg({ dependencies: { ms: '3' } }), 'bun.lock': lock }) ?? '', /ms 3/);
  });
});

describe('the package manager', () => {
  test('npm is that of the image where it fits, and none that leaves out install scripts unless it is meant', () => {
    const npm = (engines: Readonly<Record<string, string>>, packageManager?: string) =>
      /npm install -g '?(npm@[^\s']+)/.exec(
        dockerfileOf(
          filesOf({
            'package.json': { engines, dependencies: { ms: '2' }, ...(packageManager ? { packageManager } : {}) },
            'index.js': '',
          }),
        ),
      )?.[1];
    assert.equal(npm({ node: '24', npm: '>=6.0.0' }), undefined);
    assert.equal(npm({ node: '20', npm: '10.x' }), undefined);
    assert.equal(npm({ node: '20', npm: '>=11' }), 'npm@11');
    assert.equal(npm({ node: '24', npm: '^9.0.0' }), 'npm@9');
    assert.equal(npm({ node: '24' }, 'npm@12.1.0'), 'npm@12.1.0');
  });
  test('pnpm is one that can ask a registry on the Node.js of the image, and reads the lock as it is', () => {
    const pnpm = (packageManager: string | undefined, node: string, lock = '5.3') =>
      /npm install -g (pnpm@\S+)/.exec(
        dockerfileOf(
          filesOf({
            'package.json': {
              ...(packageManager === undefined ? {} : { packageManager }),
              engines: { node },
              dependencies: { ms: '2' },
            },
            'pnpm-lock.yaml': `lockfileVersion: ${lock}\n`,
            'index.js': '',
          }),
        ),
      )?.[1];
    assert.equal(pnpm(undefined, '24'), 'pnpm@7');
    assert.equal(pnpm('pnpm@6.32.1', '24'), 'pnpm@7');
    assert.equal(pnpm('pnpm@6.32.1', '16'), 'pnpm@6.32.1');
    assert.equal(pnpm('pnpm@8.3.0', '22', "'6.0'"), 'pnpm@8');
    assert.equal(pnpm('pnpm@8.15.9', '22', "'6.0'"), 'pnpm@8.15.9');
    assert.equal(pnpm('pnpm@10.4.1', '24', "'9.0'"), 'pnpm@10.4.1');
  });

  const manager = (files: Readonly<Record<string, unknown>>) => {
    const { name, version, berry } = read(files).manager;
    return `${name}@${version ?? '-'}${berry ? ' berry' : ''}`;
  };

  test('packageManager goes over lockfiles, exact and without its hash', () => {
    const files = {
      'package.json': pkg({ packageManager: 'pnpm@10.4.1+sha512.abc' }),
      'package-lock.json': npmLock('2.1.3'),
    };
    assert.equal(manager(files), 'pnpm@10.4.1');
    assert.deepEqual(
      read(files).manager.rejected.map((r) => r.value),
      ['npm'],
    );
  });

  test('then devEngines, lockfiles, settings, engines', () => {
    assert.equal(
      manager({ 'package.json': pkg({ devEngines: { packageManager: { name: 'pnpm', version: '^9.1.0' } } }) }),
      'pnpm@9',
    );
    assert.equal(manager({ 'package.json': pkg(), 'yarn.lock': '# yarn lockfile v1\n' }), 'yarn@1');
    assert.equal(manager({ 'package.json': pkg(), 'yarn.lock': '__metadata:\n  version: 6\n' }), 'yarn@3 berry');
    assert.equal(
      manager({ 'package.json': pkg(), '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-3.8.7.cjs\n' }),
      'yarn@3.8.7 berry',
    );
    assert.equal(manager({ 'package.json': pkg(), 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" }), 'pnpm@8');
    assert.equal(manager({ 'package.json': pkg({ engines: { pnpm: '11.5.x' } }) }), 'pnpm@11.5.x');
    assert.equal(manager({ 'package.json': pkg(), 'bun.lockb': '' }), 'bun@-');
    assert.equal(manager({ 'package.json': pkg() }), 'npm@-');
  });

  test('of a range, the line that wrote the lock', () => {
    const pnpm = (range: string, format: string): string =>
      manager({
        'package.json': pkg({ engines: { pnpm: range } }),
        'pnpm-lock.yaml': `lockfileVersion: '${format}'\n`,
      });
    assert.equal(pnpm('>=8', '6.1'), 'pnpm@8');
    assert.equal(pnpm('>=8', '9.0'), manager({ 'package.json': pkg({ engines: { pnpm: '>=8' } }) }));
    assert.match(pnpm('>=9', '6.0'), /^pnpm@(9|\d\d)$/);
    const yarn = (lock: string): string =>
      manager({ 'package.json': pkg({ engines: { yarn: '>=1.22' } }), 'yarn.lock': lock });
    assert.equal(yarn('# yarn lockfile v1\n'), 'yarn@1');
    assert.equal(yarn('__metadata:\n  version: 6\n'), 'yarn@3 berry');
  });

  test('of several lockfiles, one that fits package.json', () => {
    const files = { 'package.json': pkg(), 'package-lock.json': npmLock('2.1.3'), 'yarn.lock': '# yarn lockfile v1\n' };
    assert.equal(manager(files), 'npm@-');
  });

  test('a value that is no version never gets into a command', () => {
    assert.equal(manager({ 'package.json': pkg({ packageManager: 'pnpm@$(reboot)' }) }), 'pnpm@-');
  });
});

test('pnpm 11 does not install again before a script, in the build and where it starts the program', () => {
  const text = (packageManager: string): string =>
    dockerfileOf({
      'package.json': JSON.stringify({
        packageManager,
        scripts: { build: 'tsc', prepare: 'lefthook install', start: 'node a.js' },
        devDependencies: { typescript: '5' },
      }),
    });
  const quiet = /npm install -g pnpm@\S+\nENV pnpm_config_verify_deps_before_run="false"/;
  assert.match(text('pnpm@11.8.0'), quiet);
  assert.match(text('pnpm@12.0.1'), quiet);
  assert.doesNotMatch(text('pnpm@10.30.0'), /verify_deps/);
  assert.doesNotMatch(text('yarn@4.5.1'), /verify_deps/);
});
