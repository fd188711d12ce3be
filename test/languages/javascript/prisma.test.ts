import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Manifest } from '../../../src/manifest/schema.ts';
import { filesOf } from '../../support/inline.ts';
import { dockerfileOf } from '../../support/projects.ts';

const files = filesOf({
  'package.json': {
    scripts: { postinstall: 'prisma generate', build: 'prisma generate && tsc', start: 'node dist/index.js' },
    dependencies: { '@prisma/client': '^7.0.0', prisma: '^7.0.0' },
  },
  'prisma/schema.prisma': 'generator client {}',
  'prisma.config.ts': "export default defineConfig({ datasource: { url: env('DATABASE_URL') } })",
});
const address = (manifest: Manifest = {}, more: Readonly<Record<string, string>> = {}): string[] =>
  dockerfileOf({ ...files, ...more }, manifest)
    .split('\n')
    .filter((line) => /DATABASE_URL=/.test(line));

describe('Prisma', () => {
  test('what its settings read is there before anything is installed, and not in the image', () => {
    const text = dockerfileOf(files);
    assert.deepEqual(address(), ['ENV DATABASE_URL="postgresql://localhost/build"']);
    assert.ok(text.indexOf('ENV DATABASE_URL') < text.indexOf('npm install'));
    assert.ok(text.indexOf('ENV DATABASE_URL') < text.indexOf('AS runtime'));
  });

  test('no address goes over one that the manifest gives, or where none is read', () => {
    assert.deepEqual(address({ build: { args: { DATABASE_URL: 'postgresql://db/app' } } }), [
      'ARG DATABASE_URL="postgresql://db/app"',
    ]);
    assert.deepEqual(address({ build: { secrets: ['database_url'] } }), []);
    assert.deepEqual(address({}, { 'prisma.config.ts': 'export default { url: process.env.DATABASE_URL }' }), []);
  });
});
