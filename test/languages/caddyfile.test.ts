import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf } from '../support/projects.ts';

/** A Caddyfile that the project brings along: as it is, or as a template. */

const site = (caddyfile: string) => ({ 'index.html': '<h1>hi</h1>', Caddyfile: caddyfile });
const app = (caddyfile: string) => ({
  'package.json': '{"scripts":{"build":"vite build"},"devDependencies":{"vite":"^7"}}',
  'index.html': '',
  Caddyfile: caddyfile,
});

describe('the project’s own Caddyfile', () => {
  test('is taken as it is', () => {
    for (const files of [site(':8080 {\n}\n'), app(':8080 {\n}\n')])
      assert.match(dockerfileOf(files), /COPY .*Caddyfile \/etc\/caddy\/Caddyfile/);
  });

  test('a template gets the folder, and the fallback where unknown paths are the app’s', () => {
    const template =
      ':{$PORT:80} {\n\troot * {{.DIST_DIR}}\n\ttry_files {path}{{if .IndexFallback}} /index.html{{end}}\n}\n';
    const built = dockerfileOf(app(template));
    assert.match(built, /COPY <<"EOF" \/etc\/caddy\/Caddyfile\n:\{\$PORT:80\} \{\n\troot \* \/srv\n/);
    assert.match(built, /\ttry_files \{path\} \/index\.html\n/);
    assert.match(dockerfileOf(site(template.replace('DIST_DIR', 'StaticFileRoot'))), /\ttry_files \{path\}\n/);
  });

  test('one that asks for more is set aside, with an advice', () => {
    const files = app(':80 {\n\troot * {{.DIST_DIR}}\n\trespond {{.Elsewhere}}\n}\n');
    assert.ok(adviceOf(files).includes('caddyfile-set-aside'));
    assert.doesNotMatch(dockerfileOf(files), /Elsewhere/);
  });
});
