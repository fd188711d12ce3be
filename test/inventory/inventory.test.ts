import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createInventory,
  inlineInventory,
  joinPath,
  parentOf,
  resolveTarget,
  type Entry,
} from '../../src/inventory/inventory.ts';

const file = (path: string): Entry => ({ path, kind: 'file', size: 1, mode: 0o644 });
const link = (path: string, target: string): Entry => ({ path, kind: 'symlink', size: 0, mode: 0o777, target });
const text = (value: string) => ({ text: value, truncated: false });

describe('an inventory', () => {
  const tree = createInventory(
    [
      file('b/c/d.txt'),
      file('a.txt'),
      link('l', 'b/c/d.txt'),
      link('dir', 'b'),
      link('loop', 'loop'),
      link('out', '../x'),
    ],
    new Map([['b/c/d.txt', text('hello')]]),
  );

  test('follows links over links, and slashes that stand double in them', () => {
    const chain = createInventory([file('d/e/f'), link('a', 'b'), link('b', 'c'), link('c', 'd//e/./f')]);
    assert.ok(chain.isFile('a'));
    assert.equal(resolveTarget('d/x', 'e//f'), 'd/e/f');
  });

  test('is sorted and holds the parents that were not sent', () => {
    assert.deepEqual(
      tree.entries.map((e) => e.path),
      ['a.txt', 'b', 'b/c', 'b/c/d.txt', 'dir', 'l', 'loop', 'out'],
    );
    assert.deepEqual(tree.names('b'), ['c']);
    assert.ok(tree.isDirectory('b/c') && tree.isDirectory(''));
  });

  test('follows links inside the tree and no others', () => {
    assert.ok(tree.isFile('l') && tree.isDirectory('dir'));
    assert.equal(tree.text('l'), 'hello');
    assert.ok(!tree.isFile('loop') && !tree.isFile('out'));
  });

  test('shows a folder as a tree of its own', () => {
    const inner = tree.at('b');
    assert.deepEqual(inner.files(/\.txt$/), ['c/d.txt']);
    assert.equal(inner.text('c/d.txt'), 'hello');
    assert.equal(tree.at(''), tree);
  });

  test('of inline files is not complete', () => {
    const inline = inlineInventory({ 'src/x.py': 'x' });
    assert.equal(inline.complete, false);
    assert.ok(inline.isDirectory('src'));
    assert.equal(inline.entry('src/x.py')?.size, 1);
  });
});

describe('paths', () => {
  test('join, part and resolve', () => {
    assert.equal(parentOf('a/b'), 'a');
    assert.equal(parentOf('a'), '');
    assert.equal(joinPath('', 'a'), 'a');
    assert.equal(joinPath('a', 'b'), 'a/b');
    assert.equal(resolveTarget('a/b/l', '../c'), 'a/c');
    assert.equal(resolveTarget('a/l', '../../c'), undefined);
    assert.equal(resolveTarget('l', '/etc'), undefined);
  });
});

test('a text that a manifest carries is read as its bytes would be', () => {
  assert.equal(inlineInventory({ Procfile: 'web: a\ud800' }).text('Procfile'), 'web: a\ufffd');
});
