/**
 * Holds every variant of every language against `docker build --check`: one fixture a language, with a stand-in for
 * each base image, since the rules of the check do not depend on what is in it.
 *
 *   npm run test:images:variants
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBuild } from '../../src/generate/build.ts';
import { languages } from '../../src/languages/index.ts';
import type { Variant } from '../../src/manifest/schema.ts';
import { Problem } from '../../src/problems/problem.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { inventoryOf } from '../support/directory.ts';
import { readFixtures, type Fixture } from '../support/fixtures.ts';
import { ANY_BASE, checkFolder, onOneBase } from './build.ts';
import { engineIsUp, ensureBases, ensureFrontend } from './engine.ts';

const tools = { templates: loadTemplates(), version: 'test' };

/** What the check has to say of one variant; a refusal with a reason is an answer too. */
async function faultsOf({ source, request }: Fixture, variant: Variant): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'variant-'));
  try {
    const manifest = { ...request, image: { ...request.image, variant } };
    const { dockerfile } = makeBuild({ tree: inventoryOf(source), manifest, dockerfile: 'generate' }, tools);
    writeFileSync(join(folder, 'Dockerfile'), onOneBase(dockerfile.text));
    return await checkFolder(folder);
  } catch (error) {
    if (error instanceof Problem && error.slug === 'not-plannable') return [];
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!(await engineIsUp())) process.exit(69);
await ensureFrontend();
await ensureBases(`FROM ${ANY_BASE}\n`);
const fixtures = readFixtures();
let passed = 0;
let failed = 0;
for (const { id, facts } of languages) {
  const fixture = fixtures.find(({ name }) => name === id || name.startsWith(`${id}-`));
  if (!fixture) throw new Error(`${id} has no fixture`);
  for (const variant of facts.variants) {
    const faults = await faultsOf(fixture, variant);
    if (faults.length === 0) passed++;
    else failed++;
    for (const fault of faults) console.log(`FAIL ${fixture.name} ${variant}: ${fault}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
