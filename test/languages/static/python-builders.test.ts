import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf, projectOf } from '../../support/projects.ts';

type Files = Readonly<Record<string, string>>;
const framework = (files: Files): string | undefined => projectOf(files).merged.manifest.framework;
const installs = (files: Files): string | undefined => /pip install .*check (.*)$/m.exec(dockerfileOf(files))?.[1];

const docs = { 'conf.py': "project = 'Tides'\nextensions = []\n", 'index.rst': '' };

describe('a site of Sphinx', () => {
  test('is told by its configuration beside its first page, wherever it lies', () => {
    assert.equal(framework(docs), 'sphinx');
    const below = {
      'docs/source/conf.py': docs['conf.py'],
      'docs/source/index.md': '',
      'docs/requirements.txt': 'sphinx\n',
    };
    assert.equal(framework(below), 'sphinx');
    assert.match(dockerfileOf(below), /^RUN sphinx-build -b html docs\/source \/site$/m);
    assert.match(dockerfileOf(docs), /^RUN sphinx-build -b html \. \/site$/m);
    assert.match(dockerfileOf(docs), /^COPY --from=build \/site\/ \/srv\/$/m);
  });

  test('is not what a library has for a manual', () => {
    assert.notEqual(
      framework({ ...docs, 'setup.py': 'from setuptools import setup\nsetup()\n', 'main.py': '' }),
      'sphinx',
    );
  });

  test('is built with what its requirements list, else with the packages of what its configuration names', () => {
    assert.equal(installs({ ...docs, 'requirements.txt': 'sphinx==8.2\n' }), '-r requirements.txt');
    assert.equal(
      installs({ ...docs, 'conf.py': "extensions = ['myst_parser', 'ours']\nhtml_theme = 'furo'\n" }),
      'sphinx furo myst-parser',
    );
    assert.deepEqual(adviceOf(docs), ['requirements-missing']);
  });
});

describe('weblogs by programs in Python', () => {
  test('Pelican writes what is published, of the folder that its settings name', () => {
    const site = { 'pelicanconf.py': "PATH = 'pages'\n", 'pages/a.md': '' };
    assert.equal(framework(site), 'pelican');
    assert.match(dockerfileOf(site), /^RUN pelican pages --output \/site --settings pelicanconf\.py$/m);
    assert.match(dockerfileOf({ ...site, 'publishconf.py': '' }), /--settings publishconf\.py$/m);
    assert.match(dockerfileOf({ 'pelicanconf.py': "PATH = '-x'\n" }), /^RUN pelican content /m);
  });

  test('Nikola', () => {
    const site = { 'conf.py': 'BLOG_TITLE = "Tides"\n', 'posts/a.md': '' };
    assert.equal(framework(site), 'nikola');
    assert.match(dockerfileOf(site), /^COPY --from=build \/app\/output\/ \/srv\/$/m);
  });
});
