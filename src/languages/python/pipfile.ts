import * as z from 'zod';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { readTomlFile } from './toml-file.ts';

/** Pipfile and Pipfile.lock. https://pipenv.pypa.io/en/stable/pipfile.html */

const table = z.record(z.string(), z.unknown()).catch({});

const schema = z.looseObject({
  packages: table.optional(),
  'dev-packages': table.optional(),
  requires: z
    .looseObject({
      python_version: z.string().optional().catch(undefined),
      python_full_version: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  scripts: table.optional(),
  source: z.array(table).optional().catch(undefined),
});

export type Pipfile = z.infer<typeof schema>;

export const readPipfile = (inventory: Inventory, folder: string): Pipfile | undefined =>
  readTomlFile(inventory, joinPath(folder, 'Pipfile'), schema);
