import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** Every setting, from the environment. `docs/configuration.md` is made from the descriptions. */

const bytes = (value: number, what: string) => z.coerce.number().int().positive().default(value).describe(what);
const MiB = 1024 * 1024;

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
    .describe('Where uploads are kept while they are read; private, and empty between requests.'),
  SPOOL_BYTES: bytes(8192 * MiB, 'Bytes that all spooled uploads may take at once; beyond it, 503.'),
  SPOOL_MEMORY_BYTES: bytes(8 * MiB, 'Contents of an upload that are held in memory before the spool is used.'),
  LIMIT_UPLOAD_BYTES: bytes(512 * MiB, 'Bytes of an upload, as sent.'),
  LIMIT_INFLATED_BYTES: bytes(4096 * MiB, 'Bytes of an upload after decompression.'),
  LIMIT_INFLATE_RATIO: bytes(200, 'Decompressed bytes for each byte sent, counted beyond the first 16 MiB.'),
  LIMIT_ENTRIES: bytes(200_000, 'Entries of an archive.'),
  LIMIT_PATH_BYTES: bytes(4096, 'Bytes of one path in an archive.'),
  LIMIT_TEXT_BYTES: bytes(MiB, 'Bytes of one text file that are looked into.'),
  LIMIT_ALL_TEXT_BYTES: bytes(32 * MiB, 'Bytes of all text files that are looked into.'),
  LIMIT_MANIFEST_BYTES: bytes(MiB, 'Bytes of a manifest.'),
  LIMIT_IDLE_SECONDS: bytes(30, 'Seconds without a byte after which an upload is given up.'),
  LIMIT_REQUEST_SECONDS: bytes(600, 'Seconds that a whole request may take to arrive.'),
  SHUTDOWN_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Milliseconds between SIGTERM, from which /readyz fails, and the end of listening.'),
} as const;

const configSchema = z.object(settings);
export type Config = z.infer<typeof configSchema>;

/** Reads the settings. Throws with every fault in one message. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`Wrong settings in the environment:\n${z.prettifyError(parsed.error)}`);
}
