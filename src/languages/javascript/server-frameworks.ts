import { SRVX, SRVX_ARGV } from './exported-app.ts';
import { FUNCTIONS_FRAMEWORK } from './functions-framework.ts';
import { cleanFolder, evidenceOf, settingOf, type ConfigFile } from './config-files.ts';
import { otherPlatform } from './no-program.ts';
import { lineOfKey } from './package-json.ts';
import { QWIK } from './qwik.ts';
import type { Framework, FrameworkContext, Outcome, OutputCopy, ServerOutcome } from './outcome.ts';
import { svelteKit } from './sveltekit.ts';
import { VIKE } from './vike.ts';

/** Frameworks that render on a server, most telling package first: what they build, and the server that they bring. */

const ANY_HOST = { HOST: '0.0.0.0' };

const named = ({ app }: FrameworkContext, name: string, why: string) => ({ ...lineOfKey(app, name), why });

const whole = (folder: string): OutputCopy[] => [{ source: `${folder}/`, to: `${folder}/` }];

/** Where the modules are certain to be, Node.js itself is the program; else it is found on PATH. */
function nextStart({ project }: FrameworkContext): readonly string[] {
  const here = project.linker !== 'pnp' && (project.app.folder === '' || project.manager.name === 'pnpm');
  return here ? ['node', 'node_modules/next/dist/bin/next', 'start'] : ['next', 'start'];
}

function next(context: FrameworkContext): Outcome {
  const { project, app } = context;
  const config = context.config('next.config');
  const output = settingOf(config, 'output');
  const folder = cleanFolder(settingOf(config, 'distDir')) ?? '.next';
  const from = evidenceOf(config, output === undefined ? 'Next.js' : `output: '${output}'`);
  if (output === 'export') return { kind: 'site', folder: folder === '.next' ? 'out' : folder, fallback: false, from };
  const server: ServerOutcome = {
    kind: 'server',
    argv: nextStart(context),
    env: { HOSTNAME: '0.0.0.0', NEXT_TELEMETRY_DISABLED: '1' },
    from: config ? from : named(context, 'next', 'Next.js'),
    port: 3000,
    tool: 'next',
    writes: [`${folder}/cache`],
  };
  if (output !== 'standalone') return server;
  const up =
    app.folder === ''
      ? ''
      : `${app.folder
          .split('/')
          .map(() => '..')
          .join('/')}/`;
  const hasPublic = project.inventory.isDirectory(app.folder === '' ? 'public' : `${app.folder}/public`);
  const { tool: _, ...rest } = server;
  return {
    ...rest,
    argv: ['node', 'server.js'],
    output: [
      { source: `${folder}/standalone/`, to: up === '' ? './' : up },
      { source: `${folder}/static/`, to: `${folder}/static/` },
      ...(hasPublic ? whole('public') : []),
    ],
  };
}

function nuxt(context: FrameworkContext): Outcome {
  const config = context.config('nuxt.config');
  const preset = settingOf(config, 'preset');
  const isOld = /^[\^~]?[12]\./.test(context.dependencies['nuxt'] ?? '');
  const from = evidenceOf(config, 'Nuxt');
  if (/\bnux[ti] generate\b/.test(context.buildScript) || preset === 'static')
    return { kind: 'site', folder: isOld ? 'dist' : '.output/public', fallback: false, from };
  if (isOld)
    return {
      kind: 'server',
      argv: ['nuxt', 'start'],
      env: { ...ANY_HOST, NUXT_HOST: '0.0.0.0' },
      from,
      port: 3000,
      tool: 'nuxt',
    };
  return nitro(config, from);
}

/**
 * A preset is of a platform, but for those of a program; the environment of the build has the say over the
 * configuration. https://nitro.build/deploy
 */
function nitro(config: ConfigFile | undefined, from: ServerOutcome['from']): ServerOutcome {
  const preset = settingOf(config, 'preset');
  const elsewhere = preset !== undefined && !/^(node|bun|deno)([-_]|$)/.test(preset);
  return {
    kind: 'server',
    argv: ['node', '.output/server/index.mjs'],
    env: ANY_HOST,
    from,
    port: 3000,
    output: whole('.output'),
    ...(elsewhere ? { buildEnv: { NITRO_PRESET: 'node-server' } } : {}),
  };
}

