import * as z from 'zod';
import { joinPath } from '../../inventory/inventory.ts';
import { cleanFolder, evidenceOf, settingOf, type ConfigFile } from './config-files.ts';
import { lineOfKey } from './package-json.ts';
import type { Framework, FrameworkContext, Outcome, SiteOutcome } from './outcome.ts';

/** Frameworks whose build is files: which folder they leave them in, and whether the browser routes. */

const because = ({ app }: FrameworkContext, name: string, why: string) => ({ ...lineOfKey(app, name), why });

/** The value of an option in a script: `--outDir build`, `--output-path=build`. */
function option(script: string, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const at = script.indexOf(`${name} `) >= 0 ? script.indexOf(`${name} `) : script.indexOf(`${name}=`);
    const value = at < 0 ? undefined : /^["']?([\w./@-]+)/.exec(script.slice(at + name.length + 1))?.[1];
    if (value !== undefined && !value.startsWith('-')) return value;
  }
  return undefined;
}

/** A folder given from another one, as Vite's outDir is from its root. */
function joined(base: string | undefined, path: string): string | undefined {
  const parts = (cleanFolder(base) ?? '').split('/').filter(Boolean);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join('/');
}

const site = (folder: string, fallback: boolean, from: SiteOutcome['from']): SiteOutcome => ({
  kind: 'site',
  folder,
  fallback,
  from,
});

/** Solid’s own plugin makes the page, and leaves it beside what it would render on a server. https://github.com/solidjs/templates/tree/main/solid-v2/basic */
const rendersPage = ({ dependencies }: FrameworkContext, code: string): boolean =>
  dependencies['@solidjs/vite-plugin'] !== undefined &&
  /\bstart\s*:\s*true\b/.test(code) &&
  !/\bssr\s*:\s*true\b/.test(code);

