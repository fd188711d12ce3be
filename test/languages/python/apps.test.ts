import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf, projectOf } from '../../support/projects.ts';

const flask = 'from flask import Flask\napp = Flask(__name__)\n';

test('a root without a program gives way to the projects below it', () => {
  const files = {
    'requirements.txt': 'pytest',
    'noxfile_config.py': 'CONFIG = {}\n',
    'editor/requirements.txt': 'flask',
    'editor/main.py': flask,
  };
  assert.equal(projectOf(files).app.path, 'editor');
  const two = { ...files, 'renderer/requirements.txt': 'flask', 'renderer/main.py': flask };
  assert.equal(problemOf(() => projectOf(two))?.slug, 'ambiguous-app');
});

test('a root that has a program, or says what it is, is the app', () => {
  const below = { 'requirements.txt': 'flask', 'site/requirements.txt': 'flask', 'site/main.py': flask };
  assert.equal(projectOf({ ...below, 'app.py': flask }).app.path, '');
  assert.equal(projectOf({ ...below, Procfile: 'web: gunicorn --chdir site main:app\n' }).app.path, '');
  assert.equal(projectOf({ ...below, 'dockwright.yaml': 'command: python -m site.main\n' }).app.path, '');
});
