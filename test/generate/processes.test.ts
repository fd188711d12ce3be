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

describe('the file of another platform', () => {
  const python = { 'requirements.txt': 'requests\n', 'main.py': 'print(1)\n', 'shop/__main__.py': 'print(2)\n' };
  const understood = (files: Record<string, string>, request = {}) =>
    understandProject(inlineInventory(files), request).merged;
  const nixpacks = (cmd: string) => ({ 'nixpacks.json': JSON.stringify({ start: { cmd } }) });

  test('goes over a guess by the name of a file', () => {
    const { manifest, origins } = understood({ ...python, ...nixpacks('python -m shop') });
    assert.deepEqual(manifest.command, ['python', '-m', 'shop']);
    assert.deepEqual(origins['/command']?.from, { file: 'nixpacks.json', line: 1, why: 'start.cmd' });
  });

  test('gives way to what a framework says, and to a program that is compiled', () => {
    const flask = {
      'requirements.txt': 'flask\ngunicorn\n',
      'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
    };
    const served = understood({ ...flask, ...nixpacks('python app.py') }).manifest.command;
    assert.ok(Array.isArray(served) && served[0] === 'gunicorn', String(served));
    assert.deepEqual(understood({ ...go, ...nixpacks('go run . --verbose') }).manifest.command, ['shop']);
  });

  test('leaves it to the language whether a service is started, and takes it for one where nothing tells', () => {
    const workloadOf = (files: Record<string, string>) => understood(files).manifest.workload;
    assert.equal(workloadOf({ ...python, ...nixpacks('python main.py') }), 'job');
    assert.equal(workloadOf({ ...python, ...nixpacks('python -m shop') }), 'service');
    assert.equal(workloadOf({ ...python, 'fly.toml': '[processes]\nworker = "python -m shop"' }), 'worker');
    assert.equal(
      workloadOf({ ...python, 'render.yaml': 'services: [{type: web, startCommand: python -m shop}]' }),
      'service',
    );
  });

  test('names the port and the health path of a service, where the code does not', () => {
    const spec = 'services: [{name: a, run_command: python -m shop, http_port: 7000, health_check: {http_path: /up}}]';
    const { manifest } = understood({ ...python, '.do/app.yaml': spec });
    assert.deepEqual([manifest.port, manifest.health?.path], [7000, '/up']);
  });

  test('its packages join those that are found', () => {
    const { manifest } = understood({ ...python, Aptfile: 'ffmpeg\n' }, { run: { packages: ['tini'] } });
    assert.deepEqual(manifest.run?.packages, ['ffmpeg', 'tini']);
  });

  test('the project’s own Dockerfile is asked only where nothing else tells', () => {
    const dockerfile = (cmd: string) => ({ Dockerfile: `FROM python\nEXPOSE 9000\n${cmd}\n` });
    const unknown = { 'requirements.txt': 'grpcio\n', 'mail.py': 'def a(): ...\n', 'shop.py': 'def b(): ...\n' };
    const found = understood({ ...unknown, ...dockerfile('CMD ["python", "mail.py"]') }).manifest;
    assert.deepEqual([found.command, found.workload, found.port], [['python', 'mail.py'], 'service', 9000]);
    const guessed = understood({ ...python, ...dockerfile('CMD ["python", "-m", "shop"]') }).manifest;
    assert.deepEqual([guessed.command, guessed.port], [['python', 'main.py'], undefined]);
  });

  test('or where it starts the same program with arguments', () => {
    const ruby = {
      Gemfile: "source 'https://rubygems.org'\ngem 'webrick'\n",
      'app.rb': "require 'webrick'\nWEBrick::HTTPServer.new(Port: ARGV[0]).start\n",
      Dockerfile: 'FROM ruby\nEXPOSE 9080\nCMD ["ruby", "app.rb", "9080"]\n',
    };
    const { manifest } = understood(ruby);
    assert.deepEqual(manifest.command, ['bundle', 'exec', 'ruby', 'app.rb', '9080']);
    assert.deepEqual([manifest.workload, manifest.port], ['service', 9080]);
  });

  test('what the build does is not done again at each start', () => {
    const command = (line: string) => understood({ ...python, Procfile: `web: ${line}` }).manifest.command;
    assert.deepEqual(command('pip install -r requirements.txt && python -m shop'), ['python', '-m', 'shop']);
    assert.deepEqual(command('pip install x && npm run build && python -m shop --port $PORT'), [
      '/bin/sh',
      '-c',
      'exec python -m shop --port $PORT',
    ]);
    assert.deepEqual(command('python -m migrate && python -m shop'), [
      '/bin/sh',
      '-c',
      'python -m migrate && exec python -m shop',
    ]);
    assert.deepEqual(command('pip install x || true && python -m shop')?.[0], '/bin/sh');
  });
});
