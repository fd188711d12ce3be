/** Writes the pages that are made from the code: `npm run docs`. A test fails when it was forgotten. */
import { readFileSync, writeFileSync } from 'node:fs';
import { apiPage } from './api-page.ts';
import { withLanguages } from './languages-table.ts';
import { manifestPage } from './manifest-page.ts';

const readme = new URL('../README.md', import.meta.url);
writeFileSync(new URL('../docs/manifest.md', import.meta.url), await manifestPage());
writeFileSync(new URL('../docs/api.md', import.meta.url), await apiPage());
writeFileSync(readme, await withLanguages(readFileSync(readme, 'utf8')));
