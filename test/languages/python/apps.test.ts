import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

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

test('a command of the project’s own leaves it to the framework where it listens', () => {
  const envOf = (web: string, requirements: string, app: string): unknown =>
    projectOf({ 'requirements.txt': requirements, 'app.py': app, Procfile: `web: ${web}\n` }).merged.manifest.run?.env;
  assert.deepEqual(envOf('chainlit run app.py -h --port 8080', 'chainlit', 'import chainlit as cl\n@cl.on_message\n'), {
    CHAINLIT_HOST: '0.0.0.0',
  });
  assert.deepEqual(envOf('python app.py', 'gradio', 'import gradio as gr\ngr.Interface().launch()\n'), {
    GRADIO_SERVER_NAME: '0.0.0.0',
  });
  const gradio = { 'requirements.txt': 'gradio', 'app.py': 'import gradio as gr\ngr.Interface().launch()\n' };
  assert.match(
    dockerfileOf({ ...gradio, Procfile: 'web: python app.py\n' }),
    /GRADIO_SERVER_PORT="8080"[^]*EXPOSE 8080/,
  );
  assert.doesNotMatch(dockerfileOf(gradio), /GRADIO_SERVER_PORT="/);
});

test('what templates name is compressed ahead of time, whatever the settings of development say', () => {
  const text = dockerfileOf({
    'requirements.txt': 'Django>=5\ngunicorn\ndjango-compressor\n',
    'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    'shop/settings.py':
      'INSTALLED_APPS = ["django.contrib.staticfiles", "compressor"]\nSTATIC_ROOT = BASE_DIR / "out"\nCOMPRESS_OFFLINE = True\n',
    'shop/wsgi.py': 'application = get_wsgi_application()\n',
  });
  assert.match(text, /collectstatic --noinput[^]*python manage\.py compress --force/);
});
