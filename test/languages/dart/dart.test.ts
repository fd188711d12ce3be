import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readVersion } from '../../../src/languages/dart/plan.ts';
import { dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const pubspec = (...lines: readonly string[]): string =>
  ['name: shop', 'environment:', '  sdk: ^3.4.0', ...lines, ''].join('\n');
const main = "import 'dart:io';\nvoid main() => HttpServer.bind('0.0.0.0', 8181);\n";

describe('dart', () => {
  test('the newest release that the constraint admits; before 3 the last of 2', () => {
    assert.equal(readVersion('^3.4.0'), readVersion('>=3.0.0 <4.0.0'));
    assert.equal(readVersion('>=2.16.1 <3.0.0'), '2.19');
    assert.equal(readVersion('>=3.1.0 <3.2.0'), '3.1');
  });

  test('a server in bin/ is compiled, and runs in an image of its own', () => {
    const files = { 'pubspec.yaml': pubspec(), 'bin/shop.dart': 'void main() {}', 'bin/server.dart': main };
    const text = dockerfileOf(files);
    assert.match(text, /dart compile exe bin\/server\.dart/);
    assert.match(text, /^FROM scratch AS runtime$/m);
    assert.equal(projectOf(files).merged.manifest.port, 8181);
  });

  test('without bin/, the usual file at the root that has a main function', () => {
    const files = { 'pubspec.yaml': pubspec(), 'app.dart': 'class App {}\n', 'server.dart': main };
    assert.match(dockerfileOf(files), /dart compile exe server\.dart -o \/out\/server/);
    assert.equal(projectOf(files).merged.manifest.port, 8181);
    assert.match(
      dockerfileOf({ 'pubspec.yaml': pubspec(), 'lib/main.dart': main }),
      /compile exe lib\/main\.dart -o \/out\/main/,
    );
    assert.equal(
      problemOf(() => dockerfileOf({ 'pubspec.yaml': pubspec(), 'lib/app.dart': '' }))?.slug,
      'no-start-command',
    );
  });

  test('generated code is generated', () => {
    const text = dockerfileOf({
      'pubspec.yaml': pubspec('dev_dependencies:', '  build_runner: any'),
      'bin/main.dart': 'void main() {}',
    });
    assert.match(text, /dart run build_runner build/);
  });

  test('Flutter, a library and a broken file are told apart', () => {
    const slug = (files: Readonly<Record<string, string>>) => problemOf(() => dockerfileOf(files))?.slug;
    assert.equal(slug({ 'pubspec.yaml': pubspec('dependencies:', '  flutter:', '    sdk: flutter') }), 'not-plannable');
    assert.equal(slug({ 'pubspec.yaml': pubspec() }), 'no-start-command');
    assert.equal(slug({ 'pubspec.yaml': 'a: [' }), 'broken-file');
  });

  test('a handler that is served by a library listens', () => {
    const files = {
      'pubspec.yaml': 'name: till\nenvironment:\n  sdk: ^3.5.0\n',
      'bin/server.dart':
        "import 'package:google_cloud/google_cloud.dart';\nFuture main() => serveHandler(router.call);\n",
    };
    assert.match(dockerfileOf(files), /^EXPOSE 8080$/m);
  });
});
