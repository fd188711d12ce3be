import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';

/** Files by path as a tar, written by a library that the service does not use: an independent view of the format. */
export async function tarOf(
  files: Readonly<Record<string, string>>,
  more: readonly (Partial<Header> & Pick<Header, 'name'>)[] = [],
): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name, mode: 0o644 }, text);
  for (const header of more) archive.entry(header);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const tarGzOf = async (files: Readonly<Record<string, string>>): Promise<Buffer> => gzipSync(await tarOf(files));
