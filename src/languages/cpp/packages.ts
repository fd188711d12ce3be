import type { Evidence } from '../../plan/plan.ts';
import { joinPackages } from '../../plan/packages.ts';
import type { CppProject } from './project.ts';
import { cmakeCalls } from './cmake.ts';
import { tableOf } from '../../plan/table.ts';
import { vcpkgDependencies } from './vcpkg.ts';

/** Libraries that build files look for, by the exact names that they use, as packages of Debian 13. */

/** `find_package(NAME)` of CMake, in lower case. */
const FIND_PACKAGE = tableOf<readonly string[]>({
  openssl: ['libssl-dev'],
  curl: ['libcurl4-openssl-dev'],
  zlib: ['zlib1g-dev'],
  zstd: ['libzstd-dev'],
  lz4: ['liblz4-dev'],
  bzip2: ['libbz2-dev'],
  liblzma: ['liblzma-dev'],
  fmt: ['libfmt-dev'],
  spdlog: ['libspdlog-dev'],
  nlohmann_json: ['nlohmann-json3-dev'],
  rapidjson: ['rapidjson-dev'],
  jsoncpp: ['libjsoncpp-dev'],
  'yaml-cpp': ['libyaml-cpp-dev'],
  tinyxml2: ['libtinyxml2-dev'],
  pugixml: ['libpugixml-dev'],
  libxml2: ['libxml2-dev'],
  expat: ['libexpat1-dev'],
  sqlite3: ['libsqlite3-dev'],
  postgresql: ['libpq-dev'],
  libpqxx: ['libpqxx-dev'],
  mysql: ['default-libmysqlclient-dev'],
  hiredis: ['libhiredis-dev'],
  protobuf: ['libprotobuf-dev', 'protobuf-compiler'],
  grpc: ['libgrpc++-dev', 'libprotobuf-dev', 'protobuf-compiler', 'protobuf-compiler-grpc'],
  absl: ['libabsl-dev'],
  gtest: ['libgtest-dev'],
  gmock: ['libgmock-dev'],
  benchmark: ['libbenchmark-dev'],
  catch2: ['catch2'],
  doctest: ['doctest-dev'],
  eigen3: ['libeigen3-dev'],
  opencv: ['libopencv-dev'],
  tbb: ['libtbb-dev'],
  asio: ['libasio-dev'],
  boost: ['libboost-dev'],
  libuv: ['libuv1-dev'],
  libevent: ['libevent-dev'],
  cpprestsdk: ['libcpprest-dev'],
  websocketpp: ['libwebsocketpp-dev'],
  httplib: ['libcpp-httplib-dev'],
  drogon: ['libdrogon-dev'],
  cxxopts: ['libcxxopts-dev'],
  cli11: ['libcli11-dev'],
  gflags: ['libgflags-dev'],
  glog: ['libgoogle-glog-dev'],
  cereal: ['libcereal-dev'],
  jpeg: ['libjpeg-dev'],
  png: ['libpng-dev'],
  tiff: ['libtiff-dev'],
  freetype: ['libfreetype-dev'],
  imagemagick: ['libmagick++-dev'],
  sdl2: ['libsdl2-dev'],
  ncurses: ['libncurses-dev'],
  curses: ['libncurses-dev'],
  readline: ['libreadline-dev'],
  libsodium: ['libsodium-dev'],
  libzmq: ['libzmq3-dev'],
  zeromq: ['libzmq3-dev'],
  cppzmq: ['cppzmq-dev'],
  pahomqttc: ['libpaho-mqtt-dev'],
  pahomqttcpp: ['libpaho-mqttpp-dev'],
  mosquitto: ['libmosquitto-dev'],
  rdkafka: ['librdkafka-dev'],
  rabbitmq: ['librabbitmq-dev'],
  lua: ['liblua5.4-dev'],
  python3: ['python3-dev'],
  python: ['python3-dev'],
  pybind11: ['pybind11-dev'],
  blas: ['libopenblas-dev'],
  lapack: ['liblapack-dev'],
  mpi: ['libopenmpi-dev'],
  gmp: ['libgmp-dev'],
  icu: ['libicu-dev'],
  flex: ['flex'],
  flexlexer: ['flex'],
  bison: ['bison'],
  perl: ['perl'],
  uuid: ['uuid-dev'],
  libwebsockets: ['libwebsockets-dev'],
});

