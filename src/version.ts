import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { root } from './root.ts';

const packageFile = z.object({ version: z.string() });

/** The version of the service, from its package. */
export const serviceVersion = packageFile.parse(
  JSON.parse(readFileSync(new URL('package.json', root), 'utf8')),
).version;
