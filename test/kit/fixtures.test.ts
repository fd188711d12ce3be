import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { golden } from '../support/golden.ts';
import { kitOfFixture } from '../support/kits.ts';

/** Whole kits, kept as plain files: `source/` is the project, `kit/` what is unpacked over it. */
const root = new URL('fixtures/', import.meta.url).pathname;
const updating = process.env['UPDATE_GOLDEN'] === '1';

for (const name of readdirSync(root)) {
  const folder = join(root, name);
  describe(`the kit of ${name}`, () => {
    const kit = kitOfFixture(name);
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