/** Names of pkg-config, which `dependency()` of Meson and `pkg_check_modules` take. */
const PKG_CONFIG = tableOf<readonly string[]>({
  libcurl: ['libcurl4-openssl-dev'],
  libssl: ['libssl-dev'],
  libcrypto: ['libssl-dev'],
  libpq: ['libpq-dev'],
  mysqlclient: ['default-libmysqlclient-dev'],
  mariadb: ['libmariadb-dev'],
  'libxml-2.0': ['libxml2-dev'],
  'glib-2.0': ['libglib2.0-dev'],
  'gio-2.0': ['libglib2.0-dev'],
  'gtk+-3.0': ['libgtk-3-dev'],
  libsystemd: ['libsystemd-dev'],
  libmicrohttpd: ['libmicrohttpd-dev'],
  'json-c': ['libjson-c-dev'],
  jansson: ['libjansson-dev'],
  libcjson: ['libcjson-dev'],
  libpcre2: ['libpcre2-dev'],
  'libpcre2-8': ['libpcre2-dev'],
  liburing: ['liburing-dev'],
  libpng: ['libpng-dev'],
  libjpeg: ['libjpeg-dev'],
  freetype2: ['libfreetype-dev'],
  gtest_main: ['libgtest-dev'],
  ncursesw: ['libncurses-dev'],
  'lua5.4': ['liblua5.4-dev'],
  popt: ['libpopt-dev'],
  libidn2: ['libidn2-dev'],
  libseccomp: ['libseccomp-dev'],
  libcap: ['libcap-dev'],
  libpcap: ['libpcap-dev'],
  libwebsockets: ['libwebsockets-dev'],
  libavcodec: ['libavcodec-dev'],
  libavformat: ['libavformat-dev'],
  libavutil: ['libavutil-dev'],
  libswscale: ['libswscale-dev'],
});

/** What a linker is told with `-l`. */
const LINKED = tableOf<readonly string[]>({
  ssl: ['libssl-dev'],
  crypto: ['libssl-dev'],
  curl: ['libcurl4-openssl-dev'],
  z: ['zlib1g-dev'],
  bz2: ['libbz2-dev'],
  lzma: ['liblzma-dev'],
  sqlite3: ['libsqlite3-dev'],
  pq: ['libpq-dev'],
  pqxx: ['libpqxx-dev', 'libpq-dev'],
  mysqlclient: ['default-libmysqlclient-dev'],
  mariadb: ['libmariadb-dev'],
  hiredis: ['libhiredis-dev'],
  ncurses: ['libncurses-dev'],
  ncursesw: ['libncurses-dev'],
  readline: ['libreadline-dev'],
  xml2: ['libxml2-dev'],
  fmt: ['libfmt-dev'],
  jsoncpp: ['libjsoncpp-dev'],
  'json-c': ['libjson-c-dev'],
  jansson: ['libjansson-dev'],
  cjson: ['libcjson-dev'],
  microhttpd: ['libmicrohttpd-dev'],
  event: ['libevent-dev'],
  uv: ['libuv1-dev'],
  ev: ['libev-dev'],
  uring: ['liburing-dev'],
  zmq: ['libzmq3-dev'],
  sodium: ['libsodium-dev'],
  gmp: ['libgmp-dev'],
  pcre2: ['libpcre2-dev'],
  'pcre2-8': ['libpcre2-dev'],
  pcap: ['libpcap-dev'],
  websockets: ['libwebsockets-dev'],
  uuid: ['uuid-dev'],
  gtest: ['libgtest-dev'],
  protobuf: ['libprotobuf-dev', 'protobuf-compiler'],
  boost_system: ['libboost-system-dev'],
  boost_thread: ['libboost-thread-dev'],
  boost_filesystem: ['libboost-filesystem-dev'],
  boost_program_options: ['libboost-program-options-dev'],
});

/** Components of Boost that are compiled; the others are headers only. https://packages.debian.org/source/trixie/boost1.83 */
const BOOST = new Set(
  'atomic chrono container context coroutine date_time filesystem iostreams json locale log program_options random regex serialization stacktrace system thread timer url'.split(
    ' ',
  ),
);
const boostPackages = (components: readonly string[]): string[] => [
  'libboost-dev',
  ...components.filter((c) => BOOST.has(c)).map((c) => `libboost-${c.replaceAll('_', '-')}-dev`),
];

interface HeaderRule {
  /** A header, or with `/` at its end a folder of headers. */
  readonly header: string;
  readonly packages: readonly string[];
  /** What has to be linked, in that order; nothing for libraries that are headers only. */
  readonly links?: readonly string[];
}

/** Libraries by their headers, for projects whose build files do not say. */
const HEADERS: readonly HeaderRule[] = [
  { header: 'asio.hpp', packages: ['libasio-dev'] },
  { header: 'httplib.h', packages: ['libcpp-httplib-dev'], links: ['cpp-httplib'] },
  { header: 'microhttpd.h', packages: ['libmicrohttpd-dev'], links: ['microhttpd'] },
];

