import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerfileOf, problemOf, projectOf } from '../support/projects.ts';

/** Zig, Crystal, Swift and Haskell: versions, programs, and how each of them is built. */

const of = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest;

describe('zig', () => {
  const build = (...names: string[]): string =>
    `pub fn build(b: *std.Build) void {\n const target = b.standardTargetOptions(.{});\n${names.map((n) => ` const e = b.addExecutable(.{ .name = "${n}" });\n`).join('')}}\n`;
  const zon = (...lines: string[]): string => `.{\n .name = .sundial,\n${lines.join('\n')}\n}\n`;

  test('the minimum version means that very release line', () => {
    assert.equal(
      of({ 'build.zig': build('a'), 'build.zig.zon': zon(' .minimum_zig_version = "0.13.0",') }).runtime,
      '0.13',
    );
    assert.equal(
      of({ 'build.zig': build('a'), 'build.zig.zon': zon(' .minimum_zig_version = "0.15.0-dev.12+abc",') }).runtime,
      '0.15',
    );
    assert.match(dockerfileOf({ 'build.zig': build('a'), '.zigversion': '0.14.1\n' }), /'ziglang~=0\.14\.0'/);
    assert.equal(of({ 'build.zig': build('a') }).runtime, '0.17');
  });

  test('of several programs the one that the package is named after', () => {
    assert.deepEqual(of({ 'build.zig': build('bench', 'sundial'), 'build.zig.zon': zon() }).command, ['sundial']);
    assert.equal(problemOf(() => dockerfileOf({ 'build.zig': build('a', 'b') }))?.slug, 'no-start-command');
  });

  test('linked with musl unless it needs a library of the system', () => {
    assert.match(dockerfileOf({ 'build.zig': build('a') }), /-linux-musl/);
    assert.match(dockerfileOf({ 'build.zig': `${build('a')}\n exe.linkSystemLibrary("sqlite3");` }), /-Dcpu=baseline/);
  });
});

describe('crystal', () => {
  const shard = (...lines: string[]): string => ['name: tearoom', 'version: 0.1.0', ...lines, ''].join('\n');
  const targets = ['targets:', '  tearoom:', '    main: src/tearoom.cr'];

  test('targets, locks, and the C libraries of shards', () => {
    const text = dockerfileOf({
      'shard.yml': shard(...targets, 'dependencies:', '  sqlite3:', '    github: crystal-lang/crystal-sqlite3'),
      'shard.lock': 'version: 2.0\nshards: {}\n',
      'src/tearoom.cr': '',
    });
    assert.match(text, /apk add --no-cache sqlite-dev sqlite-static/);
    assert.match(text, /COPY shard\.yml shard\.lock \.\/\nRUN shards install --production/);
    assert.match(text, /shards build tearoom --release --static --no-debug/);
  });

  test('without a target, the file that is called like the shard', () => {
    assert.match(
      dockerfileOf({ 'shard.yml': shard(), 'src/tearoom.cr': '' }),
      /crystal build src\/tearoom\.cr --release --static/,
    );
  });

  test('a server that is started with a port', () => {
    const files = { 'shard.yml': shard(...targets), 'src/tearoom.cr': 'Tearoom.start(host: "0.0.0.0", port: 3100)\n' };
    assert.equal(of(files).port, 3100);
  });

  test('a version that is pinned, and Kemal with its port', () => {
    const files = {
      'shard.yml': shard(...targets, 'dependencies:', '  kemal:', '    github: kemalcr/kemal'),
      'src/tearoom.cr': '',
    };
    assert.match(
      dockerfileOf({ ...files, '.tool-versions': 'crystal 1.15.1\n' }),
      /FROM crystallang\/crystal:1\.15\.1-alpine/,
    );
    assert.match(dockerfileOf(files), /EXPOSE 3000/);
  });

  test('a shard.yml that cannot be read is a broken file', () => {
    assert.equal(problemOf(() => dockerfileOf({ 'shard.yml': 'name: [' }))?.slug, 'broken-file');
  });
});

