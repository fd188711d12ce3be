import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constraintOf } from '../../../src/languages/php/constraint.ts';
import { adviceOf, dockerfileOf, planOf, problemOf, projectOf } from '../../support/projects.ts';

const json = (value: object): string => JSON.stringify(value, null, 4);
const PAGE = '<?php echo 1;\n';
const manifestOf = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest;
const runtimeOf = (composer: object, more: Readonly<Record<string, string>> = {}): unknown =>
  manifestOf({ 'composer.json': json(composer), 'public/index.php': PAGE, ...more }).runtime;
const lock = (...packages: object[]): string => json({ packages, 'packages-dev': [], platform: [] });

describe('php: constraints', () => {
  const fits = (constraint: string, version: string): boolean | undefined => constraintOf(constraint)?.(version);

  test('are read as Composer reads them', () => {
    assert.equal(fits('^8.2', '8.4.1'), true);
    assert.equal(fits('^8.2', '9.0.0'), false);
    assert.equal(fits('~8.2', '8.4.1'), true);
    assert.equal(fits('~8.2.0', '8.3.0'), false);
    assert.equal(fits('>=7.4 <8.3', '8.2.9'), true);
    assert.equal(fits('>=7.4,<8.3', '8.3.0'), false);
    assert.equal(fits('7.4.*|8.*', '8.1.0'), true);
    assert.equal(fits('~8.1.0 || ~8.2.0', '8.2.30'), true);
    assert.equal(fits('8.1 - 8.3', '8.3.9'), true);
    assert.equal(fits('>= 8.1', '8.3.9'), true);
    assert.equal(fits('8.2.15', '8.2.30'), true);
    assert.equal(fits('>=8.1,!=8.2.3', '8.2.30'), true);
  });

  test('nonsense is no constraint', () => {
    assert.equal(constraintOf('whatever you like'), undefined);
    assert.equal(constraintOf('^'.repeat(1000)), undefined);
  });
});

describe('php: versions', () => {
  test('version files, then config.platform, then require, then the lockfile', () => {
    const composer = { require: { php: '^8.2' }, config: { platform: { php: '8.3.1' } } };
    assert.equal(runtimeOf(composer, { '.php-version': '8.4\n' }), '8.4');
    assert.equal(runtimeOf(composer, { '.tool-versions': 'php 8.2.4\n' }), '8.2');
    assert.equal(runtimeOf(composer), '8.3');
    assert.equal(runtimeOf({ require: { php: '~8.3.0' } }), '8.3');
    assert.equal(runtimeOf({ require: { php: '^7.4' } }), '7.4');
  });

  test('the newest release that the locked packages bear', () => {
    const locked = lock({ name: 'a/b', version: '1.0', require: { php: '~8.2.0 || ~8.3.0 || ~8.4.0' } });
    assert.equal(runtimeOf({ require: { php: '^8.2', 'a/b': '^1' } }, { 'composer.lock': locked }), '8.4');
    assert.equal(runtimeOf({ require: { 'a/b': '^1' } }, { 'composer.lock': locked }), '8.4');
  });

  test('an old framework does not get a newer PHP than it knows', () => {
    const composer = { require: { php: '^7.3|^8.0', 'laravel/framework': '^8.75' } };
    assert.equal(runtimeOf(composer), '8.1');
  });
});

describe('php: extensions', () => {
  test('of composer.json, of the locked packages, without those that another provides or the image has', () => {
    const text = dockerfileOf({
      'composer.json': json({
        require: { php: '^8.4', 'ext-mbstring': '*', 'ext-gd': '*', 'ext-redis': '*', 'a/b': '1' },
      }),
      'composer.lock': lock(
        { name: 'a/b', require: { 'ext-intl': '*', 'ext-apcu': '*' } },
        { name: 'c/polyfill', provide: { 'ext-apcu': '*' } },
      ),
      '.php-version': '8.4\n',
      'public/index.php': PAGE,
    });
    assert.match(text, /docker-php-ext-configure gd --with-freetype --with-jpeg --with-webp/);
    assert.match(text, /docker-php-ext-install -j"\$\(nproc\)" gd intl opcache \\\n/);
    assert.match(text, /pecl install redis/);
    assert.match(text, /libfreetype-dev libicu-dev libjpeg62-turbo-dev libpng-dev libwebp-dev/);
    assert.doesNotMatch(text, /mbstring|apcu/);
  });

  test('OPcache is part of PHP from 8.5 on', () => {
    assert.doesNotMatch(dockerfileOf({ 'index.php': PAGE, '.php-version': '8.5\n' }), /docker-php-ext/);
    assert.match(
      dockerfileOf({ 'index.php': PAGE, '.php-version': '8.3\n' }),
      /docker-php-ext-install -j"\$\(nproc\)" opcache/,
    );
  });

  test('calls of plain code, and settings', () => {
    const text = dockerfileOf({ 'index.php': '<?php $db = new mysqli("db"); $p = new PDO("pgsql:host=db");\n' });
    assert.match(text, /docker-php-ext-install -j"\$\(nproc\)" mysqli pdo_pgsql/);
  });

  test('one that nobody knows is said', () => {
    const files = { 'composer.json': json({ require: { 'ext-flux_capacitor': '*' } }), 'index.php': PAGE };
    assert.deepEqual(adviceOf(files), ['unknown-extension']);
  });
});