/** Without Nitro, the build is a handler for requests, which srvx serves. https://tanstack.com/start/latest/docs/framework/react/guide/hosting */
function tanstackStart(context: FrameworkContext): Outcome {
  const config = context.config('vite.config', 'app.config');
  const from = evidenceOf(config, 'TanStack Start');
  const { dependencies, app } = context;
  const usesNitro =
    /nitro/i.test(config?.code ?? '') ||
    config?.file.includes('app.config') ||
    /\.output\/server/.test(Object.values(app.json.scripts).join('\n')) ||
    ['nitro', 'nitropack', 'vinxi', '@tanstack/nitro-v2-vite-plugin'].some((name) => dependencies[name] !== undefined);
  if (usesNitro) return nitro(config, from);
  return {
    kind: 'server',
    argv: [...SRVX_ARGV, '-s', '../client', 'dist/server/server.js'],
    env: ANY_HOST,
    from,
    port: 3000,
    runner: SRVX,
  };
}

/**
 * The presets of Vercel make a bundle for each configuration that routes have, in a folder that is called by it; this is
 * the one of all routes without any: `{"runtime":"nodejs"}`, in base64url. https://vercel.com/docs/frameworks/react-router
 */
const VERCEL_BUNDLE = 'nodejs_eyJydW50aW1lIjoibm9kZWpzIn0';

