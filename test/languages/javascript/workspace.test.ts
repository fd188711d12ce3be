import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findApps } from '../../../src/detection/detect.ts';
import { languages } from '../../../src/languages/index.ts';
import { readPackage } from '../../../src/languages/javascript/package-json.ts';
import { readProject } from '../../../src/languages/javascript/project.ts';
import { closureOf, isMember, workspaceMembers, workspaceRoot } from '../../../src/languages/javascript/workspace.ts';
import { filesOf } from '../../support/inline.ts';
import { dockerfileOf, treeOf } from '../../support/projects.ts';

const workspace = treeOf(
  filesOf({
    'package.json': { private: true, workspaces: { packages: ['apps/*', 'packages/**', '!packages/old'] } },
    'apps/web/package.json': { name: 'web', scripts: { start: 'node web.js' }, dependencies: { ui: '*' } },
    'apps/web/web.js': 'require("http").createServer().listen(3000)',
    'apps/api/package.json': {
      name: 'api',
      scripts: { start: 'node api.js' },
      devDependencies: { config: 'workspace:*' },
    },
    'packages/ui/package.json': { name: 'ui', peerDependencies: { tokens: '*' } },
    'packages/deep/tokens/package.json': { name: 'tokens', dependencies: { ui: '*' } },
    'packages/config/package.json': { name: 'config' },
    'packages/old/package.json': { name: 'old' },
  }),
);

