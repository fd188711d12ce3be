import * as z from 'zod';
import { partIds, type KitRequest } from '../../kit/index.ts';
import { targets } from '../../kit/matrix.ts';
import { advice } from './answers.ts';
import { manifestOptions, sourceOptions } from './options.ts';

/** What the kit's operations take and give. */

const kitQuery = {
  include: z
    .string()
    .max(255)
    .transform((list, context) => {
      const ids = list.split(',').map((id) => id.trim());
      const unknown = ids.filter((id) => !partIds.includes(id));
      for (const id of unknown)
        context.addIssue({
          code: 'custom',
          message: `names "${id}", which is no part; those there are: ${partIds.join(', ')}`,
        });
      return ids;
    })
    .optional()
    .meta({
      description: `Parts of the kit, separated by commas; all where absent: ${partIds.join(', ')}.`,
      example: 'dockerfile,compose,readme',
      override: { type: 'string' },
    }),
  existing: z.enum(['keep', 'replace']).default('keep').meta({
    description:
      'What to do with a file that the project has already: leave it out with a warning, or write it anew. The Dockerfile is always written; dockerignore= is for its ignore file.',
  }),
};

export const manifestKitOptions = manifestOptions.omit({ environment: true }).extend(kitQuery);
export const sourceKitOptions = sourceOptions.omit({ environment: true, dockerfile: true }).extend(kitQuery);

export type SourceKitOptions = z.infer<typeof sourceKitOptions>;

/** What a query asks of a kit. */
export const kitRequest = ({
  include,
  existing,
}: Pick<SourceKitOptions, 'include' | 'existing'>): Pick<KitRequest, 'include' | 'existing'> => ({
  existing,
  ...(include === undefined ? {} : { include }),
});

export const kitAnswer = z
  .object({
    name: z.string(),
    workload: z.enum(['service', 'worker', 'job', 'cron', 'static']),
    files: z.array(
      z.object({
        path: z.string().meta({ description: 'Relative to the project.' }),
        part: z.string(),
        why: z.string(),
        executable: z.boolean(),
        text: z.string(),
      }),
    ),
    parts: z.array(z.object({ id: z.string(), title: z.string(), files: z.array(z.string()) })),
    matrix: z
      .array(z.object({ target: z.enum(targets), fits: z.boolean(), why: z.string() }))
      .meta({ description: 'Where this workload can be deployed, and why not where it cannot.' }),
    warnings: z.array(advice),
  })
  .meta({ id: 'Kit' });
