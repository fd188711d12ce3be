import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filesOf } from '../../support/inline.ts';
import { adviceOf, dockerfileOf, projectOf } from '../../support/projects.ts';

type Files = Readonly<Record<string, unknown>>;

const command = (files: Files): unknown => projectOf(filesOf(files)).merged.manifest.command;
const started = (start: string, more: Files = {}, files: Files = {}): unknown =>
  command({ 'package.json': { scripts: { start, ...(more['scripts'] as object) }, ...more }, ...files });

describe('the program behind a start script', () => {
  for (const [start, argv, dependencies = {}] of [
    ['node server.js', ['node', 'server.js']],
    ['NODE_ENV=production node server.js', ['node', 'server.js']],
    ['cross-env NODE_ENV=production PORT=4000 node ./server.js --quiet', ['node', './server.js', '--quiet']],
    ['node --watch --env-file=.env server.js', ['node', 'server.js']],
    ['nodemon --exec node --inspect server.js', ['node', 'server.js']],
    ['nodemon', ['node', 'server.js']],
    ['dotenv -e .env -- node server.js', ['node', 'server.js']],
    ['pm2-runtime start server.js', ['node', 'server.js']],
    ['npx pm2 startOrReload server.js', ['node', 'server.js']],
    ['npx tsx watch src/index.ts', ['node', '--import', 'tsx', 'src/index.ts'], { tsx: '^4' }],
    ['tsx --watch src/index.ts', ['node', '--import', 'tsx', 'src/index.ts'], { tsx: '^4' }],
    ['npx json-server --watch db.json', ['json-server', '--host', '0.0.0.0', 'db.json'], { 'json-server': '^0.17' }],
    ['remix-serve build', ['remix-serve', 'build'], { '@remix-run/serve': '^1.1.3' }],
    ['remix-serve build', ['node', 'node_modules/@remix-run/serve/dist/cli.js', 'build'], { '@remix-run/serve': '^2' }],
    ['egg-scripts start --daemon --title=shop', ['egg-scripts', 'start', '--title=shop']],
    ['npm run build && node server.js', ['node', 'server.js']],
    ['knex migrate:latest && node server.js', ['/bin/sh', '-c', 'knex migrate:latest && exec node server.js']],
    ['node server.js --port ${PORT:-80}', ['/bin/sh', '-c', 'exec node server.js --port ${PORT:-80}']],
    ['node server.js & node worker.js', ['/bin/sh', '-c', 'node server.js & node worker.js']],
    ['npm install --prefix ./client ./client && npm ci --omit=dev && node server.js', ['node', 'server.js']],
    ['npm i -g pm2 && node server.js', ['/bin/sh', '-c', 'npm i -g pm2 && exec node server.js']],
    ['bun next start', ['node', 'node_modules/next/dist/bin/next', 'start'], { next: '^16' }],
    ['bun run next start', ['node', 'node_modules/next/dist/bin/next', 'start'], { next: '^16' }],
    [
      'ts-node-dev --rs --cls --tree-kill --debounce 50 index.ts',
      ['node', '--import', '/opt/tsx/node_modules/tsx/dist/loader.mjs', 'index.ts'],
    ],
    ['echo "starting" && node server.js', ['node', 'server.js']],
    ['echo $(node --version) && node server.js', ['/bin/sh', '-c', 'echo $(node --version) && exec node server.js']],
    ['cd server && node index.js', ['/bin/sh', '-c', 'cd server && exec node index.js']],
  ] as const) {
    test(`${start} ${Object.values(dependencies).join(' ')}`, () =>
      assert.deepEqual(started(start, { main: 'server.js', dependencies }), argv));
  }

  test('that no package.json names is brought by the image', () => {
    const opt = (start: string): string => String(started(start));
    assert.equal(
      opt('npx tsx watch src/index.ts'),
      'node,--import,/opt/tsx/node_modules/tsx/dist/loader.mjs,src/index.ts',
    );
    assert.equal(opt('nodemon --exec ts-node src/index.ts'), opt('tsx src/index.ts'));
    assert.equal(
      opt('pnpx srvx --prod -s ../client dist/server.js'),
      'node,/opt/srvx/node_modules/srvx/bin/srvx.mjs,--prod,-s,../client,dist/server.js',
    );
    assert.equal(
      opt('json-server db.json'),
      'node,/opt/json-server/node_modules/json-server/lib/cli/bin.js,--host,0.0.0.0,db.json',
    );
    const file = dockerfileOf(filesOf({ 'package.json': { scripts: { start: 'npx tsx app.ts' } }, 'app.ts': '' }));
    assert.match(file, /npm install --prefix \/opt\/tsx .* tsx@4/);
    assert.match(file, /COPY --from=tsx \/opt\/tsx\/ \/opt\/tsx\//);
  });

  test('what Vite builds for a server alone is a program, whatever its configuration speaks of', () => {
    const scripts = { start: 'vite-node --watch ./start.ts', build: 'vite build --ssr ./index.ts' };
    const files = {
      'package.json': { scripts, devDependencies: { vite: '^6', 'vite-node': '^3' } },
      'vite.config.ts': "loadEnv(mode, { root: '..' });\nexport default { build: { ssr: './index.ts' } };\n",
      'start.ts': 'createServer().listen(8080);\n',
    };
    assert.deepEqual(command(files), ['vite-node', './start.ts']);
  });

  test('a program of a package that is called otherwise keeps it', () => {
    const of = (name: string): string =>
      dockerfileOf(filesOf({ 'package.json': { scripts: { start: 'tide serve' }, devDependencies: { [name]: '1' } } }));
    for (const name of ['tide', 'tide-cli', '@tide/cli']) assert.doesNotMatch(of(name), /npm prune/, name);
    assert.match(of('ebb'), /npm prune/);
  });

  test('an install by way of another script is not for the start either', () => {
    const scripts = { start: 'npm run setup && node server.js', setup: 'npm install' };
    assert.deepEqual(command({ 'package.json': { scripts } }), ['node', 'server.js']);
  });

  test('what it installs and builds in a folder of its own is done by the build, in its order, and compiled once', () => {
    const text = dockerfileOf(
      filesOf({
        'package.json': {
          scripts: {
            start: 'npm run setup && npm run build-client && npm run build-server && node ./dist/server',
            setup: 'npm install && npm install --prefix ./client ./client',
            'build-client': 'npm run build --prefix ./client ./client',
            'build-server': 'tsc',
          },
          devDependencies: { typescript: '^5' },
        },
        'tsconfig.json': { compilerOptions: { outDir: './dist', rootDir: './src' } },
        'src/server.ts': "app.use(express.static('client/build'));\n",
        'client/package.json': { scripts: { build: 'react-scripts build' } },
      }),
    );
    assert.match(
      text,
      /AS build\nCOPY \. \.\/\nRUN npm run setup \\\n && npm run build-client \\\n && npm run build-server\n/,
    );
    assert.match(text, /CMD \["node", "\.\/dist\/server"\]/);
    assert.doesNotMatch(text, /AS assets/);
  });

  test('through other scripts, with what comes before them', () => {
    const scripts = {
      start: 'npm run serve -- --verbose',
      preserve: 'npm run migrate',
      migrate: 'node migrate.js',
      serve: 'node app.js',
    };
    assert.deepEqual(command({ 'package.json': { scripts } }), [
      '/bin/sh',
      '-c',
      'node migrate.js && exec node app.js --verbose',
    ]);
    const built = { start: 'cross-env NODE_ENV=production npm run build && node dist/a.js', build: 'tsc' };
    assert.deepEqual(command({ 'package.json': { scripts: built } }), ['node', 'dist/a.js']);
    const round = { start: 'npm run a', a: 'npm run b', b: 'npm run a' };
    assert.ok(command({ 'package.json': { scripts: round } }));
  });

  test('Plug’n’Play gives way to node_modules where the program is one of a dependency', () => {
    const yarn = (start: string): string =>
      dockerfileOf(
        filesOf({
          'package.json': { packageManager: 'yarn@4.5.3', scripts: { start }, dependencies: { next: '^15' } },
          'server.js': '',
          'yarn.lock': '__metadata:\n  version: 8\n',
        }),
      );
    const own = yarn('next start');
    assert.match(own, /YARN_NODE_LINKER="node-modules"/);
    assert.match(own, /CMD \["node", "node_modules\/next\/dist\/bin\/next", "start"\]/);
    assert.doesNotMatch(own, /\.pnp\.cjs/);
    assert.match(yarn('node server.js'), /NODE_OPTIONS="--require \/app\/\.pnp\.cjs"/);
    assert.doesNotMatch(yarn('node server.js'), /YARN_NODE_LINKER/);
  });

  test('a script for production goes over one for development', () => {
    const scripts = { start: 'nest start', 'start:prod': 'node dist/main' };
    assert.deepEqual(command({ 'package.json': { scripts, dependencies: { '@nestjs/core': '^11' } } }), [
      'node',
      'dist/main',
    ]);
  });

  test('TypeScript that a build compiles is run as what the build makes', () => {
    const files = { 'tsconfig.json': '{ "compilerOptions": { "outDir": "./dist", }, // here\n}', 'src/index.ts': '' };
    const typescript = { scripts: { build: 'tsc' }, devDependencies: { typescript: '^5', 'ts-node': '^10' } };
    assert.deepEqual(
      command({
        'package.json': { ...typescript, scripts: { build: 'tsc', start: 'ts-node src/index.ts' } },
        ...files,
      }),
      ['node', 'dist/index.js'],
    );
  });

  test('without scripts: main, bin, a program by its name', () => {
    assert.deepEqual(command({ 'package.json': { main: './lib/run.js' }, 'lib/run.js': '', 'server.js': '' }), [
      'node',
      'lib/run.js',
    ]);
    assert.deepEqual(command({ 'package.json': { main: 'gone.js' }, 'app.js': '', 'src/index.js': '' }), [
      'node',
      'app.js',
    ]);
    assert.deepEqual(command({ 'server.js': 'require("node:http")' }), ['node', 'server.js']);
  });

  test('without scripts for production: the program of the project that one for development starts', () => {
    const dev = (script: string): unknown =>
      command({ 'package.json': { scripts: { dev: script }, devDependencies: { tsx: '^4' } }, 'job/run.ts': '' });
    assert.deepEqual(dev('tsx watch ./job/run.ts'), ['node', '--import', 'tsx', './job/run.ts']);
    assert.equal(dev('tsx gone.ts'), undefined);
    const compiled = {
      'package.json': { scripts: { dev: 'ts-node ./job.ts' }, devDependencies: { 'ts-node': '^10', typescript: '^5' } },
      'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" } }',
      'job.ts': '',
      'other.ts': '',
    };
    assert.deepEqual(command(compiled), ['node', 'dist/job.js']);
    assert.equal(dev('func start'), undefined);
  });

  test('an app that is only exported gets a server, one that listens does not', () => {
    const exported = (source: string, dependency: string, more: Files = {}): unknown =>
      command({
        'package.json': { type: 'module', dependencies: { [dependency]: '*' } },
        'src/index.ts': source,
        ...more,
      });
    const hono = "import { Hono } from 'hono';\nconst app = new Hono();\nexport default app;\n";
    const srvx = ['node', '/opt/srvx/node_modules/srvx/bin/srvx.mjs', '--prod', 'src/index.ts'];
    assert.deepEqual(exported(hono, 'hono'), srvx);
    assert.deepEqual(exported('const app = express();\nexport default app\n', 'express'), srvx);
    assert.deepEqual(exported(`${hono}serve(app);`, 'hono'), ['node', 'src/index.ts']);
    assert.deepEqual(exported(hono, 'hono', { 'src/server.ts': 'serve({ fetch: app.fetch });' }), [
      'node',
      'src/server.ts',
    ]);
    assert.deepEqual(exported('const app = express();\napp.listen(80);', 'express'), ['node', 'src/index.ts']);
  });

  test('Apollo’s own server listens on a port of its own, where the program names none', () => {
    const apollo = (source: string, name: string): unknown =>
      projectOf(filesOf({ 'package.json': { main: 'index.js', dependencies: { [name]: '*' } }, 'index.js': source }))
        .merged.manifest.port;
    assert.equal(
      apollo("const { ApolloServer } = require('apollo-server');\nnew ApolloServer({}).listen();", 'apollo-server'),
      4000,
    );
    assert.equal(
      apollo(
        "import { startStandaloneServer } from '@apollo/server/standalone';\nawait startStandaloneServer(server);",
        '@apollo/server',
      ),
      4000,
    );
    assert.equal(
      apollo(
        "const { ApolloServer } = require('apollo-server');\nnew ApolloServer({}).listen({ port: 5050 });",
        'apollo-server',
      ),
      5050,
    );
  });

  test('pages that Browsersync opens for those who edit them are given out by a web server', () => {
    const served = (start: string, source: string, more: Files = {}): string | undefined =>
      /COPY (?:--from=build )?(\S+) \/srv\//.exec(
        dockerfileOf(
          filesOf({
            'package.json': {
              scripts: { build: 'node make.js', start },
              devDependencies: { 'browser-sync': '3' },
              ...more,
            },
            'scripts/start.js': source,
            'make.js': '',
          }),
        ),
      )?.[1];
    const command =
      'const sync = "browser-sync";\nconcurrently([{ command: `"${browserSync}" --reload-delay 2000 dist -w` }]);';
    assert.equal(served('npm run build && node scripts/start.js', command), '/app/dist/');
    assert.equal(
      served('node scripts/start.js', "require('browser-sync').init({ server: { baseDir: './out' } })"),
      '/app/out/',
    );
    assert.equal(served('browser-sync start --server public --files public', ''), '/app/public/');
    assert.equal(served('node scripts/start.js', command, { dependencies: { express: '5' } }), undefined);
  });

  test('nothing at all: the problem names the scripts there are', () => {
    assert.throws(
      () => dockerfileOf(filesOf({ 'package.json': { scripts: { lint: 'eslint' } } })),
      /its scripts are lint/,
    );
  });

  test('so does one of a script that is started beside others, and the manager that starts it is there', () => {
    const several = (start: string, more: Files = {}): string =>
      dockerfileOf(
        filesOf({
          'package.json': {
            scripts: { start, 'start:api': 'tsx api.ts', 'start:web': 'node web.js' },
            dependencies: { concurrently: '9', 'npm-run-all': '4', express: '5' },
            devDependencies: { tsx: '^4', vitest: '3' },
            ...more,
          },
        }),
      );
    assert.match(several('run-p start:*'), /COPY --from=dependencies/);
    assert.match(several('concurrently "npm:start:*"'), /COPY --from=dependencies/);
    assert.match(several('run-p s*rt:*'), /COPY --from=dependencies/);
    assert.match(several('run-p start:web'), /COPY --from=production/);
    assert.match(
      several('concurrently "pnpm start:web"', { packageManager: 'pnpm@10.0.0' }),
      /AS runtime[^]*npm install -g pnpm/,
    );
  });

  test('a program of a dev dependency keeps them all, and says so', () => {
    const files = filesOf({
      'package.json': { scripts: { start: 'tsx app.ts' }, devDependencies: { tsx: '^4' }, dependencies: { ms: '2' } },
      'app.ts': '',
    });
    assert.ok(adviceOf(files).includes('dev-dependencies-in-image'));
    assert.doesNotMatch(dockerfileOf(files), /AS production/);
  });

  for (const [start, platform] of [
    ['func start', 'Azure Functions'],
    ['npx sls offline', 'AWS Lambda'],
    ['meteor run', 'Meteor'],
    ['netlify dev', 'Netlify'],
  ] as const)
    test(`${start} is a tool of ${platform}, and no program`, () => {
      assert.throws(() => started(start), new RegExp(`platform of ${platform}`));
    });

  test('Firebase’s tool for development is no program', () => {
    const scripts = { start: 'npm run shell', shell: 'npm run build && firebase functions:shell', build: 'tsc' };
    assert.throws(() => started('', { scripts, main: 'lib/index.js' }), /platform of Firebase/);
    const site = filesOf({
      'package.json': { scripts: { start: 'firebase serve', build: 'vite build' }, devDependencies: { vite: '7' } },
      'index.html': '',
      'vite.config.js': '',
    });
    assert.match(dockerfileOf(site), /CMD \["caddy"/);
  });

  test('a dev dependency that the program loads at once keeps them all, and no other', () => {
    const kept = (files: Files): boolean =>
      adviceOf(
        filesOf({
          'package.json': { main: 'a.js', dependencies: { ms: '2' }, devDependencies: { polka: '1', vite: '7' } },
          ...files,
        }),
      ).includes('dev-dependencies-in-image');
    assert.ok(kept({ 'a.js': "const polka = require('polka');" }));
    assert.ok(kept({ 'a.js': "import './lib/b.js';", 'lib/b.js': "import { x } from 'polka/sub';" }));
    assert.ok(!kept({ 'a.js': "if (dev) {\n  const vite = require('vite');\n}\nimport ms from 'ms';" }));
    assert.ok(!kept({ 'a.js': "const b = require('./b');", 'c.js': "require('polka')", 'b.js': '' }));
  });

  test('so does one that the settings load which a server reads at each start', () => {
    const waku = (settings: string): boolean =>
      adviceOf(
        filesOf({
          'package.json': {
            scripts: { start: 'waku start' },
            dependencies: { waku: '1' },
            devDependencies: { vite: '8' },
          },
          'waku.config.ts': settings,
        }),
      ).includes('dev-dependencies-in-image');
    assert.ok(waku("import { x } from 'vite/plugin';\nimport { defineConfig } from 'waku/config';\n"));
    assert.ok(!waku("import { defineConfig } from 'waku/config';\n// import 'vite';\n"));
  });

  test('a server of files without a folder: the project’s own files, public/ or what is built', () => {
    const copied = (start: string, files: Files, scripts: Files = {}): string | undefined =>
      /^COPY (?:--from=build )?(?:--exclude=\S+ )*(\S+) \/srv\/$/m.exec(
        dockerfileOf(
          filesOf({ 'package.json': { scripts: { start, ...scripts }, dependencies: { serve: '14' } }, ...files }),
        ),
      )?.[1];
    assert.equal(copied('http-server -p $PORT', { 'public/a.html': '' }), 'public/');
    assert.equal(copied('serve', { 'index.html': '', 'public/a.html': '' }), '.');
    assert.equal(copied('serve .', { 'index.html': '' }), '.');
    assert.equal(copied('serve', { 'src/a.js': '' }, { build: 'thing' }), '/app/dist/');
    assert.equal(copied('lite-server', { 'index.html': '' }, { build: 'sass a b' }), '/app/');
  });

  test('a Procfile’s npm start is looked through as well', () => {
    const files = filesOf({
      'package.json': { scripts: { start: 'node web.js' } },
      'web.js': 'require("http").createServer().listen(process.env.PORT)',
      Procfile: 'web: npm start\n',
    });
    assert.match(dockerfileOf(files), /CMD \["node", "web\.js"\]/);
    const site = filesOf({
      'package.json': {
        scripts: { start: 'serve -s build', build: 'react-scripts build' },
        dependencies: { 'react-scripts': '5' },
      },
      Procfile: 'web: npm start\n',
    });
    assert.match(dockerfileOf(site), /CMD \["caddy"/);
  });
});

describe('ports and workloads', () => {
  const manifest = (source: string, more: Files = {}) =>
    projectOf(filesOf({ 'package.json': { main: 'index.js', ...more }, 'index.js': source })).merged.manifest;

  test('the port that a shell’s line hands to a program that nothing is known of', () => {
    const port = (start: string): unknown =>
      projectOf(filesOf({ 'package.json': { scripts: { start } } })).merged.manifest.port;
    assert.equal(port('node motd.js; serve -s out -l tcp://0.0.0.0:${PORT:-8080}'), 8080);
    assert.equal(port('thing --listen 0.0.0.0:$PORT'), 3000);
    assert.equal(port('thing --importance $PORTION'), undefined);
  });

  test('the port that the start script sets', () => {
    const said = (start: string): string[] =>
      dockerfileOf(
        filesOf({
          'package.json': { scripts: { start }, dependencies: { express: '4' } },
          'server.js': 'app.listen(process.env.PORT || 3000)',
        }),
      )
        .split('\n')
        .filter((line) => /PORT=|EXPOSE/.test(line) && !line.startsWith('CMD'));
    for (const start of ['PORT=4000 node server.js', 'cross-env PORT=${WEB_PORT:-4000} node server.js'])
      assert.deepEqual(said(start), ['ENV PORT="4000"', 'EXPOSE 4000'], start);
  });

  test('the port that the source says', () => {
    assert.equal(manifest('http.createServer().listen(process.env.PORT || 5000)').port, 5000);
    assert.equal(manifest('const port = parseInt(Number(process.env.PORT)) || 8080;\napp.listen(port)').port, 8080);
    assert.equal(manifest('const port = 4100;\napp.listen(port)').port, 4100);
    assert.equal(manifest('app.listen({ host: "0.0.0.0", port: 8081 })').port, 8081);
    assert.equal(manifest('const { PORT = "4321" } = process.env;\napp.listen(PORT)').port, 4321);
    assert.equal(manifest('app.listen(config.port)').port, 3000);
  });

  test('a bot waits, and a script ends', () => {
    const bot = manifest("const { Client } = require('discord.js');", {
      dependencies: { 'discord.js': '14', express: '5' },
    });
    assert.equal(bot.workload, 'worker');
    assert.equal(bot.port, undefined);
    assert.equal(manifest('console.log(1)').workload, 'job');
  });

  test('a file that uses nothing serves nothing, whatever is installed', () => {
    const express = { dependencies: { express: '5' } };
    assert.equal(manifest('console.log("Hello from npm")', express).workload, 'job');
    assert.equal(manifest("export * from './app'", express).workload, 'service');
    assert.equal(manifest("require('./app')", express).workload, 'service');
    assert.equal(manifest("import './app'", express).workload, 'service');
    const asks = (from: string): string => `import { a } from "${from}"; console.log(a("from here"));`;
    for (const builtin of ['child_process', 'node:fs/promises'])
      assert.equal(manifest(asks(builtin), express).workload, 'job');
    for (const other of ['express', './app', 'node:net'])
      assert.equal(manifest(asks(other), express).workload, 'service');
    for (const unknown of ['import(name)', 'createRequire(here)(name)', 'require(name)'])
      assert.equal(manifest(unknown, express).workload, 'service', unknown);
  });
});

describe('installs', () => {
  test('a registry’s token comes as a build secret, in every install', () => {
    const files = filesOf({
      'package.json': { main: 'a.js', dependencies: { ms: '2' }, devDependencies: { prettier: '3' } },
      'a.js': '',
      '.npmrc': '//npm.example.com/:_authToken=${NPM_TOKEN}\n',
    });
    const text = dockerfileOf(files);
    assert.equal(text.match(/--mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN/g)?.length, 2);
    assert.ok(adviceOf(files).includes('registry-secret'));
    const named = dockerfileOf(files, { build: { secrets: ['npm-token'] } });
    assert.match(named, /--mount=type=secret,id=npm-token,env=NPM_TOKEN/);
    assert.doesNotMatch(named, /id=NPM_TOKEN/);
  });

  test('scripts of the project itself wait for its source; hooks of git never run', () => {
    const scripts = { start: 'node a.js', prepare: 'husky', postinstall: 'node scripts/fonts.js' };
    const text = dockerfileOf(filesOf({ 'package.json': { scripts, dependencies: { ms: '2' } }, 'a.js': '' }));
    assert.match(
      text,
      /npm pkg delete scripts\.postinstall scripts\.prepare[^]*npm install[^]*COPY \. \.\/[^]*RUN npm run postinstall\n/,
    );
    assert.doesNotMatch(text, /npm run prepare/);
  });

  test('what a build installs elsewhere goes along', () => {
    const scripts = { start: 'node a.js', 'heroku-postbuild': 'cd client && npm install && npm run build' };
    const text = dockerfileOf(filesOf({ 'package.json': { scripts, dependencies: { ms: '2' } }, 'a.js': '' }));
    assert.match(text, /COPY --from=build --exclude=node_modules /);
    assert.doesNotMatch(text.slice(0, text.indexOf('AS runtime')), /NODE_ENV/);
  });

  test('programs of the system that the source starts are in the image; git for a repository is not', () => {
    const installed = (source: string, variant?: 'alpine' | 'distroless'): string | undefined =>
      /apt-get install -y --no-install-recommends (?!catatonit)([\w -]+?) &&|apk add --no-cache (?!catatonit)([\w -]+)/.exec(
        dockerfileOf(
          filesOf({ 'package.json': { scripts: { start: 'node a.js' } }, 'a.js': source }),
          variant === undefined ? {} : { image: { variant } },
        ).replaceAll(/ ?\\\n/g, ''),
      )?.[1];
    assert.equal(installed('execSync(`/usr/bin/dot -Tpng`)'), 'graphviz');
    assert.equal(installed("spawn('ffmpeg', args); exec('pdftotext a.pdf -')"), 'ffmpeg poppler-utils');
    assert.equal(installed("exec('git clone ' + url)"), 'git');
    assert.equal(installed("execSync('git rev-parse HEAD'); exec('constructor')"), undefined);
    assert.equal(installed("spawn('ffmpeg', args)", 'distroless'), undefined);
  });

  test('an offline mirror of yarn is there when it installs', () => {
    const text = dockerfileOf(
      filesOf({
        'package.json': { scripts: { start: 'node a.js' }, dependencies: { ms: '2' } },
        'a.js': '',
        'yarn.lock': 'ms@2:\n  version "2.0.0"\n',
        '.yarnrc': 'yarn-offline-mirror "./cache/npm"\n',
        'cache/npm/ms-2.0.0.tgz': '',
      }),
    );
    assert.match(text, /COPY cache\/npm\/ \.\/cache\/npm\/[^]*yarn install/);
  });

  test('native modules: compilers for the build, libraries for the runtime', () => {
    const text = dockerfileOf(filesOf({ 'package.json': { main: 'a.js', dependencies: { canvas: '3' } }, 'a.js': '' }));
    assert.match(
      text,
      /FROM node:24-trixie AS dependencies[^]*libcairo2-dev[^]*FROM node:24-trixie-slim AS runtime[^]*libcairo2 /,
    );
  });
});

describe('a program without a script that starts it', () => {
  test('the only script beside package.json, and no settings of a tool', () => {
    const files = { 'package.json': { name: 'till' }, 'till.js': '', 'eslint.config.js': '', '.eslintrc.js': '' };
    assert.deepEqual(command(files), ['node', 'till.js']);
    assert.equal(command({ ...files, 'other.js': '' }), undefined);
    assert.equal(command({ ...files, 'package.json': { scripts: { build: 'tool' } } }), undefined);
  });

  test('pages beside a package.json are a site; a script that they load is no program', () => {
    const language = { 'package.json': { dependencies: { ms: '2' } } };
    const site = (files: Files): boolean => /\nCMD \["caddy"/.test(dockerfileOf(filesOf({ ...language, ...files })));
    assert.ok(site({ 'index.html': '<p>', 'middleware.js': 'export default () => {}' }));
    assert.ok(site({ 'index.html': '<script type=module src="./app.js"></script>', 'app.js': 'document.title = 1' }));
    assert.ok(!site({ 'index.html': '<p>', 'server.js': "require('http').createServer().listen(80)" }));
    assert.ok(
      !site({
        'package.json': { scripts: { start: 'node app.js' } },
        'index.html': '<script src="app.js">',
        'app.js': '',
      }),
    );
  });

  test('TypeScript alone is for Node.js, unless it is written for another runtime', () => {
    const language = (text: string): string => projectOf(filesOf({ 'main.ts': text, 'Gemfile.md': '' })).language.id;
    assert.equal(language("import http from 'http';\nhttp.createServer().listen(process.env.PORT);\n"), 'node');
    assert.equal(language('Deno.serve(() => new Response(process.version));\n'), 'deno');
  });
});

test('half a character in a package.json is what every reader of the Dockerfile makes of it', () => {
  const start = (script: string): unknown =>
    projectOf({ 'package.json': `{"scripts": {"start": "node a${script}.js"}}` }).merged.manifest.command;
  assert.deepEqual(start('\\ud800'), ['node', 'a\ufffd.js']);
  assert.deepEqual(start('\\udc00\\ud83d'), ['node', 'a\ufffd\ufffd.js']);
  assert.deepEqual(start('\\ud83d\\ude00'), ['node', 'a😀.js']);
});

describe('Fastify without a host', () => {
  const listening = (call: string, dependencies: object, start = 'node app.js') => {
    const files = filesOf({
      'package.json': { scripts: { start }, dependencies },
      'app.js': `import { FastifyAdapter } from './adapter.js';\n${call};\n`,
    });
    return { text: dockerfileOf(files), advice: adviceOf(files) };
  };
  const OPENED = /COPY <<"EOF" \/opt\/open-host\/open-host\.cjs[\s\S]*^EOF$/m;

  test('is given one before the program begins', () => {
    for (const [call, dependencies] of [
      ['app.listen({ port: 3000 })', { fastify: '^5.0.0' }],
      ['app.listen({ port: process.env.PORT }, (err) => {})', { fastify: '^4.0.0' }],
      ['app.listen(3000)', { fastify: '^3.29.0' }],
      ['await app.listen(process.env.PORT ?? 3000)', { '@nestjs/platform-fastify': '^11.0.0' }],
    ] as const) {
      const { text, advice } = listening(call, dependencies);
      assert.match(text, OPENED, call);
      assert.match(text, /NODE_OPTIONS="--require=\/opt\/open-host\/open-host\.cjs"/, call);
      assert.deepEqual(advice.includes('listens-on-loopback'), false, call);
    }
  });

  test('but not where the program names one, or is another’s', () => {
    for (const [call, dependencies] of [
      ["app.listen({ port: 3000, host: '0.0.0.0' })", { fastify: '^5.0.0' }],
      ['app.listen({ port: 3000, host })', { fastify: '^5.0.0' }],
      ["app.listen(3000, '0.0.0.0')", { '@nestjs/platform-fastify': '^11.0.0' }],
      ['app.listen(3000)', { express: '^5.0.0' }],
    ] as const)
      assert.doesNotMatch(listening(call, dependencies).text, /open-host/, call);
    const named = listening("app.listen({ port: 3000, host: '127.0.0.1' })", { fastify: '^5.0.0' });
    assert.doesNotMatch(named.text, /open-host/);
    assert.ok(named.advice.includes('listens-on-loopback'));
  });

  test('in an app of Nest, which is started from its build', () => {
    const files = filesOf({
      'package.json': {
        scripts: { build: 'nest build', 'start:prod': 'node dist/main' },
        dependencies: { '@nestjs/core': '^11', '@nestjs/platform-fastify': '^11' },
        devDependencies: { '@nestjs/cli': '^11', typescript: '^5' },
      },
      'nest-cli.json': { sourceRoot: 'src' },
      'tsconfig.json': { compilerOptions: { outDir: './dist' } },
      'src/main.ts':
        "import { FastifyAdapter } from '@nestjs/platform-fastify';\nconst app = await NestFactory.create(AppModule, new FastifyAdapter());\nawait app.listen(process.env.PORT ?? 3000);\n",
    });
    assert.match(dockerfileOf(files), OPENED);
  });

  test('options of the start script stay', () => {
    const { text } = listening('app.listen({ port: 1 })', { fastify: '5' }, 'NODE_OPTIONS=--no-warnings node app.js');
    assert.match(text, /NODE_OPTIONS="--require=\/opt\/open-host\/open-host\.cjs --no-warnings"/);
  });
});

test('a variable by which a program opens itself to others is set', () => {
  const envOf = (host: string): string | undefined =>
    /^ENV NODE_ENV="production"([\s\S]*?)^COPY/m.exec(
      dockerfileOf(
        filesOf({
          'package.json': { scripts: { start: 'node app.js' }, dependencies: { fastify: '5' } },
          'app.js': `const host = ${host};\napp.listen({ host, port: 3000 });\n`,
        }),
      ).split(' AS runtime')[1] ?? '',
    )?.[1];
  assert.match(envOf('("RENDER" in process.env) ? `0.0.0.0` : `localhost`') ?? '', /RENDER="true"/);
  assert.match(envOf("process.env.IN_DOCKER ? '0.0.0.0' : '127.0.0.1'") ?? '', /IN_DOCKER="true"/);
  assert.match(envOf("process.env.PLACE === 'cloud' ? '0.0.0.0' : '127.0.0.1'") ?? '', /PLACE="cloud"/);
  assert.doesNotMatch(envOf("process.env.NODE_ENV === 'production' ? '0.0.0.0' : 'localhost'") ?? '', /NODE_ENV/);
  assert.doesNotMatch(envOf("process.env.LOCAL ? 'localhost' : '0.0.0.0'") ?? '', /LOCAL/);
});

describe('a desktop program', () => {
  const start = (scripts: object, files: object = {}): unknown =>
    projectOf(
      filesOf({
        'package.json': { main: 'electron.js', scripts, dependencies: { electron: '30', express: '4' } },
        'electron.js': "const { app } = require('electron');\n",
        ...files,
      }),
    ).merged.manifest.command;

  test('is started by the script of its server', () => {
    const scripts = {
      start: 'node --run start:x11',
      'start:x11': 'electron js/electron.js',
      server: 'node ./serveronly',
    };
    assert.deepEqual(start(scripts), ['node', './serveronly']);
    assert.deepEqual(start({ start: 'node --run server', server: 'node serveronly/index.js' }), [
      'node',
      'serveronly/index.js',
    ]);
  });

  test('is none by its main file, nor by the tool that opens its window', () => {
    assert.equal(start({}), undefined);
    for (const script of ['electron .', 'electron-forge start', 'electron-vite preview', 'tauri dev'])
      assert.equal(start({ start: script }), undefined, script);
    assert.deepEqual(start({}, { 'server.js': 'app.listen(8080)' }), ['node', 'server.js']);
  });
});

describe('files that the program makes', () => {
  const made = (files: Readonly<Record<string, unknown>>, variant?: 'distroless') => {
    const all = filesOf({
      'package.json': { scripts: { start: 'node server.js' }, dependencies: { express: '4' } },
      ...files,
    });
    const manifest = variant === undefined ? {} : { image: { variant } };
    return {
      folders: /^RUN chmod 1777 (.*)$/m.exec(dockerfileOf(all, manifest))?.[1],
      advice: adviceOf(all, manifest).filter((code) => /^(writes-files|not-writable)$/.test(code)),
    };
  };
  const listen = 'app.listen(3000);';

  test('its user can make them, beside it and in the folders for them', () => {
    for (const text of [
      'fs.mkdirSync(dataDir, { recursive: true })',
      "const upload = multer({ dest: 'uploads/' })",
      "const db = new Database('app.db')",
      "new Sequelize({ dialect: 'sqlite', storage: './x.sqlite' })",
    ])
      assert.deepEqual(made({ 'server.js': text + listen }), { folders: '/app', advice: ['writes-files'] }, text);
    assert.equal(
      made({ 'server.js': `fs.writeFileSync(path.join('db', name), text)${listen}`, 'db/migrations/1.js': '' }).folders,
      '/app /app/db',
    );
    assert.deepEqual(made({ 'server.js': `fs.writeFileSync(name, text)${listen}` }, 'distroless'), {
      folders: undefined,
      advice: ['not-writable'],
    });
  });

  test('as well where a loader stands before it; then its own port counts, not one that is usual with Vite', () => {
    const files = {
      'package.json': {
        scripts: { start: 'tsx server.ts', build: 'vite build' },
        dependencies: { express: '4', tsx: '4' },
        devDependencies: { vite: '7' },
      },
      'vite.config.ts': '',
      'index.html': '',
      'server.ts':
        "const port = args.port || Number(process.env.SHOP_PORT) || 5001;\napp.listen(port);\nfs.mkdirSync('data');",
    };
    assert.equal(made(files).folders, '/app');
    assert.match(dockerfileOf(filesOf(files)), /^EXPOSE 5001$/m);
    const database = { 'server.ts': 'const port = Number(process.env.DB_PORT) || 5432;\napp.listen();' };
    assert.match(dockerfileOf(filesOf({ ...files, ...database })), /^EXPOSE 3000$/m);
  });

  test('also in folders that are kept for them, and by a program that is written with its pages', () => {
    const text = dockerfileOf(
      filesOf({
        'package.json': { scripts: { start: 'bun run src/index.tsx' }, dependencies: { elysia: '1' } },
        'bun.lock': '{}',
        'src/index.tsx': "new Elysia().listen(4100);\nmkdirSync('config/db');",
        'config/.gitkeep': '',
        'config/db/.gitkeep': '',
        'public/img/.gitkeep': '',
      }),
    );
    assert.match(
      text,
      /^RUN mkdir -p \/app\/config \/app\/config\/db \\\n && chmod 1777 \/app \/app\/config \/app\/config\/db$/m,
    );
    assert.match(text, /^EXPOSE 4100$/m);
  });

  test('not where it makes none, or makes them elsewhere', () => {
    const none = { folders: undefined, advice: [] };
    assert.deepEqual(made({ 'server.js': listen }), none);
    assert.deepEqual(made({ 'server.js': `fs.writeFileSync(join(os.tmpdir(), 'x'), '')${listen}` }), none);
    assert.deepEqual(made({ 'server.js': `new Database(':memory:')${listen}` }), none);
    assert.deepEqual(made({ 'server.js': listen, 'bin/create.js': 'fs.mkdirSync(name)' }), none);
    assert.deepEqual(made({ 'server.js': `fs.mkdirSync('data')${listen}`, 'data/.gitkeep': '' }), none);
  });
});
