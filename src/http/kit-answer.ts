import { gzipSync } from 'node:zlib';
import { packFiles } from '../context/pack.ts';
import type { MadeKit } from '../kit/index.ts';

/** A kit as its operations answer with it: as JSON, or as a tar to unpack over the project. */

export const kitTypes = ['application/json', 'application/x-tar', 'application/gzip'] as const;

export function kitBody(kit: MadeKit, type: (typeof kitTypes)[number]): string | Buffer {
  if (type === 'application/json')
    return JSON.stringify({
      ...kit,
      files: kit.files.map(({ path, part, why, executable = false, text }) => ({ path, part, why, executable, text })),
    });
  const tar = packFiles(
    kit.files.map(({ path, text, executable }) => ({ path, text, mode: executable ? 0o755 : 0o644 })),
  );
  return type === 'application/gzip' ? gzipSync(tar) : tar;
}
