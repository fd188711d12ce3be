import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKeptText } from '../../src/generate/kept-text.ts';
import { submoduleAdvice } from '../../src/generate/submodules.ts';
import { treeOf } from '../support/kits.ts';

const MODULES = '[submodule "deps/onig"]\n\tpath = deps/onig\n\turl = https://example.org/onig.git\n';

test('a submodule of which nothing was sent is told, one that is there is not', () => {
  const [advice, ...others] = submoduleAdvice(treeOf({ '.gitmodules': MODULES, 'main.c': '' }));
  assert.deepEqual(
    [advice?.code, advice?.file, advice?.line, others.length],
    ['missing-submodule', '.gitmodules', 2, 0],
  );
  assert.match(advice?.detail ?? '', /^deps\/onig is a submodule/);
  assert.deepEqual(submoduleAdvice(treeOf({ '.gitmodules': MODULES, 'deps/onig/onig.c': '' })), []);
  assert.deepEqual(submoduleAdvice(treeOf({ 'main.c': '' })), []);
});

test('the file that names them is read', () => assert.ok(isKeptText('.gitmodules')));
