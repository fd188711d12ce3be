import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeBuild, type Build } from '../../src/generate/build.ts';
import { createInventory, type Entry } from '../../src/inventory/inventory.ts';
import type { Manifest } from '../../src/manifest/schema.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';

const tools = { templates: loadTemplates(), version: 'test' };

function build(files: Readonly<Record<string, string>>, manifest: Manifest = {}): Build {
  const entries = Object.entries(files).map(([path, text]): Entry => ({
    path,
    kind: 'file',
    size: text.length,
    mode: 0o644,
  }));
  const texts = new Map(Object.entries(files).map(([path, text]) => [path, { text, truncated: false }]));
  return makeBuild({ tree: createInventory(entries, texts), manifest, dockerfile: 'generate' }, tools);
}

const go = {
  'go.mod': 'module example.com/x\n\ngo 1.26\n\nrequire golang.org/x/text v0.3.0\n',
  'go.sum': 'golang.org/x/text v0.3.0 h1:x=\ngolang.org/x/text v0.3.0/go.mod h1:y=\n',
  'main.go': 'package main\n\nimport _ "golang.org/x/text"\n\nfunc main() {}\n',
};
const sent = ({ filtered }: Build): string[] => filtered.kept.map((e) => e.path);
const codes = ({ warnings }: Build): string[] =>
  warnings.map((w) => w.code).filter((code) => /^(copy|ignore)-/.test(code));

describe('an ignore file that takes away what the Dockerfile copies', () => {
  const files = { ...go, '.dockerignore': 'docs\ngo.s*\n' };

  test('is merged with a line that takes it back in, and says so', () => {
    const made = build(files);
    assert.ok(sent(made).includes('go.sum'));
    assert.match(made.ignore.text, /# Needed by the Dockerfile\n!go\.sum\n/);
    assert.deepEqual(codes(made), ['ignore-overridden']);
    assert.equal(made.warnings.find((w) => w.code === 'ignore-overridden')?.line, 2);
  });

  test('a second run changes nothing', () => {
    const { ignore } = build(files);
    assert.equal(build({ ...go, '.dockerignore': ignore.text }).ignore.text, ignore.text);
  });

  test('a file that is kept as it is gets the warning alone', () => {
    const made = build(files, { context: { dockerignore: 'keep' } });
    assert.equal(made.ignore.text, files['.dockerignore']);
    assert.deepEqual(codes(made), ['copy-source-ignored']);
  });

  test('a name with the characters of a pattern is taken back in alone', () => {
    const made = build({
      Staticfile: 'root: "[a]*"',
      '[a]*/index.html': 'x',
      'ab/index.html': 'y',
      '.dockerignore': '*',
    });
    assert.match(made.ignore.text, /^!\\\[a\\\]\\\*$/m);
    assert.deepEqual(sent(made), ['[a]*', '[a]*/index.html']);
  });
});

describe('an ignore file for an image of what was built outside', () => {
  const files = { ...go, '.dockerignore': '*\n!bin/server\n' };

  test('is set aside, and that is said', () => {
    const made = build(files);
    assert.ok(['go.mod', 'go.sum', 'main.go'].every((path) => sent(made).includes(path)));
    assert.deepEqual(codes(made), ['ignore-set-aside']);
  });

  test('is no list of what the build does need', () => {
    const made = build({ ...go, 'notes.md': 'x', '.dockerignore': '*\n!go.*\n!main.go\n' });
    assert.ok(!sent(made).includes('notes.md'));
    assert.deepEqual(codes(made), []);
  });
});

describe('an ignore file that is refused is refused before anything of the build is asked for', () => {
  const refused = { slug: 'invalid-dockerignore' };

  test("a pattern of the project's own", () => {
    assert.throws(() => build({ ...go, '.dockerignore': 'a[\n' }), refused);
  });

  test('a pattern of the manifest', () => {
    assert.throws(() => build(go, { context: { exclude: ['a['] } }), refused);
  });
});

test('the text of a Dockerfile does not wait for the ignore file', () => {
  const folder = { path: 'src', kind: 'directory', size: 0, mode: 0o755 } as const;
  const measured: string[] = [];
  const seen = (path: string): Entry => ({
    path,
    kind: 'file',
    get size() {
      measured.push(path);
      return 1;
    },
    mode: 0o644,
  });
  const tree = createInventory(
    [...Object.keys(go), 'src/a.go'].map(seen).concat(folder),
    new Map(Object.entries(go).map(([path, text]) => [path, { text, truncated: false }])),
  );
  const made = makeBuild({ tree, manifest: {}, dockerfile: 'generate' }, tools);
  assert.match(made.dockerfile.text, /^FROM /m);
  const before = measured.length;
  assert.ok(made.ignore.text.length > 0);
  assert.ok(measured.length > before);
});
