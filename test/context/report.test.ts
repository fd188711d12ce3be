import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { html, scriptData } from '../../src/context/html.ts';
import { htmlReport } from '../../src/context/report-html.ts';
import { textReport } from '../../src/context/report-text.ts';
import { analyseProject } from '../../src/generate/analyse.ts';
import { loadAnalysisPage } from '../../src/http/analysis-page.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { treeOf } from '../support/trees.ts';

const tools = { templates: loadTemplates(), version: 'test' };
const page = loadAnalysisPage('test');

const analysed = (files: Readonly<Record<string, string | number>>) =>
  analyseProject(
    {
      tree: treeOf(files),
      manifest: {},
      dockerfile: 'keep',
      digests: new Map(Object.keys(files).map((path) => [path, 'same'])),
      speeds: [10],
    },
    tools,
  );

/** The tags of a page, with the attributes that they have: what names from an archive must not be able to change. */
const tagsOf = (text: string): string[] =>
  [...text.matchAll(/<\/?[a-z!][^>]*>/gi)].map(([tag]) => tag.replaceAll(/="[^"]*"/g, '=""'));

const part = fc
  .string({ minLength: 1, maxLength: 30, unit: 'binary' })
  .map((text) => text.replaceAll(/[/\0]/g, '<').replace(/^\.{1,2}$/, 'dots'));

describe('the page', () => {
  test('has the same markup whatever the files are called', () => {
    const shape = (name: string, folder: string) =>
      tagsOf(
        htmlReport(
          analysed({
            [`${folder}/${name}`]: 2000,
            [`${folder}/copy`]: 2000,
            [`z${name}`]: `->${name}`,
            Dockerfile: `FROM scratch\nCOPY x${name.replaceAll(/[^\p{L}<>"'&]/gu, '_')} /x\n`,
            '.dockerignore': 'nothing-fits-this\n',
          }),
          page,
        )
          .replace(page.style, '')
          .replace(page.script, ''),
      );
    const expected = shape('name', 'folder');
    fc.assert(
      fc.property(part, part, (name, folder) => {
        const same = new Set([name, folder, 'copy', 'Dockerfile', '.dockerignore', `z${name}`]).size === 6;
        fc.pre(same && !/env|\.(pem|key|p12|pfx|jks|ppk)|id_|secret/i.test(name + folder));
        assert.deepEqual(shape(name, folder), expected);
      }),
      { numRuns: 60 },
    );
  });

  test('escapes for content, for attributes and for scripts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const { text } = html`<p title="${value}">${value}</p>`;
        assert.match(text, /^<p title="[^"<>]*">[^<>]*<\/p>$/);
        const data = scriptData({ value }).text;
        assert.doesNotMatch(data, /[<>&\u2028\u2029]/);
        assert.deepEqual(JSON.parse(data), { value });
      }),
    );
  });

  test('holds its style and script as the policy names them, and asks for nothing else', () => {
    const text = htmlReport(analysed({ 'index.html': 'x' }), page);
    assert.ok(text.includes(`<style>${page.style}</style>`) && text.includes(`<script>${page.script}</script>`));
    assert.ok(text.includes(html`content="${page.policy}"`.text));
    assert.doesNotMatch(text, /(?:src|href|action)="(?!#)|url\(|@import/);
  });
});

describe('the text for a terminal', () => {
  test('has no character that moves the cursor or turns the writing around', () => {
    fc.assert(
      fc.property(part, (name) => {
        const text = textReport(analysed({ [`a/${name}`]: 3000, [`b/${name}`]: 3000, [`l${name}`]: `->${name}` }));
        assert.doesNotMatch(text, /[\p{Cf}\p{Zl}\p{Zp}]|[^\P{Cc}\n]/u);
      }),
      { numRuns: 60 },
    );
  });

  test('shows the tree with bars, and single folders in one line', () => {
    const text = textReport(analysed({ 'a/b/c/big.bin': 3_000_000, 'a/b/c/half.bin': 1_500_000, 'src/x.js': 100_000 }));
    assert.match(text, /^ {2}█{20} +4\.5 MB {2}├─ a\/b\/c\/$/m);
    assert.match(text, /^ {2}█{13} +3\.0 MB {2}│ {2}├─ big\.bin$/m);
    assert.ok(text.split('\n').every((line) => line.length <= 82));
  });
});
