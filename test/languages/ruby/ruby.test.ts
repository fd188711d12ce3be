import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readGemfile } from '../../../src/languages/ruby/gemfile.ts';
import { closure, readLockfile } from '../../../src/languages/ruby/lockfile.ts';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const SOURCE = "source 'https://rubygems.org'\n";
interface Lock {
  readonly gems?: readonly string[];
  readonly dependencies?: readonly string[];
  readonly platforms?: readonly string[];
  readonly ruby?: string;
  readonly bundler?: string;
}
const lockOf = ({
  gems = [],
  dependencies = [],
  platforms = ['x86_64-linux'],
  ruby,
  bundler = '2.6.2',
}: Lock): string =>
  [
    'GEM',
    '  remote: https://rubygems.org/',
    '  specs:',
    ...gems.map((gem) => (gem.startsWith(' ') ? `    ${gem}` : `    ${gem}`)),
    '',
    'PLATFORMS',
    ...platforms.map((p) => `  ${p}`),
    '',
    'DEPENDENCIES',
    ...dependencies.map((d) => `  ${d}`),
    '',
    ...(ruby === undefined ? [] : ['RUBY VERSION', `   ruby ${ruby}`, '']),
    'BUNDLED WITH',
    `   ${bundler}`,
    '',
  ].join('\n');

const manifestOf = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest;
const runtimeOf = (files: Readonly<Record<string, string>>): unknown =>
  manifestOf({ 'app.rb': 'puts 1\n', Gemfile: SOURCE, ...files }).runtime;

describe('ruby: files', () => {
  test('a Gemfile: groups, paths, conditions, the ruby line', () => {
    const { gems, ruby } = readGemfile(
      [
        SOURCE,
        "ruby '~> 3.2', '>= 3.2.2'",
        "gem 'rails' # the framework",
        "gem 'local', path: 'libs/local'",
        'group :development, :test do',
        "  gem 'rspec'",
        'end',
        "gem 'puma', group: :production",
        "gem 'rubocop', groups: [:development]",
        "if RUBY_VERSION > '3'",
        "  gem 'bigdecimal'",
        'end',
        "gem 'tzinfo-data', platforms: %i[windows jruby]",
      ].join('\n'),
    );
    assert.deepEqual(ruby?.requirements, ['~> 3.2', '>= 3.2.2']);
    const names = (development: boolean): string[] =>
      gems.filter((g) => g.development === development).map((g) => g.name);
    assert.deepEqual(names(true), ['rspec', 'rubocop']);
    assert.deepEqual(names(false), ['rails', 'local', 'puma', 'bigdecimal', 'tzinfo-data']);
    assert.deepEqual(
      gems.filter((g) => !g.certain).map((g) => g.name),
      ['bigdecimal', 'tzinfo-data'],
    );
    assert.equal(gems.find((g) => g.name === 'local')?.path, 'libs/local');
  });

  test('a lockfile: gems with what they need, platforms, versions', () => {
    const lock = readLockfile(
      lockOf({
        gems: ['a (1.0)', '  b (~> 2)', 'b (2.1-x86_64-linux-gnu)', 'c (3)'],
        dependencies: ['a (~> 1)', 'c!'],
        ruby: '3.3.1p55',
      }),
    );
    assert.deepEqual([...closure(lock, ['a'])].sort(), ['a', 'b']);
    assert.deepEqual(lock.gems.get('b'), [{ version: '2.1', platform: 'x86_64-linux-gnu', needs: [] }]);
    assert.deepEqual(lock.dependencies, ['a', 'c']);
    assert.equal(lock.ruby?.version, '3.3.1');
    assert.equal(lock.bundler, '2.6.2');
  });
});

describe('ruby: versions', () => {
  test('version files in their order; as a release line where Bundler does not insist', () => {
    assert.equal(runtimeOf({ '.ruby-version': 'ruby-3.3.1\n', '.tool-versions': 'ruby 3.4.2\n' }), '3.3');
    assert.equal(runtimeOf({ '.tool-versions': 'ruby 3.4.2\n' }), '3.4');
    assert.equal(runtimeOf({ 'mise.toml': '[tools]\nruby = "3.3"\n' }), '3.3');
  });

  test('an exact ruby line of the Gemfile is exact, and goes before a file that it does not bear', () => {
    assert.equal(runtimeOf({ Gemfile: `${SOURCE}ruby '3.3.4'\n`, '.ruby-version': '3.3.4\n' }), '3.3.4');
    assert.equal(runtimeOf({ Gemfile: `${SOURCE}ruby '3.3.4'\n`, '.ruby-version': '3.4.1\n' }), '3.3.4');
    assert.equal(runtimeOf({ Gemfile: `${SOURCE}ruby file: '.ruby-version'\n`, '.ruby-version': '3.4.1\n' }), '3.4.1');
    assert.equal(runtimeOf({ Gemfile: `${SOURCE}ruby '~> 3.3.0'\n` }), '3.3');
    assert.equal(runtimeOf({ Gemfile: `${SOURCE}ruby '>= 3.1', '< 3.4'\n` }), '3.3');
  });

  test('the lockfile, the Rails that it locks, the Bundler that made it', () => {
    assert.equal(runtimeOf({ 'Gemfile.lock': lockOf({ ruby: '3.2.2p53' }) }), '3.2');
    assert.equal(runtimeOf({ 'Gemfile.lock': lockOf({ gems: ['railties (7.1.3)'] }) }), '3.3');
    assert.match(String(runtimeOf({ 'Gemfile.lock': lockOf({ bundler: '2.3.7' }) })), /^3\./);
    assert.match(String(runtimeOf({ 'Gemfile.lock': lockOf({ bundler: '4.0.1' }) })), /^4\./);
  });
});

