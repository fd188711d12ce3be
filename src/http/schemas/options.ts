import * as z from 'zod';
import { ignoreModes, manifestSchema, variants, type Manifest } from '../../manifest/schema.ts';

/** Query parameters: short forms of what the manifest says at length; they go over it. */
const shared = {
  environment: z
    .string()
    .max(255)
    .optional()
    .meta({ description: 'Which of the manifest’s environments to build for.', example: 'production' }),
  variant: z.enum(variants).optional().meta({ description: 'The kind of base image.' }),
  port: z.coerce
    .number()
    .int()
    .min(1)
    .max(65535)
    .optional()
    .meta({ description: 'The port that the program listens on.' }),
  dockerignore: z.enum(ignoreModes).optional().meta({
    description: 'What to do with a .dockerignore that is there: merge ours into it (default), keep it, or replace it.',
  }),
};

export const manifestOptions = z.strictObject(shared);

export const sourceOptions = z.strictObject({
  ...shared,
  app: manifestSchema.shape.app.meta({
    description: 'Which app of a monorepo, as its folder.',
    example: 'services/orders',
  }),
  language: manifestSchema.shape.language.meta({
    description: 'The language, where detection should not decide it.',
    example: 'static',
  }),
  dockerfile: z.enum(['generate', 'keep']).default('generate').meta({
    description: 'What to do with a Dockerfile that is there: generate one all the same, with a warning, or keep it.',
  }),
  strip: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
    .optional()
    .meta({ description: 'Leading path parts to drop; one directory around everything is dropped by itself.' }),
});

export type ManifestOptions = z.infer<typeof manifestOptions>;
export type SourceOptions = z.infer<typeof sourceOptions>;

/** The manifest as asked: options over the manifest that was sent. */
export function withOptions(manifest: Manifest, options: ManifestOptions & Partial<SourceOptions>): Manifest {
  const { variant, port, dockerignore, app, language } = options;
  return {
    ...manifest,
    ...(port === undefined ? {} : { port }),
    ...(app === undefined ? {} : { app }),
    ...(language === undefined ? {} : { language }),
    ...(variant === undefined ? {} : { image: { ...manifest.image, variant } }),
    ...(dockerignore === undefined ? {} : { context: { ...manifest.context, dockerignore } }),
  };
}
