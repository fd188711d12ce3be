/**
 * Attacks the running service by the committed document, with every check of schemathesis: `npm run test:conformance`.
 * It is installed into a folder of its own; SCHEMATHESIS names one that is there already.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../support/process.ts';

const VERSION = '4.32.5';
/** Of the whole run. */
const SECONDS = process.env['CONFORMANCE_SECONDS'] ?? '100';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dockwright-conformance-'));

function install(): string {
  const given = process.env['SCHEMATHESIS'];
  if (given) return given;
  execFileSync('python3', ['-m', 'venv', join(folder, 'venv')]);
  const bin = join(folder, 'venv', 'bin');
  execFileSync(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`]);
  return join(bin, 'schemathesis');
}

const schemathesis = install();
const service = await startProcess({ LOG_LEVEL: 'error', SPOOL_DIR: join(folder, 'spool') });
const { status } = spawnSync(
  schemathesis,
  [
    `--config-file=${pathOf('schemathesis.toml')}`,
    'run',
    pathOf('../../openapi/openapi.json'),
    `--url=${service.url}`,
    '--checks=all',
    `--max-time=${SECONDS}`,
    '--max-examples=40',
    '--generation-deterministic',
    '--workers=2',
    '--no-color',
  ],
  { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder },
);
const metrics = await (await fetch(`${service.url}/metrics`)).text();
const faults = [...metrics.matchAll(/^dockwright_faults_total\{.*\} [1-9]\d*$/gm)].map(([line]) => line);
await service.end();
rmSync(folder, { recursive: true, force: true });
if (faults.length > 0) console.log(`faults of the service:\n${faults.join('\n')}\n${service.log()}`);
const failed = status !== 0 || faults.length > 0;
console.log(`conformance: ${failed ? 0 : 1} passed, ${failed ? 1 : 0} failed`);
process.exitCode = failed ? 1 : 0;