/** More of them, where no build file could say otherwise. */
const PLAIN_HEADERS: readonly HeaderRule[] = [
  ...HEADERS,
  { header: 'cjson/', packages: ['libcjson-dev'], links: ['cjson'] },
  { header: 'cpprest/', packages: ['libcpprest-dev'], links: ['cpprest', 'ssl', 'crypto'] },
  { header: 'curl/', packages: ['libcurl4-openssl-dev'], links: ['curl'] },
  { header: 'event2/', packages: ['libevent-dev'], links: ['event'] },
  { header: 'fmt/', packages: ['libfmt-dev'], links: ['fmt'] },
  { header: 'gmp.h', packages: ['libgmp-dev'], links: ['gmp'] },
  { header: 'hiredis/', packages: ['libhiredis-dev'], links: ['hiredis'] },
  { header: 'jansson.h', packages: ['libjansson-dev'], links: ['jansson'] },
  { header: 'json-c/', packages: ['libjson-c-dev'], links: ['json-c'] },
  { header: 'libpq-fe.h', packages: ['libpq-dev'], links: ['pq'] },
  { header: 'ncurses.h', packages: ['libncurses-dev'], links: ['ncurses'] },
  { header: 'nlohmann/', packages: ['nlohmann-json3-dev'] },
  { header: 'openssl/', packages: ['libssl-dev'], links: ['ssl', 'crypto'] },
  { header: 'pqxx/', packages: ['libpqxx-dev', 'libpq-dev'], links: ['pqxx', 'pq'] },
  { header: 'readline/', packages: ['libreadline-dev'], links: ['readline'] },
  { header: 'spdlog/', packages: ['libspdlog-dev'], links: ['spdlog', 'fmt'] },
  { header: 'sqlite3.h', packages: ['libsqlite3-dev'], links: ['sqlite3'] },
  { header: 'uv.h', packages: ['libuv1-dev'], links: ['uv'] },
  { header: 'yaml-cpp/', packages: ['libyaml-cpp-dev'], links: ['yaml-cpp'] },
  { header: 'zlib.h', packages: ['zlib1g-dev'], links: ['z'] },
  { header: 'zmq.h', packages: ['libzmq3-dev'], links: ['zmq'] },
];

const included = (headers: ReadonlySet<string>, rules: readonly HeaderRule[]): HeaderRule[] =>
  rules.filter(({ header }) =>
    header.endsWith('/') ? [...headers].some((name) => name.startsWith(header)) : headers.has(header),
  );

/** What a program without a build file has to be linked with, by the headers that it includes. */
export const linkedLibraries = (headers: ReadonlySet<string>): string[] => [
  ...new Set(included(headers, PLAIN_HEADERS).flatMap(({ links = [] }) => links)),
];

interface Found {
  readonly name: string;
  readonly packages: readonly string[] | undefined;
  readonly from: Evidence;
}

function cmakeFinds({ texts }: CppProject): Found[] {
  return texts.flatMap(({ path, text }) =>
    cmakeCalls(text).flatMap(({ name, args, line }): Found[] => {
      const [first = ''] = args;
      const from = { file: path, line, why: `looks for ${first}` };
      if (name === 'find_package') {
        const optional = !args.includes('REQUIRED');
        const own = FIND_PACKAGE[first.toLowerCase()];
        const packages = first.toLowerCase() === 'boost' ? boostPackages(args.slice(1)) : own;
        return packages === undefined && optional ? [] : [{ name: first, packages, from }];
      }
      if (name === 'pkg_check_modules' || name === 'pkg_search_module') {
        return args
          .slice(1)
          .filter((a) => /^[a-z]/.test(a))
          .map((a) => {
            const module = a.replace(/[<>=].*$/, '');
            return { name: module, packages: PKG_CONFIG[module] ?? FIND_PACKAGE[module.toLowerCase()], from };
          });
      }
      if (name === 'target_link_libraries' || name === 'link_libraries' || name === 'find_library')
        return args
          .filter((a) => LINKED[a.replace(/^-l/, '')] && a !== 'fmt')
          .map((a) => ({ name: a, packages: LINKED[a.replace(/^-l/, '')], from }));
      return [];
    }),
  );
}

