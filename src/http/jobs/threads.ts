import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Manifest } from '../../manifest/schema.ts';
import { Problem } from '../../problems/problem.ts';
import { free } from '../../source/free.ts';
import type { SourceLimits } from '../../source/limits.ts';
import { cleanSpoolDirectory } from '../../source/spool.ts';
import type { BudgetLedger } from '../../source/spool-budget.ts';
import type { Job, JobAnswer } from './job.ts';
import { laneMemory, LaneReceiver, LaneSender } from './lane.ts';
import { failureOf, type FromThread, type ToThread } from './port.ts';

/** The threads for large jobs: begun when they are needed, ended when there is nothing more to do. */

export interface ThreadSettings {
  readonly limits: SourceLimits;
  readonly directory: string;
  readonly memoryBytes: number;
  readonly budget: { readonly total: number; readonly ledger: BudgetLedger; readonly thread: number };
  readonly version: string;
}

export interface NewJob {
  /** What the thread says when it has nothing more to do with the job, nor with its lanes, however it ended. */
  readonly id: number;
  readonly port: MessagePort;
  readonly job: Job;
  readonly toThread: SharedArrayBuffer;
  readonly fromThread: SharedArrayBuffer;
}

/** The lanes of a job, by the ends that are here. */
type Lanes = Pick<NewJob, 'toThread' | 'fromThread'>;

/** A job in a thread. It is fed, then finished; `cancel` gives it up at any time. */
export interface ThreadJob {
  /** Sends the archive, and frees its chunks. Rejects, and destroys the stream, as soon as the job has failed. */
  feed(bytes: Readable): Promise<void>;
  finish(manifest: Manifest): Promise<JobAnswer>;
  cancel(): void;
}

type Read = (format: string, entries: number) => void;

/** Begun for one large upload, a thread is likely to be wanted for the next. */
const IDLE_MS = 20_000;
/** Buffers that have been used are given back with the young generation, so a small one keeps little of an archive. */
const YOUNG_MIB = 2;

/** Of `.ts` in development, of `.js` when it has been built. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

interface Thread {
  readonly worker: Worker;
  /** What it has to do. */
  readonly jobs: Set<RemoteJob>;
  /** Those that it has not said to be done with. */
  readonly begun: Map<number, RemoteJob>;
  idle: NodeJS.Timeout | undefined;
}

const ended = (cause: unknown): Problem =>
  new Problem('overloaded', {
    detail: 'The memory for uploads ran out, or the thread that read this one ended.',
    hint: 'Try again in a few seconds; send less (tar --exclude=node_modules …), or give the service more memory.',
    cause,
  });

/** Who hears of a job's end. The thread may hear it twice. */
interface JobEnds {
  readonly threadIsFree: () => void;
  readonly lanesAreFree: () => void;
}

class RemoteJob implements ThreadJob {
  readonly #port: MessagePort;
  readonly #archive: LaneSender;
  readonly #blocks: LaneReceiver;
  readonly #answer = Promise.withResolvers<JobAnswer>();
  readonly #ends: JobEnds;
  #failure: { readonly error: unknown } | undefined;
  #fed: Writable | undefined;
  /** What still may touch the lanes. */
  #using = { thread: true, here: true };

  constructor(port: MessagePort, { toThread, fromThread }: Lanes, read: Read, ends: JobEnds) {
    this.#port = port;
    this.#ends = ends;
    this.#archive = new LaneSender(toThread, (filled) => this.#post({ kind: 'bytes', filled }));
    this.#blocks = new LaneReceiver(fromThread, (block) => this.#post({ kind: 'used', block }));
    this.#answer.promise.catch(() => undefined);
    port.on('message', (message: FromThread) => this.#take(message, read));
  }

  #take(message: FromThread, read: Read): void {
    switch (message.kind) {
      case 'used':
        return this.#archive.used(message.block);
      case 'read':
        return read(message.format, message.entries);
      case 'bytes':
        return this.#blocks.push(message.filled);
      case 'end':
        return this.#leave();
      case 'failed':
        return this.fail(failureOf(message.failure));
      case 'answer': {
        const { body, ...rest } = message.answer;
        const bytes = body instanceof Uint8Array ? Buffer.from(body) : body;
        this.#answer.resolve({ ...rest, body: bytes ?? this.#blocks.blocks(), dispose: () => this.cancel() });
        if (bytes !== undefined) this.cancel();
      }
    }
  }

