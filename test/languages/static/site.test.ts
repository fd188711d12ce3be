import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceOf, dockerfileOf } from '../../support/projects.ts';

test('a Procfile’s own server has no place in the image of a site', () => {
  const text = dockerfileOf({ 'index.html': '', Procfile: 'web: echo "hi" && bin/boot\n' });
  assert.match(text, /CMD \["caddy", "run", /);
  assert.doesNotMatch(text, /bin\/boot/);
});

test('passwords of a Staticfile are not given out, and that they do nothing is said', () => {
  const files = { Staticfile: '', 'index.html': '', 'Staticfile.auth': 'bob:$apr1$abc' };
  assert.match(dockerfileOf(files), /COPY .*--exclude=Staticfile\*/);
  assert.ok(adviceOf(files).includes('no-password'));
});
