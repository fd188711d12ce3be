/**
 * The same files by both ways: fixtures are packed by the service and built from the tar on standard input, and from
 * their folder with the `.dockerignore` that the service writes; what COPY sees has to be the same.
 *
 *   npm run test:images:contexts
 */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { extract } from 'tar-stream';
import { readFixtures, type Fixture } from '../support/fixtures.ts';
import { startService, type TestService } from '../support/service.ts';
import { contextOf, packFolder } from './build.ts';
import { engineIsUp, ensureFrontend, run } from './engine.ts';

const FIXTURES = 10;
const NO_ENGINE = 69;
const SEES_ALL = '# syntax=docker/dockerfile:1\nFROM scratch\nCOPY . /\n';
/** In a tar on standard input they are there always: the build needs the one, and nothing filters the other. */
const ALWAYS_THERE = new Set(['Dockerfile', '.dockerignore']);

/** What projects have lying about, beside what a fixture holds. */
const litter: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref',
  '.git/objects/ab/cdef': 'x',
  '.env': 'SECRET=1',
  '.env.example': 'SECRET=',
  'node_modules/x/index.js': 'x',
  'target/debug/a': 'x',
  'logs/a.log': 'x',
  '.idea/workspace.xml': 'x',
  'docs/ümlaut and blank.md': 'x',
  [`deep/${'long-name-of-a-folder/'.repeat(8)}file.txt`]: 'x',
  'tools/run.sh': '#!/bin/sh\n',
};

async function entriesOf(tar: Buffer): Promise<Map<string, string>> {
  const reader = extract();
  reader.end(tar);
  const found = new Map<string, string>();
  for await (const entry of reader) {
    const hash = createHash('sha256');
    for await (const chunk of entry) hash.update(chunk as Buffer);
    const { name, type, mode, linkname } = entry.header;
    const path = name.replace(/^\.?\//, '').replace(/\/$/, '');
    if (path === '' || ALWAYS_THERE.has(path)) continue;
    found.set(path, `${type} ${(mode & 0o777).toString(8)} ${type === 'file' ? hash.digest('hex') : (linkname ?? '')}`);
  }
  return found;
}

async function exported(args: readonly string[], input?: Buffer): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'exported-'));
  try {
    const target = join(folder, 'out.tar');
    const { code, text } = await run(
      'docker',
      ['build', '--output', `type=tar,dest=${target}`, ...args],
      input ? { input } : {},
    );
    if (code !== 0) throw new Error(text.slice(-1500));
    return await entriesOf(readFileSync(target));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fileIn(tar: Buffer, wanted: string): Promise<string> {
  const reader = extract();
  reader.end(tar);
  let text = '';
  for await (const entry of reader) {
    for await (const chunk of entry) if (entry.header.name === wanted) text += String(chunk);
  }
  return text;
}

async function sent(service: TestService, folder: string): Promise<Buffer> {
  const answer = await fetch(`${service.url}/v1/source/context?dockerfile=keep&dockerignore=keep`, {
    method: 'POST',
    body: new Uint8Array(await packFolder(folder)),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return Buffer.from(await answer.arrayBuffer());
}

async function differences(service: TestService, fixture: Fixture): Promise<{ faults: string[]; files: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'context-'));
  try {
    cpSync(fixture.source, folder, { recursive: true, verbatimSymlinks: true });
    for (const [path, text] of Object.entries(litter)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    chmodSync(join(folder, 'tools/run.sh'), 0o755);
    symlinkSync('tools/run.sh', join(folder, 'run'));
    symlinkSync('nowhere', join(folder, 'dangling'));
    mkdirSync(join(folder, 'empty'));
    const ignore = await fileIn(await contextOf(service, folder, fixture), '.dockerignore');
    writeFileSync(join(folder, '.dockerignore'), ignore);
    writeFileSync(join(folder, 'Dockerfile'), SEES_ALL);
    const fromTar = await exported(['-'], await sent(service, folder));
    const fromFolder = await exported([folder]);
    const faults = [...new Set([...fromTar.keys(), ...fromFolder.keys()])]
      .filter((path) => fromTar.get(path) !== fromFolder.get(path))
      .map(
        (path) =>
          `${path}: from the tar ${fromTar.get(path) ?? 'nothing'}, from the folder ${fromFolder.get(path) ?? 'nothing'}`,
      );
    return { faults, files: fromTar.size };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One fixture of each language first, then others. */
function chosen(): Fixture[] {
  const all = readFixtures();
  const first = [...new Map(all.map((f) => [f.name.split('-')[0], f])).values()];
  return [...first, ...all.filter((f) => !first.includes(f))].slice(0, FIXTURES);
}

if (!(await engineIsUp())) {
  console.error('There is no Docker engine to test contexts with.');
  process.exit(NO_ENGINE);
}
await ensureFrontend();
const service = await startService();
let failed = 0;
for (const fixture of chosen()) {
  const { faults, files } = await differences(service, fixture).catch((error: unknown) => ({
    faults: [String(error)],
    files: 0,
  }));
  if (faults.length > 0) failed++;
  console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${fixture.name}  ${files} entries the same`);
  for (const fault of faults.slice(0, 10)) console.log(`       ${fault}`);
}
await service.close();
process.exit(failed === 0 ? 0 : 1);
