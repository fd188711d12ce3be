import type { Manifest } from '../../manifest/schema.ts';
import { readSource } from '../../source/read-source.ts';
import { etagOf } from '../answer.ts';
import { withOptions, type SourceOptions } from '../schemas/options.ts';
import type { Job, JobAnswer, JobTools, Work } from './job.ts';
import { works } from './works.ts';

export interface JobInput {
  readonly bytes: AsyncIterable<Buffer>;
  /** Comes with the archive, before it or after. */
  readonly manifest: Promise<Manifest>;
}

/**
 * Does a job: reads the archive, and makes what was asked for of it. Rejects with what reading rejects with, and with
 * the problems of the work; then nothing is kept. `read` hears of an archive when it has been read.
 */
export async function runJob(
  { work: id, type, query, strip }: Job,
  { bytes, manifest: sentManifest }: JobInput,
  tools: JobTools,
  read: (format: string, entries: number) => void,
): Promise<JobAnswer> {
  // Its type is parsed by the operation of the same name.
  const work = works[id] as Work<SourceOptions>;
  const source = await readSource(bytes, {
    ...tools.reading,
    contents: work.contents,
    ...(strip === undefined ? {} : { strip }),
  });
  try {
    read(source.format, source.inventory.entries.length);
    const sent = await sentManifest;
    const options = query as SourceOptions;
    const written = work.write({ source, manifest: withOptions(sent, options), query: options }, type, tools);
    return {
      ...written,
      etag: etagOf(tools.version, source.digest, sent, query, type),
      dispose: () => source.dispose(),
    };
  } catch (error) {
    source.dispose();
    throw error;
  }
}
