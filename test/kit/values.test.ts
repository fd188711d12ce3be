import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { DockerfileParser } from 'dockerfile-ast';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { cellCode, commentLine, inlineCode } from '../../src/kit/escape.ts';
import { hclFile, hclString } from '../../src/kit/hcl.ts';
import { lines } from '../../src/kit/pipeline.ts';
import { yamlFile } from '../../src/kit/yaml.ts';
import type { MadeKit } from '../../src/kit/index.ts';
import { fileOf, GO_SERVICE, kitFor } from '../support/kits.ts';

/** No value of a manifest or a source breaks out of the file that it is written into. */

/** What the schema of the manifest lets through. */
const schemaText = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((s) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(s));
/** What a file of a project may hold beside that. */
const anyText = fc.string({ unit: 'binary', maxLength: 40 }).filter((s) => s.isWellFormed() && !s.includes('\0'));
const hostile = fc.constantFrom(
  '${HOME}',
  '$HOME',
  '$$',
  '$',
  '$${X}',
  '$(X)',
  '$$(X)',
  '${{ secrets.X }}',
  '${{',
  '}}',
  '%{for x in y}',
  '%%{',
  '${',
  '$%{',
  'a: b',
  '- a',
  '&a',
  '*a',
  '!tag x',
  '!override',
  '"',
  "'",
  '`',
  '\\',
  'a\\',
  '\\"',
  '# x',
  ' # x',
  'yes',
  'null',
  '1e3',
  '0o7',
  '12:30:45',
  '{a: b}',
  '[a]',
  '|',
  '>',
  '---',
  '...',
  '{{resolve:ssm:x}',
  '"; RUN x',
  "'; rm -rf /",
  '$(id)',
  '`id`',
  '<<EOF',
  '@x',
  '%x',
  '?',
  ': ',
  ' x ',
  '\u00a0',
  '\ufeff',
  '~',
  '=',
  '<<',
  'on',
  '.inf',
);
const value = fc.oneof(
  schemaText,
  hostile,
  fc.tuple(hostile, schemaText, hostile).map((parts) => parts.join('')),
);

/** Many values at once: making a kit costs more than reading it. */
const COUNT = 24;
const many = fc.array(value, { minLength: COUNT, maxLength: COUNT });
const PLAIN = Array.from({ length: COUNT }, (_, i) => `plain${i}x`);

const named = (texts: readonly string[], prefix: string) =>
  Object.fromEntries(texts.map((text, i) => [`${prefix}${i}`, text]));
const manifestWith = (texts: readonly string[]) => ({
  run: { env: named(texts, 'VALUE'), volumes: [{ path: 'config', access: 'read' }] },
  build: { args: named(texts, 'ARGUMENT') },
  image: { labels: named(texts, 'org.example.label') },
  command: ['orders', ...texts],
  processes: { worker: ['orders', ...texts] },
  environments: {
    staging: {
      run: {
        env: named(
          texts.map((text) => `x${text}`),
          'VALUE',
        ),
      },
      command: ['orders', 'x', ...texts],
    },
  },
});
const kitWith = (texts: readonly string[]): MadeKit =>
  kitFor(manifestWith(texts), { files: { ...GO_SERVICE, 'config/app.yaml': `${texts.join('\n')}\n` } });
const plain = kitWith(PLAIN);

/** The same value with strings put in place of others wherever they stand. */
function swapped(where: unknown, to: readonly string[]): unknown {
  if (typeof where === 'string') return where.replaceAll(/plain(\d+)x/g, (_, i: string) => to[Number(i)] ?? '');
  if (Array.isArray(where)) return where.map((item: unknown) => swapped(item, to));
  if (typeof where !== 'object' || where === null) return where;
  return Object.fromEntries(Object.entries(where).map(([k, v]) => [k, swapped(v, to)]));
}

const all = (text: string): unknown[] =>
  parseAllDocuments(text, { logLevel: 'silent' }).map((d) => d.toJS() as unknown);
const dollars = (text: string): string => text.replaceAll('$', () => '$$');

describe('a value in YAML', () => {
  const held = (path: string, escape: (text: string) => string) => {
    const before = all(fileOf(plain, path));
    fc.assert(
      fc.property(many, (texts) => {
        assert.deepEqual(
          all(fileOf(kitWith(texts), path)),
          swapped(
            before,
            texts.map((text) => escape(text)),
          ),
        );
      }),
      { numRuns: 5 },
    );
  };

  test('of Compose changes nothing but itself', () => held('compose.yaml', dollars));
  test('of an override of Compose', () => held('compose.staging.yaml', dollars));
  test('of Kubernetes, as data of a ConfigMap', () => held('deploy/kubernetes/production/config.yaml', (text) => text));
  test('of Knative, in the list of a container', () => held('deploy/knative/service.yaml', dollars));
  test('of Cloud Run, which reads no variables', () => held('deploy/cloud-run/service.yaml', (text) => text));
  test('of the deployment, where it has no place', () =>
    held('deploy/kubernetes/production/deployment.yaml', (text) => text));
  test('of the pipelines, where it has no place', () => {
    held('.github/workflows/image.yml', (text) => text);
    held('.gitlab-ci.yml', (text) => text);
  });

  test('is read back whatever it is, by readers of YAML 1.1 as well', () => {
    const lines = fc.array(fc.oneof(anyText, value), { maxLength: 30 }).map((texts) => `${texts.join('\n')}\n`);
    fc.assert(
      fc.property(fc.oneof(anyText, value, lines), (text) => {
        const written = yamlFile(['comment'], { key: text, list: [text], [text]: 1 });
        const expected = { key: text, list: [text], [text]: 1 };
        assert.deepEqual(parse(written), expected);
        assert.deepEqual(parse(written, { version: '1.1' }), expected);
      }),
    );
  });
});

