import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createInventory, type Inventory } from '../../../src/inventory/inventory.ts';
import { assetStage } from '../../../src/languages/javascript/asset-stage.ts';
import { frontEndsServed } from '../../../src/languages/javascript/front-end-served.ts';
import { frontEndsInto } from '../../../src/languages/javascript/outputs-elsewhere.ts';
import { renderDockerfile } from '../../../src/render/dockerfile.ts';
import { loadTemplates } from '../../../src/render/load-templates.ts';
import type { Stage } from '../../../src/plan/plan.ts';
import { dockerfileOf } from '../../support/projects.ts';

function inventoryOf(files: Readonly<Record<string, string>>): Inventory {
  const texts = new Map(Object.entries(files).map(([path, text]) => [path, { text, truncated: false }]));
  return createInventory(
    Object.entries(files).map(([path, text]) => ({ path, kind: 'file', size: text.length, mode: 0o644 })),
    texts,
  );
}

const templates = loadTemplates();
const written = (stage: Stage | undefined): string =>
  renderDockerfile(
    { syntax: { image: 'docker/dockerfile', tag: '1' }, stages: stage ? [stage] : [], advice: [] },
    templates,
    'test',
  ).text;

describe('the stage that builds assets for other languages', () => {
  test('a package.json at the root, with a lock', () => {
    const built = assetStage(
      inventoryOf({
        'package.json': '{"scripts":{"build":"vite build"},"devDependencies":{"vite":"^7.0.0"}}',
        'package-lock.json':
          '{"lockfileVersion":3,"packages":{"":{},"node_modules/vite":{"version":"7.1.0","dev":true}}}',
      }),
      { sources: ['resources/', 'vite.config.js'] },
    );
    const text = written(built?.stage);
    assert.match(text, /FROM node:24-trixie-slim AS assets/);
    assert.match(text, /COPY package\.json package-lock\.json \.\/\nRUN .*type=cache,target=\/root\/\.npm.*\n +npm ci/);
    assert.match(text, /COPY --parents resources\/ vite\.config\.js \.\/\nRUN npm run build/);
    assert.equal(built?.root, '/app');
    assert.deepEqual(built?.advice, []);
  });

  test('a package.json in a folder: paths are those of the project', () => {
    const built = assetStage(
      inventoryOf({
        'assets/package.json': '{"scripts":{"deploy":"esbuild"},"dependencies":{"esbuild":"^0.25.0"}}',
        'assets/js/app.js': '',
      }),
      { folder: 'assets', scripts: ['build', 'deploy'] },
    );
    const text = written(built?.stage);
    assert.match(text, /WORKDIR \/app\/assets\nCOPY assets\/package\.json \.\/\n/);
    assert.match(text, /WORKDIR \/app\nCOPY \. \.\/\nWORKDIR \/app\/assets\nRUN npm run deploy/);
    assert.deepEqual(
      built?.advice.map((a) => a.code),
      ['missing-lockfile'],
    );
  });

  test('a front end whose settings write into the project around it is found, whatever its folder is called', () => {
    const found = (files: Readonly<Record<string, string>>): string[] =>
      frontEndsInto(inventoryOf({ 'shop/static/a.css': '', ...files }));
    const vite = "export default defineConfig({ build: { outDir: '../shop/static/web/' } })";
    assert.deepEqual(found({ 'vue3/package.json': '{}', 'vue3/vite.config.ts': vite }), ['vue3']);
    const angular = '{"options":{"outputPath":{"base":"../shop/static/","browser":""}}}';
    assert.deepEqual(found({ 'src-ui/package.json': '{}', 'src-ui/angular.json': angular }), ['src-ui']);
    assert.deepEqual(found({ 'js/package.json': '{"scripts":{"build":"esbuild a.js --outdir=../shop/static"}}' }), [
      'js',
    ]);
    for (const other of [vite.replace('../shop/static', 'dist'), vite.replace('../shop', '../../shop')])
      assert.deepEqual(found({ 'vue3/package.json': '{}', 'vue3/vite.config.ts': other }), []);
  });

  test('a front end whose built pages a program gives out', () => {
    const found = (text: string, files: Readonly<Record<string, string>> = {}): unknown =>
      frontEndsServed(inventoryOf({ 'web/ui/package.json': '{"scripts":{"build":"x"}}', ...files }), [text]).map(
        ({ output }) => output,
      );
    for (const text of [
      "path.join(root, '/web/ui/dist')",
      "join(__dirname, 'web', 'ui', 'dist')",
      '"./web/ui/dist/index.html"',
    ])
      assert.deepEqual(found(text), ['web/ui/dist'], text);
    assert.deepEqual(found("'web/ui/build'", { 'web/ui/build/index.html': '' }), []);
    for (const text of ["'other-web/ui/dist'", "'web/ui/distance'", "'web/ui'"])
      assert.deepEqual(found(text), [], text);
  });

  test('is built beside a program of Node.js, unless the program’s own build does so', () => {
    const text = (scripts: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}): string =>
      dockerfileOf({
        'package.json': JSON.stringify({
          scripts: { start: 'node index.js', ...scripts },
          dependencies: { express: '5' },
        }),
        'index.js': "app.use(express.static(path.join(__dirname, 'client/dist')));\napp.listen(3000);\n",
        'client/package.json':
          '{"scripts":{"build":"nuxt build","generate":"nuxt generate"},"dependencies":{"nuxt":"2"}}',
        ...more,
      });
    assert.match(text({}), /WORKDIR \/app\/client\nRUN npm run generate$/m);
    assert.match(text({}), /^COPY --from=assets \/app\/client\/dist\/ \/app\/client\/dist\/$/m);
    assert.doesNotMatch(text({ build: 'cd client && npm i && npm run generate' }), /--from=assets/);
    assert.doesNotMatch(text({}, { 'client/dist/index.html': '' }), /--from=assets/);
  });

  test('nothing to build', () => {
    assert.equal(assetStage(inventoryOf({ 'app.rb': '' })), undefined);
    assert.equal(assetStage(inventoryOf({ 'package.json': '{"scripts":{"dev":"vite"}}' })), undefined);
  });
});
