import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filesOf } from '../../support/inline.ts';
import { dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const site = { 'hugo.toml': 'baseURL = "/"\n', 'content/_index.md': '' };
const installed = (files: Readonly<Record<string, string>>): string | undefined =>
  /'hugo~=([\d.]+)'/.exec(dockerfileOf({ ...site, ...files }))?.[1];

describe('a site of Hugo', () => {
  test('is told by its configuration, also by that of before, and beside a package.json for its tools', () => {
    const language = (files: Readonly<Record<string, unknown>>): string | undefined =>
      projectOf(filesOf(files)).merged.manifest.framework;
    assert.equal(language({ 'config.toml': 'baseURL = "https://example.org"\n', 'themes/x/theme.toml': '' }), 'hugo');
    assert.equal(language({ 'config/_default/hugo.yaml': 'baseURL: /\n', 'content/a.md': '' }), 'hugo');
    const tools = {
      'package.json': { scripts: { build: 'hugo' }, devDependencies: { vite: '*' } },
      'package-lock.json': {},
    };
    assert.equal(language({ ...site, ...tools, 'index.html': '', 'vite.config.js': '' }), 'hugo');
    assert.equal(
      projectOf({ 'config.toml': 'base_url = "/"\n', 'index.html': '' }).merged.manifest.framework,
      undefined,
    );
  });

  test('gets the version that it is published with', () => {
    assert.equal(installed({ '.tool-versions': 'hugo extended_0.150.1\n' }), '0.150.0');
    assert.equal(installed({ 'netlify.toml': '[build.environment]\nHUGO_VERSION = "0.140.2"\n' }), '0.140.0');
    assert.equal(installed({ '.github/workflows/pages.yml': "with:\n  hugo-version: '0.133.0'\n" }), '0.133.0');
    assert.equal(installed({ 'vercel.json': '{"build":{"env":{"HUGO_VERSION":"0.92.2"}}}' }), '0.121.2');
    assert.match(installed({}) ?? '', /^0\.\d+\.0$/);
  });

  test('a theme that is not there is said before the build would', () => {
    const files = { ...site, 'hugo.toml': 'baseURL = "/"\ntheme = "ananke"\n' };
    const problem = problemOf(() => dockerfileOf({ ...files, '.gitmodules': '[submodule "themes/ananke"]\n' }));
    assert.match(`${problem?.message} ${problem?.hint}`, /submodule update/);
    assert.equal(
      problemOf(() => dockerfileOf({ ...files, 'themes/ananke/theme.toml': '' })),
      undefined,
    );
    const module = { ...files, 'hugo.toml': 'theme = ["github.com/theNewDynamic/gohugo-theme-ananke/v2"]\n' };
    assert.equal(
      problemOf(() => dockerfileOf(module)),
      undefined,
    );
  });

  test('modules are fetched by Go, unless they lie there; packages come from Node.js', () => {
    const text = dockerfileOf({
      ...site,
      'go.mod': 'module x\n',
      'package.json': '{"dependencies":{"tailwindcss":"4"}}',
    });
    assert.match(text, /COPY --from=golang:\S+ \/usr\/local\/go\/ /);
    assert.match(text, /COPY --from=modules \/app\/node_modules\/ \/app\/node_modules\//);
    assert.doesNotMatch(dockerfileOf({ ...site, 'go.mod': 'module x\n', '_vendor/modules.txt': '' }), /golang/);
  });
});