describe('php: web roots', () => {
  const rootOf = (files: Readonly<Record<string, string>>): string | undefined =>
    /DocumentRoot "([^"]+)"/.exec(dockerfileOf(files))?.[1];

  test('by convention, by framework, by scaffold', () => {
    assert.equal(rootOf({ 'index.php': PAGE }), '/app');
    assert.equal(rootOf({ 'public/index.php': PAGE, 'index.php': PAGE }), '/app/public');
    assert.equal(rootOf({ 'web/index.php': PAGE }), '/app/web');
    const extra = { 'drupal-scaffold': { locations: { 'web-root': 'docroot/' } } };
    assert.equal(rootOf({ 'composer.json': json({ require: { 'drupal/core': '^11' }, extra }) }), '/app/docroot');
  });

  test('a scaffold cannot write the server’s configuration', () => {
    const extra = { 'drupal-scaffold': { locations: { 'web-root': 'x"\nLoadModule y' } } };
    const files = { 'composer.json': json({ extra }), 'index.php': PAGE };
    assert.equal(rootOf(files), '/app');
  });

  test('a front controller without .htaccess gets the requests for every path', () => {
    assert.match(dockerfileOf({ 'public/index.php': PAGE }), /FallbackResource/);
    assert.doesNotMatch(dockerfileOf({ 'public/index.php': PAGE, 'public/.htaccess': 'x' }), /FallbackResource/);
    assert.doesNotMatch(dockerfileOf({ 'index.php': PAGE }), /FallbackResource/);
  });
});

