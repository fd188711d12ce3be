import { baseName } from '../../inventory/inventory.ts';
import { cleanFolder, evidenceOf, settingOf } from './config-files.ts';
import { otherPlatform } from './no-program.ts';
import type { FrameworkContext, Outcome, ServerOutcome } from './outcome.ts';

/**
 * SvelteKit is built by an adapter: of a server for Node.js, of pages alone, or of a platform. What is set to a platform
 * is built here by a configuration that takes over the project's own, but for the adapter.
 * https://svelte.dev/docs/kit/adapters
 */

const NODE = '@sveltejs/adapter-node';
/** What it answers without a server, or as another program than Node.js, is not built by another adapter. */
const PLATFORMS = /^(vercel|netlify|cloudflare|cloudflare-workers|begin)$/;

/** The configuration of the project, under the name that it has then, with an adapter of Node.js. */
const configuration = (own: string): string =>
  `import own from './${own}';
import adapter from '${NODE}';

export default { ...own, kit: { ...own.kit, adapter: adapter() } };
`;

export function svelteKit(context: FrameworkContext): Outcome | undefined {
  const config = context.config('svelte.config', 'vite.config');
  const adapter = /@sveltejs\/adapter-([a-z-]+)/.exec(config?.code ?? '')?.[1] ?? 'auto';
  const from = evidenceOf(config, `adapter-${adapter}`);
  if (adapter === 'static') {
    const folder = cleanFolder(settingOf(config, 'pages')) ?? 'build';
    return { kind: 'site', folder, fallback: settingOf(config, 'fallback') !== undefined, from };
  }
  const folder = adapter === 'node' ? (cleanFolder(settingOf(config, 'out')) ?? 'build') : 'build';
  const server: ServerOutcome = { kind: 'server', argv: ['node', folder], env: { HOST: '0.0.0.0' }, from, port: 3000 };
  if (adapter === 'node') return server;
  const line = /^[\^~]?1\./.test(context.dependencies['@sveltejs/kit'] ?? '') ? '1' : '5';
  const adds = context.dependencies[NODE] === undefined ? { adds: [`${NODE}@${line}`] } : {};
  if (adapter === 'auto') return { ...server, ...adds };
  const file = baseName(config?.file ?? '');
  if (!PLATFORMS.test(adapter) || !file.startsWith('svelte.config.'))
    throw otherPlatform(config, `adapter-${adapter}`, NODE);
  const own = file.replace('svelte.config.', 'svelte.config.own.');
  return {
    ...server,
    ...adds,
    configures: { file, own, text: configuration(own), instead: `adapter-${adapter}`, by: NODE },
  };
}
