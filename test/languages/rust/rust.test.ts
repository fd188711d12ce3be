import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const MAIN = 'fn main() {}\n';
const cargo = (name: string, ...lines: string[]): string =>
  ['[package]', `name = "${name}"`, 'version = "0.1.0"', ...lines, ''].join('\n');
const lock = (...crates: readonly [name: string, version: string, needs?: string][]): string =>
  [
    'version = 4',
    ...crates.map(
      ([name, version, needs]) =>
        `[[package]]\nname = "${name}"\nversion = "${version}"\n${needs === undefined ? '' : `dependencies = ["${needs}"]\n`}`,
    ),
  ].join('\n');
const shop = { 'Cargo.toml': cargo('shop', 'edition = "2021"'), 'src/main.rs': MAIN };

describe('rust: versions', () => {
  const runtime = (files: Readonly<Record<string, string>>) => {
    const { manifest, origins } = projectOf({ ...shop, ...files }).merged;
    return [manifest.runtime, origins['/runtime']?.from?.file];
  };

  test('rust-version and the edition are minimums: the newest release builds both', () => {
    assert.deepEqual(runtime({ 'Cargo.toml': cargo('shop', 'rust-version = "1.56.0"') }), ['1.98', 'Cargo.toml']);
    assert.deepEqual(runtime({}), ['1.98', 'Cargo.toml']);
  });

  test('a toolchain file goes before all others, in both of its forms', () => {
    const tools = { '.tool-versions': 'rust 1.90.0\n' };
    assert.deepEqual(runtime({ ...tools, 'rust-toolchain.toml': '[toolchain]\nchannel = "1.84.1"\n' }), [
      '1.84.1',
      'rust-toolchain.toml',
    ]);
    assert.deepEqual(runtime({ ...tools, 'rust-toolchain': '1.80\n' }), ['1.80', 'rust-toolchain']);
    assert.deepEqual(runtime({ ...tools, 'rust-toolchain.toml': '[toolchain]\nchannel = "stable"\n' }), [
      '1.98',
      'rust-toolchain.toml',
    ]);
    assert.deepEqual(runtime(tools), ['1.90.0', '.tool-versions']);
  });

  test('a nightly is installed, because no image has it; a channel that is none is passed over', () => {
    const nightly = dockerfileOf({ ...shop, 'rust-toolchain': 'nightly-2026-10-01' });
    assert.match(nightly, /rustup toolchain install nightly-2026-10-01 --profile minimal/);
    assert.match(nightly, /RUSTUP_TOOLCHAIN="nightly-2026-10-01"/);
    assert.equal(runtime({ 'rust-toolchain.toml': '[toolchain]\nchannel = "nightly; rm -rf /"\n' })[0], '1.98');
  });

  test('a release that is too old for the edition is told', () => {
    const files = { ...shop, 'Cargo.toml': cargo('shop', 'edition = "2024"'), 'rust-toolchain': '1.70.0' };
    assert.ok(adviceOf(files).includes('runtime-too-old'));
  });
});

