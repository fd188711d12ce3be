/** Writes openapi/openapi.json from the operations: `npm run openapi`. A test fails when it was forgotten. */
import { writeFileSync } from 'node:fs';
import { committedDocument } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

const document = `${JSON.stringify(committedDocument(readConfig({})), null, 2)}\n`;
writeFileSync(new URL('../openapi/openapi.json', import.meta.url), document);
