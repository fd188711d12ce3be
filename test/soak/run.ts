/**
 * The service under everything at once, for as long as it is told: `npm run soak [-- --minutes 30] [--seed N]`. Right answers
 * are compared byte for byte, also while others abort, are slow, never read, or send what is refused; at the end the
 * process holds what it held after the warm-up.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { randomFrom } from '../support/random.ts';
import { startProcess } from '../support/process.ts';
import { abortAnswer, abortUpload, ask, neverRead, talkNonsense, type Answer } from './clients.ts';
import { allQuestions, type Question } from './questions.ts';
import { settled, TOLERANCE, type Readings } from './readings.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
});
const AT_ONCE = 8;
const IDLE_SECONDS = 10;
/** The warm-up has to see what the load will see: each question, each manner, many at once. */
const WARM_UP = 0.15;
/**
 * In a shorter run the warm-up has not seen the peaks that the allocator keeps, and has not filled the pools and the caches of
 * bounded size: then memory is only shown. What is counted, and every answer, is judged in any.
 */
const JUDGED_FROM_MINUTES = 10;
const SHOWN_ONLY = {
  residentMiB: Number.POSITIVE_INFINITY,
  heapMiB: Number.POSITIVE_INFINITY,
  externalMiB: Number.POSITIVE_INFINITY,
};
const milliseconds = Number(values.minutes) * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'dockwright-soak-'));
const spool = join(folder, 'spool');
mkdirSync(spool);
const service = await startProcess(
  {
    SPOOL_DIR: spool,
    SPOOL_MEMORY_BYTES: String(1024 * 1024),
    LIMIT_IDLE_SECONDS: String(IDLE_SECONDS),
    UPLOAD_WAIT_SECONDS: '60',
    LOG_LEVEL: 'warn',
  },
  ['--expose-gc', '--import', fileURLToPath(new URL('../support/collect.ts', import.meta.url))],
);

interface Tally {
  done: number;
  wrong: number;
  readonly ms: number[];
}
const tallies = new Map<string, Tally>();
const faults: string[] = [];

async function counted(kind: string, act: () => Promise<string | void>): Promise<void> {
  const tally = tallies.get(kind) ?? { done: 0, wrong: 0, ms: [] };
  tallies.set(kind, tally);
  const before = performance.now();
  const fault = await act().catch((error: unknown) => String(error));
  tally.ms.push(performance.now() - before);
  tally.done += 1;
  if (typeof fault !== 'string') return;
  tally.wrong += 1;
  if (faults.length < 20) faults.push(`${kind}: ${fault}`);
}

/** Asked one after the other before any load: what is right from then on. */
async function rightAnswers(questions: readonly Question[]): Promise<ReadonlyMap<Question, Answer>> {
  const right = new Map<Question, Answer>();
  for (const question of questions) {
    const answer = await ask(service, question);
    if (answer.status !== question.status)
      throw new Error(`${question.name}: ${answer.status} ${answer.body.toString('utf8').slice(0, 300)}`);
    if (question.answer && !answer.body.equals(question.answer))
      throw new Error(`${question.name}: not the golden file`);
    right.set(question, answer);
  }
  return right;
}

process.once('exit', () => service.child.kill('SIGKILL'));

const questions = await allQuestions();
const right = await rightAnswers(questions);
const contexts = questions.filter(({ name }) => name.startsWith('middle context'));
const uploads = questions.filter(({ body, status }) => body.length > 1000 && status === 200);
const weights = questions.map(({ weight = 1 }) => weight);
const total = weights.reduce((sum, weight) => sum + weight, 0);

const random = randomFrom(Number(values.seed));
const share = (): number => random(1_000_000) / 1_000_000;
const oneOf = <T>(list: readonly T[]): T => list[random(list.length)] as T;

function anyQuestion(): Question {
  let left = share() * total;
  return questions.find((_question, n) => (left -= weights[n] ?? 0) < 0) ?? oneOf(questions);
}