describe('ruby: gems', () => {
  const gemfile = `${SOURCE}gem 'pg'\ngem 'sinatra'\ngroup :test do\n  gem 'mysql2'\nend\n`;
  const files = {
    Gemfile: gemfile,
    'Gemfile.lock': lockOf({
      gems: ['mysql2 (0.5)', 'pg (1.5)', 'sinatra (4.1)', '  rack (~> 3)', 'rack (3.1)'],
      dependencies: ['mysql2', 'pg', 'sinatra'],
    }),
    'config.ru': 'run Sinatra::Application\n',
  };

  test('a lockfile that fits is frozen; packages are those of gems that run in production', () => {
    const text = dockerfileOf(files);
    assert.match(text, /BUNDLE_FROZEN="1"/);
    assert.match(
      text,
      /COPY Gemfile Gemfile\.lock \.\/\nRUN --mount=type=cache,target=\/usr\/local\/bundle\/cache \\\n {4}bundle install\n/,
    );
    assert.deepEqual(manifestOf(files).run?.packages, ['libjemalloc2', 'libpq5']);
    assert.doesNotMatch(text, /mariadb/);
    assert.deepEqual(adviceOf(files), []);
  });

  test('one without Linux, one that lacks a gem, and none at all are not', () => {
    const other = {
      ...files,
      'Gemfile.lock': lockOf({
        gems: ['pg (1)', 'sinatra (4)', 'mysql2 (1)'],
        dependencies: ['mysql2', 'pg', 'sinatra'],
        platforms: ['arm64-darwin-23'],
      }),
    };
    assert.match(dockerfileOf(other), /COPY \. \.\/\nRUN bundle install --local/);
    assert.deepEqual(adviceOf(other), ['drifted-lockfile']);
    const drifted = { ...files, 'Gemfile.lock': lockOf({ gems: ['pg (1)'], dependencies: ['pg'] }) };
    assert.doesNotMatch(dockerfileOf(drifted), /BUNDLE_FROZEN/);
    assert.deepEqual(adviceOf(drifted), ['drifted-lockfile']);
    const { 'Gemfile.lock': _, ...none } = files;
    assert.deepEqual(adviceOf(none), ['missing-lockfile']);
  });

  test('Bundler of an old Ruby is told which release to be', () => {
    const old = {
      ...files,
      'Gemfile.lock': lockOf({
        gems: ['pg (1)', 'sinatra (2)', 'mysql2 (1)'],
        dependencies: ['mysql2', 'pg', 'sinatra'],
        bundler: '2.1.4',
      }),
      '.ruby-version': '2.7\n',
    };
    assert.match(dockerfileOf(old), /gem install bundler --no-document --version 2\.1\.4/);
  });

  test('files that the Gemfile takes in are there before the install, at their places', () => {
    const files = {
      Gemfile: `require File.join(File.dirname(__FILE__), 'lib/helper.rb')\neval_gemfile 'gemfiles/more'\n${SOURCE}gem 'sinatra', require: false\n`,
      'lib/helper.rb': '',
      'gemfiles/more': '',
      'sinatra.rb': '',
      'app.rb': 'puts 1\n',
    };
    const text = dockerfileOf(files);
    assert.match(
      text,
      /^COPY Gemfile \.\/\nCOPY --parents gemfiles\/more lib\/helper\.rb \.\/$|^COPY Gemfile \.\/\nCOPY gemfiles\/more \.\/gemfiles\/\nCOPY lib\/helper\.rb \.\/lib\/$/m,
    );
  });

  test('gems kept with the project are there before the install', () => {
    const local = {
      Gemfile: `${SOURCE}gem 'mine', path: 'libs/mine'\n`,
      'libs/mine/mine.gemspec': 'x',
      'app.rb': 'puts 1\n',
    };
    assert.match(dockerfileOf(local), /COPY libs\/mine\/ \.\/libs\/mine\/\nRUN/);
  });
});

