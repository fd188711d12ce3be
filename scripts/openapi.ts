/** Writes openapi/openapi.json from the operations: `npm run openapi`. A test fails when it was forgotten. */
import { writeFileSync } from 'node:fs';
import { allOperations } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { openApiDocument } from '../src/http/document.ts';
import { loadTemplates } from '../src/render/load-templates.ts';
import { createSpoolBudget } from '../src/source/spool.ts';
import { serviceVersion } from '../src/version.ts';

const services = {
  config: readConfig({}),
  templates: loadTemplates(),
  spool: createSpoolBudget(0),
  version: serviceVersion,
};
const document = openApiDocument(allOperations(services, { isReady: () => true }), serviceVersion);
writeFileSync(new URL('../openapi/openapi.json', import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
