import type { FrameworkContext, Outcome } from './outcome.ts';
import { evidenceOf } from './config-files.ts';
import { lineOfKey } from './package-json.ts';
import { SERVERS } from './server-packages.ts';

/** Vike renders ahead of time where it is told to, else by a server: the project's own, or the one that it brings. https://vike.dev/prerender */

const CONFIGS = ['pages/+config', 'renderer/+config', '+config', 'vite.config'];

function vike(context: FrameworkContext): Outcome | undefined {
  const { app, dependencies, project } = context;
  if (Object.keys(dependencies).some((name) => name !== 'vike' && SERVERS.has(name))) return undefined;
  if (['server', 'server.js', 'server.ts'].some((name) => project.inventory.names(app.folder).includes(name)))
    return undefined;
  const ahead = CONFIGS.map((name) => context.config(name)).find((config) =>
    /\bprerender\s*:\s*(?:true|\{)/.test(config?.code ?? ''),
  );
  if (ahead) return { kind: 'site', folder: 'dist/client', fallback: false, from: evidenceOf(ahead, 'prerender') };
  return {
    kind: 'server',
    argv: ['/bin/sh', '-c', 'exec vike preview --host 0.0.0.0 --port "$PORT"'],
    env: {},
    from: { ...lineOfKey(app, 'vike'), why: 'Vike, by the server that it brings' },
    port: 3000,
    // Vite puts its own configuration there, as a program, when it starts.
    writes: ['node_modules/.vite-temp'],
    tool: dependencies['vite'] === undefined ? 'vike' : 'vite',
  };
}

export const VIKE = {
  id: 'vike',
  packages: ['vike'],
  build: ['vike', 'build'],
  own: /^(vite|vike)( |$)/,
  outcome: vike,
} as const;
