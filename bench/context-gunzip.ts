/** Node's own gunzip, as it comes, and nothing else. */
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const [, , archive = ''] = process.argv;
const began = performance.now();
await pipeline(createReadStream(archive), createGunzip(), new Writable({ write: (_chunk, _encoding, done) => done() }));
console.log(performance.now() - began);
