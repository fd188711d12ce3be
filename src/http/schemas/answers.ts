import * as z from 'zod';
import { manifestSchema, variants } from '../../manifest/schema.ts';

/** What the operations answer with, as JSON. Documented from here; tests hold real answers against it. */

const evidence = z
  .object({
    file: z.string().optional(),
    line: z.int().optional(),
    why: z.string(),
  })
  .meta({
    id: 'Evidence',
    description: 'Where a decision comes from: a file of the project, or a rule of the service.',
  });

export const advice = z
  .object({
    code: z.string().meta({ description: 'Stable, for programs.' }),
    detail: z.string(),
    hint: z.string().optional(),
    file: z.string().optional(),
    line: z.int().optional(),
  })
  .meta({ id: 'Warning' });

const origin = z.enum(['request', 'project', 'detected', 'default']);

const trace = z
  .object({
    origin,
    from: evidence.optional(),
    rejected: z.array(z.object({ value: z.string(), origin, from: evidence })).optional(),
  })
  .meta({ id: 'Trace', description: 'Where a value of the manifest comes from, and what it beat.' });

const sign = z.object({ path: z.string(), weight: z.int(), reason: z.string() });
const candidate = z.object({ language: z.string(), weight: z.int(), signs: z.array(sign) }).meta({ id: 'Candidate' });

export const manifestAnswer = z
  .object({
    manifest: manifestSchema,
    origins: z.record(z.string(), trace).meta({ description: 'By JSON pointer of each value of the manifest.' }),
    apps: z.array(z.object({ path: z.string(), language: z.string().optional() })),
    candidates: z
      .array(candidate)
      .meta({ description: 'The languages that were weighed for the app, heaviest first.' }),
    warnings: z.array(advice),
    notices: z
      .array(z.object({ code: z.string(), path: z.string().optional(), detail: z.string() }))
      .meta({ description: 'What was found in the archive and handled by a stated rule.' }),
  })
  .meta({ id: 'ManifestAnswer' });

const life = z.enum(['ended', 'ending', 'supported', 'unknown']);

const variantFacts = {
  variant: z.enum(variants),
  os: z.enum(['debian', 'alpine', 'distroless', 'scratch']),
  libc: z.enum(['glibc', 'musl', 'none']),
  shell: z.enum(['bash', 'busybox', 'none']),
  packageManager: z.enum(['apt', 'apk', 'none']),
  suits: z.string(),
  breaks: z.array(z.string()).meta({ description: 'What is known not to work there, or to work differently.' }),
  system: z.string().optional(),
  eol: z.string().optional().meta({ description: 'Until when the system gets security fixes.' }),
  state: life,
  debug: z.array(z.string()).meta({ description: 'How to look into a container of it.' }),
};

const comparedVariant = z
  .object({
    ...variantFacts,
    chosen: z.boolean(),
    fits: z.boolean(),
    why: z.string().optional().meta({ description: 'Why it does not fit this project.' }),
    image: z.string().optional().meta({ description: 'The image of the runtime stage that it would be.' }),
    life: z
      .array(z.object({ product: z.string(), version: z.string(), state: life, eol: z.string().optional() }))
      .optional(),
  })
  .meta({ id: 'ComparedVariant' });

export const dockerfileAnswer = z
  .object({
    dockerfile: z.string(),
    language: z.string().optional(),
    app: z.string().optional(),
    images: z.array(z.string()).meta({ description: 'Every image that the Dockerfile names.' }),
    variants: z
      .array(comparedVariant)
      .optional()
      .meta({ description: 'The kinds of base image side by side, for this project.' }),
    steps: z.array(
      z.object({
        stage: z.string(),
        line: z.int(),
        instruction: z.string(),
        why: z.string(),
        evidence: z.array(evidence).optional(),
      }),
    ),
    warnings: z.array(advice),
  })
  .meta({ id: 'DockerfileAnswer' });

export const ignoreAnswer = z
  .object({
    dockerignore: z.string(),
    path: z.string().meta({ description: 'Where the file belongs.' }),
    patterns: z.array(
      z.object({
        pattern: z.string(),
        purpose: z.string(),
        why: z.string(),
        matches: z.int().meta({ description: 'Files that it leaves out of this project.' }),
        saves: z.int().meta({ description: 'Bytes of those files.' }),
      }),
    ),
    warnings: z.array(advice),
  })
  .meta({ id: 'DockerignoreAnswer' });

export const problemSchema = z
  .object({
    type: z.string().meta({ example: '/problems/no-language' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'The request’s id, as in X-Request-Id and the log.' }),
    hint: z.string().optional().meta({ description: 'What to do about it.' }),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .catchall(z.unknown())
  .meta({ id: 'Problem', description: 'RFC 9457. Further members depend on the type.' });

export const languagesAnswer = z
  .object({
    languages: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        detectedBy: z.array(z.string()),
        versionOrder: z
          .array(z.string())
          .meta({ description: 'Where its version is read, the first that names one wins.' }),
        packageManagers: z.array(z.string()),
        frameworks: z.array(z.string()),
        variants: z.array(z.string()),
        defaultVersion: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Languages' });

export const imagesAnswer = z
  .object({
    asOf: z.object({ tags: z.string(), cycles: z.string() }),
    languages: z.array(
      z.object({
        language: z.string(),
        product: z.string().optional(),
        variants: z
          .array(z.object({ ...variantFacts, preferred: z.boolean() }))
          .meta({ description: 'The kinds of base image that the language can be put on, side by side.' }),
        lines: z.array(
          z.object({
            version: z.string(),
            released: z.string().optional(),
            eol: z.string().optional(),
            lts: z.string().optional(),
            latest: z.string().optional(),
            state: z.enum(['ended', 'ending', 'supported', 'unknown']),
            preferred: z.boolean(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Images' });
