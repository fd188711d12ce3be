/**
 * The service as one file, `dist/server.js`, and its threads as another: to find and to read a thousand modules takes longer than all the rest of its
 * start. `npm run build`; the types are checked apart. What is loaded only where it is asked for stays in node_modules.
 */
import { build } from 'esbuild';

await build({
  entryPoints: { server: 'src/server.ts', thread: 'src/http/jobs/thread.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  external: ['ioredis', '@scalar/fastify-api-reference'],
  // Modules of the older kind ask for Node.js's own by `require`.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
  charset: 'utf8',
  logLevel: 'warning',
});