describe('ruby: start', () => {
  const rack = (gems: readonly string[], more: Readonly<Record<string, string>> = {}): unknown =>
    manifestOf({ Gemfile: SOURCE + gems.map((g) => `gem '${g}'\n`).join(''), 'config.ru': 'run App\n', ...more })
      .command;

  test('Puma by its configuration, or on PORT; other servers likewise', () => {
    const config = 'port ENV.fetch("PORT") { 3100 }\n';
    assert.deepEqual(rack(['puma'], { 'config/puma.rb': config }), ['bundle', 'exec', 'puma', '-C', 'config/puma.rb']);
    assert.equal(
      manifestOf({ Gemfile: `${SOURCE}gem 'puma'\n`, 'config.ru': '', 'config/puma.rb': config }).port,
      3100,
    );
    assert.deepEqual(rack(['puma', 'sinatra']), [
      '/bin/sh',
      '-c',
      'exec bundle exec puma -b tcp://0.0.0.0:${PORT:-4567}',
    ]);
    assert.deepEqual(rack(['rack']), ['/bin/sh', '-c', 'exec bundle exec rackup --host 0.0.0.0 --port ${PORT:-9292}']);
  });

  test('Rails: assets with a key that signs nothing, folders that it writes to, its health route', () => {
    const files = {
      Gemfile: `${SOURCE}gem 'rails'\ngem 'propshaft'\ngem 'puma'\ngem 'bootsnap'\n`,
      'config/application.rb': 'x',
      'config/routes.rb': 'get "up" => "rails/health#show", as: :rails_health_check\n',
      'config.ru': 'run Rails.application\n',
      'app/assets/app.css': 'a{}',
    };
    const text = dockerfileOf(files);
    assert.match(text, /SECRET_KEY_BASE_DUMMY=1 SECRET_KEY_BASE=none bundle exec rails assets:precompile/);
    assert.match(text, /bootsnap precompile --gemfile/);
    assert.match(text, /chown -R 10001:10001 log storage tmp/);
    assert.equal(manifestOf(files).health?.path, '/up');
    assert.doesNotMatch(text, /ENV[^\n]*SECRET/);
  });

  test('a site is built and served as files', () => {
    const text = dockerfileOf({ Gemfile: `${SOURCE}gem 'jekyll'\n`, '_config.yml': 'title: x\n', 'index.md': '# x\n' });
    assert.match(text, /RUN \["bundle", "exec", "jekyll", "build", "--destination", "\/site"\]/);
    assert.match(text, /COPY --from=build \/site\/ \/srv\//);
  });

  test('a script, under an init', () => {
    const text = dockerfileOf({ 'main.rb': 'puts 1\n' });
    assert.match(text, /ENTRYPOINT \["\/usr\/local\/bin\/catatonit", "--"\]\nCMD \["ruby", "main\.rb"\]/);
    assert.equal(manifestOf({ 'main.rb': 'puts 1\n' }).workload, 'job');
  });

  test('nothing to start is a problem; tools of another project’s Gemfile are no app', () => {
    assert.equal(problemOf(() => dockerfileOf({ Gemfile: `${SOURCE}gem 'rake'\n` }))?.slug, 'no-start-command');
    const ios = {
      Gemfile: `${SOURCE}gem 'cocoapods'\ngem 'fastlane'\n`,
      'go.mod': 'module a.b/c\n',
      'main.go': 'package main\n',
    };
    assert.equal(projectOf(ios).language.id, 'go');
  });

  test('scripts in JavaScript need an engine', () => {
    assert.match(
      dockerfileOf({ Gemfile: `${SOURCE}gem 'execjs'\n`, 'app.rb': 'x\n' }),
      /COPY --from=node:[\w.-]+ \/usr\/local\/bin\/node/,
    );
  });
});

describe('ruby: functions', () => {
  const command = (app: string): unknown =>
    manifestOf({ 'app.rb': `require "functions_framework"\n${app}`, Gemfile: `${SOURCE}gem "functions_framework"\n` })
      .command;
  const program = ['bundle', 'exec', 'functions-framework-ruby', '--source', 'app.rb'];

  test('are served by the program of their gem, by their name where they have one', () => {
    assert.deepEqual(command('FunctionsFramework.http("hello") { "hi" }\n'), [...program, '--target', 'hello']);
    assert.deepEqual(command('FunctionsFramework.http do |request|\n  "hi"\nend\n'), program);
    assert.deepEqual(command('puts 1\n'), ['bundle', 'exec', 'ruby', 'app.rb']);
  });
});
