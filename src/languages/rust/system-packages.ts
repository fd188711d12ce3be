import type { Evidence } from '../../plan/plan.ts';
import { joinPackages } from '../../plan/packages.ts';
import type { CargoPackage } from './package.ts';
import type { CargoProject } from './project.ts';
import { tableOf } from '../../plan/table.ts';

/** What crates need of the system while they are compiled, by their exact names. Names of packages are those of Debian 13. */

interface Need {
  readonly crates: readonly string[];
  readonly packages: readonly string[];
  /** Not where one of these is there as well: it brings the library as source. */
  readonly unless?: readonly string[];
}

const CLANG = ['clang', 'libclang-dev'];

/** The image with the toolchain has a C and C++ compiler, make, pkg-config, git and Perl already. */
const NEEDS: readonly Need[] = [
  { crates: ['openssl-sys'], packages: ['libssl-dev', 'pkg-config'], unless: ['openssl-src'] },
  { crates: ['pq-sys'], packages: ['libpq-dev'], unless: ['pq-src'] },
  { crates: ['mysqlclient-sys'], packages: ['default-libmysqlclient-dev', 'pkg-config'], unless: ['mysqlclient-src'] },
  {
    crates: ['prost-build', 'tonic-build', 'tonic-prost-build', 'protobuf-codegen', 'protoc-rust', 'grpcio-compiler'],
    packages: ['libprotobuf-dev', 'protobuf-compiler'],
    unless: ['protoc-bin-vendored', 'protobuf-src'],
  },
  { crates: ['clang-sys'], packages: CLANG },
  { crates: ['cmake'], packages: ['cmake'] },
  { crates: ['aws-lc-sys', 'aws-lc-fips-sys'], packages: ['cmake'] },
  { crates: ['autotools'], packages: ['autoconf', 'automake', 'libtool'] },
  { crates: ['nasm-rs', 'mozjpeg-sys', 'rav1e'], packages: ['nasm'] },
  { crates: ['rdkafka-sys'], packages: ['libsasl2-dev', 'zlib1g-dev'] },
  { crates: ['sasl2-sys'], packages: ['libsasl2-dev'] },
  { crates: ['libgssapi-sys'], packages: ['libkrb5-dev'] },
  { crates: ['libsodium-sys', 'libsodium-sys-stable'], packages: ['libsodium-dev', 'pkg-config'] },
  { crates: ['nettle-sys'], packages: ['nettle-dev', 'pkg-config'] },
  { crates: ['gpgme-sys'], packages: ['libgpgme-dev'] },
  { crates: ['libdbus-sys'], packages: ['libdbus-1-dev', 'pkg-config'] },
  { crates: ['libudev-sys', 'hidapi'], packages: ['libudev-dev', 'pkg-config'] },
  { crates: ['libusb1-sys'], packages: ['libusb-1.0-0-dev', 'pkg-config'] },
  { crates: ['alsa-sys'], packages: ['libasound2-dev', 'pkg-config'] },
  { crates: ['libpulse-sys'], packages: ['libpulse-dev', 'pkg-config'] },
  { crates: ['pcap'], packages: ['libpcap-dev'] },
  { crates: ['zmq-sys'], packages: ['libzmq3-dev', 'pkg-config'], unless: ['zeromq-src'] },
  { crates: ['yeslogic-fontconfig-sys', 'servo-fontconfig-sys'], packages: ['libfontconfig1-dev', 'pkg-config'] },
  { crates: ['freetype-sys'], packages: ['libfreetype-dev', 'pkg-config'] },
  { crates: ['glib-sys'], packages: ['libglib2.0-dev', 'pkg-config'] },
  { crates: ['cairo-sys-rs'], packages: ['libcairo2-dev', 'pkg-config'] },
  { crates: ['pango-sys'], packages: ['libpango1.0-dev', 'pkg-config'] },
  { crates: ['gdk-pixbuf-sys'], packages: ['libgdk-pixbuf-2.0-dev', 'pkg-config'] },
  { crates: ['gstreamer-sys'], packages: ['libgstreamer1.0-dev', 'pkg-config'] },
  { crates: ['gstreamer-app-sys', 'gstreamer-base-sys'], packages: ['libgstreamer-plugins-base1.0-dev'] },
  {
    crates: ['ffmpeg-sys-next', 'rusty_ffmpeg', 'ffmpeg-sys-the-third'],
    packages: [
      ...CLANG,
      'libavcodec-dev',
      'libavdevice-dev',
      'libavfilter-dev',
      'libavformat-dev',
      'libavutil-dev',
      'libswresample-dev',
      'libswscale-dev',
      'pkg-config',
    ],
  },
  { crates: ['opencv'], packages: [...CLANG, 'libopencv-dev'] },
  { crates: ['magick_rust'], packages: [...CLANG, 'libmagickwand-dev', 'pkg-config'] },
  {
    crates: ['tesseract-sys', 'leptonica-sys'],
    packages: [...CLANG, 'libleptonica-dev', 'libtesseract-dev', 'pkg-config'],
  },
  { crates: ['libvips-sys', 'libvips'], packages: ['libvips-dev', 'pkg-config'] },
  { crates: ['libheif-sys'], packages: ['libheif-dev', 'pkg-config'] },
  { crates: ['libwebp-sys2'], packages: ['libwebp-dev', 'pkg-config'] },
  { crates: ['libxml'], packages: ['libxml2-dev', 'pkg-config'] },
  { crates: ['poppler-sys', 'poppler-sys-rs'], packages: ['libpoppler-glib-dev', 'pkg-config'] },
  { crates: ['odbc-sys'], packages: ['unixodbc-dev'] },
  { crates: ['proj-sys'], packages: ['libproj-dev', 'pkg-config'], unless: ['proj-src'] },
  { crates: ['gdal-sys'], packages: ['libgdal-dev', 'pkg-config'], unless: ['gdal-src'] },
  { crates: ['geos-sys'], packages: ['libgeos-dev', 'pkg-config'], unless: ['geos-src'] },
  { crates: ['hdf5-sys', 'hdf5-metno-sys'], packages: ['libhdf5-dev'] },
  { crates: ['rust-htslib', 'hts-sys'], packages: ['libbz2-dev', 'liblzma-dev', 'zlib1g-dev', ...CLANG] },
];

