import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { withLanguages } from '../../scripts/languages-table.ts';
import { MANIFEST_SAMPLE, manifestPage } from '../../scripts/manifest-page.ts';
import { parseManifest } from '../../src/manifest/parse.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('pages that are made from the code', () => {
  test('docs/manifest.md is as `npm run docs` writes it', async () =>
    assert.equal(read('docs/manifest.md'), await manifestPage()));

  test('the README lists the languages as they are', async () =>
    assert.equal(read('README.md'), await withLanguages(read('README.md'))));

  test('the sample manifest fits the schema', () =>
    assert.equal(parseManifest(MANIFEST_SAMPLE, 'the sample').name, 'orders-api'));
});

describe('links', () => {
  const pages = readdirSync(new URL('../../docs/', import.meta.url)).filter((name) => name.endsWith('.md'));

  for (const page of ['README.md', ...pages.map((name) => `docs/${name}`)]) {
    test(`${page} links to nothing that is missing`, () => {
      const folder = page.includes('/') ? 'docs/' : '';
      const prose = read(page).replaceAll(/^ *```[^]*?^ *```/gm, '');
      const links = [...prose.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target);
      for (const link of links) assert.doesNotThrow(() => read(`${folder}${link}`), `${page} links to ${link}`);
    });
  }
});
