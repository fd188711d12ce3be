import { gzipSync } from 'node:zlib';
import { entry } from '../test/support/raw-tar.ts';

/** Thirty files, as a small project in Node.js has them. */
export const smallProject: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'shop',
    scripts: { start: 'node src/server.js' },
    dependencies: { fastify: '5' },
  }),
  'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: {} }),
  '.gitignore': 'node_modules\n',
  'src/server.js': 'require("fastify")().listen({ port: process.env.PORT, host: "0.0.0.0" });\n',
  ...Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`src/part-${i}.js`, `exports.n = ${i};\n`.repeat(60)])),
};

export const smallArchive = (): Buffer =>
  gzipSync(
    Buffer.concat([...Object.entries(smallProject).map(([name, body]) => entry({ name, body })), Buffer.alloc(1024)]),
  );