async function compare(question: Question, pieces?: number): Promise<string | undefined> {
  const answer = await ask(service, question, pieces);
  const known = right.get(question);
  if (answer.status !== known?.status) return `${question.name}: ${answer.status}, not ${known?.status}`;
  return answer.body.equals(known.body) ? undefined : `${question.name}: other bytes`;
}

const kindOf = ({ name }: Question): string =>
  name.startsWith('bad')
    ? 'refused'
    : name.startsWith('middle')
      ? 'middle archive'
      : name.startsWith('GET') || name.startsWith('manifest ')
        ? 'manifest and GET'
        : 'small archive';

async function turn(): Promise<void> {
  const manner = share();
  if (manner < 0.8) {
    const question = anyQuestion();
    return counted(kindOf(question), async () => compare(question));
  }
  if (manner < 0.85) return counted('slow sender', async () => compare(oneOf(uploads), 10));
  if (manner < 0.92) return counted('aborted upload', async () => abortUpload(service, oneOf(uploads), share()));
  if (manner < 0.96) return counted('aborted answer', async () => abortAnswer(service, oneOf(contexts)));
  if (manner < 0.965)
    return counted('never reads', async () => neverRead(service, oneOf(contexts), (IDLE_SECONDS + 2) * 1000));
  return counted('no HTTP', async () => {
    const answer = await talkNonsense(
      service,
      oneOf(['nonsense\r\n\r\n', 'GET / HTTP/9\r\n\r\n', `GET /${'x'.repeat(40_000)} HTTP/1.1\r\n\r\n`]),
    );
    return /^HTTP\/1\.1 (400|431|414) /.test(answer) ? undefined : `answered ${JSON.stringify(answer.slice(0, 80))}`;
  });
}

async function load(forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  const work = async (): Promise<void> => {
    while (performance.now() < until) await turn();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // The last ones to be cut, and to be noticed as gone.
  await wait(IDLE_SECONDS * 1000);
}

await load(milliseconds * WARM_UP);
const before = await settled(service, spool);
await load(milliseconds * (1 - WARM_UP));
const after = await settled(service, spool);
const died = service.child.exitCode;
await service.end();
rmSync(folder, { recursive: true, force: true });

const percentile = (ms: number[], part: number): number =>
  Math.round(ms.sort((a, b) => a - b)[Math.floor((ms.length - 1) * part)] ?? 0);
console.log(`${values.minutes} minutes, seed ${values.seed}, ${AT_ONCE} at once, ${questions.length} questions`);
console.table(
  Object.fromEntries(
    [...tallies]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([kind, { done, wrong, ms }]) => [
        kind,
        { done, wrong, 'p50 ms': percentile(ms, 0.5), 'p99 ms': percentile(ms, 0.99) },
      ]),
  ),
);
const tolerance: Readings = {
  ...TOLERANCE,
  ...(Number(values.minutes) < JUDGED_FROM_MINUTES ? SHOWN_ONLY : {}),
};
const names = Object.keys(tolerance) as (keyof Readings)[];
const rounded = (value: number): number => Math.round(value * 10) / 10;
console.table(
  Object.fromEntries(
    names.map((name) => [
      name,
      {
        'after warm-up': rounded(before[name]),
        'at the end': rounded(after[name]),
        'may be more by': tolerance[name],
        held: after[name] - before[name] <= tolerance[name],
      },
    ]),
  ),
);
for (const name of names)
  if (!(after[name] - before[name] <= tolerance[name])) faults.push(`${name}: ${before[name]}, then ${after[name]}`);
if (died !== null) faults.push(`the service ended by itself: ${died}`);
const logged = service
  .log()
  .split('\n')
  .filter((line) => /"level":(50|60)/.test(line));
faults.push(...logged.slice(0, 5));
for (const fault of faults) console.log(fault);
console.log(`soak: ${faults.length === 0 ? 1 : 0} passed, ${faults.length === 0 ? 0 : 1} failed`);
process.exitCode = faults.length === 0 ? 0 : 1;
