import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { understandProject } from '../../src/generate/project.ts';
import { inlineInventory } from '../../src/inventory/inventory.ts';

const go = {
  'go.mod': 'module example.com/shop\n\ngo 1.26\n',
  'main.go': 'package main\n\nfunc main() {}\n',
};
const understand = (procfile: string, request = {}) =>
  understandProject(inlineInventory({ ...go, Procfile: procfile }), request);

describe('a Procfile', () => {
  test('gives the web process as the command and names the others', () => {
    const { merged } = understand('worker: bin/worker --queue mail\nweb: bin/shop --verbose\n');
    assert.deepEqual(merged.manifest.command, ['bin/shop', '--verbose']);
    assert.equal(merged.manifest.workload, 'service');
    assert.deepEqual(merged.manifest.processes, { worker: ['bin/worker', '--queue', 'mail'] });
    assert.deepEqual(merged.origins['/command']?.from, {
      file: 'Procfile',
      line: 2,
      why: 'the web process of the Procfile',
    });
  });

  test('a line with a variable goes through a shell that the program replaces', () => {
    const { merged } = understand('web: bin/shop --port $PORT');
    assert.deepEqual(merged.manifest.command, ['/bin/sh', '-c', 'exec bin/shop --port $PORT']);
  });

  test('without a web process the worker is the command, and it is no service', () => {
    const { merged } = understand('worker: bin/shop work');
    assert.deepEqual(merged.manifest.command, ['bin/shop', 'work']);
    assert.equal(merged.manifest.workload, 'worker');
  });

  test('the release process is named, and neither built in nor run at a start', () => {
    const { merged, advice } = understand('release: bin/migrate\nweb: bin/shop');
    assert.deepEqual(merged.manifest.processes, { release: ['bin/migrate'] });
    assert.ok(advice.some((a) => a.code === 'release-process' && a.line === 1));
  });

  test('what the request says goes over it', () => {
    const { merged } = understand('web: bin/shop', { command: ['shop', 'serve'] });
    assert.deepEqual(merged.manifest.command, ['shop', 'serve']);
    assert.ok(merged.origins['/command']?.rejected?.some((r) => r.from.file === 'Procfile'));
  });

  test('lines that are no process are passed over', () => {
    const { merged } = understand('# web: nothing\n\n: x\nnot a process\nweb : bin/shop');
    assert.deepEqual(merged.manifest.command, ['bin/shop']);
  });
});
