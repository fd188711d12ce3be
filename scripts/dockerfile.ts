/**
 * Prints the Dockerfile for a folder, without the service: for working on a language.
 *
 *   node scripts/dockerfile.ts FOLDER [MANIFEST-JSON]
 */
import { planProject } from '../src/generate/plan.ts';
import { understandProject } from '../src/generate/project.ts';
import { parseManifest } from '../src/manifest/parse.ts';
import { renderDockerfile } from '../src/render/dockerfile.ts';
import { loadTemplates } from '../src/render/load-templates.ts';
import { inventoryOf } from '../test/support/directory.ts';

const [folder, manifest = '{}'] = process.argv.slice(2);
if (!folder) throw new Error('usage: dockerfile.ts FOLDER [MANIFEST-JSON]');
const project = understandProject(inventoryOf(folder), parseManifest(manifest, 'the manifest'));
const plan = planProject(project);
process.stdout.write(renderDockerfile(plan, loadTemplates(), 'development').text);
for (const { code, detail } of plan.advice) process.stderr.write(`${code}: ${detail}\n`);
