import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { entry, file, folder, hardlink, header, pax, tar } from '../support/raw-tar.ts';
import { outcome, withSource } from '../support/sources.ts';
import { zipOf } from '../support/zips.ts';

/** Archives made to harm: each is refused early, in little memory, and nothing of it is left. */

function* repeated(part: Buffer, times: number): Generator<Buffer> {
  const block = Buffer.concat(Array.from({ length: 100 }, () => part));
  for (let i = 0; i < times; i += 100) yield block;
}

const names = (count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => header({ name: `n${i}` })));

describe('archives made to harm', () => {
  test('ten million entries: given up at the limit, long before the end', async () => {
    let taken = 0;
    function* endless(): Generator<Buffer> {
      for (let i = 0; i < 10_000_000; i += 1000) {
        taken = i;
        yield Buffer.concat(Array.from({ length: 1000 }, (_, k) => header({ name: `d/${i + k}` })));
      }
    }
    assert.equal(await outcome(endless(), { settings: { LIMIT_ENTRIES: '5000' } }), 'limit-exceeded');
    assert.ok(taken < 8000, String(taken));
  });

  test('few entries, millions of folders', async () => {
    const path = (i: number): string => Array.from({ length: 200 }, (_, d) => (i + d).toString(36)).join('/');
    const deep = Array.from({ length: 100 }, (_, i) => [pax({ path: path(i) }), file('x')]).flat();
    assert.equal(await outcome(tar(...deep), { settings: { LIMIT_ENTRIES: '5000' } }), 'limit-exceeded');
  });

  test('paths that are long, all of them', async () => {
    const long = (i: number): Buffer =>
      Buffer.concat([pax({ path: `${i}/${'p/'.repeat(100)}${'n'.repeat(240)}`.repeat(5).slice(0, 4000) }), file('x')]);
    function* many(): Generator<Buffer> {
      for (let i = 0; i < 60_000; i++) yield long(i);
    }
    assert.equal(await outcome(many()), 'limit-exceeded');
  });

  test('a folder that becomes a file, and a folder again, and so on', async () => {
    const started = performance.now();
    const flips = Array.from({ length: 2000 }, () => [folder('p/'), file('p')]).flat();
    assert.equal(await outcome(tar(names(3000), ...flips)), 'limit-exceeded');
    assert.ok(performance.now() - started < 20_000);
  });

  test('hard links that multiply a file', async () => {
    const links = Array.from({ length: 1000 }, (_, i) => hardlink(`l${i}`, 'a'));
    const archive = tar(file('a', 'x'.repeat(10_000)), ...links);
    assert.equal(await outcome(archive, { settings: { LIMIT_INFLATED_BYTES: '5000000' } }), 'limit-exceeded');
    assert.equal((await outcome(archive)).length, 1001);
  });

  test('headers without end before an entry', async () => {
    assert.equal(await outcome(repeated(pax({ comment: 'c' }), 1_000_000)), 'invalid-archive');
  });

  test('gzip and zstd that grow: stopped by the ratio, and by the size', async () => {
    const zeros = Buffer.concat([header({ name: 'a', size: 0o7777777777 }), Buffer.alloc(64 * 1024 * 1024)]);
    for (const bomb of [gzipSync(zeros), zstdCompressSync(zeros)]) {
      assert.ok(bomb.length < 100_000);
      assert.equal(await outcome(bomb), 'limit-exceeded');
      const settings = { LIMIT_INFLATE_RATIO: '1000000', LIMIT_INFLATED_BYTES: '30000000' };
      assert.equal(await outcome(bomb, { settings }), 'limit-exceeded');
    }
  });

  test('an upload that is larger than may be', async () => {
    assert.equal(
      await outcome(repeated(Buffer.alloc(1000, 'x'), 2000), { settings: { LIMIT_UPLOAD_BYTES: '9999' } }),
      'limit-exceeded',
    );
    const large = [header({ name: 'a', size: 1e8 }), ...repeated(Buffer.alloc(1000), 10_000)];
    assert.equal(await outcome(large, { settings: { LIMIT_UPLOAD_BYTES: '99999' } }), 'limit-exceeded');
  });

  test('compressed archives that are cut at every byte of their ends, and every block of the rest', async () => {
    const whole = tar(file('a', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) & 255))), file('b'));
    for (const packed of [gzipSync(whole), zstdCompressSync(whole)]) {
      for (let length = 1; length < packed.length; length += length < packed.length - 40 ? 61 : 1) {
        const result = await outcome(packed.subarray(0, length));
        assert.match(String(result), /^(invalid|unsupported|empty)-archive$/, String(length));
      }
    }
  });

  test('gzip: what comes after it is refused, zeros and further members are taken, a wrong sum is found', async () => {
    const whole = tar(file('a'));
    const packed = gzipSync(whole);
    assert.equal(await outcome(Buffer.concat([packed, Buffer.from('garbage')])), 'invalid-archive');
    assert.deepEqual(await outcome(Buffer.concat([packed, Buffer.alloc(512)])), ['file a 1']);
    const members = [gzipSync(Buffer.alloc(0)), gzipSync(whole.subarray(0, 700)), gzipSync(whole.subarray(700))];
    assert.deepEqual(await outcome(Buffer.concat(members)), ['file a 1']);
    const wrong = Buffer.from(packed);
    wrong.writeUInt32LE((wrong.readUInt32LE(wrong.length - 8) ^ 1) >>> 0, wrong.length - 8);
    assert.equal(await outcome(wrong), 'invalid-archive');
    assert.equal(await outcome(gzipSync(packed)), 'unsupported-archive');
  });

  test('zstd: frames in a row, and one that is to be skipped', async () => {
    const whole = tar(file('a'));
    const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
    assert.deepEqual(await outcome(Buffer.concat([skipped, zstdCompressSync(whole)])), ['file a 1']);
    const frames = [whole.subarray(0, 300), whole.subarray(300, 700), whole.subarray(700)].map((part) =>
      zstdCompressSync(part),
    );
    for (const chunk of [1, 10, 10_000])
      assert.deepEqual(await outcome(Buffer.concat(frames), { chunk }), ['file a 1']);
    assert.equal(await outcome(Buffer.concat([...frames, Buffer.from('garbage')])), 'invalid-archive');
  });

  test('what is spooled is gone when the upload fails in the middle', async () => {
    const body = Buffer.concat([
      file('a', 'x'.repeat(3_000_000)),
      header({ name: 'b', size: 1e9 }),
      Buffer.alloc(1000),
    ]);
    assert.equal(await outcome(body, { contents: 'spool' }), 'invalid-archive');
  });

  test('contents come back as they were, from disk and from memory, of links as well', async () => {
    const a = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31) & 255));
    const archive = tar(file('a', a), file('b', 'old'), file('b', 'new'), hardlink('c', 'a'), entry({ name: 'e' }));
    for (const memoryBytes of [0, 1e7]) {
      await withSource(archive, { contents: 'spool', memoryBytes, chunk: 999 }, ({ content }) => {
        const read = (path: string, from: number, length: number): Buffer => {
          const target = Buffer.alloc(length);
          content(path, from, target);
          return target;
        };
        assert.ok(read('a', 0, a.length).equals(a) && read('c', 0, a.length).equals(a));
        for (const [from, length] of [
          [10, 5],
          [100, 20_000],
          [299_000, 1000],
          [50, 3],
        ] as const)
          assert.ok(read('a', from, length).equals(a.subarray(from, from + length)), `${from}`);
        assert.equal(read('b', 0, 3).toString(), 'new');
      });
    }
  });
});

