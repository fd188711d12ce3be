import * as z from 'zod';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { readTomlFile } from './toml-file.ts';

/** pyproject.toml as far as a build needs it; what does not fit is as if it were absent. https://packaging.python.org/specifications/pyproject-toml/ */

const texts = z.array(z.string()).catch([]);
const table = z.record(z.string(), z.unknown()).catch({});
const scripts = z
  .record(z.string(), z.unknown())
  .transform((all) =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, target]): [string, string][] =>
        typeof target === 'string'
          ? [[name, target]]
          : typeof target === 'object' &&
              target !== null &&
              'reference' in target &&
              typeof target.reference === 'string'
            ? [[name, target.reference]]
            : [],
      ),
    ),
  );

const poetrySection = z.looseObject({
  name: z.string().optional().catch(undefined),
  version: z.string().optional().catch(undefined),
  dependencies: table.optional(),
  group: z
    .record(
      z.string(),
      z.looseObject({ dependencies: table.optional(), optional: z.boolean().optional().catch(undefined) }),
    )
    .optional()
    .catch(undefined),
  scripts: scripts.optional().catch(undefined),
  packages: z
    .array(z.looseObject({ include: z.string(), from: z.string().optional() }))
    .optional()
    .catch(undefined),
  'package-mode': z.boolean().optional().catch(undefined),
  'requires-poetry': z.string().optional().catch(undefined),
  source: z
    .array(z.looseObject({ name: z.string().optional(), url: z.string().optional() }))
    .optional()
    .catch(undefined),
});

const uvSection = z.looseObject({
  package: z.boolean().optional().catch(undefined),
  workspace: z.looseObject({ members: texts.optional(), exclude: texts.optional() }).optional().catch(undefined),
  sources: z.record(z.string(), z.unknown()).optional().catch(undefined),
  'required-version': z.string().optional().catch(undefined),
  index: z
    .array(z.looseObject({ name: z.string().optional(), url: z.string().optional() }))
    .optional()
    .catch(undefined),
});

const schema = z.looseObject({
  project: z
    .looseObject({
      name: z.string().optional().catch(undefined),
      version: z.string().optional().catch(undefined),
      'requires-python': z.string().optional().catch(undefined),
      dependencies: texts.optional(),
      'optional-dependencies': z.record(z.string(), texts).optional().catch(undefined),
      scripts: scripts.optional().catch(undefined),
      'gui-scripts': scripts.optional().catch(undefined),
      dynamic: texts.optional(),
    })
    .optional()
    .catch(undefined),
  'build-system': z
    .looseObject({ requires: texts.optional(), 'build-backend': z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  'dependency-groups': z.record(z.string(), z.unknown()).optional().catch(undefined),
  tool: z
    .looseObject({
      poetry: poetrySection.optional().catch(undefined),
      uv: uvSection.optional().catch(undefined),
      pdm: z
        .looseObject({ distribution: z.boolean().optional().catch(undefined) })
        .optional()
        .catch(undefined),
      setuptools: table.optional(),
      hatch: table.optional(),
      fastapi: z
        .looseObject({ entrypoint: z.string().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export type Pyproject = z.infer<typeof schema>;

export const readPyproject = (inventory: Inventory, folder: string): Pyproject | undefined =>
  readTomlFile(inventory, joinPath(folder, 'pyproject.toml'), schema);
