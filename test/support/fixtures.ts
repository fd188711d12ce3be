import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { parseManifest } from '../../src/manifest/parse.ts';
import type { Manifest } from '../../src/manifest/schema.ts';

/** The folders of `test/fixtures`, and what their `run.json` asks of the built image. */

const runSchema = z.strictObject({
  /** Texts that have to appear in the container's log. */
  output: z.array(z.string()).optional(),
  http: z
    .array(z.strictObject({ path: z.string(), status: z.int().default(200), text: z.string().optional() }))
    .optional(),
  env: z.record(z.string(), z.string()).optional(),
  /** In place of CMD. */
  args: z.array(z.string()).optional(),
  /** The status of a program that ends by itself. */
  exit: z.int().optional(),
  /** A source file to which a line break does no harm: after the edit, every dependency layer is reused. */
  edit: z.string().optional(),
  /** Why the image cannot be built where no image registry can be reached; the golden files are judged by reading. */
  byReading: z.string().optional(),
});
export type Run = z.infer<typeof runSchema>;

export interface Fixture {
  readonly name: string;
  readonly folder: string;
  readonly source: string;
  /** What is asked with the source. */
  readonly request: Manifest;
  readonly run: Run;
}

export const fixturesRoot = new URL('../fixtures/', import.meta.url).pathname;

function readFixture(name: string): Fixture {
  const folder = `${fixturesRoot}${name}`;
  const asked = `${folder}/request.json`;
  return {
    name,
    folder,
    source: `${folder}/source`,
    request: existsSync(asked) ? parseManifest(readFileSync(asked, 'utf8'), 'request.json') : {},
    run: runSchema.parse(JSON.parse(readFileSync(`${folder}/run.json`, 'utf8'))),
  };
}

/** Every fixture, by name. Throws for one whose `run.json` is missing or says what nobody understands. */
export const readFixtures = (): Fixture[] => readdirSync(fixturesRoot).sort().map(readFixture);