/** What the start script names is not there, where a preset has the server in bundles. */
const serverBuild = (
  folder: string,
  config: ConfigFile | undefined,
): Pick<ServerOutcome, 'replaces'> & { file: string } =>
  /\bvercelPreset\s*\(/.test(config?.code ?? '')
    ? { file: `./${folder}/server/${VERCEL_BUNDLE}/index.js`, replaces: true }
    : { file: `./${folder}/server/index.js` };

function reactRouter(context: FrameworkContext): Outcome | undefined {
  const config = context.config('react-router.config');
  const folder = cleanFolder(settingOf(config, 'buildDirectory')) ?? 'build';
  if (/\bssr\s*:\s*false\b/.test(config?.code ?? ''))
    return { kind: 'site', folder: `${folder}/client`, fallback: true, from: evidenceOf(config, 'ssr: false') };
  if (context.dependencies['@react-router/serve'] === undefined) return undefined;
  const { file, ...more } = serverBuild(folder, config);
  return {
    kind: 'server',
    ...more,
    argv: ['react-router-serve', file],
    env: ANY_HOST,
    from: named(context, '@react-router/serve', 'React Router'),
    port: 3000,
    tool: '@react-router/serve',
  };
}

function remix(context: FrameworkContext): Outcome | undefined {
  const vite = context.config('vite.config');
  if (/\bssr\s*:\s*false\b/.test(vite?.code ?? ''))
    return { kind: 'site', folder: 'build/client', fallback: true, from: evidenceOf(vite, 'ssr: false') };
  if (context.dependencies['@remix-run/serve'] === undefined) return undefined;
  const { file, ...more } = serverBuild('build', vite);
  return {
    kind: 'server',
    ...more,
    argv: ['remix-serve', /vite/.test(context.buildScript) || vite ? file : './build/index.js'],
    env: ANY_HOST,
    from: named(context, '@remix-run/serve', 'Remix'),
    port: 3000,
    tool: '@remix-run/serve',
  };
}

function astro(context: FrameworkContext): Outcome {
  const config = context.config('astro.config');
  const { dependencies } = context;
  const code = config?.code ?? '';
  const folder = cleanFolder(settingOf(config, 'outDir')) ?? 'dist';
  const adapter = /@astrojs\/(node|vercel|netlify|cloudflare)|['"](@deno\/astro-adapter|astro-sst)/.exec(code)?.[1];
  const onServer = /\boutput\s*:\s*['"`](server|hybrid)['"`]/.test(code) || adapter !== undefined;
  const from = evidenceOf(config, onServer ? 'Astro, with an adapter' : 'Astro');
  if (!onServer) return { kind: 'site', folder, fallback: false, from };
  if (adapter !== 'node' && dependencies['@astrojs/node'] === undefined)
    throw otherPlatform(
      config,
      adapter === undefined ? 'output: server without an adapter' : `@astrojs/${adapter}`,
      '@astrojs/node',
    );
  return { kind: 'server', argv: ['node', `./${folder}/server/entry.mjs`], env: ANY_HOST, from, port: 4321 };
}

function nest(context: FrameworkContext): Outcome {
  const config = context.config('nest-cli.json');
  const entry = settingOf(config, 'entryFile') ?? 'main';
  return {
    kind: 'server',
    argv: ['node', `dist/${entry}.js`],
    env: {},
    from: named(context, '@nestjs/core', 'NestJS'),
    port: 3000,
  };
}

/** The plugin makes a whole server, dependencies included, which listens on the port that was said when it was built. */
function honoBuild(context: FrameworkContext): Outcome | undefined {
  const config = context.config('vite.config');
  const platform = /['"]@hono\/vite-build\/([\w-]+)['"]/.exec(config?.code ?? '')?.[1];
  if (platform === undefined) return undefined;
  const { runtime } = context.project;
  if (platform !== runtime) throw otherPlatform(config, `@hono/vite-build/${platform}`, `@hono/vite-build/${runtime}`);
  const folder = cleanFolder(settingOf(config, 'outputDir')) ?? 'dist';
  const port = /\bport\s*:\s*(\d{2,5})/.exec(config?.code ?? '')?.[1];
  return {
    kind: 'server',
    argv: [runtime, `${folder}/${cleanFolder(settingOf(config, 'output')) ?? 'index.js'}`],
    env: {},
    from: evidenceOf(config, 'Hono, built by Vite'),
    port: port === undefined ? 3000 : Number(port),
    output: [...whole(folder), { source: 'package.json', to: 'package.json' }],
  };
}

function solidStart(context: FrameworkContext): Outcome {
  const config = context.config('app.config');
  return nitro(config, evidenceOf(config, 'SolidStart'));
}

function nitroAlone(context: FrameworkContext): Outcome {
  const config = context.config('nitro.config', 'vite.config');
  return nitro(config, evidenceOf(config, 'Nitro'));
}

/** The build is a project of its own below build/, which finds the modules above it. https://docs.adonisjs.com/guides/getting-started/deployment */
const adonis = (context: FrameworkContext): Outcome => ({
  kind: 'server',
  argv: [
    'node',
    context.dependencies['@adonisjs/assembler']?.match(/^[\^~]?[1-5]\./) ? 'build/server.js' : 'build/bin/server.js',
  ],
  env: ANY_HOST,
  from: named(context, '@adonisjs/core', 'AdonisJS'),
  port: 3333,
});

/** It keeps a database of SQLite, and what is uploaded, below its own folder. */
const strapi = (context: FrameworkContext): Outcome => ({
  kind: 'server',
  argv: ['strapi', 'start'],
  env: {},
  from: { ...lineOfKey(context.app, '@strapi/strapi'), why: 'Strapi' },
  port: 1337,
  tool: '@strapi/strapi',
  writes: ['.tmp', 'public/uploads'],
});

/** It keeps what it runs with below its own folder. https://www.eggjs.org/core/deployment */
function egg(context: FrameworkContext): Outcome | undefined {
  const { dependencies } = context;
  const base = {
    kind: 'server',
    env: {},
    from: named(context, 'egg', 'Egg'),
    port: 7001,
    writes: ['run', 'logs'],
  } as const;
  if (dependencies['@eggjs/scripts'] !== undefined)
    return { ...base, argv: ['eggctl', 'start'], tool: '@eggjs/scripts' };
  if (dependencies['egg-scripts'] !== undefined)
    return { ...base, argv: ['egg-scripts', 'start'], tool: 'egg-scripts' };
  if (!/^[\^~]?[1-3]\b/.test(dependencies['egg'] ?? '')) return undefined;
  const argv = ['node', '/opt/egg-scripts/node_modules/egg-scripts/bin/egg-scripts.js', 'start'];
  return { ...base, argv, runner: { name: 'egg-scripts', version: '3' } };
}

/** The build is an app of its own, which finds the modules above it. https://docs.medusajs.com/learn/build */
const medusa = (context: FrameworkContext): Outcome => ({
  kind: 'server',
  argv: ['/bin/sh', '-c', 'cd .medusa/server && exec medusa start'],
  env: ANY_HOST,
  from: named(context, '@medusajs/framework', 'Medusa'),
  port: 9000,
  tool: '@medusajs/cli',
  replaces: true,
});

export const serverFrameworks: readonly Framework[] = [
  {
    id: 'next',
    packages: ['next'],
    build: ['next', 'build'],
    buildEnv: { NEXT_TELEMETRY_DISABLED: '1' },
    own: /^next( start)?( |$)/,
    outcome: next,
  },
  {
    id: 'nuxt',
    packages: ['nuxt', 'nuxt3', 'nuxt-edge'],
    build: ['nuxt', 'build'],
    own: /^(nuxi?|nuxt) (start|preview)|^node \.output\/server\/index\.mjs/,
    outcome: nuxt,
  },
  {
    id: 'tanstack-start',
    packages: ['@tanstack/react-start', '@tanstack/solid-start', '@tanstack/start'],
    build: ['vite', 'build'],
    own: /^(vinxi|vite) (start|preview)|^node \.output\/server\/index\.mjs/,
    outcome: tanstackStart,
  },
  {
    id: 'solid-start',
    packages: ['@solidjs/start'],
    build: ['vinxi', 'build'],
    own: /^(vinxi|vite) (start|preview)|^node \.output\/server\/index\.mjs/,
    outcome: solidStart,
  },
  {
    id: 'react-router',
    packages: ['@react-router/dev'],
    build: ['react-router', 'build'],
    own: /^react-router-serve/,
    outcome: reactRouter,
  },
  { id: 'remix', packages: ['@remix-run/dev'], build: ['remix', 'vite:build'], own: /^remix-serve/, outcome: remix },
  {
    id: 'sveltekit',
    packages: ['@sveltejs/kit'],
    build: ['vite', 'build'],
    buildEnv: { GCP_BUILDPACKS: 'true' },
    own: /^vite preview|^node \.?\/?build(\/index\.js)?$/,
    outcome: svelteKit,
  },
  { id: 'astro', packages: ['astro'], build: ['astro', 'build'], own: /^astro preview/, outcome: astro },
  { id: 'nest', packages: ['@nestjs/core'], build: ['nest', 'build'], own: /^nest start/, outcome: nest },
  {
    id: 'adonis',
    packages: ['@adonisjs/core'],
    build: ['node', 'ace', 'build'],
    own: /^node (ace serve|server\.js|bin\/server\.js)/,
    outcome: adonis,
  },
  {
    id: 'hono-vite',
    packages: ['@hono/vite-build'],
    build: ['vite', 'build'],
    own: /^vite preview/,
    outcome: honoBuild,
  },
  {
    id: 'nitro',
    packages: ['nitro', 'nitropack'],
    build: ['nitro', 'build'],
    own: /^nitro (start|preview)|^node \.output\/server\/index\.mjs/,
    outcome: nitroAlone,
  },
  {
    id: 'strapi',
    packages: ['@strapi/strapi'],
    build: ['strapi', 'build'],
    own: /^strapi start/,
    outcome: strapi,
  },
  { id: 'egg', packages: ['egg'], own: /^(egg-bin|egg-scripts|eggctl) /, outcome: egg },
  {
    id: 'medusa',
    packages: ['@medusajs/framework'],
    build: ['medusa', 'build'],
    own: /^medusa start/,
    outcome: medusa,
  },
  QWIK,
  VIKE,
  FUNCTIONS_FRAMEWORK,
];