test('a line of blanks in a text that has to be quoted is kept', () => {
  const text = `${'a line of some length\n'.repeat(3)} \nanother\n\uFEFFmore\n`;
  assert.deepEqual(parse(yamlFile([], { text })), { text });
});

describe('a value in HCL', () => {
  /** What bake reads: escapes undone; a brace after `$` or `%` would be an interpolation. */
  function readBack(written: string): string {
    const inside = written.slice(1, -1);
    assert.doesNotMatch(inside, /[$%]\{|\n|\r/);
    assert.doesNotMatch(inside.replaceAll(/\\u[0-9a-f]{4}|\\[\\"]/g, ''), /["\\]/);
    return inside.replaceAll(/\\u([0-9a-f]{4})|\\([\\"])/g, (_, code: string | undefined, c: string) =>
      code === undefined ? c : String.fromCharCode(Number.parseInt(code, 16)),
    );
  }

  test('is read back as it was', () => {
    fc.assert(fc.property(fc.oneof(anyText, value), (text) => assert.equal(readBack(hclString(text)), text)));
  });

  test('changes no other line of the bake file', () => {
    const before = fileOf(plain, 'docker-bake.hcl').split('\n');
    fc.assert(
      fc.property(many, (texts) => {
        const after = fileOf(kitWith(texts), 'docker-bake.hcl').split('\n');
        assert.equal(after.length, before.length);
        for (const [i, line] of before.entries()) if (!/plain\d+x/.test(line)) assert.equal(after[i], line);
      }),
      { numRuns: 5 },
    );
  });

  test('in a comment stays one line', () => {
    fc.assert(fc.property(anyText, (text) => assert.equal(hclFile([text], []).split(/[\n\r\u2028\u2029]/).length, 2)));
  });
});

describe('a value in the Dockerfile', () => {
  const keywords = (text: string): string[] =>
    DockerfileParser.parse(text)
      .getInstructions()
      .map((i) => i.getKeyword());
  test('makes no instruction', () => {
    const before = keywords(fileOf(plain, 'Dockerfile'));
    fc.assert(
      fc.property(many, (texts) => assert.deepEqual(keywords(fileOf(kitWith(texts), 'Dockerfile')), before)),
      { numRuns: 5 },
    );
  });
});

describe('a value in shell', () => {
  test('is one word of a line', () => {
    const words = fc.array(
      fc.oneof(value, anyText).filter((s) => !/[\0\n\r\u2028\u2029]/.test(s)),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(words, (argv) => {
        const [line = ''] = lines([['printf', '%s\\n', ...argv]]);
        const { stdout } = spawnSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
        assert.equal(stdout, argv.map((word) => `${word}\n`).join(''));
      }),
      { numRuns: 25 },
    );
  });

  test('with a line break is no line at all', () => assert.deepEqual(lines([['a', 'b\nc']]), []));

  test('from a script of a package.json stays in its place', () => {
    const kit = kitFor({}, { files: { ...GO_SERVICE, 'go.mod': 'module example.com/${{x}}\n\ngo 1.26\n' } });
    assert.doesNotMatch(fileOf(kit, '.github/workflows/image.yml'), /\$\{\{x\}\}/);
  });
});

describe('a value in Markdown', () => {
  test('is code that ends where it ends', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, value), (text) => {
        const written = inlineCode(text);
        const [, fence = ''] = /^(`+)/.exec(written) ?? [];
        const inside = written.slice(fence.length, -fence.length);
        assert.ok(![...inside.matchAll(/`+/g)].some(([run]) => run.length === fence.length) || text.trim() === '');
        assert.doesNotMatch(written, /[\n\r]/);
      }),
    );
  });
  test('ends no cell of a table', () => {
    fc.assert(fc.property(value, (text) => assert.doesNotMatch(cellCode(text), /(?<!\\)\|/)));
  });
});

test('a comment is one line, whatever is in it', () => {
  fc.assert(fc.property(anyText, (text) => assert.doesNotMatch(commentLine(text), /[\n\r\u2028\u2029\u0085]/)));
});
