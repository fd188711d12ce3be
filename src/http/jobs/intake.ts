import type { Readable } from 'node:stream';
import { isTar } from '../../source/sniff.ts';
import type { Manifest } from '../../manifest/schema.ts';
import type { Job, JobAnswer, JobTools } from './job.ts';
import { runJob } from './run-job.ts';
import type { ThreadJob, Threads } from './threads.ts';

/**
 * Where a job is done. A small archive is read between two requests, in a few milliseconds; a large one in a thread,
 * as it would keep all other requests waiting.
 */

/** Bytes up to which an archive is small: as it is, or compressed, when it may hold much more. */
const SMALL_TAR = 512 * 1024;
const SMALL_COMPRESSED = 64 * 1024;

export interface JobPlace {
  readonly threads: Threads;
  readonly tools: JobTools;
  readonly read: (format: string, entries: number) => void;
}

async function* once(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
  return Promise.resolve();
}

/** Takes the archive, then the manifest, which in a form may come before it or after. */
export class Intake {
  readonly #job: Job;
  readonly #place: JobPlace;
  #head: Buffer[] = [];
  #remote: ThreadJob | undefined;
  #cancelled = false;

  constructor(job: Job, place: JobPlace) {
    this.#job = job;
    this.#place = place;
  }

  /** Reads all of a stream; where the job fails in the middle, rejects at once. */
  async feed(bytes: Readable): Promise<void> {
    const rest = await this.#takeHead(bytes);
    if (!rest || this.#cancelled) return;
    const { threads, read } = this.#place;
    this.#remote = threads.open(this.#job, read);
    bytes.unshift(Buffer.concat(this.#head));
    this.#head = [];
    await this.#remote.feed(bytes);
  }

  /** True where there is more than a small archive. */
  async #takeHead(bytes: Readable): Promise<boolean> {
    let length = 0;
    let most: number = SMALL_COMPRESSED;
    // Not destroyed when it is left: it goes on in a thread.
    for await (const chunk of bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      this.#head.push(chunk);
      length += chunk.length;
      if (length <= most || this.#place.threads.count === 0) continue;
      if (most === SMALL_TAR || !isTar(Buffer.concat(this.#head))) return true;
      most = SMALL_TAR;
    }
    return false;
  }

  async finish(manifest: Manifest): Promise<JobAnswer> {
    if (this.#remote) return this.#remote.finish(manifest);
    const { tools, read } = this.#place;
    return runJob(this.#job, { bytes: once(this.#head), manifest: Promise.resolve(manifest) }, tools, read);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#remote?.cancel();
  }
}
