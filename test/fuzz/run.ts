/**
 * What nobody foresaw: `npm run fuzz [-- --archives 100000 --manifests 10000 --seed 1]`. A failure names the seed that
 * makes it again: `npm run fuzz -- --archives 1 --manifests 0 --seed N`.
 */
import { parseArgs } from 'node:util';
import { fuzzArchives } from './archives.ts';
import { fuzzManifests } from './manifests.ts';

const { values } = parseArgs({
  options: {
    archives: { type: 'string', default: '100000' },
    manifests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const failures: string[] = [];

for (const [what, count, fuzz] of [
  ['mutated archives', Number(values.archives), fuzzArchives],
  ['random manifests', Number(values.manifests), fuzzManifests],
] as const) {
  if (count === 0) continue;
  const began = performance.now();
  const outcome = await fuzz(count, seed);
  console.log(`${count} ${what} from seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s`);
  console.table(outcome.table);
  failures.push(...outcome.failures);
}
for (const failure of failures) console.log(failure);
console.log(`fuzz: ${failures.length === 0 ? 1 : 0} passed, ${failures.length === 0 ? 0 : 1} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