describe('php: composer', () => {
  const require = { php: '^8.4', 'slim/slim': '^4' };

  test('a lockfile is followed; without one, packages are chosen for the project’s PHP', () => {
    const files = { 'composer.json': json({ require }), 'public/index.php': PAGE };
    const locked = { ...files, 'composer.lock': lock({ name: 'slim/slim', version: '4.15.0' }) };
    assert.match(dockerfileOf(locked), /composer install --no-dev [^\n]*--ignore-platform-reqs\n/);
    assert.deepEqual(adviceOf(locked), []);
    assert.match(dockerfileOf(files), /composer config platform\.php 8\.\d+\.\d+ \\\n && composer install/);
    assert.deepEqual(adviceOf(files), ['missing-lockfile']);
  });

  test('what the lockfile lacks is resolved, and said', () => {
    const files = { 'composer.json': json({ require }), 'composer.lock': lock(), 'public/index.php': PAGE };
    assert.match(dockerfileOf(files), /composer update [^\n]*--with-dependencies slim\/slim/);
    assert.deepEqual(adviceOf(files), ['drifted-lockfile']);
  });

  test('packages kept with the project are there before the install', () => {
    const repositories = [{ type: 'path', url: './packages/*' }];
    const files = {
      'composer.json': json({ require: { 'me/mine': '*' }, repositories }),
      'packages/mine/composer.json': '{}',
      'index.php': PAGE,
    };
    assert.match(dockerfileOf(files), /COPY packages\/ \.\/packages\/\nRUN [^#]*composer install/);
  });

  test('a broken composer.json is named', () => {
    assert.equal(problemOf(() => projectOf({ 'composer.json': '{,}', 'index.php': PAGE }))?.slug, 'broken-file');
  });
});

describe('php: frameworks', () => {
  const laravel = {
    'composer.json': json({ require: { php: '^8.2', 'laravel/framework': '^12.0' } }),
    'composer.lock': lock({ name: 'laravel/framework', version: 'v12.1.0' }),
    artisan: '#!/usr/bin/env php\n',
    'bootstrap/app.php': "<?php return Application::configure()->withRouting(health: '/up')->create();\n",
    'public/index.php': PAGE,
    'public/.htaccess': 'x',
  };

  test('Laravel: its console at build, folders that it writes to, no key, no migration', () => {
    const text = dockerfileOf(laravel);
    assert.match(text, /php artisan package:discover/);
    assert.match(text, /chown -R 10001:10001 storage bootstrap\/cache/);
    assert.match(text, /bcmath pcntl pdo_mysql pdo_pgsql/);
    assert.match(text, /GET[^\n]*\/up/);
    assert.doesNotMatch(text, /APP_KEY|migrate|config:cache/);
    assert.equal(manifestOf(laravel).framework, 'laravel');
  });

  test('Laravel: a folder that is kept for what users send', () => {
    const files = { ...laravel, 'public/userfiles/.gitignore': '*', 'public/dist/.gitignore': '*' };
    assert.match(dockerfileOf(files), /chown -R 10001:10001 storage bootstrap\/cache public\/userfiles$/m);
  });

  test('Symfony: the cache is warmed, and its .env is part of the context', () => {
    const files = {
      'composer.json': json({ require: { 'symfony/framework-bundle': '7.3.*', 'symfony/runtime': '7.3.*' } }),
      'bin/console': '#!/usr/bin/env php\n',
      '.env': 'APP_ENV=dev\n',
      'public/index.php': PAGE,
    };
    assert.match(dockerfileOf(files), /php bin\/console cache:warmup/);
    assert.match(dockerfileOf(files), /APP_ENV="prod"/);
    const { language, scope } = projectOf(files);
    assert.ok(language.ignore(scope).some((rule) => rule.pattern === '!.env'));
  });

  test('without a framework: folders for what is written, by their names or by what keeps them in the repository', () => {
    const owned = (files: Readonly<Record<string, string>>): string | undefined =>
      /chown -R 10001:10001 (.*)$/m.exec(dockerfileOf({ 'index.php': PAGE, ...files }))?.[1];
    assert.equal(owned({ 'data/.htaccess': '', 'data/users/a.txt': '', 'cache/a.txt': '' }), 'cache data');
    assert.equal(owned({ 'backup/.gitkeep': '', 'user/pages/.gitkeep': '', 'user/a.php': PAGE }), 'backup user/pages');
    assert.equal(
      owned({ 'data/seed.json': '', 'pages/.gitkeep': '', 'pages/a.php': PAGE, 'tests/out/.gitkeep': '' }),
      undefined,
    );
  });

  test('scripts that build for production go before one for development', () => {
    const built = (scripts: object): string | undefined =>
      /^RUN npm run (\S+)$/m.exec(
        dockerfileOf({ 'composer.json': '{}', 'index.php': PAGE, 'package.json': json({ scripts }) }),
      )?.[1];
    assert.equal(built({ build: 'run-p build:*:dev', production: 'run-p build:*:production' }), 'production');
    assert.equal(built({ build: 'vite build', production: 'vite build -m x' }), 'build');
    assert.equal(built({ 'build:dev': 'encore dev', 'build:prod': 'encore production' }), 'build:prod');
  });

  test('WordPress', () => {
    const files = { 'wp-load.php': PAGE, 'wp-config-sample.php': PAGE, 'index.php': PAGE };
    assert.equal(manifestOf(files).framework, 'wordpress');
    assert.match(dockerfileOf(files), /mysqli/);
  });
});

describe('php: processes', () => {
  test('a script is run by PHP for the command line, under an init', () => {
    const text = dockerfileOf({ 'worker.php': PAGE });
    assert.match(text, /FROM php:[\d.]+-cli/);
    assert.match(text, /catatonit/);
    assert.match(text, /CMD \["php", "worker\.php"\]/);
  });

  test('start scripts of a platform, and PHP’s server for development, mean the web server', () => {
    for (const web of ['heroku-php-apache2 public/', 'vendor/bin/heroku-php-nginx', 'php artisan serve --port=$PORT']) {
      const files = { 'public/index.php': PAGE, Procfile: `web: ${web}\n` };
      assert.deepEqual(manifestOf(files).command, ['apache2', '-D', 'FOREGROUND'], web);
    }
  });

  test('a server written in PHP listens by itself', () => {
    const files = {
      'composer.json': json({ require: { 'react/http': '^1' } }),
      'server.php': '<?php $s = new SocketServer("0.0.0.0:9001");\n',
    };
    assert.deepEqual([manifestOf(files).command, manifestOf(files).port], [['php', 'server.php'], 9001]);
  });

  test('pages without an index.php are served, programs for the command line are run', () => {
    const served = (files: Readonly<Record<string, string>>): unknown =>
      /DocumentRoot "([^"]+)"/.exec(dockerfileOf(files))?.[1];
    const template = '<?php\necho "Hello";\n?>\n';
    assert.equal(served({ 'composer.json': '{}', 'src/hello.php': template, 'src/Lib.php': PAGE }), '/app/src');
    assert.equal(served({ 'contact.php': '<html><?php echo 1 ?></html>' }), '/app');
    assert.equal(served({ 'composer.json': '{}', 'public/list.php': '<?php echo $_GET["q"];' }), '/app/public');
    assert.match(dockerfileOf({ 'hello.php': template }), /CMD \["php", "hello\.php"\]/);
    assert.match(dockerfileOf({ 'worker.php': template }), /CMD \["php", "worker\.php"\]/);
    assert.match(dockerfileOf({ 'tool.php': '<?php echo $argv[1], "<html>"; ?>' }), /CMD \["php", "tool\.php"\]/);
    assert.ok(adviceOf({ 'src/hello.php': template, 'composer.json': '{}' }).includes('no-index-page'));
  });

  test('what says how the image is made is not among the pages', () => {
    for (const more of [{}, { 'composer.json': '{}' }]) {
      const copy = /^COPY .*--exclude=Dockerfile --exclude=.dockerignore .* \.\/$/m;
      assert.match(dockerfileOf({ 'index.php': PAGE, ...more }), copy);
    }
  });

  test('nothing to start is a problem', () => {
    assert.equal(problemOf(() => planOf({ 'composer.json': '{}', 'src/Lib.php': PAGE }))?.slug, 'no-start-command');
  });
});