function vite(context: FrameworkContext): Outcome | undefined {
  const config = context.config('vite.config');
  if (rendersPage(context, config?.code ?? ''))
    return site('dist/client', true, evidenceOf(config, 'Solid, for the browser alone'));
  const { project, app, buildScript } = context;
  const hasPage = ['index.html', 'src/index.html', 'public/index.html', 'client/index.html'].some((page) =>
    project.inventory.isFile(joinPath(app.folder, page)),
  );
  const plain = config !== undefined || /\bvite( build|$)/.test(buildScript);
  if (!plain || (project.inventory.complete && !hasPage && settingOf(config, 'root') === undefined)) return undefined;
  // What is only built for a server is a program, without a page.
  if (!hasPage && /\bvite build\b[^&|;]*\s--ssr\b/.test(buildScript)) return undefined;
  if (context.dependencies['@cloudflare/vite-plugin'] !== undefined && /\bcloudflare\(/.test(config?.code ?? ''))
    return site('dist/client', true, evidenceOf(config, 'Vite builds a site, and a worker of Cloudflare beside it'));
  const root = settingOf(config, 'root') ?? /\bvite build ([\w./][\w./-]*)/.exec(buildScript)?.[1];
  const said = option(buildScript, '--outDir') ?? settingOf(config, 'outDir', 'build') ?? 'dist';
  return site(joined(root, said) ?? 'dist', true, evidenceOf(config, 'Vite builds a site'));
}

const target = z.looseObject({
  builder: z.string().optional().catch(undefined),
  executor: z.string().optional().catch(undefined),
  options: z
    .looseObject({
      outputPath: z
        .union([z.string(), z.looseObject({ base: z.string().catch('dist'), browser: z.string().optional() })])
        .optional()
        .catch(undefined),
      ssr: z.unknown().optional(),
      outputMode: z.string().optional().catch(undefined),
    })
    .catch({}),
});
const workspace = z.looseObject({
  defaultProject: z.string().optional().catch(undefined),
  projects: z
    .record(
      z.string(),
      z
        .looseObject({
          projectType: z.string().optional().catch(undefined),
          architect: z.looseObject({ build: target.optional() }).optional(),
        })
        .catch({}),
    )
    .catch({}),
});

function angularProject(config: ConfigFile | undefined) {
  const parsed = workspace.safeParse(parseJson(config?.code ?? '')).data;
  const all = Object.entries(parsed?.projects ?? {}).filter(
    ([, p]) => p.projectType !== 'library' && p.architect?.build !== undefined,
  );
  return all.find(([name]) => name === parsed?.defaultProject) ?? all[0];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** https://angular.dev/reference/configs/workspace-config#output-path-configuration */
function angular(context: FrameworkContext): Outcome | undefined {
  const config = context.config('angular.json');
  const [name, project] = angularProject(config) ?? [];
  const build = project?.architect?.build;
  if (name === undefined || build === undefined) return undefined;
  const { outputPath, ssr, outputMode } = build.options;
  const base = typeof outputPath === 'string' ? outputPath : (outputPath?.base ?? `dist/${name}`);
  const folder = cleanFolder(option(context.buildScript, '--output-path') ?? base) ?? `dist/${name}`;
  const from = evidenceOf(config, `the project ${name}`);
  const isApplication =
    /:application$|:browser-esbuild$/.test(build.builder ?? '') && !(build.builder ?? '').endsWith('browser-esbuild');
  const below = typeof outputPath === 'object' ? (outputPath.browser ?? 'browser') : 'browser';
  if (isApplication && ssr !== undefined && ssr !== false && outputMode !== 'static')
    return { kind: 'server', argv: ['node', `${folder}/server/server.mjs`], env: {}, from, port: 4000 };
  return site(isApplication && below !== '' ? `${folder}/${below}` : folder, true, from);
}

const expoApp = z.looseObject({
  expo: z
    .looseObject({
      web: z
        .looseObject({ output: z.string().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

function expo(context: FrameworkContext): Outcome | undefined {
  const config = context.config('app.json', 'app.config');
  if (context.dependencies['react-native-web'] === undefined && !/--platform web|-p web/.test(context.buildScript))
    return undefined;
  const output =
    expoApp.safeParse(parseJson(config?.code ?? '')).data?.expo?.web?.output ?? settingOf(config, 'output');
  return site(
    option(context.buildScript, '--output-dir') ?? 'dist',
    output !== 'static',
    evidenceOf(config, 'Expo, for the web'),
  );
}

const always =
  (name: string, why: string, folder: string | ((context: FrameworkContext) => string), fallback: boolean) =>
  (context: FrameworkContext): Outcome =>
    site(typeof folder === 'string' ? folder : folder(context), fallback, because(context, name, why));

/** The folder that documents are in, from a script such as `vitepress build docs`. */
const docsOf = ({ buildScript }: FrameworkContext, program: string): string => {
  const folder = cleanFolder(new RegExp(`\\b${program} build ([\\w./-]+)`).exec(buildScript)?.[1]);
  return folder === undefined ? '' : `${folder}/`;
};

const eleventyFolder = (context: FrameworkContext): string =>
  cleanFolder(
    option(context.buildScript, '--output') ?? settingOf(context.config('.eleventy.js', 'eleventy.config'), 'output'),
  ) ?? '_site';

const gridsomeFolder = (context: FrameworkContext): string =>
  cleanFolder(settingOf(context.config('gridsome.config'), 'outputDir')) ?? 'dist';

/** A library of components has no page. https://stenciljs.com/docs/www */
function stencil(context: FrameworkContext): Outcome | undefined {
  const config = context.config('stencil.config');
  if (!/\btype\s*:\s*['"]www['"]/.test(config?.code ?? '')) return undefined;
  return site(cleanFolder(settingOf(config, 'dir')) ?? 'www', true, evidenceOf(config, 'Stencil builds a site'));
}

/** A studio of its own; in an app of another framework it is a page. */
function sanity(context: FrameworkContext): Outcome | undefined {
  const config = context.config('sanity.cli', 'sanity.config', 'sanity.json');
  return config && site('dist', true, evidenceOf(config, 'a studio of Sanity'));
}

const inFolder = (key: string): RegExp =>
  new RegExp(
    `\\b${key}\\s*[:=]\\s*(?:path\\.)?(?:resolve|join)\\(\\s*(?:__dirname|import\\.meta\\.dirname)\\s*,\\s*['"\`]([\\w./-]+)['"\`]\\s*\\)`,
  );
/** `path: path.resolve(__dirname, 'build')`, or a table of paths that it is taken from. */
const BUNDLE_FOLDERS = [inFolder('path'), inFolder('(?:output|build|dist)\\w*')];

/** webpack’s own setting for its folder, else its default. */
const bundleFolder = (config: ConfigFile | undefined): string =>
  BUNDLE_FOLDERS.map((pattern) => cleanFolder(pattern.exec(config?.code ?? '')?.[1])).find(Boolean) ?? 'dist';

/** Only where nothing else serves: a bundler alone says nothing of a site. */
function webpack(context: FrameworkContext): Outcome | undefined {
  const config = context.config('webpack.config', 'webpack.prod', 'webpack.production');
  if (!/\bwebpack\b/.test(context.buildScript) || context.dependencies['html-webpack-plugin'] === undefined)
    return undefined;
  return site(bundleFolder(config), true, evidenceOf(config, 'webpack builds a site'));
}

/** https://rspack.rs/guide/tech/react: without a page that its plugin writes, it bundles a program or a library. */
function rspack(context: FrameworkContext): Outcome | undefined {
  const config = context.config('rspack.config');
  const makesPage =
    /\bHtmlRspackPlugin\b/.test(config?.code ?? '') || context.dependencies['html-webpack-plugin'] !== undefined;
  return makesPage ? site(bundleFolder(config), true, evidenceOf(config, 'Rspack builds a site')) : undefined;
}

export const siteFrameworks: readonly Framework[] = [
  {
    id: 'gatsby',
    packages: ['gatsby'],
    build: ['gatsby', 'build'],
    own: /^gatsby/,
    outcome: always('gatsby', 'Gatsby', 'public', false),
  },
  {
    id: 'docusaurus',
    packages: ['@docusaurus/core'],
    build: ['docusaurus', 'build'],
    own: /^docusaurus/,
    outcome: always(
      '@docusaurus/core',
      'Docusaurus',
      (c) => cleanFolder(option(c.buildScript, '--out-dir')) ?? 'build',
      false,
    ),
  },
  {
    id: 'vitepress',
    packages: ['vitepress'],
    build: ['vitepress', 'build'],
    own: /^vitepress/,
    outcome: always('vitepress', 'VitePress', (c) => `${docsOf(c, 'vitepress')}.vitepress/dist`, false),
  },
  {
    id: 'vuepress',
    packages: ['vuepress', 'vuepress-vite', 'vuepress-webpack'],
    build: ['vuepress', 'build'],
    own: /^vuepress/,
    outcome: always('vuepress', 'VuePress', (c) => `${docsOf(c, 'vuepress')}.vuepress/dist`, false),
  },
  {
    id: 'eleventy',
    packages: ['@11ty/eleventy'],
    build: ['eleventy'],
    own: /^eleventy/,
    outcome: always('@11ty/eleventy', 'Eleventy', eleventyFolder, false),
  },
  {
    id: 'hexo',
    packages: ['hexo'],
    build: ['hexo', 'generate'],
    own: /^hexo/,
    outcome: always('hexo', 'Hexo', 'public', false),
  },
  {
    id: 'gridsome',
    packages: ['gridsome'],
    build: ['gridsome', 'build'],
    own: /^gridsome/,
    outcome: always('gridsome', 'Gridsome', gridsomeFolder, false),
  },
  { id: 'expo', packages: ['expo'], build: ['expo', 'export', '--platform', 'web'], own: /^expo/, outcome: expo },
  { id: 'angular', packages: ['@angular/core'], build: ['ng', 'build'], own: /^ng /, outcome: angular },
  {
    id: 'create-react-app',
    packages: ['react-scripts'],
    build: ['react-scripts', 'build'],
    own: /^react-scripts/,
    outcome: always('react-scripts', 'Create React App', 'build', true),
  },
  {
    id: 'vue-cli',
    packages: ['@vue/cli-service'],
    build: ['vue-cli-service', 'build'],
    own: /^vue-cli-service/,
    outcome: always(
      '@vue/cli-service',
      'Vue CLI',
      (c) => cleanFolder(settingOf(c.config('vue.config.js'), 'outputDir')) ?? 'dist',
      true,
    ),
  },
  {
    id: 'ember',
    packages: ['ember-cli'],
    build: ['ember', 'build', '--environment=production'],
    own: /^ember/,
    outcome: always('ember-cli', 'Ember', 'dist', true),
  },
  {
    id: 'rsbuild',
    packages: ['@rsbuild/core'],
    build: ['rsbuild', 'build'],
    own: /^rsbuild/,
    outcome: always('@rsbuild/core', 'Rsbuild', 'dist', true),
  },
  {
    id: 'preact-cli',
    packages: ['preact-cli'],
    build: ['preact', 'build'],
    own: /^preact/,
    outcome: always('preact-cli', 'Preact CLI', (c) => cleanFolder(option(c.buildScript, '--dest')) ?? 'build', true),
  },
  {
    id: 'umi',
    packages: ['umi', '@umijs/max'],
    build: ['umi', 'build'],
    own: /^(umi|max) /,
    outcome: (c) => site('dist', true, because(c, c.dependencies['umi'] === undefined ? '@umijs/max' : 'umi', 'Umi')),
  },
  { id: 'stencil', packages: ['@stencil/core'], build: ['stencil', 'build'], own: /^stencil/, outcome: stencil },
  {
    id: 'brunch',
    packages: ['brunch'],
    build: ['brunch', 'build', '--production'],
    own: /^brunch/,
    outcome: always('brunch', 'Brunch', 'public', true),
  },
  { id: 'sanity', packages: ['sanity', '@sanity/core'], build: ['sanity', 'build'], own: /^sanity /, outcome: sanity },
  {
    id: 'rspress',
    packages: ['rspress', '@rspress/core'],
    build: ['rspress', 'build'],
    own: /^rspress/,
    outcome: always(
      'rspress',
      'Rspress',
      (c) => cleanFolder(settingOf(c.config('rspress.config'), 'outDir')) ?? 'doc_build',
      false,
    ),
  },
  {
    id: 'slidev',
    packages: ['@slidev/cli'],
    build: ['slidev', 'build'],
    own: /^slidev/,
    outcome: always('@slidev/cli', 'Slidev', (c) => cleanFolder(option(c.buildScript, '--out')) ?? 'dist', true),
  },
  {
    id: 'farm',
    packages: ['@farmfe/core'],
    build: ['farm', 'build'],
    own: /^farm/,
    outcome: always('@farmfe/core', 'Farm', 'dist', true),
  },
  { id: 'rspack', packages: ['@rspack/cli'], build: ['rspack', 'build'], own: /^rspack/, outcome: rspack },
  { id: 'vite', packages: ['vite', 'rolldown-vite'], build: ['vite', 'build'], own: /^vite/, outcome: vite },
  {
    id: 'parcel',
    packages: ['parcel', 'parcel-bundler'],
    own: /^parcel/,
    outcome: (c) =>
      /\bparcel build\b/.test(c.buildScript) &&
      /\.html|^parcel build$/.test(c.buildScript + JSON.stringify(c.app.json['source'] ?? ''))
        ? site(
            option(c.buildScript, '--dist-dir', '-d', '--out-dir') ?? 'dist',
            true,
            because(c, 'parcel', 'Parcel builds a site'),
          )
        : undefined,
  },
  { id: 'webpack', packages: ['webpack'], own: /^webpack/, outcome: webpack },
];
