/**
 * Builds every fixture with a real engine, from what the service answers, and runs it:
 *
 *   npm run test:images            all of them
 *   npm run test:images -- NAME…   those whose name begins so
 *
 * Exit status 1 when one fails; 69 when there is no engine to be had.
 */
import { readFixtures, type Fixture } from '../support/fixtures.ts';
import { startService, type TestService } from '../support/service.ts';
import { buildImage, checkWarnings, contextOf, dependencySteps, editedContext, stepsRunAgain } from './build.ts';
import { proveContainer } from './container.ts';
import { docker, engineIsUp, ensureBases, ensureFrontend } from './engine.ts';

const AT_ONCE = 2;
const NO_ENGINE = 69;

interface Verdict {
  readonly faults: readonly string[];
  readonly note?: string;
}

function dockerfileIn(context: Buffer): string {
  const text = context.toString('utf8');
  return text.slice(text.lastIndexOf('# syntax=')).replace(/\0[^]*$/, '');
}

const imageOf = (name: string): string => `dockwright-fixture/${name}`;

async function prove(service: TestService, fixture: Fixture): Promise<Verdict> {
  const { name, source, run } = fixture;
  const context = await contextOf(service, source, fixture);
  const missing = await ensureBases(dockerfileIn(context));
  if (run.byReading !== undefined) return { faults: [], note: `by reading: ${run.byReading}` };
  if (missing.length > 0) return { faults: [`no base image ${missing.join(', ')}; say "byReading" in run.json`] };
  const warnings = await checkWarnings(context);
  if (warnings.length > 0) return { faults: warnings };
  const image = imageOf(name);
  try {
    const built = await buildImage(image, context);
    if (built.code !== 0) return { faults: [`the build fails:\n${built.text.slice(-2500)}`] };
    const faults = await proveContainer(image, run);
    const size = Number((await docker(['image', 'inspect', '-f', '{{.Size}}', image])).out);
    return { faults, note: `${Math.round(size / 1e6)} MB` };
  } finally {
    await docker(['rmi', '-f', image]);
  }
}

/**
 * Whether a build after an edit of the source takes the dependencies from the builder's cache. No other build may run
 * beside it: where one holds a base image that both have, BuildKit runs steps again that it has in its cache
 * (https://github.com/moby/buildkit/issues/4674).
 */
async function proveCaching(service: TestService, fixture: Fixture, edit: string): Promise<Verdict> {
  const image = imageOf(fixture.name);
  try {
    const built = await buildImage(image, await contextOf(service, fixture.source, fixture));
    if (built.code !== 0) return { faults: [`the second build fails:\n${built.text.slice(-1500)}`] };
    const again = await buildImage(image, await editedContext(service, fixture, edit));
    if (again.code !== 0) return { faults: [`the build after an edit fails:\n${again.text.slice(-1500)}`] };
    return { faults: stepsRunAgain(again.text, dependencySteps(fixture)), note: 'after an edit' };
  } finally {
    await docker(['rmi', '-f', image]);
  }
}

if (!(await engineIsUp())) {
  console.error('There is no Docker engine to test images with.');
  process.exit(NO_ENGINE);
}
await ensureFrontend();
const wanted = process.argv.slice(2);
const fixtures = readFixtures().filter(({ name }) => wanted.length === 0 || wanted.some((w) => name.startsWith(w)));
if (fixtures.length === 0) throw new Error(`no fixture is called ${wanted.join(', ')}`);
const service = await startService();
let passed = 0;
let failed = 0;

/** Says how one proof of a fixture ended; whether all is well. */
async function report({ name }: Fixture, proof: () => Promise<Verdict>): Promise<boolean> {
  const began = performance.now();
  const { faults, note }: Verdict = await proof().catch((error: unknown) => ({ faults: [String(error)] }));
  const seconds = Math.round((performance.now() - began) / 1000);
  const isWell = faults.length === 0;
  if (isWell) passed++;
  else failed++;
  console.log(`${isWell ? 'ok  ' : 'FAIL'} ${name}  ${seconds} s${note === undefined ? '' : `  ${note}`}`);
  for (const fault of faults) console.log(`     ${fault.replaceAll('\n', '\n     ')}`);
  return isWell;
}

const waiting = [...fixtures];
const well: Fixture[] = [];
async function work(): Promise<void> {
  for (let fixture = waiting.shift(); fixture; fixture = waiting.shift()) {
    const next = fixture;
    if (await report(next, () => prove(service, next))) well.push(next);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
for (const fixture of well) {
  const { edit, byReading } = fixture.run;
  if (edit !== undefined && byReading === undefined) await report(fixture, () => proveCaching(service, fixture, edit));
}
await service.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