/** What is used while compiling, and leaves nothing in the program that is loaded when it runs. */
export const BUILD_TOOLS: ReadonlySet<string> = new Set([
  ...CLANG,
  'autoconf',
  'automake',
  'cmake',
  'libprotobuf-dev',
  'libtool',
  'nasm',
  'pkg-config',
  'protobuf-compiler',
]);

/** Crates that people name, and those with C code that come with them where nothing else is asked: without a lock. */
const BRINGS = tableOf<readonly string[]>({
  openssl: ['openssl-sys'],
  'native-tls': ['openssl-sys'],
  reqwest: ['openssl-sys'],
  'hyper-tls': ['openssl-sys'],
  git2: ['openssl-sys'],
  rdkafka: ['rdkafka-sys'],
  bindgen: ['clang-sys'],
  rocksdb: ['clang-sys'],
  tonic: [],
  zmq: ['zmq-sys'],
});

/** SQLite is built from source where a feature says so; sqlx always does. */
function sqliteNeed({ local }: CargoProject): boolean {
  const all = local.flatMap((p) => p.dependencies);
  const asks = all.some(
    (d) => d.name === 'rusqlite' || d.name === 'sqlite3-sys' || (d.name === 'diesel' && d.features.includes('sqlite')),
  );
  const bundled = all.some((d) =>
    d.features.some(
      (f) => f === 'bundled' || f.startsWith('bundled-') || f === 'returning_clauses_for_sqlite_3_35+bundled',
    ),
  );
  return asks && !bundled;
}

export interface SystemPackages {
  readonly build: readonly string[];
  readonly from: Evidence;
}

/** The Debian packages that the build needs; undefined for none. */
export function systemPackages(project: CargoProject, own: CargoPackage): SystemPackages | undefined {
  const { lock } = project;
  const direct = project.local.flatMap((p) => p.dependencies.map((d) => d.name));
  const vendored = project.local.some((p) => p.dependencies.some((d) => d.features.includes('vendored')));
  const guessed = direct.flatMap((name) => [name, ...(BRINGS[name] ?? []), ...dieselCrates(own, name)]);
  const crates = new Set(lock ? lock.crates.map((c) => c.name) : guessed);
  if (!lock && vendored) crates.add('openssl-src');
  const needs = NEEDS.filter(
    (n) => n.crates.some((c) => crates.has(c)) && !(n.unless ?? []).some((c) => crates.has(c)),
  );
  const named = needs.flatMap((n) => n.crates.filter((c) => crates.has(c)));
  const sqlite = sqliteNeed(project);
  const build = joinPackages(
    needs.flatMap((n) => n.packages),
    sqlite ? ['libsqlite3-dev', 'pkg-config'] : [],
  );
  if (build.length === 0) return undefined;
  const why = `compiled with what ${[...named, ...(sqlite ? ['libsqlite3-sys'] : [])].join(', ')} links to or calls`;
  return { build, from: { file: lock?.file ?? `${own.folder === '' ? '' : `${own.folder}/`}Cargo.toml`, why } };
}

function dieselCrates({ dependencies }: CargoPackage, name: string): string[] {
  if (name !== 'diesel') return [];
  const features = dependencies.find((d) => d.name === 'diesel')?.features ?? [];
  return [
    ...(features.includes('postgres') ? ['pq-sys'] : []),
    ...(features.includes('mysql') ? ['mysqlclient-sys'] : []),
  ];
}
