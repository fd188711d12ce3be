import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const manifestOf = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest;

describe('shell', () => {
  test('the first line says what runs the script, and what has to be installed', () => {
    assert.deepEqual(manifestOf({ 'start.sh': '#!/usr/bin/env -S zsh -e\nls\n' }).command, ['zsh', '-e', 'start.sh']);
    assert.deepEqual(manifestOf({ 'start.sh': '#!/usr/bin/env -S zsh -e\nls\n' }).run?.packages, ['zsh']);
    assert.deepEqual(manifestOf({ 'main.sh': '#!/bin/sh\necho\n' }).command, ['sh', 'main.sh']);
    assert.deepEqual(manifestOf({ 'backup.sh': 'echo no first line\n' }).command, ['bash', 'backup.sh']);
  });

  test('commands that the image lacks are installed; words and comments are not taken for commands', () => {
    const script = '#!/bin/sh\n# git is not used\nV=$(curl -s x | jq .a)\necho "make tea" && FOO=1 rsync a b\n';
    assert.deepEqual(manifestOf({ 'start.sh': script }).run?.packages, ['ca-certificates', 'curl', 'jq', 'rsync']);
  });

  test('a script that uses PORT is a service, any other a job', () => {
    const service = manifestOf({ 'start.sh': 'exec nc -lk -p "${PORT:-7000}"\n' });
    assert.deepEqual([service.workload, service.port], ['service', 7000]);
    assert.equal(manifestOf({ 'start.sh': 'echo\n' }).workload, 'job');
  });

  test('it never beats a real language', () => {
    assert.equal(
      projectOf({ 'start.sh': 'go run .\n', 'go.mod': 'module a.b/c\n', 'main.go': 'package main\n' }).language.id,
      'go',
    );
    assert.equal(projectOf({ 'start.sh': 'echo\n', 'index.html': '<p>' }).language.id, 'static');
  });

  test('a folder of scripts is no app beside one that is', () => {
    const project = projectOf({
      'deploy/start.sh': 'echo\n',
      'api/go.mod': 'module a.b/c\n',
      'api/main.go': 'package main\n',
    });
    assert.equal(project.app.path, 'api');
  });

  test('the shell is no PID 1', () => {
    assert.match(
      dockerfileOf({ 'start.sh': 'sleep 9\n' }),
      /ENTRYPOINT \["\/usr\/local\/bin\/catatonit", "--"\]\nCMD \["bash", "start\.sh"\]/,
    );
  });

  test('several scripts without a telling name are no app', () => {
    assert.equal(problemOf(() => dockerfileOf({ 'a.sh': 'x\n', 'b.sh': 'y\n' }))?.slug, 'no-language');
    assert.equal(
      problemOf(() => dockerfileOf({ 'a.sh': 'x\n', 'b.sh': 'y\n' }, { language: 'shell' }))?.slug,
      'no-start-command',
    );
  });
});
