import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filesOf } from '../../support/inline.ts';
import { dockerfileOf } from '../../support/projects.ts';

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
  for (const [what, found, expected] of [
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

  test('an adapter for another platform is refused, with the one to use', () => {
    assert.throws(
      () =>
        served(['@sveltejs/kit'], build('vite build'), {
          'svelte.config.js': "import adapter from '@sveltejs/adapter-vercel'",
        }),
      /adapter-vercel/,
    );
    assert.throws(
      () => served(['astro'], build('astro build'), { 'astro.config.mjs': "import x from '@astrojs/cloudflare'" }),
      /cloudflare/,
    );
  });
});
