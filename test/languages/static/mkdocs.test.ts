import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf, projectOf } from '../../support/projects.ts';

const site = { 'mkdocs.yml': 'site_name: Tides\n', 'docs/index.md': '' };
const framework = (files: Readonly<Record<string, string>>): string | undefined =>
  projectOf(files).merged.manifest.framework;

describe('a site of MkDocs', () => {
  test('is told by its configuration, and by requirements that list it', () => {
    assert.equal(framework(site), 'mkdocs');
    assert.equal(framework({ ...site, 'requirements.txt': 'mkdocs-material==9.5\n', 'main.py': '' }), 'mkdocs');
  });

  test('is not what a program or a library has for a manual', () => {
    assert.equal(framework({ ...site, 'pyproject.toml': '[project]\nname = "x"\n', 'main.py': '' }), undefined);
    assert.equal(
      framework({
        ...site,
        'requirements.txt': 'flask\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      }),
      'flask',
    );
  });

  test('is not what a program in another language has for a manual', () => {
    const files = { ...site, 'CMakeLists.txt': 'add_executable(tides a.c)\n', 'a.c': 'int main() {}\n' };
    assert.equal(projectOf(files).merged.manifest.language, 'cpp');
    assert.equal(projectOf({ ...files, 'docs/requirements.txt': 'mkdocs\n' }).merged.manifest.language, 'cpp');
  });

  test('is built with what its requirements list, wherever they lie, else with its theme', () => {
    const installs = (files: Readonly<Record<string, string>>) =>
      /pip install .*check (.*)$/m.exec(dockerfileOf({ ...site, ...files }))?.[1];
    assert.equal(installs({}), "'mkdocs<2'");
    assert.equal(installs({ 'mkdocs.yml': 'theme: {name: material}\n' }), "'mkdocs<2' mkdocs-material");
    assert.equal(installs({ 'mkdocs.yml': 'theme: $(reboot)\n' }), "'mkdocs<2'");
    assert.equal(installs({ 'mkdocs.yml': 'theme: [' }), "'mkdocs<2'");
    const listed = { 'docs/requirements.txt': 'mkdocs==1.6.1\n' };
    assert.equal(installs(listed), '-r requirements.txt');
    assert.match(dockerfileOf({ ...site, ...listed }), /^COPY docs\/requirements\.txt \.\/$/m);
    assert.deepEqual(adviceOf({ ...site, ...listed }), []);
    assert.deepEqual(adviceOf(site), ['requirements-missing']);
  });
});
