import { parentPort, workerData } from 'node:worker_threads';
import { loadTemplates } from '../../render/load-templates.ts';
import { root } from '../../root.ts';
import { createSpoolBudget } from '../../source/spool-budget.ts';
import type { Manifest } from '../../manifest/schema.ts';
import type { JobAnswer, JobTools } from './job.ts';
import { isKeptText } from '../../generate/kept-text.ts';
import { LaneReceiver, LaneSender } from './lane.ts';
import { wireFailure, type FromThread, type ToThread } from './port.ts';
import { runJob } from './run-job.ts';
import type { NewJob, ThreadSettings } from './threads.ts';

/** A thread: jobs that are too large to be done between two requests. It does several at once. */

const { limits, directory, memoryBytes, budget, version } = workerData as ThreadSettings;

const tools: JobTools = {
  version,
  templates: loadTemplates(new URL('templates/', root)),
  reading: {
    limits,
    keepText: isKeptText,
    spool: { directory, memoryBytes, budget: createSpoolBudget(budget.total, budget.ledger, budget.thread) },
  },
};

const givenUp = new Error('the job was given up');

async function sendBlocks({ body }: JobAnswer, lane: LaneSender): Promise<void> {
  for await (const block of body as AsyncIterable<Buffer> | Iterable<Buffer>) if (!(await lane.write(block))) return;
  lane.flush();
}

async function work({ port, job, toThread, fromThread }: NewJob): Promise<void> {
  const post = (message: FromThread): void => port.postMessage(message);
  const arrivals = new LaneReceiver(toThread, (block) => post({ kind: 'used', block }));
  const answers = new LaneSender(fromThread, (filled) => post({ kind: 'bytes', filled }));
  const manifest = Promise.withResolvers<Manifest>();
  manifest.promise.catch(() => undefined);
  port.on('message', (message: ToThread) => {
    if (message.kind === 'bytes') arrivals.push(message.filled);
    else if (message.kind === 'end') arrivals.end();
    else if (message.kind === 'used') answers.used(message.block);
    else manifest.resolve(message.manifest);
  });
  port.once('close', () => {
    arrivals.fail(givenUp);
    manifest.reject(givenUp);
    answers.close();
  });
  try {
    const answer = await runJob(
      job,
      { bytes: arrivals.blocks(), manifest: manifest.promise },
      tools,
      (format, entries) => post({ kind: 'read', format, entries }),
    );
    try {
      const { body, dispose: _, ...rest } = answer;
      const whole = typeof body === 'string' || Buffer.isBuffer(body);
      post({ kind: 'answer', answer: { ...rest, body: whole ? body : undefined } });
      if (!whole) await sendBlocks(answer, answers);
      if (!whole) post({ kind: 'end' });
    } finally {
      answer.dispose();
    }
  } catch (error) {
    post({ kind: 'failed', failure: wireFailure(error) });
  }
  // Of the last message the other side closes the port: closing it here could overtake what is on the way.
}

parentPort?.on('message', (job: NewJob) => void work(job).finally(() => parentPort?.postMessage(job.id, [])));
