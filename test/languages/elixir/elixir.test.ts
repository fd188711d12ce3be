import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readMix } from '../../../src/languages/elixir/mix.ts';
import { rangeOf } from '../../../src/languages/elixir/version.ts';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

interface Mix {
  readonly project?: string;
  readonly deps?: string;
  readonly more?: string;
}
const mix = ({ project = '', deps = '', more = '' }: Mix = {}): string =>
  [
    'defmodule Shop.MixProject do',
    '  use Mix.Project',
    '  def project do',
    `    [app: :shop, version: "0.1.0", ${project} deps: deps()]`,
    '  end',
    '  defp deps do',
    `    [${deps}]`,
    '  end',
    more,
    'end',
    '',
  ].join('\n');
const manifestOf = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest;
const runtimeOf = (files: Readonly<Record<string, string>>): unknown =>
  manifestOf({ 'mix.exs': mix(), ...files }).runtime;

describe('elixir: mix.exs', () => {
  test('app, version, releases, dependencies without those of development, aliases', () => {
    const file = readMix(
      mix({
        project: 'elixir: "~> 1.15", releases: [web: [applications: [shop: :permanent]], other: []],',
        deps: '{:phoenix, "~> 1.8"}, {:floki, ">= 0.30.0", only: :test}, {:credo, "~> 1.7", only: [:dev, :test]}, {:heroicons, github: "a/b", tag: "v2", app: false}',
        more: '  defp aliases do\n    [setup: ["deps.get"], "assets.deploy": ["esbuild shop --minify", "phx.digest"]]\n  end',
      }),
    );
    assert.deepEqual([file.app, file.version, file.elixir?.requirement], ['shop', '0.1.0', '~> 1.15']);
    assert.deepEqual(file.releases, ['web', 'other']);
    assert.deepEqual(file.dependencies, ['phoenix', 'heroicons']);
    assert.deepEqual(file.aliases, ['setup', 'assets.deploy']);
  });

  test('comments are no dependencies', () => {
    assert.deepEqual(readMix(mix({ deps: '\n      # {:ecto, "~> 3.0"},\n      {:jason, "~> 1.4"}\n' })).dependencies, [
      'jason',
    ]);
  });
});

describe('elixir: versions', () => {
  test('requirements are read as Mix reads them', () => {
    assert.equal(rangeOf('~> 1.14'), '>=1.14.0 <2.0.0');
    assert.equal(rangeOf('~> 1.14.2'), '>=1.14.2 <1.15.0');
    assert.equal(rangeOf('>= 1.14.0 and < 1.17.0 or == 1.18.1'), '>=1.14.0 <1.17.0 || 1.18.1');
  });

  test('version files in their order, as release lines', () => {
    assert.equal(
      runtimeOf({ '.tool-versions': 'elixir 1.18.4-otp-27\nerlang 27.3\n', '.elixir-version': '1.17\n' }),
      '1.18',
    );
    assert.equal(runtimeOf({ '.elixir-version': '1.17.3\n' }), '1.17');
    assert.equal(runtimeOf({ 'mix.exs': mix({ project: 'elixir: "~> 1.17.0",' }) }), '1.17');
  });

  test('Erlang as asked, where there is such an image, else the newest that this Elixir has', () => {
    const image = (files: Readonly<Record<string, string>>): string | undefined =>
      /FROM (elixir:\S+)/.exec(dockerfileOf({ 'mix.exs': mix(), ...files }))?.[1];
    assert.equal(image({ '.tool-versions': 'elixir 1.18.4-otp-26\n' }), 'elixir:1.18-otp-26');
    assert.equal(image({ '.tool-versions': 'elixir 1.18\nerlang 27.3.4\n' }), 'elixir:1.18-otp-27');
    const old = { 'mix.exs': mix(), '.tool-versions': 'elixir 1.16\nerlang 27.3\n' };
    assert.equal(image(old), 'elixir:1.16-otp-26');
    assert.deepEqual(adviceOf(old), ['unsupported-otp', 'image-end-of-life']);
  });

  test('it runs on the Debian that it was built on', () => {
    const base = (versions: string): string | undefined =>
      /FROM (debian:\S+) AS runtime/.exec(dockerfileOf({ 'mix.exs': mix(), '.tool-versions': versions }))?.[1];
    assert.equal(base('elixir 1.18\nerlang 27\n'), 'debian:bookworm-slim');
    assert.equal(base('elixir 1.19\nerlang 28\n'), 'debian:trixie-slim');
  });
});

