import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { apiPage } from '../../scripts/api-page.ts';
import { clientsPage } from '../../scripts/clients-page.ts';
import { configurationPage } from '../../scripts/configuration-page.ts';
import { committedDocument } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

const committed = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const remedy = 'run `npm run openapi` and commit what it writes';

describe('what is generated is what is committed', () => {
  test('openapi/openapi.json', () => {
    const document = `${JSON.stringify(committedDocument(readConfig({})), null, 2)}\n`;
    assert.ok(committed('openapi/openapi.json') === document, `openapi/openapi.json has drifted: ${remedy}`);
  });

  test('docs/clients.md', async () => {
    assert.ok(committed('docs/clients.md') === (await clientsPage()), `docs/clients.md has drifted: ${remedy}`);
  });

  test('docs/api.md', async () => {
    assert.ok(committed('docs/api.md') === (await apiPage()), 'docs/api.md has drifted: run `npm run docs`');
  });

  test('docs/configuration.md', async () => {
    assert.ok(
      committed('docs/configuration.md') === (await configurationPage()),
      `docs/configuration.md has drifted: ${remedy}`,
    );
  });
});
