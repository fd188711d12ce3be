import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { makeKit } from '../../src/kit/index.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { inventoryOf } from '../support/directory.ts';
import { golden } from '../support/golden.ts';

/** Whole kits, kept as plain files: `source/` is the project, `kit/` what is unpacked over it. */
const root = new URL('fixtures/', import.meta.url).pathname;
const tools = { templates: loadTemplates(), version: 'test' };
const updating = process.env['UPDATE_GOLDEN'] === '1';

for (const name of readdirSync(root)) {
  const folder = join(root, name);
  describe(`the kit of ${name}`, () => {
    const source = inventoryOf(join(folder, 'source'));
    const request = existsSync(join(folder, 'request.json'))
      ? parseManifest(readFileSync(join(folder, 'request.json'), 'utf8'), 'request.json')
      : {};
    const kit = makeKit({ tree: source, manifest: request, existing: 'keep' }, tools);
    const target = join(folder, 'kit');

    test('is what is kept beside it', () => {
      if (updating) rmSync(target, { recursive: true, force: true });
      for (const { path, text } of kit.files) {
        if (updating) mkdirSync(dirname(join(target, path)), { recursive: true });
        golden(join(target, path), text);
      }
    });

    test('has no file that is not made any more', () => {
      const kept = readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((path) =>
        statSync(join(target, path)).isFile(),
      );
      assert.deepEqual(kept.sort(), kit.files.map((f) => f.path).sort());
    });
  });
}
