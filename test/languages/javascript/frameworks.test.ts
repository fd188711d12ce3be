import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filesOf } from '../../support/inline.ts';
import { adviceOf, dockerfileOf } from '../../support/projects.ts';

type Files = Readonly<Record<string, unknown>>;

/** The lines that tell what is served. */
function served(dependencies: readonly string[], scripts: Readonly<Record<string, string>>, files: Files = {}): string {
  const text = dockerfileOf(
    filesOf({
      'package.json': { scripts, dependencies: Object.fromEntries(dependencies.map((d) => [d, '*'])) },
      ...files,
    }),
  );
  const lines = text.split('\n');
  const site = lines.find((line) => line.endsWith(' /srv/'));
  const command = lines.find((line) => line.startsWith('CMD'))?.slice(4) ?? '';
  return site === undefined
    ? command.replaceAll(/[[\]",]/g, '')
    : `${site.replace(/^COPY --from=build \/app\//, '').replace(/\/ \/srv\/$/, '')}${text.includes('/index.html\n') ? ' with fallback' : ''}`;
}

const build = (line: string) => ({ build: line });

describe('what frameworks build, and how it is served', () => {
  test('Qwik: by its adapter, and without one that is said', () => {
    const scripts = { build: 'qwik build', start: 'vite --open --mode ssr' };
    const qwik = (files: Files): string => served(['@builder.io/qwik-city', 'vite'], scripts, files);
    assert.equal(qwik({ 'src/entry.express.tsx': '' }), 'node server/entry.express.js');
    assert.equal(qwik({ 'adapters/static/vite.config.ts': '' }), 'dist');
    assert.throws(() => qwik({ 'vite.config.ts': '' }), /it has none of a server/);
  });

  test('Vike: pages ahead of time, by the project’s own server, or by the one that it brings', () => {
    const scripts = { build: 'vike build', preview: 'vike build && vike preview' };
    const vike = (files: Files = {}, ...more: string[]): string => served(['vike', 'vite', ...more], scripts, files);
    assert.equal(vike({ 'pages/+config.ts': 'export default { prerender: true }' }), 'dist/client');
    assert.match(vike(), /vike preview --host 0\.0\.0\.0/);
    const server = { 'server/index.js': "import express from 'express';\nexpress().listen(3000);\n" };
    const own = { ...scripts, 'server:prod': 'NODE_ENV=production node ./server' };
    assert.equal(served(['vike', 'express'], own, server), 'node server/index.js');
  });

  test('Elysia runs on Bun, unless the project adapts it to Node.js', () => {
    const files = { 'app.ts': "import { Elysia } from 'elysia';\nnew Elysia().listen(3000);\n" };
    assert.equal(served(['elysia'], {}, files), 'bun app.ts');
    assert.equal(served(['elysia', '@elysiajs/node'], {}, files), 'node app.ts');
    const told = /^bun --eval import app from .*src\/index\.ts.*; app\.listen\(/;
    const exported = (code: string) => ({ 'src/index.ts': `import { Elysia } from 'elysia';\n${code}` });
    assert.match(served(['elysia'], {}, exported('const app = new Elysia();\nexport default app;\n')) ?? '', told);
    assert.match(served(['elysia'], {}, exported("export default new Elysia().get('/', 'hello');\n")) ?? '', told);
    assert.equal(served(['elysia'], {}, exported('const app = new Elysia();\nexport { app };\n')), 'bun src/index.ts');
  });

  test('a bot of Slack listens, unless it connects by itself', () => {
    const bolt = (options: string): string =>
      dockerfileOf(
        filesOf({
          'package.json': { scripts: { start: 'node app.js' }, dependencies: { '@slack/bolt': '^4' } },
          'app.js': `const { App } = require('@slack/bolt');\nconst app = new App({ ${options} });\napp.start(process.env.PORT || 4390);\n`,
        }),
      );
    assert.match(bolt('token: 1'), /^EXPOSE 4390$/m);
    assert.doesNotMatch(bolt('token: 1, socketMode: true'), /^EXPOSE/m);
  });

  for (const [what, found, expected] of [
    [
      'Farm, whose start is a server for development',
      () => served(['@farmfe/core'], { build: 'farm build', start: 'farm start' }),
      'dist with fallback',
    ],
    [
      'Rspack, where its plugin writes a page',
      () =>
        served(['@rspack/cli'], build('rspack build'), {
          'rspack.config.ts': "new rspack.HtmlRspackPlugin(); output: { path: path.resolve(__dirname, 'build') }",
        }),
      'build with fallback',
    ],
    [
      'Rspack without a page, beside a program',
      () => served(['@rspack/cli'], { build: 'rspack build', start: 'node dist/a.js' }, { 'rspack.config.js': '' }),
      'node dist/a.js',
    ],
    [
      'webpack, in the folder that it is told',
      () =>
        served(['webpack', 'html-webpack-plugin'], build('webpack'), {
          'webpack.config.js': "module.exports = { output: { path: resolve(__dirname, 'public/out') } }",
        }),
      'public/out with fallback',
    ],
    [
      'webpack, whose server is for development, by the script that builds for production',
      () =>
        served(
          ['webpack', 'html-webpack-plugin'],
          { start: 'webpack serve --env mode=development', 'build:prod': 'webpack --env mode=production' },
          { 'webpack.config.ts': "const paths = { output: path.resolve(__dirname, 'site'), html: 'index.html' }" },
        ),
      'site with fallback',
    ],
    [
      'Solid, whose plugin makes the page itself',
      () =>
        served(
          ['@solidjs/vite-plugin', 'vite'],
          { build: 'vite build', start: 'vite' },
          { 'vite.config.ts': 'export default { plugins: [solid({ start: true })] } // ssr: true' },
        ),
      'dist/client with fallback',
    ],
    ['Gridsome', () => served(['gridsome'], { build: 'gridsome build', develop: 'gridsome develop' }), 'dist'],
    [
      'Egg',
      () => served(['egg', 'egg-scripts'], { start: 'egg-scripts start --daemon --title=shop' }),
      'egg-scripts start --title=shop',
    ],
    [
      'Egg without scripts for production',
      () => served(['egg', '@eggjs/scripts'], { dev: 'egg-bin dev' }),
      'eggctl start',
    ],
    [
      'Medusa',
      () => served(['@medusajs/framework'], { build: 'medusa build', start: 'medusa start' }),
      '/bin/sh -c cd .medusa/server && exec medusa start',
    ],
    [
      'Next.js',
      () => served(['next'], { build: 'next build', start: 'next start -p $PORT' }),
      'node node_modules/next/dist/bin/next start',
    ],
    ['Next.js without scripts', () => served(['next'], {}), 'node node_modules/next/dist/bin/next start'],
    [
      'Next.js, standalone',
      () =>
        served(
          ['next'],
          { build: 'next build', start: 'next start' },
          { 'next.config.mjs': "export default { output: 'standalone' }" },
        ),
      'node server.js',
    ],
    [
      'Next.js, exported',
      () =>
        served(
          ['next'],
          { build: 'next build', start: 'next start' },
          { 'next.config.ts': "const c = {\n  output: 'export',\n}" },
        ),
      'out',
    ],
    [
      'Next.js with an output that is commented out',
      () =>
        served(['next'], build('next build'), { 'next.config.js': "module.exports = {\n  // output: 'export',\n}" }),
      'node node_modules/next/dist/bin/next start',
    ],
    [
      'Next.js with a server of its own',
      () => served(['next', 'express'], { build: 'next build', start: 'NODE_ENV=production node server.js' }),
      'node server.js',
    ],
    [
      'Adonis, whose start script is for the folder that the build makes',
      () =>
        served(
          ['@adonisjs/core'],
          { build: 'node ace build', start: 'node bin/server.js' },
          { 'bin/server.ts': 'new Ignitor()' },
        ),
      'node build/bin/server.js',
    ],
    [
      'Adonis with a script that says so itself',
      () => served(['@adonisjs/core'], { build: 'node ace build', start: 'node build/bin/server.js' }),
      'node build/bin/server.js',
    ],
    [
      'Hono, built by Vite',
      () =>
        served(['hono', '@hono/vite-build', 'vite'], build('vite build --mode client && vite build'), {
          'vite.config.ts': "import build from '@hono/vite-build/node'\nexport default { plugins: [build()] }",
        }),
      'node dist/index.js',
    ],
    ['Nitro', () => served(['nitropack'], build('nitro build')), 'node .output/server/index.mjs'],
    [
      'Preact CLI, whose sources look like a program',
      () =>
        served(
          ['preact', 'preact-cli'],
          { build: 'preact build', serve: 'sirv build --single' },
          { 'src/index.js': '' },
        ),
      'build with fallback',
    ],
    ['Umi', () => served(['umi'], { build: 'umi build', start: 'npm run dev', dev: 'umi dev' }), 'dist with fallback'],
    [
      'Stencil',
      () =>
        served(
          ['@stencil/core'],
          { build: 'stencil build', start: 'stencil build --dev --watch --serve' },
          { 'stencil.config.ts': "export const config = { outputTargets: [{ type: 'www' }] }" },
        ),
      'www with fallback',
    ],
    [
      'Brunch',
      () => served(['brunch'], { build: 'brunch build --production', start: 'brunch watch --server' }),
      'public with fallback',
    ],
    [
      'Sanity',
      () =>
        served(
          ['sanity'],
          { build: 'sanity build', start: 'sanity start' },
          { 'sanity.config.ts': 'export default defineConfig({})' },
        ),
      'dist with fallback',
    ],
    ['Nuxt', () => served(['nuxt'], build('nuxt build')), 'node .output/server/index.mjs'],
    ['Nuxt, generated', () => served(['nuxt'], build('nuxt generate')), '.output/public'],
    [
      'Remix',
      () =>
        served(['@remix-run/dev', '@remix-run/serve'], {
          build: 'remix vite:build',
          start: 'remix-serve ./build/server/index.js',
        }),
      'node node_modules/@remix-run/serve/dist/cli.js ./build/server/index.js',
    ],
    [
      'React Router',
      () =>
        served(['@react-router/dev', '@react-router/serve'], {
          build: 'react-router build',
          start: 'react-router-serve ./build/server/index.js',
        }),
      'react-router-serve ./build/server/index.js',
    ],
    [
      'React Router without a server',
      () =>
        served(
          ['@react-router/dev', '@react-router/serve'],
          { build: 'react-router build', start: 'react-router-serve ./build/server/index.js' },
          { 'react-router.config.ts': 'export default { ssr: false }' },
        ),
      'build/client with fallback',
    ],
    [
      'SvelteKit, adapter-auto',
      () =>
        served(['@sveltejs/kit', 'vite'], build('vite build'), {
          'svelte.config.js': "import adapter from '@sveltejs/adapter-auto'",
        }),
      'node build',
    ],
    [
      'SvelteKit, adapter-static',
      () =>
        served(['@sveltejs/kit', 'vite'], build('vite build'), {
          'svelte.config.js':
            "import adapter from '@sveltejs/adapter-static';\nadapter({ pages: 'site', fallback: '200.html' })",
        }),
      'site with fallback',
    ],
    ['Astro', () => served(['astro'], build('astro build')), 'dist'],
    [
      'Astro, on a server',
      () =>
        served(['astro', '@astrojs/node'], build('astro build'), {
          'astro.config.mjs': "import node from '@astrojs/node';",
        }),
      'node ./dist/server/entry.mjs',
    ],
    [
      'TanStack Start',
      () =>
        served(['@tanstack/react-start', 'vite'], build('vite build'), {
          'vite.config.ts': 'plugins: [tanstackStart()]',
        }),
      'node /opt/srvx/node_modules/srvx/bin/srvx.mjs --prod -s ../client dist/server/server.js',
    ],
    [
      'TanStack Start with Nitro',
      () => served(['@tanstack/react-start', 'vite', 'nitro'], build('vite build')),
      'node .output/server/index.mjs',
    ],
    [
      'SolidStart',
      () => served(['@solidjs/start', 'vinxi'], { build: 'vinxi build', start: 'vinxi start' }),
      'node .output/server/index.mjs',
    ],
    [
      'Vite',
      () =>
        served(
          ['vite'],
          { build: 'vite build', start: 'vite' },
          { 'vite.config.js': "export default { build: { outDir: 'www' } }", 'index.html': '' },
        ),
      'www with fallback',
    ],
    [
      'Vite with a root',
      () =>
        served(['vite'], build('vite build'), {
          'vite.config.js': "export default { root: 'client', build: { outDir: '../public_html' } }",
        }),
      'public_html with fallback',
    ],
    [
      'Vite with its folder as an option',
      () => served(['vite'], build('tsc -b && vite build --outDir out'), { 'index.html': '' }),
      'out with fallback',
    ],
    [
      'Vite with a setting that it does not know',
      () =>
        served(['vite'], build('vite build'), {
          'vite.config.js': "export default { plugins: [x({ a: {} })], outDir: 'www', build: { minify: {} } }",
          'index.html': '',
        }),
      'dist with fallback',
    ],
    [
      'Vite behind a server',
      () =>
        served(
          ['vite', 'express'],
          { build: 'vite build', start: 'node server.js' },
          { 'index.html': '', 'server.js': '' },
        ),
      'node server.js',
    ],
    [
      'Create React App',
      () => served(['react-scripts'], { build: 'react-scripts build', start: 'react-scripts start' }),
      'build with fallback',
    ],
    [
      'Vue CLI',
      () =>
        served(['@vue/cli-service'], build('vue-cli-service build'), {
          'vue.config.js': "module.exports = { outputDir: 'web' }",
        }),
      'web with fallback',
    ],
    [
      'Gatsby',
      () => served(['gatsby'], { build: 'gatsby build', start: 'npm run develop', develop: 'gatsby develop' }),
      'public',
    ],
    ['Eleventy', () => served(['@11ty/eleventy'], build('eleventy --output=docs')), 'docs'],
    [
      'Docusaurus',
      () => served(['@docusaurus/core'], { build: 'docusaurus build', start: 'docusaurus start' }),
      'build',
    ],
    [
      'VuePress with its bundler',
      () => served(['vuepress-vite'], build('vuepress build guide')),
      'guide/.vuepress/dist',
    ],
    ['VitePress', () => served(['vitepress'], build('vitepress build docs')), 'docs/.vitepress/dist'],
    [
      'Expo',
      () =>
        served(
          ['expo', 'react-native-web'],
          { start: 'expo start' },
          { 'app.json': { expo: { web: { output: 'static' } } } },
        ),
      'dist',
    ],
    ['NestJS', () => served(['@nestjs/core'], { build: 'nest build', start: 'nest start' }), 'node dist/main.js'],
    [
      'a server of files',
      () => served(['serve'], { build: 'rollup -c', start: 'serve -s public -l 5000' }),
      'public with fallback',
    ],
  ] as const) {
    test(what, () => assert.equal(found(), expected));
  }

  test('Angular: the folder of the application builder, and its server', () => {
    const angular = (options: object, builder = '@angular/build:application') => ({
      'angular.json': {
        projects: {
          lib: { projectType: 'library' },
          shop: { projectType: 'application', architect: { build: { builder, options } } },
        },
      },
    });
    const scripts = { build: 'ng build', start: 'ng serve' };
    assert.equal(served(['@angular/core'], scripts, angular({})), 'dist/shop/browser with fallback');
    assert.equal(
      served(['@angular/core'], scripts, angular({ outputPath: 'out' }, '@angular-devkit/build-angular:browser')),
      'out with fallback',
    );
    assert.equal(
      served(['@angular/core'], scripts, angular({ ssr: { entry: 'src/server.ts' }, outputMode: 'server' })),
      'node dist/shop/server/server.mjs',
    );
  });

  test('a preset for another platform gives way to that of a program, in the build alone', () => {
    const built = (packages: readonly string[], script: string, config: Files): string =>
      dockerfileOf(
        filesOf({
          'package.json': {
            scripts: { build: script },
            dependencies: Object.fromEntries(packages.map((p) => [p, '*'])),
          },
          ...config,
        }),
      );
    for (const [packages, script, file] of [
      [['nuxt'], 'nuxt build', 'nuxt.config.ts'],
      [['nitropack'], 'nitro build', 'nitro.config.ts'],
      [['@solidjs/start', 'vinxi'], 'vinxi build', 'app.config.ts'],
    ] as const) {
      const of = (preset: string): string =>
        built(packages, script, { [file]: `x({ server: { preset: '${preset}' } })` });
      assert.match(of('vercel'), /NITRO_PRESET="node-server"[\s\S]*AS runtime/, file);
      assert.match(of('vercel'), /COPY --from=build \/app\/\.output\/ /, file);
      assert.doesNotMatch(of('node-cluster'), /NITRO_PRESET/, file);
    }
  });

  test('a preset that has the server in bundles: that of the routes without settings of their own', () => {
    const scripts = { build: 'react-router build', start: 'react-router-serve ./build/server/index.js' };
    const files = { 'react-router.config.ts': 'export default { presets: [vercelPreset()] };' };
    const packages = ['@react-router/dev', '@react-router/serve'];
    assert.match(served(packages, scripts, files) ?? '', /\/server\/nodejs_eyJydW50aW1lIjoibm9kZWpzIn0\/index\.js$/);
    assert.match(served(packages, scripts, {}) ?? '', /\/server\/index\.js$/);
  });

  test('SvelteKit’s adapter for another platform gives way to that of Node.js, in the build alone', () => {
    const files = (adapter: string, more: object = {}): Readonly<Record<string, string>> =>
      filesOf({
        'package.json': {
          scripts: { build: 'vite build' },
          devDependencies: { '@sveltejs/kit': '^2.9.0', ...more },
        },
        'svelte.config.js': `import adapter from '@sveltejs/adapter-${adapter}';\n`,
      });
    const text = dockerfileOf(files('vercel'));
    assert.match(
      text,
      /^RUN mv svelte\.config\.js svelte\.config\.own\.js\nCOPY <<"EOF" \/app\/svelte\.config\.js\nimport own from '\.\/svelte\.config\.own\.js';\n/m,
    );
    assert.match(text, /npm install --no-save .*@sveltejs\/adapter-node@5[\s\S]*CMD \["node", "build"\]/);
    assert.ok(adviceOf(files('vercel')).includes('adapter-replaced'));
    assert.doesNotMatch(dockerfileOf(files('netlify', { '@sveltejs/adapter-node': '5' })), /adapter-node@5/);
    for (const own of ['node', 'auto', 'static']) assert.doesNotMatch(dockerfileOf(files(own)), /config\.own/, own);
    assert.throws(() => dockerfileOf(files('elsewhere')), /adapter-elsewhere/);
  });

  test('an adapter for another platform is refused, with the one to use', () => {
    assert.throws(
      () => served(['astro'], build('astro build'), { 'astro.config.mjs': "import x from '@astrojs/cloudflare'" }),
      /cloudflare/,
    );
  });
});

test('Strapi can write its database and uploads', () => {
  const scripts = { start: 'strapi start', build: 'strapi build' };
  const text = dockerfileOf(filesOf({ 'package.json': { scripts, dependencies: { '@strapi/strapi': '5' } } }));
  assert.match(text, /^EXPOSE 1337$/m);
  for (const folder of ['.tmp', 'public/uploads'])
    assert.match(text, new RegExp(`^COPY --chown.* /app/${folder}/`, 'm'));
});

describe('tools of their time', () => {
  const env = (files: Files): boolean =>
    dockerfileOf(filesOf(files)).includes('NODE_OPTIONS="--openssl-legacy-provider"');
  const project = (dependencies: object, more: object = {}) => ({
    'package.json': { scripts: { build: 'react-scripts build' }, dependencies, ...more },
  });

  test('a webpack that hashes with MD4 gets it, on Node.js that has left it out', () => {
    assert.ok(env(project({ 'react-scripts': '4.0.3' })));
    assert.ok(env(project({ 'react-scripts': '^3.4.1' })));
    assert.ok(!env(project({ 'react-scripts': '5.0.1' })));
    assert.ok(!env(project({ 'react-scripts': 'latest' })));
    assert.ok(!env(project({ 'react-scripts': '4.0.3' }, { engines: { node: '16' } })));
  });

  test('one in a folder that the scripts build gets it as well, and one beside a program in another language', () => {
    const below = (version: string, script: string): Files => ({
      'package.json': { scripts: { start: 'node api.js', build: script } },
      'api.js': '',
      'front/package.json': { scripts: { build: 'react-scripts build' }, dependencies: { 'react-scripts': version } },
    });
    for (const script of ['npm run build --prefix ./front', 'npm ci && cd front && npm run build']) {
      assert.ok(env(below('3.4.3', script)), script);
      assert.ok(!env(below('5.0.1', script)), script);
    }
    assert.ok(!env(below('3.4.3', 'tsc')));
    const flask = (version: string): Files => ({
      'requirements.txt': 'flask\n',
      'app.py': "from flask import Flask\napp = Flask(__name__, static_folder='frontend/build')\n",
      'frontend/package.json': {
        scripts: { build: 'react-scripts build' },
        dependencies: { 'react-scripts': version },
      },
    });
    assert.ok(env(flask('4.0.3')));
    assert.ok(!env(flask('5.0.1')));
  });

  test('what is locked says which webpack it is', () => {
    const locks = (version: string): readonly Files[] => [
      {
        'yarn.lock': `# yarn lockfile v1\n\nreact-scripts@^5.0.0:\n  version "5.0.1"\n\nwebpack@^5.1.0:\n  version "${version}"\n`,
      },
      { 'package-lock.json': { lockfileVersion: 3, packages: { 'node_modules/webpack': { version } } } },
      { 'pnpm-lock.yaml': `lockfileVersion: '9.0'\n\npackages:\n\n  webpack@${version}:\n    resolution: {}\n` },
    ];
    for (const lock of locks('5.37.0')) assert.ok(env({ ...project({ 'react-scripts': '^5.0.0' }), ...lock }));
    for (const lock of locks('5.90.0')) assert.ok(!env({ ...project({ 'react-scripts': '^5.0.0' }), ...lock }));
    for (const lock of locks('4.47.0')) assert.ok(!env({ ...project({ 'react-scripts': '^5.0.0' }), ...lock }));
  });

  test('a framework is built by the script that runs its build, under whatever name', () => {
    const built = (scripts: object): string | undefined =>
      /^RUN (npm run \S+|npx .* build)$/m.exec(
        dockerfileOf(
          filesOf({
            'package.json': {
              scripts: { start: 'node server.js', ...scripts },
              dependencies: { vite: '7', express: '5' },
            },
            'server.js': 'app.listen(3000)',
            'vite.config.js': '',
            'index.html': '',
          }),
        ),
      )?.[1];
    assert.equal(built({ 'build:frontend': 'vite build --config web/vite.config.js' }), 'npm run build:frontend');
    assert.equal(built({ 'build:docker': 'vite build && docker build .' }), 'npx --no-install vite build');
    assert.equal(built({ 'build:a': 'vite build', 'build:b': 'vite build -m b' }), 'npx --no-install vite build');
  });

  test('the build for an image goes before that for a running system, unless it makes the image', () => {
    const built = (scripts: object, files: object = {}): string | undefined =>
      /npm run (\S+)$/m.exec(
        dockerfileOf(filesOf({ 'package.json': { scripts, dependencies: { next: '15' } }, ...files })),
      )?.[1];
    const script = { 'bin/images.sh': '#!/bin/sh\ndocker build -t shop .\n' };
    assert.equal(built({ build: 'next build', 'docker:build': './bin/images.sh' }, script), 'build');
    assert.equal(built({ build: 'check-db && next build', 'build-docker': 'next build' }), 'build-docker');
    assert.equal(built({ build: 'next build', 'docker:build': 'docker build -t app .' }), 'build');
    const image = { 'build-docker': 'npm run build && npm run image', image: 'npm run build-docker; docker build .' };
    assert.equal(built({ build: 'next build', ...image }), 'build');
  });
});

describe('npm and peers that exclude each other', () => {
  const app = { 'package.json': { dependencies: { dnd: '11.0.0', react: '18.2.0' } }, 'index.js': '' };

  test('a lock that was made without them is installed without them', () => {
    const dnd = { version: '11.0.0', peerDependencies: { react: '^16.0.0' } };
    const packages = { '': {}, 'node_modules/react': { version: '18.2.0' }, 'node_modules/dnd': dnd };
    const text = dockerfileOf(filesOf({ ...app, 'package-lock.json': { lockfileVersion: 3, packages } }));
    assert.match(text, /^ENV NPM_CONFIG_LEGACY_PEER_DEPS="true"\n[^]*npm ci --no-audit --no-fund\n/m);
  });

  test('without a lock, npm is asked to leave them alone once it has refused them', () => {
    const text = dockerfileOf(filesOf(app));
    assert.match(
      text,
      /npm install --no-audit --no-fund \|\| \{ npm config set legacy-peer-deps true && npm install --no-audit --no-fund; \}\n/,
    );
  });
});
