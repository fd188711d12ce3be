import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Manifest } from '../../../src/manifest/schema.ts';
import { dockerfileOf, planOf } from '../../support/projects.ts';

type Files = Readonly<Record<string, string>>;
/** A crate by its name, and what it needs. */
type Crates = Readonly<Record<string, readonly string[]>>;

const MAIN = 'fn main() {}\n';

/** A program that depends on the first crate, with a lock that holds all. */
function app(crates: Crates, manifest = '', more: Files = {}): Files {
  const [first] = Object.keys(crates);
  const entries = Object.entries({ shop: first === undefined ? [] : [first], ...crates }).map(
    ([name, needs]) =>
      `[[package]]\nname = "${name}"\nversion = "1.0.0"\n${name === 'shop' ? '' : 'source = "registry+https://github.com/rust-lang/crates.io-index"\n'}dependencies = ${JSON.stringify(needs)}\n`,
  );
  const depends = first === undefined || manifest.includes('[dependencies]') ? '' : `[dependencies]\n${first} = "1"\n`;
  return {
    'Cargo.toml': `[package]\nname = "shop"\nversion = "1.0.0"\nedition = "2021"\n${depends}${manifest}`,
    'Cargo.lock': `version = 4\n${entries.join('\n')}`,
    'src/main.rs': MAIN,
    ...more,
  };
}

const isWhole = (files: Files, manifest: Manifest = {}): boolean => {
  const text = dockerfileOf(files, manifest);
  const whole = /RUSTFLAGS="-C target-feature=\+crt-static"/.test(text);
  assert.equal(/FROM gcr\.io\/distroless\/static-debian\d+:nonroot AS runtime/.test(text), whole, text);
  assert.equal(text.includes('ldd /out/shop'), !whole && !/-alpine AS build/.test(text), text);
  return whole;
};

