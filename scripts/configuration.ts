/** Writes docs/configuration.md and docs/clients.md: part of `npm run openapi`. A test fails when it was forgotten. */
import { writeFileSync } from 'node:fs';
import { clientsPage } from './clients-page.ts';
import { configurationPage } from './configuration-page.ts';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), await configurationPage());
writeFileSync(new URL('../docs/clients.md', import.meta.url), await clientsPage());
