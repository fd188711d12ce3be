import { existsSync, readdirSync, readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planProject } from '../src/generate/plan.ts';
import { understandProject } from '../src/generate/project.ts';
import { languages } from '../src/languages/index.ts';
import { parseManifest } from '../src/manifest/parse.ts';
import { renderDockerfile } from '../src/render/dockerfile.ts';
import { loadTemplates } from '../src/render/load-templates.ts';
import { inventoryOf } from './support/directory.ts';
import { golden } from './support/golden.ts';

/**
 * One walker over every fixture. A fixture is a folder: `source/` is the project, `request.json` (optional) what is
 * asked with it, `Dockerfile`, `dockerignore` and `manifest.json` what must come back, `run.json` what the built
 * image must do (see test/images/).
 */
const root = new URL('fixtures/', import.meta.url).pathname;
const templates = loadTemplates();

for (const name of readdirSync(root)) {
  const folder = `${root}${name}`;
  describe(`fixture ${name}`, () => {
    const request = existsSync(`${folder}/request.json`)
      ? parseManifest(readFileSync(`${folder}/request.json`, 'utf8'), 'request.json')
      : {};

    test('gives the manifest and the Dockerfile that are kept beside it', () => {
      const project = understandProject(inventoryOf(`${folder}/source`), request);
      const plan = planProject(project);
      golden(`${folder}/manifest.json`, `${JSON.stringify(project.merged, null, 2)}\n`);
      golden(`${folder}/Dockerfile`, renderDockerfile(plan, templates, 'test').text);
    });

    test('says what its image has to do', () => {
      assert.ok(existsSync(`${folder}/run.json`), 'run.json is missing');
    });
  });
}

describe('languages', () => {
  for (const { id } of languages) {
    test(`${id} has a fixture`, () => {
      assert.ok(readdirSync(root).some((name) => name === id || name.startsWith(`${id}-`)));
    });
  }
});
