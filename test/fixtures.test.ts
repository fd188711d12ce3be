import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DockerfileParser } from 'dockerfile-ast';
import { makeBuild } from '../src/generate/build.ts';
import { languages } from '../src/languages/index.ts';
import { Problem } from '../src/problems/problem.ts';
import { loadTemplates } from '../src/render/load-templates.ts';
import { inventoryOf } from './support/directory.ts';
import { readFixtures } from './support/fixtures.ts';
import { golden } from './support/golden.ts';

/**
 * One walker over every fixture. A fixture is a folder: `source/` is the project, `request.json` (optional) what is
 * asked with it, `Dockerfile`, `dockerignore` and `manifest.json` what must come back, `run.json` what the built
 * image must do (see test/images/).
 */
const tools = { templates: loadTemplates(), version: 'test' };
const fixtures = readFixtures();

for (const { name, folder, source, request, run } of fixtures) {
  describe(`fixture ${name}`, () => {
    const tree = inventoryOf(source);
    const build = (manifest = request) => makeBuild({ tree, manifest, dockerfile: 'generate' }, tools);

    test('gives the files that are kept beside it', () => {
      const { project, dockerfile, ignore, warnings } = build();
      golden(`${folder}/manifest.json`, `${JSON.stringify({ ...project?.merged, warnings }, null, 2)}\n`);
      golden(`${folder}/Dockerfile`, dockerfile.text);
      golden(`${folder}/dockerignore`, ignore.text);
    });

    test('every instruction is one that the plan holds, with its reason', () => {
      const { dockerfile } = build();
      const parsed = DockerfileParser.parse(dockerfile.text).getInstructions();
      assert.deepEqual(
        parsed.map((i) => i.getRange().start.line + 1),
        dockerfile.steps.map((step) => step.line),
      );
      for (const step of dockerfile.steps) assert.ok(step.why.length > 5, step.instruction);
    });

    test('reads nothing that its ignore file takes away', () => {
      const missing = build().warnings.filter((w) => w.code.startsWith('copy-'));
      assert.deepEqual(missing, []);
    });

    test('can be had in every variant of its language, or says why not', () => {
      const language = languages.find(({ id }) => id === build().project?.language.id);
      for (const variant of language?.facts.variants ?? []) {
        try {
          const { dockerfile } = build({ ...request, image: { ...request.image, variant } });
          const lines = DockerfileParser.parse(dockerfile.text).getInstructions();
          assert.equal(lines.length, dockerfile.steps.length, variant);
        } catch (error) {
          assert.ok(error instanceof Problem, String(error));
          assert.equal(error.slug, 'not-plannable', error.message);
          assert.ok(error.hint, `${variant} is refused without a hint`);
        }
      }
    });

    test('says what its image has to do', () => {
      const asked = [run.output, run.http, run.exit, run.byReading].filter((part) => part !== undefined);
      assert.notEqual(asked.length, 0, 'run.json asks for nothing');
    });
  });
}

describe('languages', () => {
  for (const { id } of languages) {
    test(`${id} has a fixture`, () => {
      assert.ok(fixtures.some(({ name }) => name === id || name.startsWith(`${id}-`)));
    });
  }
});
