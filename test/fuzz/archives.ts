import { setTimeout as wait } from 'node:timers/promises';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { startProcess, type ServiceProcess } from '../support/process.ts';
import { randomFrom } from '../support/random.ts';
import { mutatedArchive } from './mutate.ts';

/**
 * Mutated archives, sent to a service that may write to its spool folder and to nothing else: Node.js itself refuses the
 * rest, which would be a 500. https://nodejs.org/api/permissions.html
 */

export interface Outcome {
  readonly table: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly failures: readonly string[];
}

const AT_ONCE = 8;
const ANSWER_MS = 60_000;
const PATHS = ['context', 'analysis', 'manifest', 'dockerfile', 'dockerignore', 'kit'].map(
  (what) => `/v1/source/${what}`,
);
const COLUMNS = ['sent', '200', '400', '413', '415', '422', 'other', 'slowest ms'] as const;
type Row = Record<(typeof COLUMNS)[number], number>;

/** What is wrong with an answer; undefined where it is as it has to be. */
async function faultOf(response: Response, path: string): Promise<string | undefined> {
  const body = Buffer.from(await response.arrayBuffer());
  const { status, headers } = response;
  if (status >= 500) return `${status} ${body.toString()}`;
  const type = headers.get('content-type') ?? '';
  if (status !== 200)
    return type.startsWith('application/problem+json') ? undefined : `${status} is no problem document`;
  return type === 'application/x-tar' && path.endsWith('/context') ? faultOfContext(body) : undefined;
}

/** A context has to be an archive that anybody can read, whose entries stay inside. */
async function faultOfContext(body: Buffer): Promise<string | undefined> {
  const reader = extract();
  reader.end(body);
  for await (const entry of reader) {
    const { name } = entry.header;
    if (name.startsWith('/') || name.split('/').includes('..')) return `the context has ${JSON.stringify(name)}`;
    entry.resume();
  }
  return undefined;
}

export async function fuzzArchives(rounds: number, seed: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'dockwright-fuzz-'));
  const spool = join(folder, 'spool');
  mkdirSync(spool);
  const service = await startProcess(
    {
      SPOOL_DIR: spool,
      SPOOL_MEMORY_BYTES: '4096',
      LIMIT_INFLATED_BYTES: String(64 * 1024 * 1024),
      LOG_LEVEL: 'error',
      DOCS: 'false',
    },
    ['--permission', '--allow-fs-read=*', `--allow-fs-write=${spool}`, `--allow-fs-write=${spool}/*`, '--allow-worker'],
  );
  process.once('exit', () => service.child.kill('SIGKILL'));
  const rows = new Map<string, Row>();
  const failures: string[] = [];

  async function one(ofSeed: number): Promise<void> {
    const random = randomFrom(ofSeed);
    const { name, body, headers } = mutatedArchive(random);
    const path = PATHS[random(PATHS.length)] ?? '';
    const row = rows.get(name) ?? (Object.fromEntries(COLUMNS.map((column) => [column, 0])) as Row);
    rows.set(name, row);
    const before = performance.now();
    try {
      const response = await fetch(`${service.url}${path}`, {
        method: 'POST',
        body: new Uint8Array(body),
        headers,
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const fault = await faultOf(response, path);
      if (fault !== undefined) failures.push(`seed ${ofSeed}, ${name} to ${path}: ${fault}`);
      const column = COLUMNS.find((c) => c === String(response.status)) ?? 'other';
      row[column] += 1;
    } catch (error) {
      failures.push(`seed ${ofSeed}, ${name} to ${path}: ${String(error)}`);
    }
    row.sent += 1;
    row['slowest ms'] = Math.max(row['slowest ms'], Math.round(performance.now() - before));
  }

  let next = 0;
  const work = async (): Promise<void> => {
    while (next < rounds && failures.length < 50) await one(seed + next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  failures.push(...(await leftovers(service, spool)));
  rmSync(folder, { recursive: true });
  return { table: Object.fromEntries([...rows].sort(([a], [b]) => a.localeCompare(b))), failures };
}

async function leftovers(service: ServiceProcess, spool: string): Promise<string[]> {
  const found: string[] = [];
  if (service.child.exitCode !== null || service.child.signalCode !== null)
    return [`the service ended:\n${service.log()}`];
  await wait(500);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  found.push(...metrics.split('\n').filter((line) => line.startsWith('dockwright_faults_total{')));
  if (!/^dockwright_spool_bytes 0$/m.test(metrics)) found.push('bytes are left in the spool');
  if (readdirSync(spool).length > 0) found.push(`files are left in the spool: ${readdirSync(spool).join(', ')}`);
  if ((await service.end()) !== 0) found.push('the service did not end in order');
  if (found.length > 0) found.push(service.log().slice(0, 4000));
  return found;
}