  #post(message: ToThread): void {
    this.#port.postMessage(message, []);
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#answer.reject(error);
    this.#blocks.fail(error);
    this.#fed?.destroy(error instanceof Error ? error : new Error('the job failed', { cause: error }));
    this.cancel();
  }

  cancel(): void {
    this.#leave();
    // What has not been read by now will not be.
    this.#done('here');
  }

  /** The thread is done with the job. */
  over(): void {
    this.#done('thread');
  }

  #done(side: 'thread' | 'here'): void {
    if (!this.#using[side]) return;
    this.#using[side] = false;
    if (!this.#using.thread && !this.#using.here) this.#ends.lanesAreFree();
  }

  /** The thread has nothing more to do; what has come from it can still be read. */
  #leave(): void {
    // Ends what still waits for more of it.
    this.#blocks.end();
    this.#archive.close();
    this.#port.close();
    this.#ends.threadIsFree();
  }

  async #send(chunk: Buffer): Promise<void> {
    await this.#archive.write(chunk);
    free(chunk);
  }

  async feed(bytes: Readable): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    // Piped, chunks come as they are; to a loop that awaits, they come put together, which copies all of them.
    this.#fed = new Writable({
      write: (chunk: Buffer, _encoding, done) => void this.#send(chunk).finally(done),
    });
    await pipeline(bytes, this.#fed);
    this.#archive.flush();
    this.#post({ kind: 'end' });
  }

  async finish(manifest: Manifest): Promise<JobAnswer> {
    if (!this.#failure) this.#post({ kind: 'manifest', manifest });
    return this.#answer.promise;
  }
}

export class Threads {
  readonly #settings: Omit<ThreadSettings, 'budget'>;
  readonly #budget: { readonly total: number; readonly ledger: BudgetLedger };
  readonly #threads: (Thread | undefined)[];
  /** Of jobs that are over. They are used again: the collector does not see how much memory is shared. */
  #lanes: Lanes[] = [];
  #nextId = 0;
  /** What a thread may take for objects; one that takes more is ended, and its jobs are refused. */
  readonly #heapMiB: number;

  /** The ledger has a place for each thread after the first, which is the process's own. */
  constructor(
    { count, heapMiB }: { readonly count: number; readonly heapMiB: number },
    settings: Omit<ThreadSettings, 'budget'>,
    budget: { readonly total: number; readonly ledger: BudgetLedger },
  ) {
    this.#heapMiB = heapMiB;
    this.#settings = settings;
    this.#budget = budget;
    this.#threads = Array.from({ length: count }, () => undefined);
  }

  /** Pairs of lanes that wait for the next job. */
  get spareLanes(): number {
    return this.#lanes.length;
  }

  get count(): number {
    return this.#threads.length;
  }

  /** Begins a job in the thread that has the least to do. `read` hears of the archive when it has been read. */
  open(job: Job, read: Read): ThreadJob {
    const index = this.#leastBusy();
    const thread = (this.#threads[index] ??= this.#start(index));
    clearTimeout(thread.idle);
    const { port1, port2 } = new MessageChannel();
    const lanes = this.#lanes.pop() ?? { toThread: laneMemory(), fromThread: laneMemory() };
    const remote = new RemoteJob(port1, lanes, read, {
      threadIsFree: () => {
        if (thread.jobs.delete(remote) && thread.jobs.size === 0) this.#rest(thread);
      },
      lanesAreFree: () => void this.#lanes.push(lanes),
    });
    const id = this.#nextId++;
    thread.jobs.add(remote);
    thread.begun.set(id, remote);
    thread.worker.postMessage({ id, port: port2, job, ...lanes } satisfies NewJob, [port2]);
    return remote;
  }

  #leastBusy(): number {
    const loads = this.#threads.map((thread) => thread?.jobs.size ?? 0);
    const least = Math.min(...loads);
    // One that runs comes before one that would have to be begun.
    const running = loads.findIndex((load, i) => load === least && this.#threads[i] !== undefined);
    return running < 0 ? loads.indexOf(least) : running;
  }

  #start(index: number): Thread {
    const worker = new Worker(entry, {
      workerData: { ...this.#settings, budget: { ...this.#budget, thread: index + 1 } } satisfies ThreadSettings,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB, maxOldGenerationSizeMb: this.#heapMiB },
      env: {},
    });
    worker.unref();
    const thread: Thread = { worker, jobs: new Set(), begun: new Map(), idle: undefined };
    worker.on('message', (id: number) => {
      thread.begun.get(id)?.over();
      thread.begun.delete(id);
    });
    worker.once('error', (error) => this.#lose(index, thread, error));
    worker.once('exit', () => this.#lose(index, thread, new Error('the thread ended')));
    return thread;
  }

  #rest(thread: Thread): void {
    thread.idle = setTimeout(() => {
      if (this.#threads.every((other) => !other?.jobs.size)) this.#lanes = [];
      void thread.worker.terminate();
    }, IDLE_MS).unref();
  }

  /** What the thread had of the budget is free again; its files have no name, so they are gone (but see `close`). */
  #lose(index: number, thread: Thread, error: unknown): void {
    if (this.#threads[index] !== thread) return;
    this.#threads[index] = undefined;
    clearTimeout(thread.idle);
    for (const job of thread.jobs) job.fail(ended(error));
    Atomics.store(this.#budget.ledger, index + 1, 0n);
  }

  /** A thread may be ended between opening a file and unlinking it; a file that another thread has open loses nothing. */
  async close(): Promise<void> {
    const running = this.#threads.filter((thread) => thread !== undefined);
    if (running.length === 0) return;
    await Promise.all(running.map(async ({ worker }) => worker.terminate()));
    await cleanSpoolDirectory(this.#settings.directory);
  }
}
