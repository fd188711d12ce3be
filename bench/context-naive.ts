/** The loop that everybody writes first: gunzip, tar-stream, drop, pack, in one process and without HTTP. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';

const [, , archive = ''] = process.argv;
const began = performance.now();
const reader = extract();
const writer = pack();
const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
const written = pipeline(writer, sink);
const read = pipeline(createReadStream(archive), createGunzip(), reader);
for await (const entry of reader) {
  if (entry.header.name.startsWith('node_modules/')) {
    entry.resume();
    continue;
  }
  const target = writer.entry(entry.header) as unknown as Writable;
  for await (const chunk of entry) if (!target.write(chunk)) await once(target, 'drain');
  target.end();
}
writer.finalize();
await Promise.all([read, written]);
console.log(performance.now() - began);
