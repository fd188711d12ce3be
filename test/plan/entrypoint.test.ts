import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { planProject } from '../../src/generate/plan.ts';
import { understandProject } from '../../src/generate/project.ts';
import { inlineInventory } from '../../src/inventory/inventory.ts';
import type { Manifest } from '../../src/manifest/schema.ts';
import { entrypointScript } from '../../src/plan/entrypoint.ts';
import { renderDockerfile } from '../../src/render/dockerfile.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';

const templates = loadTemplates();
const dockerfile = (manifest: Manifest): string =>
  renderDockerfile(
    planProject(
      understandProject(inlineInventory({ 'go.mod': 'module example.com/app\n\ngo 1.26\n' }), {
        language: 'go',
        ...manifest,
      }),
    ),
    templates,
    'test',
  ).text;

describe('ENTRYPOINT and CMD', () => {
  test('a command is CMD', () => {
    assert.match(dockerfile({ command: ['app', '-v'] }), /\nCMD \["app", "-v"\]\n/);
  });

  test('a fixed program is ENTRYPOINT, its arguments CMD', () => {
    const text = dockerfile({ entrypoint: { program: ['app', 'serve'] }, command: ['--port=8080'] });
    assert.match(text, /\nENTRYPOINT \["app", "serve"\]\nCMD \["--port=8080"\]\n/);
  });

  test('a fixed program without arguments leaves CMD empty', () => {
    assert.match(dockerfile({ entrypoint: { program: ['app'] } }), /\nENTRYPOINT \["app"\]\nCMD \[\]\n/);
  });

  test('the script comes before the program', () => {
    const text = dockerfile({ entrypoint: { required: ['DATABASE_URL'], program: ['app'] }, command: '--fast "a b"' });
    assert.match(text, /\nENTRYPOINT \["\/usr\/local\/bin\/docker-entrypoint.sh", "app"\]\nCMD \["--fast", "a b"\]\n/);
  });

  test('an image without a shell cannot have the script', () => {
    assert.throws(
      () => dockerfile({ command: ['app'], entrypoint: { required: ['A'] }, image: { variant: 'distroless' } }),
      /no shell .* required variables/,
    );
  });

  test('a template is copied, and the file that it becomes is there for the user', () => {
    const text = dockerfile({
      command: ['app'],
      entrypoint: { render: [{ template: 'conf/app.conf.tmpl', to: '/run/app/app.conf' }] },
    });
    assert.match(text, /COPY --chmod=644 conf\/app.conf.tmpl \/etc\/docker-entrypoint\.template\.1\n/);
    assert.match(text, /COPY --chown=10001:10001 <<"EOF" \/run\/app\/app\.conf\nEOF/);
  });
});

describe('docker-entrypoint.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'entrypoint-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const script = join(folder, 'docker-entrypoint.sh');
  const run = (
    entrypoint: NonNullable<Manifest['entrypoint']>,
    env: Record<string, string>,
    argv = ['echo', 'started'],
  ) => {
    writeFileSync(script, entrypointScript(entrypoint)?.text ?? '');
    return spawnSync('/bin/sh', [script, ...argv], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', ...env },
      cwd: folder,
    });
  };

  test('says every variable that is not set, and ends', () => {
    const { status, stderr, stdout } = run({ required: ['A', 'B', 'C'] }, { B: 'x' });
    assert.equal(status, 64);
    assert.equal(stderr, 'docker-entrypoint.sh: not set: A C\n');
    assert.equal(stdout, '');
  });

  test('takes a value from the file that NAME_FILE names', () => {
    writeFileSync(join(folder, 'secret'), 'from a file');
    const { stdout } = run({ required: ['A'] }, { A_FILE: join(folder, 'secret') }, ['sh', '-c', 'echo "$A"']);
    assert.equal(stdout, 'from a file\n');
  });

  test('runs the steps, then the program in its own place', () => {
    const { stdout } = run({ steps: ['echo one', 'test -n "${HOME:-}" || echo two'] }, {}, ['sh', '-c', 'echo $$']);
    assert.match(stdout, /^one\ntwo\n\d+\n$/);
  });

  test('a step that fails ends the container', () => {
    const { status, stdout } = run({ steps: ['false'] }, {});
    assert.equal(status, 1);
    assert.equal(stdout, '');
  });

  test('renders what a variable holds as it is, and only once', () => {
    writeFileSync(join(folder, 'template'), 'a=${A} b=${B}\n$A ${not a name}\n');
    const text = entrypointScript({ render: [{ template: 'x', to: 'out' }] })?.text ?? '';
    writeFileSync(script, text.replace('/etc/docker-entrypoint.template.1', join(folder, 'template')));
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (value) => {
        fc.pre(!/[\0\n]/.test(value));
        execFileSync('/bin/sh', [script, 'true'], {
          cwd: folder,
          env: { PATH: process.env['PATH'] ?? '', A: value, B: '${A}' },
        });
        assert.equal(readFileSync(join(folder, 'out'), 'utf8'), `a=${value} b=\${A}\n$A \${not a name}\n`);
      }),
      { numRuns: 30 },
    );
  });

  test('a template that names a variable which is not set ends the container', () => {
    const { status, stderr } = spawnSync('/bin/sh', [script, 'true'], {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '' },
    });
    assert.equal(status, 64);
    assert.match(stderr, /names A, which is not set/);
  });
});
