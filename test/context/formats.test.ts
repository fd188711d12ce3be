import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { crc32, gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { blockStream, gzipped, packContext, type PackInput } from '../../src/context/pack.ts';
import { createInventory, type Entry } from '../../src/inventory/inventory.ts';
import { outcome } from '../support/sources.ts';

/** The context tar, read by others: names that fit nowhere, in what every reader takes. */

const long = `${'a'.repeat(120)}/${'b'.repeat(120)}/${'c'.repeat(120)}`;
const contents: Readonly<Record<string, string>> = {
  'plain.txt': 'plain',
  'bin/run.sh': '#!/bin/sh\n',
  'ümlaut/naïve – file.txt': 'unicode',
  'blank and "quotes".txt': 'x',
  [long]: 'long',
  [`prefix/${'d'.repeat(120)}/e.txt`]: 'split into two fields',
  'empty.txt': '',
  'large.bin': 'z'.repeat(700_001),
};
const links: Readonly<Record<string, string>> = {
  link: 'plain.txt',
  'link-far': `../${'t'.repeat(150)}`,
  'link-ünicode': 'ümlaut',
};

const entries: Entry[] = [
  ...Object.entries(contents).map(([path, text]): Entry => ({
    path,
    kind: 'file',
    size: Buffer.byteLength(text),
    mode: path.endsWith('.sh') ? 0o700 : 0o664,
  })),
  ...Object.entries(links).map(([path, target]): Entry => ({ path, kind: 'symlink', size: 0, mode: 0o777, target })),
];

const contentOf = (path: string, from: number, target: Buffer): void => {
  Buffer.from(contents[path] ?? '').copy(target, 0, from);
};

const packed = (changed: Partial<PackInput> = {}) =>
  packContext({
    entries: createInventory(entries).entries,
    content: contentOf,
    checksum: (path) => crc32(contents[path] ?? ''),
    ignoreFile: { path: '.dockerignore', text: '.git\n' },
    dockerfile: { path: 'Dockerfile', text: 'FROM scratch\n' },
    ...changed,
  });

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What everybody has to read: `path mode size target`, folders aside. */
const expected = [
  '.dockerignore 644 5 ',
  'Dockerfile 644 13 ',
  ...entries.map(
    ({ path, kind, size, target }) =>
      `${path} ${kind === 'symlink' ? 777 : path.endsWith('.sh') ? 755 : 644} ${size} ${target ?? ''}`,
  ),
].sort();

const PYTHON = `
import sys, tarfile
t = tarfile.open(fileobj=sys.stdin.buffer, mode="r|")
for m in t:
    if not m.isdir(): print(m.name, format(m.mode, "o"), m.size, m.linkname)
    assert (m.uid, m.gid, m.uname, m.gname, m.mtime) == (0, 0, "", "", int(sys.argv[1])), m.get_info()
`;

const timeIn = (tar: Buffer): number => parseInt(tar.toString('latin1', 136, 147), 8);

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

describe('the context tar', async () => {
  const context = packed();
  const tar = await bytesOf(blockStream(context.blocks()));

  test('has the length that was said, and the same bytes again', async () => {
    assert.equal(tar.length, context.length);
    assert.ok((await bytesOf(blockStream(packed().blocks()))).equals(tar));
    assert.ok(gunzipSync(await bytesOf(gzipped(blockStream(packed().blocks())))).equals(tar));
  });

  test('has one time, which is past, and another where a content or a mode is another', async () => {
    const timeOf = async (changed: Partial<PackInput>): Promise<number> =>
      timeIn(await bytesOf(blockStream(packed(changed).blocks())));
    const time = timeIn(tar);
    assert.ok(time >= Date.UTC(2000, 0, 1) / 1000 && time < Date.UTC(2018, 0, 1) / 1000, String(time));
    const withModes = (modeOf: (mode: number) => number): Promise<number> =>
      timeOf({ entries: createInventory(entries.map((e) => ({ ...e, mode: modeOf(e.mode) }))).entries });
    const [path] = Object.keys(contents);
    const edited = (asked: string): number => (asked === path ? 1 : crc32(contents[asked] ?? ''));
    assert.notEqual(await timeOf({ checksum: edited }), time);
    assert.notEqual(await timeOf({ dockerfile: { path: 'Dockerfile', text: 'FROM SCRATCH\n' } }), time);
    assert.notEqual(await withModes(() => 0o755), time);
    assert.equal(await withModes((mode) => mode | 0o040), time);
  });

  test('begins with a plain header and ends with the Dockerfile', () => {
    assert.equal(tar.toString('latin1', 0, 13), '.dockerignore');
    assert.equal(tar.toString('latin1', 156, 157), '0');
    assert.equal(tar.toString('latin1', 257, 263), 'ustar\0');
    assert.equal(tar.lastIndexOf('FROM scratch\n'), tar.length - 1024 - 512);
  });

  test('is read by tar-stream', async () => {
    const reader = extract();
    reader.end(tar);
    const found: string[] = [];
    for await (const entry of reader) {
      const { name, mode, size, linkname, type } = entry.header;
      entry.resume();
      if (type !== 'directory') found.push(`${name} ${mode.toString(8)} ${size} ${linkname ?? ''}`);
    }
    assert.deepEqual(found.sort(), expected);
  });

  test('is read by our own reader', async () => {
    const files = (await outcome(tar)) as string[];
    assert.deepEqual(files.filter((line) => line.startsWith('file ')).length, Object.keys(contents).length + 2);
  });

  test('is read by Python', { skip: !has('python3') && 'no Python here' }, () => {
    const { stdout, stderr } = spawnSync('python3', ['-c', PYTHON, String(timeIn(tar))], {
      input: tar,
      encoding: 'utf8',
      env: { ...process.env, PYTHONUTF8: '1' },
    });
    assert.equal(stderr, '');
    assert.deepEqual(stdout.replace(/\n$/, '').split('\n').sort(), expected);
  });

  for (const program of ['tar', 'bsdtar'])
    test(`is unpacked by ${program}`, { skip: !has(program) && `no ${program} here` }, () => {
      const folder = mkdtempSync(join(tmpdir(), 'dockwright-unpack-'));
      try {
        writeFileSync(join(folder, 'context.tar'), tar);
        const unpacked = spawnSync(program, ['-xf', 'context.tar'], { cwd: folder, encoding: 'utf8' });
        assert.equal(unpacked.status, 0, unpacked.stderr);
        const list = spawnSync('find', ['.', '!', '-type', 'd', '-printf', '%P %m %s %l\\n'], {
          cwd: folder,
          encoding: 'utf8',
        });
        const found = list.stdout
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('context.tar '))
          .map((line) => line.replace(/ 777 \d+ /, ' 777 0 '));
        assert.deepEqual(found.sort(), expected);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
});
