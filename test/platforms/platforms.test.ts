import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createInventory, inlineInventory } from '../../src/inventory/inventory.ts';
import { declaredBy, isPlatformFile } from '../../src/platforms/index.ts';

const declared = (files: Record<string, string>, app = '') => declaredBy(inlineInventory(files), app);
const lines = (files: Record<string, string>, app = '') =>
  Object.fromEntries(declared(files, app).processes.map((p) => [p.name, p.line]));

describe('files of hosting platforms', () => {
  test('a Procfile names processes, line by line', () => {
    assert.deepEqual(lines({ Procfile: 'web: bin/serve\nrelease: bin/migrate\n' }), {
      web: 'bin/serve',
      release: 'bin/migrate',
    });
  });

  test('heroku.yml names them too, as lines or as lists', () => {
    const text = `
build: {docker: {web: Dockerfile}}
run:
  web: bundle exec puma
  mailer: {command: [bundle, exec, mail]}
  shell: {command: ["echo a && echo b"]}
release:
  command: [rake db:migrate]
`;
    assert.deepEqual(lines({ 'heroku.yml': text }), {
      web: 'bundle exec puma',
      mailer: ['bundle', 'exec', 'mail'],
      shell: 'echo a && echo b',
      release: 'rake db:migrate',
    });
  });

  test('railway.toml, railway.json, railpack.json, nixpacks.toml and nixpacks.json tell how the service starts', () => {
    assert.deepEqual(lines({ 'railway.toml': '[deploy]\nstartCommand = "python -m shop"\n' }), {
      start: 'python -m shop',
    });
    assert.deepEqual(lines({ 'railway.json': '{"deploy": {"startCommand": "python -m shop"}}' }), {
      start: 'python -m shop',
    });
    assert.deepEqual(lines({ 'railpack.json': '{"deploy": {"startCommand": "python -m shop"}, // a remark\n}' }), {
      start: 'python -m shop',
    });
    assert.deepEqual(lines({ 'nixpacks.toml': '[start]\ncmd = "python -m shop"\n' }), { start: 'python -m shop' });
    assert.deepEqual(lines({ 'nixpacks.json': '{"start": {"cmd": "python -m shop"}}' }), { start: 'python -m shop' });
  });

  test('render.yaml: the web service of the app’s own folder, and its workers', () => {
    const text = `
services:
  - {type: web, name: site, runtime: static, staticPublishPath: dist}
  - {type: web, name: api, rootDir: ./api/, startCommand: python -m api, healthCheckPath: /up}
  - {type: web, name: shop, startCommand: python -m shop}
  - {type: worker, name: mail, rootDir: api, startCommand: python -m api.mail}
  - {type: worker, startCommand: 7}
`;
    assert.deepEqual(lines({ 'render.yaml': text }), { web: 'python -m shop' });
    assert.deepEqual(lines({ 'render.yaml': text }, 'api'), { web: 'python -m api', mail: 'python -m api.mail' });
    assert.equal(declared({ 'render.yaml': text }, 'api').health?.path, '/up');
    assert.deepEqual(lines({ 'render.yaml': text }, 'web'), {});
  });

  test('the specification of DigitalOcean’s App Platform, alone or in a template', () => {
    const text = `
spec:
  name: shop
  services:
  - {name: api, source_dir: /, run_command: python -m api, http_port: 8000, health_check: {http_path: /up}}
  workers:
  - {name: mail, run_command: python -m mail}
`;
    const { processes, port, health } = declared({ '.do/deploy.template.yaml': text });
    assert.deepEqual(
      processes.map((p) => [p.name, p.line]),
      [
        ['web', 'python -m api'],
        ['mail', 'python -m mail'],
      ],
    );
    assert.deepEqual([port?.value, health?.path], [8000, '/up']);
    assert.deepEqual(lines({ '.do/app.yaml': text.replace('spec:', 'x:').replaceAll('\n  ', '\n') }), {
      web: 'python -m api',
      mail: 'python -m mail',
    });
  });

  test('app.yaml is App Engine’s where it names a runtime', () => {
    assert.deepEqual(lines({ 'app.yaml': 'runtime: python313\nentrypoint: gunicorn -b :$PORT shop:app\n' }), {
      web: 'gunicorn -b :$PORT shop:app',
    });
    assert.deepEqual(lines({ 'app.yaml': 'runtime: custom\nentrypoint: {shell: gunicorn shop:app}\n' }), {
      web: 'gunicorn shop:app',
    });
    assert.deepEqual(lines({ 'app.yaml': 'kind: Deployment\nentrypoint: gunicorn shop:app\n' }), {});
  });

  test('fly.toml: processes, the port that requests come to, and the release command', () => {
    const text = `
[deploy]
release_command = "python -m migrate"
[processes]
app = "python -m shop"
mail = "python -m mail"
[http_service]
internal_port = 3333
`;
    const { processes, port } = declared({ 'fly.toml': text });
    assert.deepEqual(
      processes.map((p) => [p.name, p.line, p.from.line]),
      [
        ['web', 'python -m shop', 4],
        ['mail', 'python -m mail', 4],
        ['release', 'python -m migrate', 3],
      ],
    );
    assert.equal(port?.value, 3333);
  });

  test('apprunner.yaml: command and port', () => {
    const { processes, port } = declared({
      'apprunner.yaml': 'version: 1.0\nrun:\n  command: python -m shop\n  network:\n    port: "8088"\n',
    });
    assert.deepEqual([processes[0]?.name, processes[0]?.line, port?.value], ['web', 'python -m shop', 8088]);
  });

  test('system packages: of an Aptfile for build and run, of the builders’ files as they say', () => {
    const apt = declared({
      Aptfile: '# tools\nffmpeg\n:repo:deb http://x y\nhttp://x/z.deb\nlibasound2\n-o\n',
    }).packages;
    assert.deepEqual(
      apt.map((p) => [p.at, p.names]),
      [
        ['/build/packages', ['ffmpeg']],
        ['/run/packages', ['ffmpeg']],
      ],
    );
    const railpack = declared({
      'railpack.json': '{"buildAptPackages": ["make"], "deploy": {"aptPackages": ["...", "curl", 3]}}',
    }).packages;
    assert.deepEqual(
      railpack.map((p) => [p.at, p.names]),
      [
        ['/build/packages', ['make']],
        ['/run/packages', ['curl']],
      ],
    );
    const nixpacks = declared({
      'nixpacks.toml': '[phases.setup]\naptPkgs = ["...", "ffmpeg"]\nnixPkgs = ["cowsay"]\n',
    }).packages;
    assert.deepEqual(
      nixpacks.map((p) => [p.at, p.names]),
      [
        ['/build/packages', ['ffmpeg']],
        ['/run/packages', ['ffmpeg']],
      ],
    );
  });

  describe('a Dockerfile of the project’s own', () => {
    const started = (dockerfile: string, files: Record<string, string> = {}) =>
      declared({ 'serve.py': '', 'shop/app.py': '', 'job.mjs': '', ...files, Dockerfile: dockerfile });
    const line = (dockerfile: string) => started(`FROM python:3.14\n${dockerfile}\n`).processes[0]?.line;

    test('tells how the last stage starts, with the paths of the project', () => {
      const whole = started(
        'FROM node AS build\nCMD ["node", "job.mjs"]\nFROM python\nWORKDIR /srv/shop/\nCOPY . .\nEXPOSE 7000\nCMD ["python", "/srv/shop/serve.py"]\n',
      );
      assert.deepEqual(whole.processes, [
        {
          name: 'web',
          line: ['python', 'serve.py'],
          from: { file: 'Dockerfile', line: 7, why: 'how the project’s own Dockerfile starts it' },
        },
      ]);
      assert.equal(whole.port?.value, 7000);
      assert.equal(whole.standIn, true);
      assert.deepEqual(line('COPY . /x/\nENTRYPOINT ["python", "/x/serve.py"]\nCMD ["--all"]'), [
        'python',
        'serve.py',
        '--all',
      ]);
    });

    test('tells which programs run beside it: those of the last stage and of what that is built on', () => {
      const packages = (dockerfile: string) => started(dockerfile).packages.map((p) => [p.at, p.names, p.from.line]);
      const apt =
        'RUN apt-get update \\\n && apt-get install -y --no-install-recommends \\\n ffmpeg=7:* libgl1 git && rm -rf /x';
      assert.deepEqual(packages(`FROM python\n${apt}\n`), [['/run/packages', ['ffmpeg'], 2]]);
      assert.deepEqual(
        packages(`FROM python AS base\n${apt}\nFROM node AS b\nRUN apt-get install graphviz\nFROM base\n`),
        [['/run/packages', ['ffmpeg', 'git'], 2]],
      );
      assert.deepEqual(packages('FROM alpine\nRUN apk add --no-cache exiftool ttf-dejavu build-base\n'), [
        ['/run/packages', ['fonts-dejavu', 'libimage-exiftool-perl'], 2],
      ]);
      assert.deepEqual(packages('FROM a\nRUN apt-get install -y curl postgresql-client\nRUN echo ffmpeg\n'), []);
    });

    test('in any form, without the init and the script in front of it', () => {
      assert.equal(line('CMD exec gunicorn --bind :$PORT shop.app:app'), 'gunicorn --bind :$PORT shop.app:app');
      assert.deepEqual(line('ENTRYPOINT ["/sbin/tini", "--", "python", "serve.py"]'), ['python', 'serve.py']);
      assert.deepEqual(line('ENTRYPOINT ["./entrypoint.sh"]\nCMD ["uv", "run", "serve.py"]'), [
        'uv',
        'run',
        'serve.py',
      ]);
      assert.deepEqual(line('CMD ["job.mjs"]'), ['node', 'job.mjs'], 'an image whose entry point is the interpreter');
    });

    test('of a port that needs rights, of what is not in the project and of what is for development, nothing is said', () => {
      assert.equal(started('FROM a\nEXPOSE 80\nCMD ["python", "serve.py"]').port, undefined);
      for (const cmd of [
        'CMD ["nginx", "-g", "daemon off;"]',
        'CMD ["node", "dist/main.js"]',
        'CMD ["uvicorn", "other:app"]',
        'CMD ["uvicorn", "shop.app:app", "--reload"]',
        'CMD python serve.py & python shop/app.py',
        'CMD ["npm", "start"]',
        'ENTRYPOINT ["/entrypoint.sh"]',
      ])
        assert.equal(line(cmd), undefined, cmd);
    });
  });

  test('a Procfile goes first; one with a release alone leaves the start to the next', () => {
    const render = 'services: [{type: web, startCommand: python -m shop}]';
    assert.deepEqual(lines({ Procfile: 'web: bin/serve', 'render.yaml': render }), { web: 'bin/serve' });
    assert.deepEqual(lines({ Procfile: 'release: bin/migrate', 'render.yaml': render }), { web: 'python -m shop' });
  });

  test('a program that the platform’s own build makes is none of the image', () => {
    const start = (cmd: string) => ({ 'nixpacks.json': JSON.stringify({ start: { cmd } }) });
    const whole = (cmd: string, mode: number) => {
      const files = { 'run.sh': '', ...start(cmd) };
      const entries = Object.keys(files).map((path) => ({ path, kind: 'file', size: 1, mode }) as const);
      const texts = new Map(Object.entries(files).map(([path, text]) => [path, { text, truncated: false }]));
      return declaredBy(createInventory(entries, texts), '').processes.length;
    };
    assert.deepEqual(lines(start('./out')), { start: './out' }, 'of a manifest, not all files are known');
    assert.equal(whole('./out', 0o755), 0);
    assert.equal(whole('A=1 exec ./out --port 1', 0o755), 0);
    assert.equal(whole('/app/out', 0o755), 0);
    assert.equal(whole('./run.sh', 0o644), 0);
    assert.equal(whole('./run.sh', 0o755), 1);
    assert.equal(whole('node_modules/.bin/serve', 0o644), 1);
    assert.equal(whole('/usr/bin/env python', 0o644), 1);
    assert.equal(whole('python run.py', 0o644), 1);
  });

  test('what is broken, or no text, says nothing', () => {
    for (const [file, text] of [
      ['render.yaml', 'services: {a: ['],
      ['render.yaml', 'services: [7, {type: web, startCommand: "a\\nb"}]'],
      ['fly.toml', '[processes'],
      ['railway.json', '{"deploy": 7}'],
      ['nixpacks.toml', 'start = "x"'],
      ['heroku.yml', 'run: {web: 7, "a b": x}'],
      ['app.yaml', 'runtime: &a [*a]'],
      ['apprunner.yaml', 'run: 1'],
      ['.do/app.yaml', '7'],
    ] as const)
      assert.deepEqual(declared({ [file]: text }).processes, [], `${file}: ${text}`);
  });

  test('their texts are kept, wherever an app may be', () => {
    for (const path of ['Procfile', 'api/render.yaml', 'a/b/.do/app.yaml', 'fly.toml', 'Aptfile'])
      assert.ok(isPlatformFile(path), path);
    for (const path of ['myProcfile', 'do/app.yamlx', 'xfly.toml', 'flyXtoml']) assert.ok(!isPlatformFile(path), path);
  });
});