function mesonFinds({ texts }: CppProject): Found[] {
  return texts.flatMap(({ path, text }) =>
    [...text.replaceAll(/#[^\n]*/g, '').matchAll(/\b(dependency|find_library)\s*\(\s*'([^']+)'([^)]*)/g)].flatMap(
      (m): Found[] => {
        const name = m[2] ?? '';
        if (/^(threads|openmp|m|dl|rt|pthread)$/.test(name)) return [];
        const modules = [...(m[3] ?? '').matchAll(/'([a-z_]+)'/g)].map((x) => x[1] ?? '');
        const packages =
          name === 'boost'
            ? boostPackages(modules)
            : (PKG_CONFIG[name] ?? FIND_PACKAGE[name.toLowerCase()] ?? LINKED[name]);
        const optional = /required\s*:\s*false|fallback\s*:/.test(m[3] ?? '');
        return packages === undefined && optional
          ? []
          : [{ name, packages, from: { file: path, why: `looks for ${name}` } }];
      },
    ),
  );
}

function linkerFinds({ texts }: CppProject): Found[] {
  return texts.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:^|[\s=])-l([\w.+-]+)/gm)].flatMap((m): Found[] => {
      const packages = LINKED[m[1] ?? ''];
      return packages
        ? [{ name: m[1] ?? '', packages, from: { file: path, why: `is linked with ${m[1] ?? ''}` } }]
        : [];
    }),
  );
}

function configureFinds({ texts }: CppProject): Found[] {
  return texts.flatMap(({ path, text }) =>
    [
      ...text.matchAll(
        /\b(?:PKG_CHECK_MODULES\s*\(\s*\[?\w+\]?\s*,\s*\[?([\w.+-]+)|AC_(?:CHECK|SEARCH)_LIBS?\s*\(\s*\[?([\w.+-]+))/g,
      ),
    ].flatMap((m): Found[] => {
      const name = m[1] ?? m[2] ?? '';
      const packages = m[1] === undefined ? LINKED[name] : (PKG_CONFIG[name] ?? FIND_PACKAGE[name.toLowerCase()]);
      return packages === undefined ? [] : [{ name, packages, from: { file: path, why: `looks for ${name}` } }];
    }),
  );
}

/** Libraries that a package manager for C++ would build; Debian has many of them ready. */
function managedFinds({ inventory }: CppProject): Found[] {
  const conan = inventory.text('conanfile.txt') ?? '';
  const requires = /\[requires\]([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(conan)?.[1] ?? '';
  const fromConan = [...requires.matchAll(/^\s*([\w.-]+)\//gm)].map((m) => ({
    name: m[1] ?? '',
    file: 'conanfile.txt',
  }));
  const fromVcpkg = vcpkgDependencies(inventory).map((name) => ({ name, file: 'vcpkg.json' }));
  return [...fromConan, ...fromVcpkg].map(({ name, file }) => {
    const key = name.replaceAll('-', '_');
    const packages = name.startsWith('boost')
      ? boostPackages([key.replace(/^boost_/, '')])
      : (FIND_PACKAGE[name] ?? FIND_PACKAGE[key] ?? PKG_CONFIG[name]);
    return { name, packages, from: { file, why: `asks for ${name}` } };
  });
}

export interface CppPackages {
  readonly packages: readonly string[];
  readonly from: Evidence | undefined;
  /** What is looked for and not known, with where. */
  readonly unknown: readonly { readonly name: string; readonly from: Evidence }[];
  readonly managed: readonly string[];
  /** vcpkg builds the libraries: it is asked for some that Debian does not have. */
  readonly vcpkg: boolean;
}

/** Of CMake itself, or of the toolchain; or no library. */
const NO_LIBRARY = /^(threads|openmp|pkgconfig|git|packagehandlestandardargs|doxygen|ccache|clangformat|sanitizers)$/i;

export function cppPackages(project: CppProject, headers: ReadonlySet<string>): CppPackages {
  const managed = managedFinds(project);
  const bySystem = {
    cmake: cmakeFinds,
    meson: mesonFinds,
    autotools: (p: CppProject) => [...configureFinds(p), ...linkerFinds(p)],
    make: linkerFinds,
    compiler: () => [],
  }[project.system](project);
  const byHeader = included(headers, project.system === 'compiler' ? PLAIN_HEADERS : HEADERS).map(
    ({ header, packages }): Found => ({
      name: header,
      packages,
      from: { why: `${header} is included, and not part of the project` },
    }),
  );
  const boost = [...headers].some((h) => h.startsWith('boost/'))
    ? [{ name: 'boost', packages: ['libboost-dev'], from: { why: 'headers of Boost are included' } }]
    : [];
  const all = [...bySystem, ...managed, ...byHeader, ...boost].filter((f) => !NO_LIBRARY.test(f.name));
  if (project.system === 'cmake' && managed.some((f) => f.from.file === 'vcpkg.json' && f.packages === undefined))
    return { packages: [], from: undefined, unknown: [], managed: [], vcpkg: true };
  return {
    vcpkg: false,
    packages: joinPackages(...all.map((f) => f.packages)),
    from: all.find((f) => (f.packages ?? []).length > 0)?.from,
    unknown: all.flatMap(({ name, packages, from }) => (packages === undefined ? [{ name, from }] : [])),
    managed: [...new Set(managed.map((f) => f.from.file ?? ''))],
  };
}
