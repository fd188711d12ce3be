/** Writes docs/configuration.md from config.ts: part of `npm run openapi`. A test fails when it was forgotten. */
import { writeFileSync } from 'node:fs';
import { configurationPage } from './configuration-page.ts';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), await configurationPage());