describe('rust: apps that run in a browser', () => {
  const page = '<!doctype html><html><head><link data-trunk rel="rust" /></head></html>';
  const app = {
    ...shop,
    'Cargo.toml': cargo('shop', '[dependencies]', 'yew = "0.23"'),
    'index.html': page,
  };

  test('Trunk makes a site of them, which a server of files gives out', () => {
    const text = dockerfileOf(app);
    assert.match(text, /rustup target add wasm32-unknown-unknown/);
    assert.match(text, /^ {4}trunk build --release --dist \/out\/site$/m);
    assert.match(text, /^COPY --from=build \/out\/site\/ \/srv\/$/m);
    assert.match(text, /^CMD \["caddy"/m);
    assert.equal(projectOf(app).merged.manifest.workload, 'static');
    assert.match(dockerfileOf({ ...app, 'index.html': '<html></html>' }), /trunk build/);
    assert.doesNotMatch(dockerfileOf({ ...shop, 'index.html': '<html></html>' }), /trunk/);
  });

  test('the tool that binds them to JavaScript is of the version in the lock', () => {
    const locked = {
      ...app,
      'Cargo.lock': lock(['shop', '0.1.0', 'yew'], ['yew', '0.23.0', 'wasm-bindgen'], ['wasm-bindgen', '0.2.99']),
    };
    assert.match(dockerfileOf(locked), /cargo install --locked --root \/tools wasm-bindgen-cli@0\.2\.99/);
    assert.match(dockerfileOf(locked), /trunk build --release --locked --dist/);
    assert.match(dockerfileOf(app), /wasm-bindgen-cli --version "\$\(cargo pkgid wasm-bindgen/);
  });

  test('of Leptos with a server, cargo-leptos builds the program and its site', () => {
    const files = {
      ...shop,
      'Cargo.toml': cargo(
        'shop',
        '[dependencies]',
        'leptos = "0.8"',
        'leptos_axum = { version = "0.8", optional = true }',
        '[package.metadata.leptos]',
        'output-name = "till"',
        'site-root = "target/pages"',
        'bin-features = ["ssr"]',
      ),
    };
    const text = dockerfileOf(files);
    assert.match(text, /cargo leptos build --release/);
    assert.match(text, /cp -r \/app\/target\/pages \/out\/site/);
    assert.match(text, /LEPTOS_OUTPUT_NAME="till"/);
    assert.match(text, /^COPY --from=build \/out\/site\/ \.\/site\/$/m);
    assert.match(text, /^CMD \["shop"\]$/m);
  });
});

describe('rust: programs', () => {
  const command = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest.command;
  const two = { 'src/bin/red.rs': MAIN, 'src/bin/blue.rs': MAIN };

  test('default-run, else the one that the package is named after, else the usual name', () => {
    assert.deepEqual(command({ ...two, ...shop, 'Cargo.toml': cargo('shop', 'default-run = "red"') }), ['red']);
    assert.deepEqual(command({ ...two, ...shop }), ['shop']);
    assert.deepEqual(command({ ...two, 'src/bin/server/main.rs': MAIN, 'Cargo.toml': cargo('shop') }), ['server']);
  });

  test('a program with a window is none to run beside another', () => {
    const files = {
      'Cargo.toml': '[workspace]\nmembers = ["desk", "till"]\n',
      'desk/Cargo.toml': cargo('desk', '[dependencies]', 'tauri = "2"'),
      'desk/src/main.rs': MAIN,
      'till/Cargo.toml': cargo('till'),
      'till/src/main.rs': MAIN,
    };
    assert.deepEqual(command(files), ['till']);
  });

  test('two of the same standing: nothing tells which', () => {
    const files = { ...two, 'Cargo.toml': cargo('shop') };
    const problem = problemOf(() => dockerfileOf(files));
    assert.equal(problem?.slug, 'no-start-command');
    assert.match(problem.hint ?? '', /default-run/);
    assert.match(dockerfileOf(files, { command: 'blue' }), /--bin blue/);
  });

  test('declared programs: path, features, and those that are not found by themselves', () => {
    const manifest = cargo(
      'shop',
      'autobins = false',
      '[[bin]]',
      'name = "till"',
      'path = "till/main.rs"',
      'required-features = ["cash"]',
      '[features]',
      'cash = []',
    );
    const text = dockerfileOf({ ...two, 'Cargo.toml': manifest, 'till/main.rs': MAIN });
    assert.match(text, /cargo build --release --bin till --features cash/);
  });

  test('a server goes before the program that asks it', () => {
    const files = { 'src/bin/till.rs': MAIN, 'src/bin/till-server.rs': MAIN, 'Cargo.toml': cargo('shop') };
    assert.deepEqual(command(files), ['till-server']);
    const apart = { 'src/bin/till.rs': MAIN, 'src/bin/count-web.rs': MAIN, 'Cargo.toml': cargo('shop') };
    assert.equal(command(apart), undefined, 'programs that have nothing to do with each other');
  });

  test('a feature without which nothing compiles, unless one that does is on', () => {
    const files = (...defaults: readonly string[]) => ({
      'src/main.rs': MAIN,
      'build.rs':
        'fn main() {\n    #[cfg(not(any(feature = "lite", feature = "big")))]\n    compile_error!("one of them");\n}\n',
      'Cargo.toml': cargo(
        'shop',
        '[features]',
        `default = [${defaults.join(', ')}]`,
        'lite = []',
        'big = []',
        'all = ["big"]',
      ),
    });
    assert.match(dockerfileOf(files()), /cargo build --release --bin shop --features lite /);
    assert.ok(adviceOf(files()).includes('feature-chosen'));
    assert.doesNotMatch(dockerfileOf(files('"all"')), /--features/);
    assert.ok(!adviceOf(files('"all"')).includes('feature-chosen'));
  });

  test('cargo run in a Procfile is the program behind it', () => {
    const files = { ...two, 'Cargo.toml': cargo('shop'), Procfile: 'web: cargo run --release --bin blue -- --loud\n' };
    assert.deepEqual(command(files), ['blue', '--loud']);
  });

  test('a library has no program', () => {
    assert.equal(
      problemOf(() => dockerfileOf({ 'Cargo.toml': cargo('shop'), 'src/lib.rs': '' }))?.slug,
      'no-start-command',
    );
  });

  test('a manifest that is not TOML is a broken file', () => {
    assert.equal(
      problemOf(() => dockerfileOf({ 'Cargo.toml': '[package\n', 'src/main.rs': MAIN }))?.slug,
      'broken-file',
    );
  });
});

describe('rust: workspaces', () => {
  const workspace = {
    'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/old"]\n',
    'crates/api/Cargo.toml': cargo('api', '[dependencies]', 'core = { path = "../core" }', 'serde = "1"'),
    'crates/api/src/main.rs': MAIN,
    'crates/core/Cargo.toml': cargo('core'),
    'crates/core/src/lib.rs': '',
    'crates/core/build.rs': MAIN,
    'crates/old/Cargo.toml': cargo('old'),
    'crates/old/src/main.rs': MAIN,
  };

  test('members by pattern; dependencies are built from empty files before the source', () => {
    const text = dockerfileOf(workspace);
    assert.match(text, /COPY crates\/core\/Cargo\.toml \.\/crates\/core\//);
    assert.match(text, /touch crates\/core\/src\/lib\.rs/);
    assert.match(text, /tee crates\/api\/src\/main\.rs crates\/core\/build\.rs/);
    assert.match(text, /--package api --bin api/);
    assert.doesNotMatch(text, /crates\/old/);
  });

  test('an app is built from the root of its workspace', () => {
    assert.match(dockerfileOf(workspace, { app: 'crates/api' }), /COPY Cargo\.toml \.\/\n/);
  });

  test('without a workspace, from the folder that holds what it needs by path too', () => {
    const files = {
      'api/Cargo.toml': cargo('api', '[dependencies]', 'core = { path = "../core" }', 'serde = "1"'),
      'api/src/main.rs': MAIN,
      'core/Cargo.toml': cargo('core'),
      'core/src/lib.rs': '',
    };
    const text = dockerfileOf(files, { app: 'api' });
    assert.match(text, /cd api/);
    assert.match(text, /touch \.\.\/core\/src\/lib\.rs/);
  });

  test('patched crates come with their source', () => {
    const files = {
      'Cargo.toml': cargo(
        'shop',
        '[dependencies]',
        'serde = "1"',
        '[patch.crates-io]',
        'itoa = { path = "vendor/itoa" }',
      ),
      'src/main.rs': MAIN,
      'vendor/itoa/Cargo.toml': cargo('itoa'),
      'vendor/itoa/src/lib.rs': '',
    };
    const text = dockerfileOf(files);
    assert.match(text, /COPY vendor\/itoa\/ \.\/vendor\/itoa\//);
    assert.doesNotMatch(text, /touch vendor/);
  });

  test('what a package takes from outside of what was sent is told', () => {
    const missing = (manifest: string, more: Readonly<Record<string, string>> = {}) =>
      adviceOf({ 'Cargo.toml': manifest, 'src/main.rs': 'fn main() {}', ...more }).filter(
        (c) => c.startsWith('missing-') && c !== 'missing-lockfile',
      );
    const pkg = '[package]\nname = "till"\nversion = "0.1.0"\n';
    assert.deepEqual(missing(`${pkg}edition.workspace = true\n`), ['missing-workspace']);
    assert.deepEqual(missing(`${pkg}[dependencies]\nserde = { workspace = true }\n`), ['missing-workspace']);
    assert.deepEqual(missing(`${pkg}[dependencies]\ncoin = { path = "../coin" }\n`), ['missing-path-dependency']);
    const there = { 'coin/Cargo.toml': pkg.replace('till', 'coin'), 'coin/src/lib.rs': '' };
    assert.deepEqual(missing(`${pkg}[dependencies]\ncoin = { path = "coin" }\n`, there), []);
    assert.deepEqual(missing(`${pkg}[workspace]\n[workspace.package]\nedition = "2024"\n`), []);
  });
});

describe('rust: lockfiles', () => {
  const files = (text: string) => ({
    'Cargo.toml': cargo('shop', '[dependencies]', 'serde = "1.0.100"'),
    'src/main.rs': MAIN,
    'Cargo.lock': text,
  });
  const serde = (version: string) => files(lock(['shop', '0.1.0', 'serde'], ['serde', version]));

  test('locked where the lock is that of the manifests', () => {
    assert.match(dockerfileOf(serde('1.0.228')), /cargo build --release --locked/);
    assert.deepEqual(adviceOf(serde('1.0.228')), []);
  });

  test('a lock that has drifted, or is missing, is told and mended', () => {
    for (const drifted of [
      serde('1.0.9'),
      files(lock(['shop', '0.1.0'])),
      files(lock(['shop', '0.2.0', 'serde'], ['serde', '1.0.228'])),
    ]) {
      assert.deepEqual(adviceOf(drifted), ['drifted-lockfile']);
      assert.doesNotMatch(dockerfileOf(drifted), /--locked/);
    }
    assert.deepEqual(adviceOf(shop), ['missing-lockfile']);
  });
});

describe('rust: packages of the system', () => {
  const packages = (...crates: string[]) =>
    projectOf({ ...shop, 'Cargo.lock': lock(...crates.map((c): [string, string] => [c, '1.0.0'])) }).merged.manifest
      .build?.packages;

  test('by exact names of crates in the lock, and not where the library comes as source', () => {
    assert.deepEqual(packages('openssl-sys'), ['libssl-dev', 'pkg-config']);
    assert.equal(packages('openssl-sys', 'openssl-src'), undefined);
    assert.deepEqual(packages('prost-build'), ['libprotobuf-dev', 'protobuf-compiler']);
    assert.equal(packages('my-openssl-sys'), undefined);
  });
});

describe('rust: serving', () => {
  const serving = (source: string, ...dependencies: string[]) => ({
    'Cargo.toml': cargo('shop', '[dependencies]', ...dependencies),
    'src/main.rs': source,
  });
  const port = (source: string, ...dependencies: string[]) =>
    projectOf(serving(source, ...dependencies)).merged.manifest.port;
  const AXUM = 'axum = "0.8"';

  test('the port beside PORT, of an address, of a pair, of an option', () => {
    assert.equal(
      port('fn main() { let p = env::var("PORT").unwrap_or_else(|_| "3000".into()); axum::serve(l, a); }', AXUM),
      3000,
    );
    assert.equal(port('fn main() { let l = TcpListener::bind("0.0.0.0:4000").await; axum::serve(l, a); }', AXUM), 4000);
    assert.equal(port('fn main() { warp::serve(routes).run(([0, 0, 0, 0], 3030)).await; }', 'warp = "0.3"'), 3030);
    assert.equal(
      port('fn main() { let a = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 3500)); axum::serve(a); }', AXUM),
      3500,
    );
    assert.equal(
      port('#[arg(long, env = "PORT", default_value_t = 5050)] port: u16, fn main() { axum::serve(a); }', AXUM),
      5050,
    );
  });

  test('an address of this machine is told, a database is not taken for it', () => {
    const files = serving(
      'fn main() { let db = "127.0.0.1:5432"; let l = TcpListener::bind("127.0.0.1:4000"); axum::serve(l, a); }',
      AXUM,
    );
    assert.deepEqual(adviceOf(files), ['missing-lockfile', 'listens-on-loopback']);
    assert.equal(projectOf(files).merged.manifest.port, 4000);
  });

  test('a host from the environment is set', () => {
    const files = serving(
      'fn main() { let h = env::var("HOST").unwrap_or("127.0.0.1".into()); let p = env::var("APP_PORT"); axum::serve(l, a); }',
      AXUM,
    );
    const text = dockerfileOf(files);
    assert.match(text, /HOST="0\.0\.0\.0"/);
    assert.match(text, /APP_PORT="8080"/);
    assert.deepEqual(adviceOf(files), ['missing-lockfile']);
  });

  test('the default of an option that is built, or of its settings', () => {
    const arg = 'Arg::new("port").long("port").help("Port").default_value("5600")';
    assert.equal(port(`fn main() { let c = Command::new("till").arg(${arg}); axum::serve(l, a); }`, AXUM), 5600);
    const other = `Arg::new("port").long("port")).arg(Arg::new("limit").default_value("5700")`;
    assert.equal(port(`fn main() { let c = Command::new("till").arg(${other}); axum::serve(l, a); }`, AXUM), undefined);
    assert.equal(port('struct S { #[default(5900)] pub port: u16 } fn main() { axum::serve(l, a); }', AXUM), 5900);
    assert.equal(port('fn default_port() -> u16 { 5800 } fn main() { axum::serve(l, a); }', AXUM), 5800);
  });

  test('a pair that is no address, and tests beside the code, say nothing of the port', () => {
    const pairs = 'const AGES: &[(&str, u8)] = &[("Ada", 80), ("Bo", 127)];';
    assert.equal(port(`${pairs} fn main() { axum::serve(l, a); }`, AXUM), undefined);
    const inline = `#[cfg(test)]\nmod tests { fn a() { let s = "}"; TcpListener::bind("0.0.0.0:4111"); } }`;
    assert.equal(port(`${inline}\nfn main() { axum::serve("0.0.0.0:4000"); }`, AXUM), 4000);
    const expecting = inline.replace('mod', '#[expect(clippy::unwrap_used)]\nmod');
    assert.equal(port(`${expecting}\nfn main() { axum::serve("0.0.0.0:4000"); }`, AXUM), 4000);
    const files = {
      ...serving('#[cfg(test)] mod tests; fn main() { axum::serve(l, a); }', AXUM),
      'src/tests.rs': 'fn a() { TcpListener::bind("0.0.0.0:4111"); }',
    };
    assert.equal(projectOf(files).merged.manifest.port, undefined);
  });

  test('Rocket is told by its own variables, with the port of its settings', () => {
    const text = dockerfileOf({
      ...serving('#[launch] fn rocket() -> _ { rocket::build() }', 'rocket = "0.5"'),
      'Rocket.toml': '[debug]\nport = 1\n[release]\nport = 9001\n',
    });
    assert.match(text, /ROCKET_ADDRESS="0\.0\.0\.0" \\\n {4}ROCKET_PORT="9001"/);
    assert.match(text, /COPY Rocket\.toml \.\//);
    assert.doesNotMatch(text, /catatonit/);
  });

  test('an address of all interfaces tells a server, whatever crate it is given to', () => {
    const { workload, port: own } = projectOf(serving('fn main() { app.howl("0.0.0.0:3100").await; }')).merged.manifest;
    assert.deepEqual([workload, own], ['service', 3100]);
    assert.equal(port('fn main() { config.port(3200).await; axum::serve(l, a); }', AXUM), 3200);
  });

  const cli = (field: string, ...more: string[]): string =>
    [
      `#[derive(Parser)]\nstruct Cli { #[command(subcommand)] command: ${field} }`,
      '#[derive(Subcommand)]\nenum Cmd { Export(Opts), #[command(name = "run-all")] Every { at: u8 }, Serve { port: u16 } }',
      ...more,
      'fn main() { axum::serve(l, a); }',
    ].join('\n');
  const command = (source: string) => projectOf(serving(source, AXUM, 'clap = "4"')).merged.manifest.command;

  test('the subcommand that serves, of a program that does nothing without one', () => {
    const [program = ''] = command('fn main() { axum::serve(l, a); }') ?? [];
    assert.deepEqual(command(`const A: &str = "0.0.0.0:3300";\n${cli('Cmd')}`), [program, 'serve']);
    assert.deepEqual(command(`const A: &str = "0.0.0.0:3300";\n${cli('Option<Cmd>')}`), [program]);
    const nested =
      '#[derive(Args)]\nstruct Db { #[command(subcommand)] what: Deep }\n#[derive(Subcommand)]\nenum Deep { Run }';
    assert.deepEqual(command(cli('Other', '#[derive(Subcommand)]\nenum Other { Seed }', nested)), [program]);
    const built = 'Command::new("till").subcommand_required(true).subcommand(Command::new("serve"))';
    assert.deepEqual(command(`fn main() { ${built}; axum::serve(l, a); }`), [program, 'serve']);
  });

  test('the port of the settings that it reads, and the variable that picks those of an image', () => {
    const files = {
      ...serving(
        'fn main() { let dir = here.join("configuration"); let e = env::var("APP_ENVIRONMENT").unwrap_or("local".into()); axum::serve(l, a); }',
        AXUM,
      ),
      'configuration/base.yaml': 'application:\n  port: 8123\n  host: 127.0.0.1\ndatabase:\n  port: 5432\n',
      'configuration/local.yaml': 'application:\n  host: 127.0.0.1\n',
    };
    assert.equal(projectOf(files).merged.manifest.port, 8123);
    assert.ok(adviceOf(files).includes('listens-on-loopback'));
    const production = { ...files, 'configuration/production.yaml': 'application:\n  host: 0.0.0.0\n' };
    assert.match(dockerfileOf(production), /^ENV APP_ENVIRONMENT="production"$/m);
    assert.ok(!adviceOf(production).includes('listens-on-loopback'));
  });

  test('a program that listens nowhere is a job', () => {
    assert.equal(projectOf(shop).merged.manifest.workload, 'job');
  });
});