describe('php: servers that are written in PHP', () => {
  const planned = (files: Readonly<Record<string, string>>) => {
    const { command, port } = manifestOf(files);
    return { command, port };
  };

  test('webman is told to start, on the port of its settings, and may write beside its code', () => {
    const files = {
      'composer.json': json({ require: { 'workerman/webman-framework': '^2.1' } }),
      'start.php': '<?php\nsupport\\App::run();\n',
      'config/process.php': "<?php\nreturn ['webman' => ['listen' => 'http://0.0.0.0:8787']];\n",
    };
    assert.deepEqual(planned(files), { command: ['php', 'start.php', 'start'], port: 8787 });
    assert.match(dockerfileOf(files), /docker-php-ext-install .*pcntl/);
    assert.match(dockerfileOf(files), /chmod 1777 vendor vendor\/workerman vendor\/workerman\/workerman/);
    assert.match(dockerfileOf(files), /mkdir -p runtime/);
  });

  test('Hyperf runs on Swoole without its short names', () => {
    const files = {
      'composer.json': json({ require: { 'hyperf/http-server': '~3.1.0' } }),
      'bin/hyperf.php': '<?php\n',
      'config/autoload/server.php': "<?php\nreturn ['servers' => [['host' => '0.0.0.0', 'port' => 9501]]];\n",
    };
    assert.deepEqual(planned(files), { command: ['php', 'bin/hyperf.php', 'start'], port: 9501 });
    assert.match(dockerfileOf(files), /pecl install swoole/);
    assert.match(dockerfileOf(files), /^swoole\.use_shortname = Off$/m);
  });

  test('a script that makes a server is run, although it is called index.php', () => {
    const swoole = "<?php\nuse Swoole\\Http\\Server;\n$server = new Server('0.0.0.0', 9000);\n$server->start();\n";
    const files = { 'composer.json': json({ require: { 'ext-swoole': '*' } }), 'public/index.php': swoole };
    assert.deepEqual(planned(files), { command: ['php', 'public/index.php'], port: 9000 });
    const workerman = "<?php\n$web = new Worker('http://0.0.0.0:2345');\nWorker::runAll();\n";
    const worker = { 'composer.json': json({ require: { 'workerman/workerman': '^5' } }), 'server.php': workerman };
    assert.deepEqual(planned(worker), { command: ['php', 'server.php', 'start'], port: 2345 });
  });
});
