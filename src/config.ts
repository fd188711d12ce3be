import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

/** Every setting, from the environment. `docs/configuration.md` is made from the descriptions. */

const bytes = (value: number, what: string) => z.coerce.number().int().positive().default(value).describe(what);
const count = (value: number, what: string) => z.coerce.number().int().min(0).default(value).describe(what);
const MiB = 1024 * 1024;
/** By default: each takes memory of its own. */
const MOST_THREADS = 4;

/** What the container may use, or the machine where there is no such bound. */
const memoryOfMachine = (): number => Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());

const settings = {
  HOST: z.string().default('::').describe('Address to listen on; all of IPv6 and IPv4 by default.'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080).describe('Port to listen on.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('The least level that is logged.'),
  DOCS: z.stringbool().default(true).describe('Serve the API reference at /docs.'),
  SENTRY_DSN: z
    .string()
    .optional()
    .describe(
      'Failures of the service are reported there: the DSN of a project in Sentry, or in what speaks its protocol.',
    ),
  SENTRY_ENVIRONMENT: z.string().default('production').describe('The environment that reports name.'),
  SPOOL_DIR: z
    .string()
    .default(join(tmpdir(), 'dockwright'))
    .meta({ shown: 'dockwright, in the folder for temporary files' })
    .describe('Where uploads are kept while they are read; private, and empty between requests.'),
  SPOOL_BYTES: bytes(8192 * MiB, 'Bytes that all spooled uploads may take at once; beyond it, 503.'),
  SPOOL_MEMORY_BYTES: bytes(8 * MiB, 'Contents of an upload that are held in memory before the spool is used.'),
  MEMORY_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(() => Math.floor(memoryOfMachine() * 0.8))
    .meta({ shown: '80 % of the memory of the container, or of the machine' })
    .describe(
      'Memory that the process may plan with. Uploads that are read at once are as many as fit into it, each with SPOOL_MEMORY_BYTES and LIMIT_ALL_TEXT_BYTES.',
    ),
  SOURCE_THREADS: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
    .default(() => Math.min(availableParallelism(), MOST_THREADS))
    .meta({ shown: 'one for each processor, up to 4' })
    .describe(
      'Threads that large archives are read in, beside that of the requests; begun when needed. 0 reads all between requests.',
    ),
  UPLOADS_WAITING: count(64, 'Uploads that may wait for room before they are read; beyond it, 503 at once.'),
  UPLOAD_WAIT_SECONDS: bytes(5, 'Seconds that an upload waits for room; after it, 503.'),
  LIMIT_UPLOAD_BYTES: bytes(512 * MiB, 'Bytes of an upload, as sent.'),
  LIMIT_INFLATED_BYTES: bytes(4096 * MiB, 'Bytes of an upload after decompression.'),
  LIMIT_INFLATE_RATIO: bytes(200, 'Decompressed bytes for each byte sent, counted beyond the first 16 MiB.'),
  LIMIT_ENTRIES: bytes(200_000, 'Entries of an archive.'),
  LIMIT_PATH_BYTES: bytes(4096, 'Bytes of one path in an archive.'),
  LIMIT_TEXT_BYTES: bytes(4 * MiB, 'Bytes of one text file that are looked into: lockfiles are the largest.'),
  LIMIT_ALL_TEXT_BYTES: bytes(32 * MiB, 'Bytes of all text files that are looked into.'),
  LIMIT_MANIFEST_BYTES: bytes(MiB, 'Bytes of a manifest.'),
  ANSWERS_MEMORY_BYTES: count(
    4 * MiB,
    'Memory for answers to manifests, which are the same for the same manifest and query; 0 makes each anew.',
  ),
  LIMIT_IDLE_SECONDS: bytes(
    30,
    'Seconds without a byte after which an upload is given up, or an answer that nobody takes.',
  ),
  LIMIT_REQUEST_SECONDS: bytes(
    600,
    'Seconds that a whole request may take to arrive, and then its answer to be taken.',
  ),
  SHUTDOWN_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Milliseconds between SIGTERM, from which /readyz fails, and the end of listening.'),
  ACCESS_TOKENS: z
    .string()
    .optional()
    .meta({ secret: true })
    .describe(
      'Bearer tokens that are let in, as `name:sha256` separated by commas or line breaks; the SHA-256 of the token in hex, never the token. `npm run token -- NAME` makes one.',
    ),
  ACCESS_TOKENS_FILE: z
    .string()
    .optional()
    .describe(
      'A file with such lines, `#` for comments. Read again on SIGHUP, and within two seconds of a change; one that is broken leaves the tokens as they were.',
    ),
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Issuer whose JSON Web Tokens are let in, as its `iss` says; its keys are found by OpenID discovery.'),
  OIDC_AUDIENCE: z
    .string()
    .optional()
    .describe('The audience (`aud`) that such a token has to be for; needed with OIDC_ISSUER.'),
  OIDC_JWKS_URI: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where the keys of the issuer are, where it has no discovery document.'),
  RATE_LIMIT_REQUESTS: count(
    0,
    'Requests that a caller (by its token; without one, its address) may send in each RATE_LIMIT_SECONDS; 0 is no limit.',
  ),
  RATE_LIMIT_SECONDS: bytes(60, 'The window of RATE_LIMIT_REQUESTS.'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .meta({ secret: true })
    .describe(
      'Redis in which several replicas count together; in memory, each for itself, without it. While Redis is away nobody is refused.',
    ),
  TRUST_PROXY: z
    .string()
    .optional()
    .describe('Addresses or networks, separated by commas, of proxies whose X-Forwarded-For is believed.'),
  CORS_ORIGINS: z
    .string()
    .optional()
    .describe('Origins of web pages that may call the service, separated by commas, or `*`; none without it.'),
  METRICS: z.stringbool().default(true).describe('Serve metrics for Prometheus at /metrics.'),
} as const;

const configSchema = z.object(settings).refine((c) => !c.OIDC_ISSUER || c.OIDC_AUDIENCE, {
  path: ['OIDC_AUDIENCE'],
  error: 'is needed with OIDC_ISSUER: a token for another service must not be let in here',
});
export type Config = z.infer<typeof configSchema>;

/** What each setting is, for the reference in the documentation; `fallback` as a person reads it. */
export const settingDescriptions = (): { name: string; description: string; fallback: string }[] =>
  Object.entries(settings).map(([name, schema]) => ({
    name,
    description: schema.description ?? '',
    fallback: z.coerce.string().parse(schema.meta()?.['shown'] ?? schema.safeParse(undefined).data ?? ''),
  }));

/** Reads the settings. Throws with every fault in one message. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`Wrong settings in the environment:\n${z.prettifyError(parsed.error)}`);
}
