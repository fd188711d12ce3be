import { joinPath } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';
import type { FrameworkContext, Outcome } from './outcome.ts';
import { lineOfKey } from './package-json.ts';

/** Qwik City builds what its adapters say: a server, or the pages ahead of time. https://qwik.dev/docs/deployments/ */

const PACKAGES = ['@builder.io/qwik-city', '@qwik.dev/router'];
const SERVERS = ['express', 'fastify', 'node-server'];

function qwik({ project, app, dependencies }: FrameworkContext): Outcome {
  const name = PACKAGES.find((wanted) => dependencies[wanted] !== undefined) ?? '';
  const has = (file: string): boolean => project.inventory.isFile(joinPath(app.folder, file));
  const server = SERVERS.find((entry) => has(`src/entry.${entry}.tsx`));
  const from = (why: string) => ({ ...lineOfKey(app, name), why });
  if (server !== undefined)
    return {
      kind: 'server',
      argv: ['node', `server/entry.${server}.js`],
      env: {},
      from: { file: joinPath(app.folder, `src/entry.${server}.tsx`), why: `Qwik, served by ${server}` },
      port: 3000,
      // What it builds loads packages of its own, such as undici.
      tool: name,
    };
  if (has('adapters/static/vite.config.ts') || has('adapters/ssg/vite.config.ts'))
    return { kind: 'site', folder: 'dist', fallback: false, from: from('Qwik, its pages made ahead of time') };
  throw new Problem('no-start-command', {
    detail: 'Qwik builds for the adapters of the project, and it has none of a server for Node.js.',
    hint: 'Add one: `npm run qwik add express`, or `npm run qwik add static` for pages that are made ahead of time.',
  });
}

export const QWIK = {
  id: 'qwik',
  packages: PACKAGES,
  build: ['qwik', 'build'],
  own: /^(vite|qwik)( |$)/,
  outcome: qwik,
} as const;