describe('elixir: build', () => {
  const phoenix = {
    'mix.exs': mix({
      deps: '{:phoenix, "~> 1.8"}',
      more: '  defp aliases do\n    ["assets.setup": ["esbuild.install --if-missing"], "assets.deploy": ["esbuild shop", "phx.digest"]]\n  end',
    }),
    'mix.lock': '%{\n  "phoenix": {:hex, :phoenix, "1.8.0", "x"},\n}\n',
    'config/config.exs': 'import Config\n',
    'config/runtime.exs': 'port = String.to_integer(System.get_env("PORT") || "4001")\n',
  };

  test('dependencies before the source, assets, a release', () => {
    const text = dockerfileOf(phoenix);
    assert.match(
      text,
      /COPY mix\.exs mix\.lock \.\/\n[^C]*mix deps\.get --only prod\nCOPY config\/config\.exs \.\/config\/\nRUN mix deps\.compile\nRUN mix assets\.setup\nCOPY \. \.\//,
    );
    assert.match(text, /mix compile \\\n && mix assets\.deploy \\\n && mix release --path \/release/);
    assert.match(text, /PHX_SERVER="true"/);
    assert.equal(manifestOf(phoenix).port, 4001);
  });

  test('the port is the default beside PORT, of a function of the project’s too, and not that of its address', () => {
    const port = (runtime: string) => manifestOf({ ...phoenix, 'config/runtime.exs': runtime }).port;
    assert.equal(port('url: [port: 80]\nport = Util.get_env("PORT", prod: "4003", dev: "4000")\n'), 4003);
    assert.equal(port('port = System.get_env("PORT", "4004")\n'), 4004);
  });

  test('a task that does more than to install programs waits for the source', () => {
    const tasks = (setup: string) =>
      dockerfileOf({
        ...phoenix,
        'mix.exs': mix({
          deps: '{:phoenix, "~> 1.8"}',
          more: `  defp aliases do\n    ["assets.setup": [${setup}], "assets.deploy": ["phx.digest"]]\n  end`,
        }),
      });
    const early = /mix assets\.setup\nCOPY \. \.\//;
    assert.match(tasks('"tailwind.install --if-missing", "esbuild.install"'), early);
    for (const setup of ['"bun.install", "assets.build"', '"bun assets install"', '"cmd npm i"'])
      assert.doesNotMatch(tasks(setup), early, setup);
  });

  test('assets that no task of Mix builds are built by the script of their package.json', () => {
    const older = (scripts: object) => ({
      ...phoenix,
      'mix.exs': mix({ deps: '{:phoenix, "~> 1.5"}' }),
      'assets/package.json': JSON.stringify({ scripts, dependencies: { webpack: '^4' } }),
    });
    assert.match(
      dockerfileOf(older({ deploy: 'webpack', build: 'webpack' })),
      /mix compile \\\n && npm run deploy --prefix assets \\\n && mix phx\.digest \\\n && mix release/,
    );
    assert.match(dockerfileOf(older({ build: 'react-scripts build' })), /npm run build --prefix assets/);
    assert.doesNotMatch(dockerfileOf(older({ watch: 'webpack' })), /npm run|phx\.digest/);
  });

  test('a configured release goes by its name', () => {
    const text = dockerfileOf({ 'mix.exs': mix({ project: 'releases: [web: [applications: [shop: :permanent]]],' }) });
    assert.match(text, /mix release web --path \/release/);
    assert.match(text, /CMD \["\/app\/bin\/web", "start"\]/);
  });

  test('nothing to fetch, no package manager', () => {
    assert.doesNotMatch(dockerfileOf({ 'mix.exs': mix() }), /local\.hex|deps\.get/);
    assert.equal(manifestOf({ 'mix.exs': mix() }).workload, 'worker');
  });

  test('assets with a package.json get Node.js and its packages', () => {
    const files = { ...phoenix, 'assets/package.json': '{"dependencies":{"topbar":"^3"}}' };
    assert.match(
      dockerfileOf(files),
      /COPY --from=modules \/app\/assets\/node_modules\/ \/app\/assets\/node_modules\//,
    );
  });

  test('the start of a Procfile is the release', () => {
    assert.deepEqual(manifestOf({ ...phoenix, Procfile: 'web: mix phx.server\n' }).command, ['/app/bin/shop', 'start']);
  });

  test('an umbrella needs a release', () => {
    const umbrella = {
      'mix.exs': 'defmodule U do\n  def project, do: [apps_path: "apps"]\nend\n',
      'apps/a/mix.exs': mix(),
    };
    assert.equal(problemOf(() => dockerfileOf(umbrella))?.slug, 'no-start-command');
  });
});

test('elixir: the port by which a proxy is asked is not the one that it listens on', () => {
  const files = {
    'mix.exs': mix({ deps: '{:phoenix, "~> 1.8"}' }),
    'config/runtime.exs':
      'config :shop, ShopWeb.Endpoint,\n  url: [host: host, port: 443, scheme: "https"],\n  http: [port: port]\n',
  };
  assert.equal(manifestOf(files).port, 4000);
  const other = 'port = String.to_integer(System.get_env("SHOP_PORT") || "4100")\n';
  const named = { ...files, 'config/runtime.exs': `${other}${files['config/runtime.exs']}` };
  assert.equal(manifestOf(named).port, 4100);
});
