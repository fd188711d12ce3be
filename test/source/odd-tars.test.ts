import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  base256,
  END,
  entry,
  file,
  folder,
  hardlink,
  header,
  long,
  padded,
  pax,
  record,
  symlink,
  tar,
} from '../support/raw-tar.ts';
import { outcome } from '../support/sources.ts';

/** Archives at the edge of the format, and what becomes of each: what Docker 28.5 makes of it, or a refusal. */

const deep = ['L'.repeat(100), 'M'.repeat(100), 'N'.repeat(100)];
const longPath = deep.join('/');
const longTree = [`folder ${deep[0]}`, `folder ${deep[0]}/${deep[1]}`, `file ${longPath} 1`];
const damaged = 'invalid-archive';
const unsafe = 'unsafe-archive';
const gnu = 'ustar  \0';

const cases: Readonly<Record<string, readonly [Buffer, readonly string[] | string]>> = {
  // Names
  'a plain tree': [
    tar(file('a'), folder('d/'), file('d/b'), symlink('l', 'a')),
    ['file a 1', 'folder d', 'file d/b 1', 'link l -> a'],
  ],
  'folders that have no entry': [tar(file('x/y/a')), ['folder x', 'folder x/y', 'file x/y/a 1']],
  'names that begin with ./': [tar(folder('./'), file('./a'), folder('./d/')), ['file a 1', 'folder d']],
  'absolute names': [tar(file('/a'), folder('/')), ['file a 1']],
  'two slashes': [tar(file('a//b')), ['folder a', 'file a/b 1']],
  'a file with a slash at its end': [tar(file('a/')), ['file a 1']],
  'an archive older than POSIX': [
    tar(entry({ name: 'a', body: 'x', magic: '' }), entry({ name: 'd/', type: '\0', magic: '' })),
    ['file a 1', 'folder d'],
  ],
  'a prefix': [tar(entry({ name: 'b', prefix: 'a', body: 'x' })), ['folder a', 'file a/b 1']],
  'a long name of GNU': [tar(long('L', longPath), entry({ name: 'short', body: 'x', magic: gnu })), longTree],
  'a long target of GNU': [
    tar(long('K', 't'.repeat(300)), entry({ name: 'l', type: '2', magic: gnu })),
    [`link l -> ${'t'.repeat(300)}`],
  ],
  'a path of PAX': [tar(pax({ path: longPath }), file('short')), longTree],
  'a target of PAX': [tar(pax({ linkpath: 'far' }), symlink('l', 'near')), ['link l -> far']],
  'a long name goes over a path, whichever comes first': [
    tar(
      long('L', longPath),
      pax({ path: 'pax' }),
      file('short'),
      pax({ path: 'pax' }),
      long('L', `${longPath}2`),
      file('short'),
    ),
    [...longTree, `file ${longPath}2 1`],
  ],
  'two PAX headers': [tar(pax({ path: 'one' }), pax({ path: 'two' }), file('a')), ['file two 1']],
  'a key twice': [
    tar(
      entry({ name: 'p', type: 'x', body: Buffer.concat([record('path', 'one'), record('path', 'two')]) }),
      file('a'),
    ),
    ['file two 1'],
  ],
  'an empty path of PAX': [tar(pax({ path: '' }), file('a')), ['file a 1']],
  'a PAX header and no entry': [tar(file('a'), pax({ mtime: '1' })), ['file a 1']],
  'a global header': [tar(pax({ comment: 'c', path: 'not-this' }, 'g'), file('a')), ['file a 1']],
  'a NUL in a PAX path': [tar(pax({ path: 'a\0b' }), file('a')), damaged],
  'a line break in a name': [tar(file('a\nb')), unsafe],
  'an escape sequence in a name': [tar(file('a\u001b[31mb')), unsafe],
  'a name that is not UTF-8': [tar(file(Buffer.from([0x61, 0xe9]))), unsafe],
  'an empty name': [tar(file('')), unsafe],
  'a file that is the root': [tar(file('.')), unsafe],
  'a name for deletions in images': [tar(file('.wh.a')), unsafe],
  'a name for deletions, further down': [tar(file('d/.wh.a')), unsafe],
  'a name of 255 bytes': [tar(pax({ path: 'n'.repeat(255) }), file('a')), [`file ${'n'.repeat(255)} 1`]],
  'a name of 256 bytes': [tar(pax({ path: 'n'.repeat(256) }), file('a')), unsafe],
  'a path of 20,000 bytes': [tar(pax({ path: 'n/'.repeat(10_000) }), file('a')), 'limit-exceeded'],
  'a path of 1,000 folders': [tar(pax({ path: 'n/'.repeat(1000) }), file('a')), 'limit-exceeded'],
  'backslashes, colons, blanks': [
    tar(file('..\\a'), file('c:/x'), file(' ')),
    ['file   1', 'file ..\\a 1', 'folder c:', 'file c:/x 1'],
  ],

  // Climbing out
  '.. at the start': [tar(file('../a')), unsafe],
  '.. on the way out': [tar(file('a/../../b')), unsafe],
  '.. inside': [tar(file('a/../b')), unsafe],
  'a file below a link': [tar(folder('d/'), symlink('l', 'd'), file('l/x')), unsafe],
  'a file below a link that leaves': [tar(symlink('l', '/tmp'), file('l/x')), unsafe],
  'a file below a file': [tar(file('p'), file('p/x')), unsafe],

  // Kinds
  'a character device': [tar(entry({ name: 'c', type: '3' })), unsafe],
  'a block device': [tar(entry({ name: 'b', type: '4' })), unsafe],
  'a named pipe': [tar(entry({ name: 'p', type: '6' })), unsafe],
  ...Object.fromEntries(
    ['7', 'D', 'M', 'N', 'V', 'X', 'Z', '\u0001'].map((type) => [
      `the type ${JSON.stringify(type)}`,
      [tar(entry({ name: 'a', type })), unsafe],
    ]),
  ),
  'a sparse file of GNU': [tar(entry({ name: 's', type: 'S', magic: gnu, body: 'x' })), unsafe],
  'a sparse file of PAX 0.0 and 0.1': [
    tar(pax({ 'GNU.sparse.size': '1099511627776', 'GNU.sparse.numblocks': '0' }), file('s')),
    unsafe,
  ],
  'a sparse file of PAX 1.0': [tar(pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }), file('s')), unsafe],

  // Links
  'a link out of the tree': [
    tar(symlink('l', '../../x'), symlink('m', '/etc/passwd')),
    ['link l -> ../../x', 'link m -> /etc/passwd', 'notice link-leaves-tree l', 'notice link-leaves-tree m'],
  ],
  'links in a circle': [
    tar(symlink('a', 'b'), symlink('b', 'a'), symlink('c', 'c')),
    ['link a -> b', 'link b -> a', 'link c -> c'],
  ],
  'an empty target': [tar(symlink('l', '')), unsafe],
  'a target longer than any path': [tar(pax({ linkpath: 'x'.repeat(5000) }), symlink('l', 'x')), 'limit-exceeded'],
  'a link with content': [tar(entry({ name: 'l', type: '2', link: 'a', body: 'x' })), damaged],
  'a hard link to an earlier file': [tar(file('a', 'xyz'), hardlink('b', 'a')), ['file a 3', 'file b 3']],
  'a hard link with a size, and no content': [
    tar(file('a'), entry({ name: 'b', type: '1', link: 'a', size: 1 }), file('c')),
    ['file a 1', 'file b 1', 'file c 1'],
  ],
  'a hard link to a link': [tar(symlink('s', 'a'), hardlink('b', 's')), ['link b -> a', 'link s -> a']],
  'a hard link to a later file': [tar(hardlink('b', 'a'), file('a')), unsafe],
  'a hard link to nothing': [tar(hardlink('b', 'a')), unsafe],
  'a hard link to a folder': [tar(folder('d'), hardlink('b', 'd')), unsafe],
  'a hard link out of the tree': [tar(hardlink('b', '../../etc/passwd')), unsafe],
  'a hard link to an absolute path': [tar(hardlink('b', '/etc/passwd')), unsafe],

  // Twice
  'a file twice': [tar(file('a', '1'), file('a', '22')), ['file a 2', 'notice duplicate a']],
  'a folder twice': [tar(folder('d/'), file('d/x'), folder('d/')), ['folder d', 'file d/x 1']],
  'a file that becomes a folder': [
    tar(file('p'), folder('p/'), file('p/x')),
    ['folder p', 'file p/x 1', 'notice duplicate p'],
  ],
  'a folder that becomes a file': [
    tar(folder('p/'), file('p/x'), file('p', 'now')),
    ['file p 3', 'notice duplicate p'],
  ],
  'a folder without an entry that becomes a file': [
    tar(file('p/q/x'), file('p', 'now')),
    ['file p 3', 'notice duplicate p'],
  ],
  'a link that becomes a file': [tar(symlink('l', 'a'), file('l', '12')), ['file l 2', 'notice duplicate l']],
  'a Dockerfile twice': [tar(file('Dockerfile'), file('./Dockerfile')), unsafe],
  'an ignore file twice': [tar(file('.dockerignore'), file('.dockerignore')), unsafe],
  'names that differ in case': [tar(file('A'), file('a')), ['file A 1', 'file a 1', 'notice case-collision a']],
  'names that differ in Unicode form': [
    tar(file('é'), file('e\u0301')),
    ['file e\u0301 1', 'file é 1', 'notice case-collision é'],
  ],

  // Sizes
  'a size of base 256': [
    tar(Buffer.concat([header({ name: 'a', size: base256(3n, 12) }), padded(Buffer.from('xyz'))])),
    ['file a 3'],
  ],
  'a size with blanks': [
    tar(Buffer.concat([header({ name: 'a', size: '          3 ' }), padded(Buffer.from('xyz'))])),
    ['file a 3'],
  ],
  'a size of PAX': [
    tar(pax({ size: '3' }), Buffer.concat([header({ name: 'a', size: 0 }), padded(Buffer.from('xyz'))])),
    ['file a 3'],
  ],
  'a negative size': [tar(header({ name: 'a', size: base256(-1n, 12) }), file('b')), damaged],
  'a size beyond all bounds': [tar(header({ name: 'a', size: base256(2n ** 80n, 12) }), file('b')), damaged],
  'a size of 8 GiB and nothing there': [tar(header({ name: 'a', size: 0o77777777777 }), file('b')), damaged],
  'a size that is no number': [tar(header({ name: 'a', size: '0000000zz1\0' }), file('b')), damaged],
  'a negative size of PAX': [tar(pax({ size: '-1' }), file('a')), damaged],
  'a huge size of PAX': [tar(pax({ size: '99999999999999999999' }), file('a')), damaged],
  'a size of PAX that goes over the one in the header': [
    tar(pax({ size: '1' }), entry({ name: 'a', body: Buffer.concat([Buffer.alloc(512), file('smuggled')]) })),
    ['file a 1', 'file smuggled 1'],
  ],
  'a folder with a size': [tar(entry({ name: 'd/', type: '5', body: 'x' }), file('a')), damaged],
  'a large uid, an odd time': [
    tar(entry({ name: 'a', body: 'x', uid: base256(5_000_000n, 8), mtime: base256(-16n, 12) })),
    ['file a 1'],
  ],
  'set-user and sticky bits': [
    tar(entry({ name: 'a', body: 'x', mode: 0o4755 })),
    ['file a 1', 'notice special-mode a'],
  ],

  // The stream
  'a wrong checksum': [tar(entry({ name: 'a', checksum: '000001\0 ' })), damaged],
  'a wrong checksum in the middle': [tar(file('a'), entry({ name: 'b', checksum: '000001\0 ' })), damaged],
  'a signed checksum': [tar(entry({ name: 'é', body: 'x', checksum: 'signed' })), ['file é 1']],
  'a PAX record with a wrong length': [tar(entry({ name: 'p', type: 'x', body: '99 path=zz\n' }), file('a')), damaged],
  'a PAX header that is none': [tar(entry({ name: 'p', type: 'x', body: 'garbage' }), file('a')), damaged],
  'a PAX header of 900 KB': [tar(pax({ comment: 'c'.repeat(900_000) }), file('a')), ['file a 1']],
  'a PAX header of 2 MB': [tar(pax({ comment: 'c'.repeat(2_000_000) }), file('a')), damaged],
  'a long name of 2 MB': [tar(long('L', 'd/'.repeat(1_000_000)), file('a')), damaged],
  'headers and more headers before an entry': [
    tar(...Array.from({ length: 100 }, () => pax({ mtime: '1' })), file('a')),
    damaged,
  ],
  'no end mark': [file('a'), ['file a 1']],
  'half an end mark': [Buffer.concat([file('a'), Buffer.alloc(512)]), ['file a 1']],
  'a last content without its padding': [
    Buffer.concat([header({ name: 'a', size: 3 }), Buffer.from('xyz')]),
    ['file a 3'],
  ],
  'garbage after the end mark': [Buffer.concat([tar(file('a')), Buffer.alloc(4096, 'garbage')]), ['file a 1']],
  'a second archive after the end mark': [Buffer.concat([tar(file('a')), tar(file('b'))]), ['file a 1']],
  'a block of zeros in the middle': [Buffer.concat([file('a'), Buffer.alloc(512), file('b'), END]), damaged],
  'garbage in the middle': [tar(file('a'), Buffer.alloc(512, 'g'), file('b')), damaged],
  'an end mark first': [Buffer.concat([END, tar(file('a'))]), 'empty-archive'],
  'only an end mark': [END, 'empty-archive'],
  'nothing at all': [Buffer.alloc(0), 'empty-archive'],
};

describe('odd archives', () => {
  for (const [what, [archive, expected]] of Object.entries(cases)) {
    test(what, async () => {
      assert.deepEqual(await outcome(archive), expected);
      // The same where every block is cut, and in one piece.
      if (archive.length < 20_000) assert.deepEqual(await outcome(archive, { chunk: 7 }), expected);
      assert.deepEqual(await outcome(archive, { chunk: archive.length || 1, contents: 'spool' }), expected);
    });
  }

  test('cut anywhere, an archive is refused or has what came before whole', async () => {
    const whole = tar(file('a', 'x'.repeat(700)), pax({ path: longPath }), file('b'), symlink('l', 'a'));
    for (let length = 1; length < whole.length; length += 37) {
      const result = await outcome(whole.subarray(0, length));
      const onEdge = Array.isArray(result);
      if (onEdge) assert.ok(result.includes('file a 700'), `${length}: ${result.join()}`);
      else assert.match(result, /^(invalid|unsupported)-archive$/, String(length));
    }
  });
});
