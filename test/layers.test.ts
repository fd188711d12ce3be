import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, test } from 'node:test';

/**
 * The way of the data is the way of the imports: a folder may use those named here, and no others. Types that
 * two folders share live in the one that makes them. docs/design.md draws the picture.
 */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  problems: [],
  tags: ['problems'],
  kit: ['problems', 'inventory', 'manifest', 'plan', 'images', 'generate', 'tags', 'render'],
  inventory: ['problems'],
  plan: ['problems', 'inventory', 'images', 'manifest'],
  images: ['plan'],
  ignore: ['problems', 'inventory', 'plan', 'manifest'],
  dockerfile: ['ignore'],
  languages: ['problems', 'inventory', 'images', 'manifest', 'plan', 'ignore', 'dockerfile'],
  manifest: ['problems', 'languages', 'plan'],
  platforms: ['inventory', 'plan', 'dockerfile'],
  detection: ['problems', 'inventory', 'languages'],
  render: ['plan'],
  source: ['problems', 'inventory'],
  context: ['problems', 'inventory', 'ignore', 'plan', 'source'],
  generate: [
    'problems',
    'inventory',
    'languages',
    'detection',
    'platforms',
    'manifest',
    'plan',
    'render',
    'ignore',
    'dockerfile',
    'context',
    'images',
  ],
  http: ['*'],
};
/** Only these may touch files, the network, the clock or the framework. */
const shells = new Set(['source', 'http']);
const loaders = new Set(['render/load-templates.ts']);

const root = new URL('../src/', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (f) => f.endsWith('.ts') && f.includes('/'),
);

const importsOf = (file: string): string[] =>
  [...readFileSync(new URL(file, root), 'utf8').matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'/gms)].map(
    ([, name = '']) => name,
  );

describe('imports', () => {
  for (const file of files) {
    const folder = file.split('/')[0] ?? '';
    test(`${file} uses only what lies before it`, () => {
      const allowed = mayUse[folder];
      assert.ok(allowed, `src/${folder} is not in the list of folders`);
      for (const name of importsOf(file).filter((n) => n.startsWith('.'))) {
        const target = posix.join(posix.dirname(file), name).split('/')[0] ?? '';
        if (target === folder || allowed.includes('*')) continue;
        assert.ok(allowed.includes(target), `${file} imports ${name}`);
      }
    });

    if (shells.has(folder) || loaders.has(file)) continue;
    test(`${file} is pure`, () => {
      const impure = importsOf(file).filter((n) =>
        /^(node:(fs|net|http|https|os|child_process|timers)|fastify|@fastify\/)/.test(n),
      );
      assert.deepEqual(impure, []);
      assert.doesNotMatch(
        readFileSync(new URL(file, root), 'utf8'),
        /\bDate\.now\(|new Date\(\)|Math\.random\(|process\.env\b(?!\.PORT|\.NODE)/,
      );
    });
  }
});
