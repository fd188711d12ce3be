import * as z from 'zod';
import { manifestSchema } from '../../manifest/schema.ts';
import { environments, TAG_FORM } from '../../tags/plan.ts';
import { registries } from '../../tags/registry-rules.ts';

/** What `POST /v1/tags` takes and gives. */

const plainText = z
  .string()
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'control characters and line breaks are not allowed');
const imageName = manifestSchema.shape.image.unwrap().shape.name.unwrap();

export const TAGS_EXAMPLE = {
  image: 'registry.example.com/shop/orders',
  version: '1.2.0',
  branch: 'main',
  commit: '3f786850e387550fdab836ed7e6dc881de23001b',
  environment: 'production' as const,
};

export const tagsRequest = z
  .strictObject({
    image: imageName.meta({ description: 'The repository that the image is pushed to.' }),
    source: imageName
      .optional()
      .meta({ description: 'The name under which the image was built; the last part of `image` by default.' }),
    version: plainText.optional().meta({ description: 'A semantic version, with or without "v".' }),
    branch: plainText.optional(),
    commit: z
      .string()
      .regex(/^[0-9a-fA-F]{7,64}$/, 'must be a commit’s hash, of 7 to 64 digits')
      .optional(),
    environment: z.enum(environments).default('development'),
    extra: z
      .array(z.string().regex(TAG_FORM, 'must be a tag: letters, digits, "_", "." and "-", at most 128'))
      .max(16)
      .optional()
      .meta({ description: 'Tags that are wanted beside those of the plan.' }),
  })
  .meta({ id: 'TagsRequest', example: TAGS_EXAMPLE });

const registry = z.object({ what: z.string(), where: z.string(), rules: z.unknown(), note: z.string().optional() });

export const tagsAnswer = z
  .object({
    image: z.string(),
    environment: z.enum(environments),
    primary: z.string().meta({ description: 'The reference that a deployment names.' }),
    tags: z.array(
      z.object({ tag: z.string(), reference: z.string(), kind: z.enum(['immutable', 'floating']), why: z.string() }),
    ),
    left: z
      .array(z.object({ tag: z.string(), why: z.string() }))
      .meta({ description: 'Tags that somebody might expect, and why they are not given.' }),
    commands: z.object({ tag: z.array(z.string()), push: z.array(z.string()) }),
    registries: z
      .object(
        Object.fromEntries(registries.map((id) => [id, registry])) as Record<
          (typeof registries)[number],
          typeof registry
        >,
      )
      .meta({ description: 'The same rules for the registry to keep, to paste.' }),
  })
  .meta({ id: 'Tags' });