describe('workspaces', () => {
  test('members by pattern', () => {
    const root = readPackage(workspace, '');
    assert.deepEqual(
      workspaceMembers(workspace, root).map((m) => m.folder),
      ['apps/api', 'apps/web', 'packages/config', 'packages/deep/tokens', 'packages/ui'],
    );
    assert.ok(isMember(['{apps,libs}/*'], 'libs/a'));
    assert.ok(isMember(['./packages/*/'], 'packages/a'));
    assert.ok(!isMember(['packages/*'], 'packages/a/b'));
    assert.ok(!isMember(['**'], 'packages/a/node_modules/x'));
    assert.equal(workspaceRoot(workspace, 'apps/web'), '');
    assert.equal(workspaceRoot(workspace, 'packages/old'), undefined);
  });

  test('what a member needs, in the order it is built, also round in a circle', () => {
    const { members } = readProject(workspace, '');
    const needs = (folder: string, production = false) => {
      const pkg = members.find((m) => m.folder === folder);
      assert.ok(pkg);
      return closureOf(pkg, members, production).map((m) => m.json.name);
    };
    assert.deepEqual(needs('apps/web'), ['tokens', 'ui']);
    assert.deepEqual(needs('apps/api'), ['config']);
    assert.deepEqual(needs('apps/api', true), []);
  });

  test('a start script that starts every member is of no program', () => {
    const files = {
      'package.json': {
        private: true,
        workspaces: ['web', 'api'],
        scripts: { start: 'turbo run start' },
        devDependencies: { turbo: '*' },
      },
      'web/package.json': { name: 'web', scripts: { start: 'node web.js' }, dependencies: { express: '*' } },
      'web/web.js': 'app.listen(3000)',
    };
    const paths = (more: Readonly<Record<string, unknown>>): string[] =>
      findApps(treeOf(filesOf({ ...files, ...more })), languages).map((app) => app.path);
    assert.deepEqual(paths({}), ['web']);
    assert.deepEqual(paths({ 'api/package.json': { name: 'api', scripts: { start: 'node api.js' } } }), ['api', 'web']);
  });

  test('the app of a workspace is the one that its own start script starts, and no example', () => {
    const member = (name: string) => ({ name, scripts: { start: 'node server.js' }, dependencies: { express: '*' } });
    const paths = (scripts: Readonly<Record<string, string>>, ...folders: readonly string[]): string[] => {
      const members = folders.map((folder) => [`${folder}/package.json`, member(folder)] as const);
      const root = { private: true, workspaces: folders, scripts };
      return findApps(treeOf(filesOf({ 'package.json': root, ...Object.fromEntries(members) })), languages).map(
        (app) => app.path,
      );
    };
    assert.deepEqual(paths({ start: 'yarn --cwd ./web start' }, 'web', 'api'), ['web']);
    assert.deepEqual(paths({ start: 'npm start -w api' }, 'web', 'api'), ['api']);
    assert.deepEqual(paths({}, 'web', 'api'), ['api', 'web']);
    assert.deepEqual(paths({}, 'web', 'examples/basic', 'packages/x/__e2e__/one'), ['web']);
    assert.deepEqual(paths({}, 'examples/basic', 'examples/more'), ['examples/basic', 'examples/more']);
  });

  test('files that the root gives out of a member are built by that member', () => {
    const text = dockerfileOf(
      filesOf({
        'package.json': {
          private: true,
          workspaces: ['packages/*'],
          scripts: { start: 'http-server packages/web/dist -p 3000' },
          devDependencies: { 'http-server': '14' },
        },
        'packages/web/package.json': { name: 'web', scripts: { build: 'vite build' }, dependencies: { core: '*' } },
        'packages/core/package.json': { name: 'core', scripts: { build: 'tsc' } },
        'packages/docs/package.json': { name: 'docs', scripts: { build: 'vite build' } },
      }),
    );
    assert.match(text, /^RUN \(cd packages\/core && npm run build\) \\\n && \(cd packages\/web && npm run build\)$/m);
    assert.match(text, /^COPY --from=build \/app\/packages\/web\/dist\/ \/srv\/$/m);
  });

  test('a root that starts packages of other folders side by side is none of them', () => {
    const paths = (scripts: object): string[] => {
      const app = { scripts: { start: 'node index.js' }, dependencies: { express: '5' } };
      const files = {
        'package.json': { scripts, devDependencies: { concurrently: '9' } },
        'server/package.json': app,
        'server/index.js': 'app.listen(3000)',
        'client/package.json': app,
        'client/index.js': 'app.listen(3001)',
      };
      return findApps(treeOf(filesOf(files)), languages).map((found) => found.path);
    };
    const parts = { s: 'npm start --prefix server', c: 'cd client && npm start' };
    assert.deepEqual(paths({ ...parts, start: 'concurrently -n a,b "npm run s" "npm run c"' }), ['client', 'server']);
    assert.deepEqual(paths({ ...parts, start: 'run-p s c' }), ['client', 'server']);
    assert.deepEqual(paths({ ...parts, start: 'concurrently "npm run s" "node index.js"' }), ['']);
  });

  test('a member that settings name by its path is part of the build, though no dependency says so', () => {
    const files = {
      'package.json': { private: true, workspaces: ['web', 'packages/*'], devDependencies: { vite: '*' } },
      'web/package.json': { name: 'web', scripts: { build: 'vite build' } },
      'web/index.html': '',
      'web/vite.config.mts': "const at = path.resolve(__dirname, '../packages/draw/src/index.ts')",
      'packages/draw/package.json': { name: 'draw', dependencies: { maths: '*' } },
      'packages/maths/package.json': { name: 'maths' },
      'packages/shapes/package.json': { name: 'shapes' },
      'packages/docs/package.json': { name: 'docs' },
    };
    const source = (more: Readonly<Record<string, unknown>>): string | undefined =>
      /^COPY (.*)\. \.\/$/m.exec(dockerfileOf(filesOf({ ...files, ...more }), { app: 'web' }))?.[1];
    assert.equal(source({}), '--exclude=packages/docs --exclude=packages/shapes ');
    const paths = {
      'web/tsconfig.json': { extends: '../tsconfig.base' },
      'tsconfig.base.json': { compilerOptions: { paths: { shapes: ['./packages/shapes/src'] } } },
    };
    assert.equal(source(paths), '--exclude=packages/docs ');
    assert.equal(source({ 'web/vite.config.mts': 'resolve(__dirname, `../packages/${name}`)' }), '');
  });

  test('tools that the root installs are those of a member which configures them', () => {
    const files = filesOf({
      'package.json': {
        private: true,
        workspaces: ['web', 'util'],
        scripts: { start: 'yarn --cwd ./web start' },
        devDependencies: { vite: '*', typescript: '*' },
      },
      'web/package.json': { name: 'web', scripts: { start: 'yarn && vite', build: 'vite build' } },
      'web/index.html': '',
      'web/vite.config.mts': "export default { build: { outDir: 'build' } }",
      'util/package.json': { name: 'util' },
    });
    assert.deepEqual(
      findApps(treeOf(files), languages).map((app) => app.path),
      ['web'],
    );
    assert.match(dockerfileOf(files), /^COPY --from=build \/app\/web\/build\/ \/srv\/$/m);
  });

  test('Nx: a project whose package.json says its name alone, and what looks like a program and sets Jest up', () => {
    const files = filesOf({
      'package.json': { private: true, scripts: {}, devDependencies: { nx: '*', vite: '*' } },
      'nx.json': {},
      'jest.preset.js': 'module.exports = {};\n',
      'apps/shop/package.json': { name: '@x/shop' },
      'apps/shop/project.json': {
        name: 'shop',
        projectType: 'application',
        targets: { build: { executor: '@nx/vite:build', options: { outputPath: 'dist/apps/shop' } } },
      },
      'apps/shop/index.html': '',
      'apps/shop/vite.config.ts': "export default { build: { outDir: '../../dist/apps/shop' } }",
    });
    assert.match(dockerfileOf(files), /nx build shop$[^]*^COPY --from=build \/app\/dist\/apps\/shop\/ \/srv\/$/m);
  });

  test('Nx: an application of Angular, by the executor of Angular itself', () => {
    const files = filesOf({
      'package.json': { scripts: { start: 'nx serve', build: 'nx build' }, devDependencies: { nx: '*' } },
      'nx.json': {},
      'project.json': {
        name: 'shop',
        projectType: 'application',
        targets: {
          build: { executor: '@angular-devkit/build-angular:application', options: { outputPath: 'dist/shop' } },
        },
      },
      'src/index.html': '',
    });
    assert.match(dockerfileOf(files), /^COPY --from=build \/app\/dist\/shop\/browser\/ \/srv\/$/m);
  });

  test('Nx: a member by the name in its project.json, and the folder that its target says', () => {
    const target = (build: object, name: string, app = `apps/${name}`) => ({
      [`${app}/package.json`]: { name: `@x/${name}` },
      [`${app}/project.json`]: { name, projectType: 'application', targets: { build } },
      [`${app}/src/index.html`]: '',
    });
    const files = filesOf({
      'package.json': {
        private: true,
        workspaces: ['apps/*'],
        scripts: { start: 'nx serve' },
        devDependencies: { nx: '*' },
      },
      'nx.json': {},
      ...target({ outputs: ['{workspaceRoot}/dist/apps/cart'] }, 'cart'),
      'apps/cart/rsbuild.config.ts': 'export default {}',
      ...target(
        { executor: '@nx/angular:application', options: { outputPath: { base: 'dist/shop', browser: '' } } },
        'shop',
      ),
      ...target({ executor: '@nx/angular:application', options: { outputPath: 'dist/desk' } }, 'desk'),
    });
    const site = (app: string): string | undefined =>
      /^COPY --from=build (\S+) \/srv\/$/m.exec(dockerfileOf(files, { app }))?.[1];
    assert.deepEqual(
      findApps(treeOf(files), languages).map((app) => app.path),
      ['apps/cart', 'apps/desk', 'apps/shop'],
    );
    assert.match(dockerfileOf(files, { app: 'apps/cart' }), /nx build cart$/m);
    assert.deepEqual(['apps/cart', 'apps/shop', 'apps/desk'].map(site), [
      '/app/dist/apps/cart/',
      '/app/dist/shop/',
      '/app/dist/desk/browser/',
    ]);
  });

  test('Nx: a plugin of the workspace makes the build target of a project that has its tool’s configuration', () => {
    const app = (name: string, files: Readonly<Record<string, unknown>>) => ({
      [`apps/${name}/project.json`]: { name, projectType: 'application', targets: { serve: {} } },
      ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`apps/${name}/${file}`, text])),
    });
    const writes = (call: string) => `module.exports = { output: { path: ${call} } };`;
    const files = {
      'package.json': {
        private: true,
        dependencies: { '@nestjs/core': '11', next: '16' },
        devDependencies: { nx: '*' },
      },
      'nx.json': {
        plugins: [
          '@nx/next/plugin',
          '@nx/eslint/plugin',
          { plugin: '@nx/webpack/plugin', options: { buildTargetName: 'build' } },
          { plugin: '@nx/vite/plugin' },
        ],
      },
      ...app('api', { 'webpack.config.js': writes("join(__dirname, '../../dist/apps/api')"), 'src/main.ts': '' }),
      ...app('web', {
        'vite.config.ts': "export default { build: { outDir: '../../dist/apps/web' } };",
        'index.html': '',
      }),
      ...app('shop', { 'next.config.js': 'module.exports = {};' }),
      ...app('api-e2e', { 'jest.config.ts': '' }),
      'packages/bot/package.json': { name: '@own/bot', nx: { name: 'bot', projectType: 'application' } },
      'packages/bot/webpack.config.js': writes("path.resolve(__dirname, 'dist')"),
    };
    assert.deepEqual(
      findApps(treeOf(filesOf(files)), languages).map((at) => at.path),
      ['apps/api', 'apps/shop', 'apps/web'],
    );
    const of = (folder: string, more = {}) => dockerfileOf(filesOf({ ...files, ...more }), { app: folder });
    assert.match(
      of('apps/api'),
      /^RUN npx --no-install nx build api$[^]*^CMD \["node", "\.\.\/\.\.\/dist\/apps\/api\/main\.js"\]$/m,
    );
    assert.match(of('apps/web'), /^COPY --from=build \/app\/dist\/apps\/web\/ \/srv\/$/m);
    assert.match(of('apps/shop'), /^RUN npx --no-install nx build shop$[^]*^CMD \["next", "start"\]$/m);
    const root = { ...files['package.json'], workspaces: ['packages/*'] };
    assert.match(of('packages/bot', { 'package.json': root }), /nx build bot$[^]*packages\/bot\/dist\/main\.js"\]$/m);
  });

  test('Nx: applications that are no packages are built by their targets with what the root installs', () => {
    const app = (name: string, build: object, more = {}) => ({
      [`apps/${name}/project.json`]: { name, projectType: 'application', targets: { build }, ...more },
    });
    const node = (name: string) => ({
      executor: '@nx/node:webpack',
      options: { outputPath: `dist/apps/${name}`, main: `apps/${name}/src/main.ts` },
      configurations: { production: {} },
    });
    const files = {
      'package.json': { private: true, dependencies: { express: '*', next: '*' }, devDependencies: { nx: '*' } },
      'nx.json': {},
      ...app('api', node('api')),
      ...app('web', {
        executor: '@nx/next:build',
        options: { outputPath: 'dist/apps/web' },
        defaultConfiguration: 'production',
      }),
      ...app('api-e2e', {}),
      'libs/util/project.json': { name: 'util', projectType: 'library', targets: { build: {} } },
    };
    const found = (more: Readonly<Record<string, unknown>> = {}) =>
      findApps(treeOf(filesOf({ ...files, ...more })), languages).map((at) => at.path);
    assert.deepEqual(found(), ['apps/api', 'apps/web']);
    const api = dockerfileOf(filesOf(files), { app: 'apps/api' });
    assert.match(api, /^RUN npx --no-install nx build api --configuration=production$/m);
    assert.match(api, /^CMD \["node", "\.\.\/\.\.\/dist\/apps\/api\/main\.js"\]$/m);
    const web = dockerfileOf(filesOf(files), { app: 'apps/web' });
    assert.match(web, /^RUN npx --no-install nx build web$/m);
    assert.match(web, /^CMD \["next", "start", "\.\.\/\.\.\/dist\/apps\/web"\]$/m);

    const start = (script: string) => ({
      'package.json': { ...files['package.json'], scripts: { start: script } },
      'nx.json': { defaultProject: 'api' },
    });
    assert.deepEqual(found(start('nx serve')), ['apps/api']);
    assert.deepEqual(found(start('nx serve web --prod')), ['apps/web']);
    assert.deepEqual(found(start('nx serve util')), ['apps/api', 'apps/web']);
    assert.match(dockerfileOf(filesOf({ ...files, ...start('nx serve') }), { app: 'apps/web' }), /nx build web$/m);
    const standalone = { 'project.json': { projectType: 'application', targets: { build: node('x') } } };
    assert.ok(found({ ...standalone, 'server.js': '', ...start('node server.js') }).includes(''));
  });

  test('a root that only holds a workspace gives way to its apps', () => {
    assert.deepEqual(
      findApps(workspace, languages).map((app) => app.path),
      ['apps/api', 'apps/web'],
    );
  });

  test('so does one whose start script starts members side by side, or containers of them', () => {
    const found = (scripts: Record<string, string>) => {
      const files = {
        'package.json': { workspaces: ['apps/*'], scripts },
        'apps/api/package.json': { name: 'api', scripts: { start: 'node api.js' } },
        'apps/web/package.json': { name: 'web', scripts: { start: 'node web.js' } },
      };
      return findApps(treeOf(filesOf(files)), languages).map((app) => app.path);
    };
    const both = ['apps/api', 'apps/web'];
    const each = {
      api: 'pnpm --filter api start',
      web: "concurrently 'pnpm --filter web watch' 'pnpm --filter web start'",
    };
    assert.deepEqual(found({ ...each, start: "concurrently --kill-others 'pnpm api' 'pnpm web'" }), both);
    assert.deepEqual(
      found({ ...each, up: 'docker compose up -d', start: 'npm run up && npm run api & npm run web' }),
      both,
    );
    assert.deepEqual(
      found({ start: 'docker compose -f prod.yml down && docker compose -f prod.yml up --build' }),
      both,
    );
    assert.deepEqual(found({ build: 'turbo build', start: 'npm run build && node server.js' }), ['', ...both]);
  });

  test('so does one whose start script calls a script for all of them', () => {
    const files = {
      'package.json': {
        workspaces: ['server', 'client'],
        scripts: { start: 'bun run dev', dev: "bun run --filter '*' dev" },
      },
      'bun.lock': '',
      'server/package.json': { name: 'server', scripts: { start: 'bun src/index.ts' } },
      'server/src/index.ts': '',
      'client/package.json': {
        name: 'client',
        scripts: { dev: 'vite', build: 'vite build' },
        devDependencies: { vite: '^7' },
      },
      'client/index.html': '',
    };
    assert.deepEqual(
      findApps(treeOf(filesOf(files)), languages).map((app) => app.path),
      ['client', 'server'],
    );
  });

  test('a root with a start script of its own is an app', () => {
    const files = {
      'package.json': { workspaces: ['packages/*'], scripts: { start: 'node packages/a/a.js' } },
      'packages/a/package.json': { name: 'a' },
      'packages/a/a.js': '',
    };
    assert.deepEqual(
      findApps(treeOf(filesOf(files)), languages).map((app) => app.path),
      [''],
    );
  });
});

test('a package.json for tools alone gives way to the apps beside it', () => {
  const files = {
    'package.json': { devDependencies: { prettier: '^3' }, scripts: { format: 'prettier .' } },
    'web/package.json': { scripts: { start: 'node web.js' } },
  };
  assert.deepEqual(
    findApps(treeOf(filesOf(files)), languages).map((app) => app.path),
    ['web'],
  );
});
