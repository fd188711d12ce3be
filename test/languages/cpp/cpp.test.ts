import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const MAIN = 'int main() { return 0; }\n';
const commandOf = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest.command;
const packagesOf = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest.build?.packages;

describe('c and c++: programs of CMake', () => {
  const cmake = (...lines: string[]) => ({
    'CMakeLists.txt': ['project(shop)', ...lines, ''].join('\n'),
    'main.cpp': MAIN,
  });

  test('by name, by variable, with the name of the file that is made', () => {
    assert.deepEqual(commandOf(cmake('add_executable(till main.cpp)')), ['till']);
    assert.deepEqual(commandOf(cmake('set(APP till)', 'add_executable(${APP} main.cpp)')), ['till']);
    assert.deepEqual(commandOf(cmake('add_executable(${PROJECT_NAME} main.cpp)')), ['shop']);
    assert.deepEqual(
      commandOf(cmake('add_executable(t main.cpp)', 'set_target_properties(t PROPERTIES OUTPUT_NAME till)')),
      ['till'],
    );
  });

  test('the only program is run though it is called a benchmark, beside a module that looks for a library', () => {
    const files = cmake('add_executable(shop_benchmark main.cpp)');
    assert.deepEqual(commandOf({ ...files, 'cmake/FindTill.cmake': 'add_library(Till INTERFACE IMPORTED)\n' }), [
      'shop_benchmark',
    ]);
    assert.equal(commandOf({ ...files, 'till/CMakeLists.txt': 'add_library(till till.cpp)\n' }), undefined);
  });

  test('in folders below, without tests, comments and what is only imported', () => {
    const files = {
      ...cmake('add_subdirectory(app)', '# add_executable(old main.cpp)', 'add_executable(tool IMPORTED)'),
      'app/CMakeLists.txt': 'add_executable(till main.cpp)\n',
      'tests/CMakeLists.txt': 'add_executable(check main.cpp)\n',
    };
    assert.deepEqual(commandOf(files), ['till']);
  });

  test('of several the one that the project is named after; else a command has to say', () => {
    assert.deepEqual(commandOf(cmake('add_executable(till a.cpp)', 'add_executable(shop main.cpp)')), ['shop']);
    assert.deepEqual(
      commandOf(
        cmake('add_executable(till_cli a.cpp)', 'add_executable(till main.cpp)', 'add_executable(till-top b.cpp)'),
      ),
      ['till'],
    );
    const files = cmake('add_executable(red a.cpp)', 'add_executable(blue main.cpp)');
    assert.equal(problemOf(() => dockerfileOf(files))?.slug, 'no-start-command');
    assert.match(dockerfileOf(files, { command: 'blue' }), /-name blue /);
  });

  test('a library alone cannot be run', () => {
    assert.equal(problemOf(() => dockerfileOf(cmake('add_library(shop main.cpp)')))?.slug, 'no-start-command');
  });

  test('packages by the exact names that are looked for', () => {
    assert.deepEqual(
      packagesOf(
        cmake(
          'find_package(OpenSSL REQUIRED)',
          'find_package(Boost 1.74 REQUIRED COMPONENTS program_options)',
          'add_executable(till main.cpp)',
        ),
      ),
      ['libboost-dev', 'libboost-program-options-dev', 'libssl-dev'],
    );
    assert.deepEqual(
      packagesOf(
        cmake(
          'find_package(Git REQUIRED)',
          'find_library(UV NAMES uv libuv)',
          'find_library(UTIL NAMES util)',
          'find_package(Libwebsockets 3.2.0 REQUIRED)',
          'add_executable(till main.cpp)',
        ),
      ),
      ['libuv1-dev', 'libwebsockets-dev'],
    );
    const unknown = cmake('find_package(Nowhere REQUIRED)', 'add_executable(till main.cpp)');
    assert.deepEqual(adviceOf(unknown), ['unknown-library']);
  });

  test('what is installed beside a program goes along', () => {
    const files = cmake('add_executable(till main.cpp)', 'install(FILES prices.txt DESTINATION share/shop)');
    assert.match(dockerfileOf(files), /COPY --from=build \/staging\/usr\/local\/share\/ \/usr\/local\/share\//);
  });

  test('tests that an option of the project builds are left out; an option is not turned on', () => {
    const files = cmake(
      'option(SHOP_BUILD_TESTING "tests" ON)',
      'option(SHOP_BENCHMARKS "speed" OFF)',
      'option(SHOP_TLS "encryption" ON)',
      'cmake_dependent_option(SHOP_FUZZING "fuzzers" ON "SHOP_BUILD_TESTING" OFF)',
      'add_executable(till main.cpp)',
    );
    assert.match(dockerfileOf(files), / -DBUILD_TESTING=OFF -DSHOP_BUILD_TESTING=OFF -DSHOP_FUZZING=OFF \\\n/);
  });

  test('the tests of a library are no program to run', () => {
    const files = cmake('add_library(shop a.cpp)', 'add_executable(shop-test main.cpp)');
    assert.equal(problemOf(() => dockerfileOf(files))?.slug, 'no-start-command');
  });

  test('vcpkg builds the libraries where Debian does not have all of them', () => {
    const asks = (manifest: object) => ({
      ...cmake('find_package(Shelf REQUIRED)', 'add_executable(till main.cpp)'),
      'vcpkg.json': JSON.stringify(manifest),
    });
    const features = { name: 'curl', features: ['ssl', 'http2'] };
    const known = asks({ dependencies: ['zlib', features, { name: 'vcpkg-cmake', host: true }] });
    assert.deepEqual(packagesOf(known), ['libcurl4-openssl-dev', 'zlib1g-dev']);
    assert.doesNotMatch(dockerfileOf(known), /opt\/vcpkg/);
    const text = dockerfileOf(asks({ dependencies: ['zlib', 'shelf-of-nowhere'] }));
    assert.match(text, /git clone --depth 1 https:\/\/github\.com\/microsoft\/vcpkg \/opt\/vcpkg/);
    assert.match(text, /COPY vcpkg\.json \.\/\nRUN [^\n]*\\\n[^\n]*\\\n {4}\/opt\/vcpkg\/vcpkg install /);
    assert.match(text, /-DCMAKE_TOOLCHAIN_FILE=\/opt\/vcpkg\/scripts\/buildsystems\/vcpkg\.cmake/);
    assert.doesNotMatch(text, /zlib1g-dev/);
    assert.deepEqual(adviceOf(asks({ dependencies: ['shelf-of-nowhere'] })), []);
    assert.match(
      dockerfileOf(asks({ dependencies: ['shelf-of-nowhere'], 'builtin-baseline': 'a'.repeat(40) })),
      /git clone https:/,
    );
  });
});

describe('c and c++: other build systems', () => {
  test('Meson: by name, by variable, by the project', () => {
    const meson = (...lines: string[]) => ({
      'meson.build': ["project('shop', 'c')", ...lines, ''].join('\n'),
      'main.c': MAIN,
    });
    assert.deepEqual(commandOf(meson("executable('till', 'main.c')")), ['till']);
    assert.deepEqual(commandOf(meson("executable(meson.project_name(), 'main.c')")), ['shop']);
    assert.deepEqual(packagesOf(meson("dependency('libcurl')", "executable('till', 'main.c')")), [
      'libcurl4-openssl-dev',
    ]);
  });

  test('a Makefile: the variable, the rule, what the compiler writes', () => {
    const make = (text: string) => ({ Makefile: text, 'main.c': MAIN });
    assert.deepEqual(commandOf(make('TARGET = till\nall: $(TARGET)\n$(TARGET): main.o\n\t$(CC) -o $@ main.o\n')), [
      'till',
    ]);
    assert.deepEqual(commandOf(make('all:\n\tgcc main.c -o bin/till -lpq\n')), ['till']);
    assert.deepEqual(packagesOf(make('all:\n\tgcc main.c -o bin/till -lpq\n')), ['libpq-dev']);
  });

  test('autotools: bin_PROGRAMS, and configure is made where it is missing', () => {
    const text = dockerfileOf({
      'configure.ac': 'AC_INIT([shop], [1.0])\n',
      'Makefile.am': 'bin_PROGRAMS = till\n',
      'main.c': MAIN,
    });
    assert.match(text, /autoreconf -fi/);
    assert.match(text, /CMD \["till"\]/);
  });

  test('what vcpkg gives to other systems than Linux asks for nothing', () => {
    const windows = { name: 'wepoll', platform: 'windows | mingw' };
    const text = dockerfileOf({
      'CMakeLists.txt': 'add_executable(hall main.cpp)\n',
      'main.cpp': MAIN,
      'vcpkg.json': JSON.stringify({ dependencies: ['pthreads', 'zlib', windows] }),
    });
    assert.doesNotMatch(text, /opt\/vcpkg/);
    assert.match(text, /zlib1g-dev/);
    const both = dockerfileOf({
      'CMakeLists.txt': 'add_executable(hall main.cpp)\n',
      'main.cpp': MAIN,
      'vcpkg.json': JSON.stringify({ dependencies: [{ name: 'wepoll', platform: 'windows | linux' }] }),
    });
    assert.match(both, /opt\/vcpkg/);
  });

  test('a program that takes the locale of its user gets one of UTF-8, and the files of it where an image has none', () => {
    const asks = (call: string) => ({
      'CMakeLists.txt': 'add_executable(hall main.cpp)\n',
      'main.cpp': `#include <clocale>\nint main() { ${call} for (;;) {} }\n`,
    });
    for (const call of ['setlocale(LC_ALL, "");', 'std::locale::global(std::locale(""));', 'std::locale user{""};']) {
      assert.match(
        dockerfileOf(asks(call)),
        /cp -R --parents \/usr\/lib\/locale\/C\.\* \/libraries[\s\S]*ENV LANG="C\.UTF-8"/,
      );
    }
    const slim = dockerfileOf(asks('setlocale(LC_ALL, "");'), { image: { variant: 'slim' } });
    assert.match(slim, /ENV LANG="C\.UTF-8"/);
    assert.doesNotMatch(slim, /usr\/lib\/locale/);
    assert.doesNotMatch(dockerfileOf(asks('setlocale(LC_ALL, "C");')), /LANG|usr\/lib\/locale/);
  });

  test('source alone: the files of one folder, around the one with a main function', () => {
    const waits = `#include <unistd.h>\nint main() { sleep(1); getaddrinfo(0, 0, 0, 0); }\n`;
    assert.match(
      dockerfileOf({ 'hello.c': waits, 'more.c': 'int more;\n' }),
      /cc -O2 -pthread -o \/out\/hello hello\.c more\.c -lm/,
    );
    assert.match(
      dockerfileOf({ 'src/main.cpp': waits, 'src/other.cpp': waits }),
      /c\+\+ -O2 -pthread -o \/out\/main src\/main\.cpp -lm/,
    );
  });

  test('source alone, which asks nothing of the system, becomes one file; with an init where it may go on', () => {
    const once = dockerfileOf({ 'hello.c': MAIN });
    assert.match(once, /cc -O2 -s -static -o \/out\/hello hello\.c -lm/);
    assert.match(once, /^FROM scratch AS runtime$/m);
    assert.doesNotMatch(once, /catatonit|ldd/);
    const loops = dockerfileOf({ 'hello.c': 'int main() { for (;;) {} }\n' });
    assert.match(loops, /FROM scratch[\s\S]*catatonit/);
    assert.match(
      dockerfileOf({ 'hello.c': MAIN }, { image: { variant: 'distroless' } }),
      /FROM gcr\.io\/distroless\/cc/,
    );
  });

  test('the port of a client beside it is not the server’s', () => {
    const files = {
      Makefile: 'all: till client\ntill: till.c\n\t$(CC) -o $@ $<\nclient: client.c\n\t$(CC) -o $@ $<\n',
      'till.c': `int serve(void) { int port = 4000; bind(s, port); return listen(s, 5); }\n${MAIN}`,
      'client.c': `int ask(void) { address.sin_port = htons(9734); return connect(s, &address); }\n${MAIN}`,
    };
    assert.match(dockerfileOf(files, { command: 'till' }), /^EXPOSE 4000$/m);
  });

  test('C that GCC 14 refuses is tried once more, as older compilers took it', () => {
    const makefile = { Makefile: 'till: till.c\n\t$(CC) -o $@ $<\n' };
    assert.match(
      dockerfileOf({ ...makefile, 'till.c': MAIN }),
      /make -j"\$\(nproc\)" \|\| \{ gcc -dumpspecs .*-fpermissive/,
    );
    const cxx = { Makefile: 'till: till.cpp\n\t$(CXX) -o $@ $<\n', 'till.cpp': MAIN };
    assert.doesNotMatch(dockerfileOf(cxx), /permissive/);
  });

  test('source alone: of several programs, the one that the others are named after', () => {
    const files = { 'till.c': MAIN, 'till_batch.c': MAIN, 'money.c': '' };
    assert.match(dockerfileOf(files), /-o \/out\/till till\.c money\.c/);
    assert.equal(problemOf(() => dockerfileOf({ 'red.c': MAIN, 'blue.c': MAIN }))?.slug, 'no-start-command');
  });

  test('source alone: libraries by the headers that are included', () => {
    const files = { 'api.cpp': `#include <cpprest/http_listener.h>\nhttp_listener l("http://0.0.0.0:9000");\n${MAIN}` };
    assert.deepEqual(packagesOf(files), ['libcpprest-dev']);
    assert.match(dockerfileOf(files), /-o \/out\/api api\.cpp -lcpprest -lssl -lcrypto -lm[\s\S]*EXPOSE 9000/);
    assert.match(
      dockerfileOf({ 'a.cpp': `#include <libpq-fe.h>\n${MAIN}` }),
      /-I\/usr\/include\/postgresql -o .* -lpq /,
    );
    const poco = { 'time.cpp': `#include <Poco/Net/HTTPServer.h>\nServerSocket s(9980);\n${MAIN}` };
    assert.deepEqual(packagesOf(poco), ['libpoco-dev']);
    assert.match(dockerfileOf(poco), /time\.cpp -lPocoNet -lPocoFoundation -lm[\s\S]*EXPOSE 9980/);
  });

  test('a library in parts is found by each of them', () => {
    const linking = (...names: string[]) => ({
      'CMakeLists.txt': `project(shop)\nadd_executable(shop main.cpp)\ntarget_link_libraries(shop ${names.join(' ')})\n`,
      'main.cpp': MAIN,
    });
    assert.deepEqual(packagesOf(linking('PocoNet', 'PocoUtil')), ['libpoco-dev']);
    assert.deepEqual(packagesOf(linking('boost_url')), ['libboost-dev', 'libboost-url-dev']);
  });

  test('a Makefile beside another language tells nothing', () => {
    assert.equal(
      projectOf({ 'go.mod': 'module a.org/b\n', 'main.go': 'package main\nfunc main() {}\n', Makefile: 'all:\n' })
        .language.id,
      'go',
    );
  });

  test('a Makefile’s program is no word of what it asks the shell', () => {
    const lines = [
      'TARGET := $(shell uname -s | tr A-Z a-z)',
      'SRC := main.c net.c',
      'BIN := till',
      'all: $(BIN)',
      '$(BIN): $(SRC)',
      '\t@echo LINK $(BIN)',
      '\t@$(CC) -o $@ $^ $(LIBS)',
      '',
    ];
    assert.deepEqual(commandOf({ Makefile: lines.join('\n'), 'main.c': MAIN, 'net.c': '' }), ['till']);
  });
});

describe('c and c++: serving', () => {
  const port = (source: string) => {
    const { manifest } = projectOf({ 'main.cpp': `${source}\n${MAIN}` }).merged;
    return [manifest.workload, manifest.port];
  };

  test('the port of the call, beside PORT, of a constant', () => {
    assert.deepEqual(port('void f() { svr.listen("0.0.0.0", 8081); }'), ['service', 8081]);
    assert.deepEqual(port('void f() { app.port(18080).run(); crow::x(); }'), ['service', 18080]);
    assert.deepEqual(port('int p = getenv("PORT") ? atoi(getenv("PORT")) : 9090; void f() { listen(s, 3); }'), [
      'service',
      9090,
    ]);
    assert.deepEqual(port('#define PORT 7777\nvoid f() { listen(s, 3); }'), ['service', 7777]);
    assert.deepEqual(port(''), ['job', undefined]);
  });
});

describe('cpp: which program', () => {
  const main = 'int main() { return 0; }\n';
  const made = (name: string, ...lines: string[]): unknown =>
    projectOf({
      'CMakeLists.txt': [
        'project(till)',
        'add_library(core c.cpp)',
        `add_executable(${name} main.cpp)`,
        ...lines,
        '',
      ].join('\n'),
      'main.cpp': main,
    }).merged.manifest.command;

  test('what is installed is made to be run, whatever it is called', () => {
    assert.deepEqual(made('till_examples', 'install(TARGETS till_examples RUNTIME DESTINATION bin)'), [
      'till_examples',
    ]);
    assert.equal(made('till_examples'), undefined);
    assert.deepEqual(made('a', 'add_executable(b b.cpp)', 'till_package_project(TARGETS b)'), ['b']);
  });

  test('a fuzzer is no program to run', () => assert.deepEqual(made('a', 'add_executable(fuzz_tester b.cpp)'), ['a']));
});

test('cpp: the port that is the default of an option', () => {
  const main = 'static struct option o = {"listening_ports", 4, "8080"};\nint main() { listen(1, 2); for (;;) ; }\n';
  assert.equal(projectOf({ 'main.c': main }).merged.manifest.port, 8080);
});