describe('rust: the C library linked in', () => {
  test('where no crate needs a library of the system, and the plan says why', () => {
    const files = app({ axum: ['tokio'], tokio: ['libc', 'windows-sys', 'mio'], libc: [], mio: [], 'windows-sys': [] });
    assert.ok(isWhole(files));
    const text = dockerfileOf(files);
    assert.match(
      text,
      /cargo build --release --locked --bin shop --target "\$\(rustc -vV \| sed -n 's\/\^host: \/\/p'\)"/,
    );
    assert.match(text, /cp \/target\/\*\/release\/shop \/out\/$/m);
    const steps = planOf(files).stages.flatMap((stage) => stage.steps);
    const [evidence] = steps.find((step) => step.kind === 'env' && 'RUSTFLAGS' in step.vars)?.evidence ?? [];
    assert.deepEqual(evidence, { file: 'Cargo.lock', why: 'no crate in the program needs a library of the system' });
  });

  test('with crates that bring the source of their libraries', () => {
    assert.ok(isWhole(app({ zstd: ['zstd-sys'], 'zstd-sys': ['cc', 'pkg-config'], cc: [], 'pkg-config': [] })));
    assert.ok(isWhole(app({ rustls: ['aws-lc-sys', 'ring'], 'aws-lc-sys': ['cmake'], ring: [], cmake: [] })));
    assert.ok(
      isWhole(
        app(
          { rusqlite: ['libsqlite3-sys'], 'libsqlite3-sys': [] },
          '[dependencies]\nrusqlite = { version = "1", features = ["bundled"] }\n',
        ),
      ),
    );
    assert.ok(isWhole(app({ sqlx: ['sqlx-sqlite'], 'sqlx-sqlite': ['libsqlite3-sys'], 'libsqlite3-sys': [] })));
    assert.ok(
      isWhole(
        app(
          { openssl: ['openssl-sys'], 'openssl-sys': ['openssl-src'], 'openssl-src': [] },
          '[dependencies]\nopenssl = { version = "1", features = ["vendored"] }\n',
        ),
      ),
    );
  });

  test('not with one that links to a library of the system, or loads one, or whose needs are not known', () => {
    for (const crate of [
      'openssl-sys',
      'pq-sys',
      'somelib-sys',
      'somelib-sys2',
      'glib-sys-rs',
      'pyo3-ffi',
      'some-src',
      'libloading',
      'pcap',
      'jni',
    ]) {
      assert.ok(!isWhole(app({ between: [crate], [crate]: [] })), crate);
    }
    assert.ok(!isWhole(app({ rusqlite: ['libsqlite3-sys'], 'libsqlite3-sys': [] })));
    assert.ok(
      !isWhole(app({ openssl: ['openssl-sys'], 'openssl-sys': ['openssl-src'], 'openssl-src': [] })),
      'source that no feature asks for',
    );
  });

  test('what runs while compiling, in tests or on another system is not in the program', () => {
    const bindgen = { bindgen: ['clang-sys'], 'clang-sys': ['libloading'], libloading: [] };
    assert.ok(isWhole(app({ somelib: ['bindgen'], ...bindgen })));
    assert.ok(isWhole(app(bindgen, '[build-dependencies]\nbindgen = "1"\n[dependencies]\n')));
    assert.ok(isWhole(app({ pyo3: [] }, '[dev-dependencies]\npyo3 = "1"\n[dependencies]\n')));
  });

  test('not where the crates are not known: no lock, or one of other manifests', () => {
    const { 'Cargo.lock': _, ...open } = app({ axum: [] });
    assert.ok(!isWhole(open));
    assert.ok(!isWhole({ ...app({ axum: [] }), 'Cargo.lock': 'version = 4\n' }));
    assert.ok(
      isWhole({ 'Cargo.toml': '[package]\nname = "shop"\nedition = "2021"\n', 'src/main.rs': MAIN }),
      'nothing from outside',
    );
  });

  test('not where the project links by itself, or says how to', () => {
    const plain = { axum: [] };
    const cases: Readonly<Record<string, Files>> = {
      'a build script': app(plain, '', { 'build.rs': 'fn main() { println!("cargo:rustc-link-lib=dylib=z"); }\n' }),
      'a block of foreign functions': app(plain, '', { 'src/z.rs': '#[link(name = "z")]\nextern "C" {}\n' }),
      'a library for others': app(plain, '[lib]\ncrate-type = ["cdylib", "rlib"]\n', { 'src/lib.rs': '' }),
      flags: app(plain, '', { '.cargo/config.toml': '[build]\nrustflags = ["-C", "target-cpu=native"]\n' }),
      'a target': app(plain, '', { '.cargo/config.toml': '[build]\ntarget = "x86_64-unknown-linux-musl"\n' }),
      'an old toolchain': app(plain, '', { 'rust-toolchain': '1.70.0\n' }),
    };
    for (const [name, files] of Object.entries(cases)) assert.ok(!isWhole(files), name);
    assert.ok(isWhole(app(plain, '', { '.cargo/config.toml': '[net]\ngit-fetch-with-cli = true\n' })));
    const windows = '[target.x86_64-pc-windows-msvc]\nrustflags = ["-C", "target-feature=+crt-static"]\n';
    assert.ok(isWhole(app(plain, '', { '.cargo/config.toml': windows })), 'of another system');
  });

  test('not where the manifest asks for what goes with other images', () => {
    const files = app({ axum: [] });
    assert.ok(isWhole(files, { image: { variant: 'distroless' } }));
    assert.ok(isWhole(files, { build: { packages: ['protobuf-compiler'] } }));
    for (const manifest of [
      { image: { variant: 'slim' } },
      { image: { variant: 'alpine' } },
      { image: { base: 'registry.example/base:1' } },
      { build: { packages: ['libpq-dev'] } },
      { build: { args: { RUSTFLAGS: '-C target-cpu=native' } } },
      { build: { command: 'make' } },
      { run: { packages: ['ffmpeg'] } },
    ] satisfies Manifest[]) {
      assert.ok(!isWhole(files, manifest), JSON.stringify(manifest));
    }
  });
});