describe('zip archives', () => {
  const bytes = (text: string): Buffer => Buffer.from(text);

  test('with files, folders, modes and links', async () => {
    const archive = zipOf([
      { name: 'd/', mode: 0o40755 },
      { name: 'd/a', data: bytes('hello'), mode: 0o100755 },
      { name: 'l', data: bytes('d/a'), mode: 0o120777 },
    ]);
    assert.deepEqual(await outcome(archive), ['folder d', 'file d/a 5', 'link l -> d/a']);
  });

  const refusals: Readonly<Record<string, readonly [Buffer, string]>> = {
    'climbs out': [zipOf([{ name: '../a', data: bytes('x') }]), 'unsafe-archive'],
    'has a device': [zipOf([{ name: 'a', mode: 0o020644 }]), 'unsafe-archive'],
    'has a NUL in a name': [zipOf([{ name: 'a\0b', data: bytes('x') }]), 'unsafe-archive'],
    'is encrypted': [zipOf([{ name: 'a', data: bytes('x'), flags: 1 }]), 'invalid-archive'],
    'has a wrong checksum': [zipOf([{ name: 'a', data: bytes('x'), crc: 1 }]), 'invalid-archive'],
    'says less than there is': [zipOf([{ name: 'a', data: Buffer.alloc(100_000), size: 10 }]), 'invalid-archive'],
    'says more than there is': [zipOf([{ name: 'a', data: bytes('x'), size: 1000 }]), 'invalid-archive'],
    'grows beyond the ratio': [zipOf([{ name: 'a', data: Buffer.alloc(40_000_000) }]), 'limit-exceeded'],
    'lies on itself many times': [
      zipOf(Array.from({ length: 300 }, (_, i) => ({ name: `a${i}`, data: Buffer.alloc(100_000), at: 0 }))),
      'limit-exceeded',
    ],
    'is cut': [zipOf([{ name: 'a', data: bytes('x') }]).subarray(0, 60), 'invalid-archive'],
    'has a list and no entries': [zipOf([]), 'empty-archive'],
  };
  for (const [what, [archive, slug]] of Object.entries(refusals))
    test(`one that ${what} is refused`, async () => assert.equal(await outcome(archive), slug));

  test('more entries than may be: told from its list', async () => {
    const many = zipOf(Array.from({ length: 300 }, (_, i) => ({ name: `a${i}` })));
    assert.equal(await outcome(many, { settings: { LIMIT_ENTRIES: '200' } }), 'limit-exceeded');
  });
});