describe('swift', () => {
  const manifest = (...lines: string[]): string =>
    [
      '// swift-tools-version:5.9',
      'import PackageDescription',
      'let package = Package(',
      '  name: "Almanac",',
      ...lines,
      ')',
      '',
    ].join('\n');
  const vapor = {
    'Package.swift': manifest(
      '  dependencies: [.package(url: "https://github.com/vapor/vapor.git", from: "4.0.0")],',
      '  targets: [.executableTarget(name: "App")]',
    ),
    'Sources/App/main.swift': '',
    'Public/site.css': '',
  };

  test('the tools version is a minimum; a version file is followed', () => {
    assert.equal(of(vapor).runtime, '6.3');
    assert.equal(of({ ...vapor, '.swift-version': '6.1.2\n' }).runtime, '6.1');
  });

  test('Vapor serves on every address, with its folders beside it', () => {
    assert.deepEqual(of(vapor).command, ['App', 'serve', '--env', 'production', '--hostname', '0.0.0.0']);
    assert.match(dockerfileOf(vapor), /COPY Public\/ \.\/Public\//);
    assert.match(
      dockerfileOf({ ...vapor, 'Package.resolved': '{}' }),
      /swift package resolve --force-resolved-versions/,
    );
  });

  test('a server of a library that is not known, told its port by the environment', () => {
    const files = {
      'Package.swift': manifest('  targets: [.executableTarget(name: "Almanac")]'),
      'Sources/Almanac/main.swift':
        'let port = UInt16(ProcessInfo.processInfo.environment["PORT"] ?? "9000")\ntry server.start(port!)\n',
    };
    assert.match(dockerfileOf(files), /^EXPOSE 9000$/m);
  });

  test('a library cannot be run', () => {
    assert.equal(
      problemOf(() => dockerfileOf({ 'Package.swift': manifest('  targets: [.target(name: "Almanac")]') }))?.slug,
      'no-start-command',
    );
  });

  const hummingbird = (source: string) => ({
    'Package.swift': manifest(
      '  dependencies: [.package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.0.0")],',
      '  targets: [.executableTarget(name: "App")]',
    ),
    'Sources/App/App.swift': source,
  });

  test('Hummingbird’s settings are told by the environment to listen on every address', () => {
    const files = hummingbird('let c = ApplicationConfiguration(reader: reader.scoped(to: "http"))');
    assert.match(dockerfileOf(files), /HTTP_HOST="0\.0\.0\.0" \\\n {4}HTTP_PORT="8080"/);
    assert.match(dockerfileOf(files, { port: 9090 }), /HTTP_PORT="9090"/);
  });

  test('a port that is handed to the server', () => {
    const port = (code: string) =>
      of({
        'Package.swift': 'let package = Package(name: "Shop", targets: [.executableTarget(name: "Shop")])\n',
        'Sources/Shop/main.swift': code,
      }).port;
    assert.equal(port('Kitura.addHTTPServer(onPort: 8201, with: router)\n'), 8201);
    assert.equal(port('let server = HttpServer()\ntry server.start(8202, forceIPv4: true)\n'), 8202);
  });

  test('a database’s port is not the program’s own', () => {
    const files = hummingbird('ValkeyClient(.hostname(host, port: 6379))\nlet port: Int = 8181');
    assert.equal(of(files).port, 8181);
  });
});

describe('haskell', () => {
  const cabal = (...lines: string[]): string =>
    ['name: sundries', ...lines, 'executable sundries', '  main-is: Main.hs', ''].join('\n');

  test('the compiler of the snapshot, of the tests, of the bounds', () => {
    const hpack = { 'package.yaml': 'name: sundries\nexecutables:\n  sundries:\n    main: Main.hs\n' };
    assert.equal(of({ ...hpack, 'stack.yaml': 'resolver: lts-22.43\n' }).runtime, '9.6');
    assert.equal(of({ 'sundries.cabal': cabal('tested-with: GHC == 9.4.8, GHC == 9.8.4') }).runtime, '9.8');
    assert.equal(of({ 'sundries.cabal': `${cabal()}  build-depends: base ^>=4.18.0\n` }).runtime, '9.6');
  });

  test('by Stack or by Cabal, dependencies before the source', () => {
    const text = dockerfileOf({ 'sundries.cabal': cabal(), 'Main.hs': 'main = run 3000 app' });
    assert.match(
      text,
      /COPY sundries\.cabal \.\/\nRUN cabal update \\\n && cabal build --only-dependencies exe:sundries/,
    );
    assert.match(text, /cabal list-bin exe:sundries/);
  });

  test('a project whose packages are in folders of their own', () => {
    const files = {
      'cabal.project': 'packages: */\n',
      'shop-types/shop-types.cabal': 'name: shop-types\nlibrary\n',
      'shop/shop.cabal': `${cabal().replaceAll('sundries', 'shop')}  build-depends: base ^>=4.18.0, warp\n`,
      'shop/Main.hs': 'main = run 3000 app',
    };
    assert.equal(of(files).runtime, '9.6');
    const text = dockerfileOf(files);
    assert.match(text, /cabal update[\s\S]*cabal build exe:shop/);
    assert.match(text, /^CMD \["shop"\]$/m);
  });

  test('headers of libraries that its packages are bound to', () => {
    const headers = (files: Readonly<Record<string, string>>): string | undefined =>
      /--no-install-recommends (?!catatonit)(.*) \\$/m.exec(dockerfileOf(files))?.[1];
    const depends = '  build-depends: base >=4 && <5\n               , postgresql-libpq >= 0.10, text-icu\n';
    assert.equal(headers({ 'sundries.cabal': cabal() + depends }), 'libicu-dev libpq-dev');
    const hpack = 'name: sundries\ndependencies:\n  - base\n  - hasql\nexecutables:\n  sundries:\n    main: Main.hs\n';
    assert.equal(headers({ 'package.yaml': hpack, 'stack.yaml': 'resolver: lts-22.43\n' }), 'libpq-dev');
    assert.equal(headers({ 'sundries.cabal': cabal('synopsis: better than curl and magic') }), undefined);
  });

  test('of several programs the one that the package is named after, however it is written', () => {
    const files = { 'Sundries.cabal': `name: Sundries\nexecutable sundries\nexecutable sundries-dev\n` };
    assert.deepEqual(of(files).command, ['sundries']);
  });

  test('a stack.yaml that names its own folder has dependencies before the source too', () => {
    const hpack = { 'package.yaml': 'name: sundries\nexecutables:\n  sundries:\n    main: Main.hs\n' };
    for (const folder of ["'.'", '.'])
      assert.match(
        dockerfileOf({ ...hpack, 'stack.yaml': `resolver: lts-22.43\npackages:\n  - ${folder}\n` }),
        /build --only-dependencies/,
      );
    const several = { ...hpack, 'stack.yaml': 'resolver: lts-22.43\npackages:\n  - .\n  - core\n' };
    assert.doesNotMatch(dockerfileOf(several), /only-dependencies/);
  });

  test('a server by what it imports', () => {
    const files = { 'sundries.cabal': cabal(), 'Main.hs': 'import Web.Scotty\nmain = scotty 3456 app\n' };
    assert.deepEqual([of(files).workload, of(files).port], ['service', 3456]);
  });
});
