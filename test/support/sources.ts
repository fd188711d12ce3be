import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readConfig } from '../../src/config.ts';
import { sourceLimits } from '../../src/http/source-settings.ts';
import { Problem } from '../../src/problems/problem.ts';
import { readSource, type Source } from '../../src/source/read-source.ts';
import { createSpoolBudget } from '../../src/source/spool-budget.ts';

/** Reads archives as the service does, with a spool folder of its own that is looked into afterwards. */

export interface ReadAs {
  readonly contents?: 'spool' | 'digest' | 'skip';
  readonly strip?: number;
  /** Settings of the environment: `LIMIT_ENTRIES` and the like. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Bytes of one chunk of the upload. */
  readonly chunk?: number;
  readonly memoryBytes?: number;
}

function* chunksOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What `use` makes of an archive; afterwards nothing is left of it on disk or in the budget. */
export async function withSource<Result>(
  archive: Buffer | AsyncIterable<Buffer> | Iterable<Buffer>,
  { contents = 'skip', strip = 0, settings = {}, chunk = 65_536, memoryBytes = 0 }: ReadAs,
  use: (source: Source) => Promise<Result> | Result,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'dockwright-source-'));
  const budget = createSpoolBudget(1e10);
  const checkEmpty = (): void => {
    const left = readdirSync(directory);
    rmSync(directory, { recursive: true });
    assert.deepEqual([left, budget.used], [[], 0], 'something was left behind');
  };
  try {
    const source = await readSource(Readable.from(Buffer.isBuffer(archive) ? chunksOf(archive, chunk) : archive), {
      limits: sourceLimits(readConfig(settings)),
      spool: { directory, memoryBytes, budget },
      keepText: (path) => path.endsWith('.txt'),
      contents,
      strip,
    });
    try {
      return await use(source);
    } finally {
      source.dispose();
    }
  } finally {
    checkEmpty();
  }
}

/** The tree as lines, `file a 3`, `link l -> a`, `folder d`; or the slug of the problem that it was refused with. */
export async function outcome(archive: Parameters<typeof withSource>[0], as: ReadAs = {}): Promise<string[] | string> {
  try {
    return await withSource(archive, as, ({ inventory, notices }) => [
      ...inventory.entries.map((e) =>
        e.kind === 'file'
          ? `file ${e.path} ${e.size}`
          : e.kind === 'symlink'
            ? `link ${e.path} -> ${e.target}`
            : `folder ${e.path}`,
      ),
      ...notices.map((n) => `notice ${n.code} ${n.path ?? ''}`),
    ]);
  } catch (error) {
    if (error instanceof Problem) return error.slug;
    throw error;
  }
}
