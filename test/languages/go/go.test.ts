import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isForLinux, takesPart } from '../../../src/languages/go/constraint.ts';
import { readModuleFile } from '../../../src/languages/go/module-file.ts';
import { embedsOf, readSource } from '../../../src/languages/go/source-file.ts';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const MAIN = 'package main\n\nfunc main() {}\n';
const serving = (call: string): string =>
  `package main\n\nimport (\n\t"net/http"\n\t"os"\n)\n\nvar _ = os.Args\n\nfunc main() { ${call} }\n`;
const goMod = (...lines: string[]): string => ['module example.com/shop', '', ...lines, ''].join('\n');

const runtimeOf = (files: Readonly<Record<string, string>>) => {
  const { manifest, origins } = projectOf({ 'main.go': MAIN, ...files }).merged;
  return {
    version: manifest.runtime,
    file: origins['/runtime']?.from?.file,
    rejected: origins['/runtime']?.rejected?.map((r) => r.value),
  };
};

describe('go: versions', () => {
  test('the go line means its own release, or the first after it that is supported', () => {
    assert.equal(runtimeOf({ 'go.mod': goMod('go 1.21') }).version, '1.26');
    assert.equal(runtimeOf({ 'go.mod': goMod('go 1.26.3') }).version, '1.26');
    assert.equal(runtimeOf({ 'go.mod': goMod('go 1.27') }).version, '1.27');
  });

  test('a toolchain line is followed while its release is supported', () => {
    assert.equal(runtimeOf({ 'go.mod': goMod('go 1.25.0', 'toolchain go1.26.2') }).version, '1.26');
    assert.equal(runtimeOf({ 'go.mod': goMod('go 1.21', 'toolchain go1.22.1') }).version, '1.26');
  });

  test('a version file goes before go.mod, which is kept among the rejected', () => {
    const found = runtimeOf({ 'go.mod': goMod('go 1.25.0'), '.tool-versions': 'nodejs 24\ngolang 1.27.0\n' });
    assert.deepEqual(found, { version: '1.27', file: '.tool-versions', rejected: ['1.26'] });
  });

  test('a newer release than any that is known is taken on trust', () => {
    assert.equal(runtimeOf({ 'go.mod': goMod('go 1.41') }).version, '1.41');
  });
});

describe('go: files', () => {
  test('go.mod: blocks, comments, indirect requirements, replacements by a folder', () => {
    const file = readModuleFile(
      goMod(
        'go 1.26 // at least',
        'require (',
        '\ta.org/b v1.2.3',
        '\tc.org/d v0.1.0 // indirect',
        ')',
        'replace a.org/b => ../b',
      ),
      'go.mod',
    );
    assert.equal(file.go?.version, '1.26');
    assert.deepEqual(
      file.requires.map((r) => [r.path, r.indirect]),
      [
        ['a.org/b', false],
        ['c.org/d', true],
      ],
    );
    assert.deepEqual(file.localReplacements, [{ path: 'a.org/b', folder: '../b' }]);
  });

  test('a block that never closes is a broken file', () => {
    assert.equal(problemOf(() => readModuleFile('require (\n a v1\n', 'go.mod'))?.slug, 'broken-file');
  });

  test('names and constraints say which files take part', () => {
    assert.deepEqual(
      ['x_windows.go', 'x_linux.go', 'x_test.go', 'x_arm64.go', 'x_darwin_arm64.go', 'linux.go'].map((n) =>
        isForLinux(n),
      ),
      [false, true, false, true, false, true],
    );
    assert.equal(takesPart('//go:build (linux && !cgo) || windows\n', false), true);
    assert.equal(takesPart('//go:build (linux && !cgo) || windows\n', true), false);
    assert.equal(takesPart('// +build ignore\n\n', false), false);
  });

  test('imports, and the comment above import "C"', () => {
    const file = readSource('a.go', 'package a\n\nimport "fmt"\n\n// #cgo LDFLAGS: -lz\nimport "C"\n');
    assert.deepEqual(file.imports, ['fmt']);
    assert.match(file.cgo ?? '', /-lz/);
    assert.deepEqual(embedsOf('//go:embed all:dist "a b.txt"\nvar files embed.FS\n'), ['dist', 'a b.txt']);
    assert.deepEqual(embedsOf('var (\n\t//go:embed site\n\tsite embed.FS\n)\n'), ['site']);
  });
});

describe('go: ports', () => {
  const portOf = (call: string) => projectOf({ 'go.mod': goMod('go 1.26'), 'main.go': serving(call) }).merged.manifest;

  test('a number that the server is started with, and events that are received', () => {
    assert.equal(portOf('app.Run(4100)').port, 4100);
    assert.equal(portOf('client.StartReceiver(ctx, receive)').workload, 'service');
  });

  const started = (source: string) =>
    projectOf({ 'go.mod': goMod('go 1.26'), 'main.go': serving(`${source}; http.Serve(l, nil)`) }).merged.manifest;

  test('of several flags that of the program itself, with another address than the machine’s own', () => {
    const { port, command } = started(
      'f.String("https-addr", ":8443", "x"); f.String("http-addr", "127.0.0.1:4180", "x")',
    );
    assert.deepEqual([port, command], [4180, ['shop', '--http-addr=0.0.0.0:4180']]);
    const cli = 'a := []cli.Flag{&cli.StringFlag{Name: "listener", EnvVars: []string{"L"}, Value: "127.0.0.1:4181"}}';
    assert.deepEqual(started(cli).command, ['shop', '--listener=0.0.0.0:4181']);
    assert.equal(started(`go http.ListenAndServe(":6060", nil); ${cli}`).port, 4181);
  });

  test('a flag of kingpin, and neither the profiler nor the port for HTTPS', () => {
    const { port, command } = started(
      'go http.ListenAndServe(":6060", nil); a.Flag("web.listen-address", "Where.").Default("0.0.0.0:9190").String()',
    );
    assert.deepEqual([port, command], [9190, ['shop']]);
    assert.equal(started('go s.ListenAndServeTLS(":8443", c, k); s.ListenAndServe(":4190")').port, 4190);
    assert.equal(started('s.ListenAndServeTLS(":8443", c, k)').port, 8443);
    assert.equal(started('const ShopDefaultPort = "4191"').port, 4191);
  });

  test('a subcommand by the library that declares it', () => {
    const using = (library: string, text: string) =>
      projectOf({
        'go.mod': goMod('go 1.26', `require ${library} v1.0.0`),
        'main.go': serving(`http.ListenAndServe(":4000", nil)`),
        'more.go': `package main\n\nimport "${library}"\n\n${text}\n`,
      }).merged.manifest.command;
    assert.deepEqual(using('github.com/spf13/cobra', 'var c = cobra.Command{Use: "serve"}'), ['shop', 'serve']);
    assert.deepEqual(using('github.com/spf13/cobra', 'var m = Metric{Name: "start"}'), ['shop']);
    assert.deepEqual(using('github.com/urfave/cli/v2', 'var c = &cli.Command{\n\tName: "web"}'), ['shop', 'web']);
    assert.deepEqual(using('github.com/urfave/cli/v2', 'var c = &cli.StringFlag{Name: "http"}'), ['shop']);
    assert.deepEqual(using('github.com/alecthomas/kong', 'type C struct {\n\tServe ServeCmd `cmd:"" help:"x"`\n}'), [
      'shop',
      'serve',
    ]);
  });

  test('a default in the tag of a field, a name for HTTP; a database is not taken for it', () => {
    assert.equal(started('type C struct { P string `env:"TILL_SERVER_PORT,default=4182"` }').port, 4182);
    assert.equal(started('SMTPListen := "[::]:4025"; HTTPListen := "[::]:4183"').port, 4183);
    assert.equal(started('redis := ":6379"').port, undefined);
  });

  test('settings that are embedded', () => {
    const files = {
      'go.mod': goMod('go 1.26'),
      'main.go': serving('http.Serve(l, nil)'),
      'conf.go': 'package main\n\nimport "embed"\n\n//go:embed conf\nvar conf embed.FS\n',
      'conf/app.ini': 'NAME = till\n[server]\nHTTP_PORT = 4184\n',
    };
    assert.equal(projectOf(files).merged.manifest.port, 4184);
  });
});

describe('go: programs', () => {
  const command = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest.command;

  test('of several below cmd/, the one that the module is named after', () => {
    assert.deepEqual(command({ 'go.mod': goMod('go 1.26'), 'cmd/shop/main.go': MAIN, 'cmd/seed/main.go': MAIN }), [
      'shop',
    ]);
  });

  test('tools and examples are not taken', () => {
    assert.deepEqual(
      command({ 'go.mod': goMod('go 1.26'), 'cmd/x/main.go': MAIN, 'examples/a/main.go': MAIN, 'tools/gen.go': MAIN }),
      ['x'],
    );
  });

  test("a tool of the module's own, below internal/, goes behind what the module is for", () => {
    const files = { 'go.mod': goMod('go 1.26'), 'internal/cmd/weave/main.go': MAIN };
    assert.deepEqual(command(files), ['weave']);
    assert.deepEqual(command({ ...files, 'red/main.go': MAIN }), ['red']);
    assert.deepEqual(command({ ...files, 'cmd/red/main.go': MAIN }), ['red']);
    assert.equal(
      problemOf(() => dockerfileOf({ ...files, 'red/main.go': MAIN, 'blue/main.go': MAIN }))?.slug,
      'ambiguous-app',
    );
  });

  test('several of the same standing are a list to choose from; a command that names one settles it', () => {
    const files = { 'go.mod': goMod('go 1.26'), 'red/main.go': MAIN, 'blue/main.go': MAIN };
    assert.equal(problemOf(() => dockerfileOf(files))?.slug, 'ambiguous-app');
    assert.match(dockerfileOf(files, { command: 'blue --loud' }), /-o \/out\/blue \.\/blue/);
  });

  test('of several, the only one that listens, in a package that it imports too', () => {
    const files = {
      'go.mod': goMod('go 1.26'),
      'cmd/red/main.go': 'package main\n\nimport "example.com/shop/rest"\n\nfunc main() { rest.Run() }\n',
      'cmd/blue/main.go': 'package main\n\nfunc main() { println("blue") }\n',
      'rest/rest.go': 'package rest\n\nimport "net/http"\n\nfunc Run() { http.ListenAndServe(":9090", nil) }\n',
    };
    assert.deepEqual(command(files), ['red']);
    assert.match(dockerfileOf(files), /EXPOSE 9090/);
    const collection = { ...files, 'green/go.mod': goMod('go 1.26'), 'green/main.go': MAIN };
    assert.equal(problemOf(() => dockerfileOf(collection))?.slug, 'ambiguous-app');
    const example = { ...files, 'examples/green/go.mod': goMod('go 1.26'), 'examples/green/main.go': MAIN };
    assert.deepEqual(command(example), ['red']);
  });

  test('a program in a module of its own, below one that has none, is found', () => {
    const files = {
      'go.mod': goMod('go 1.26'),
      'lib.go': 'package shop\n',
      'a/go.mod': 'module a.org/a\n',
      'a/main.go': MAIN,
    };
    assert.match(dockerfileOf(files), /\/out\/a /);
  });

  test('without a go.mod, a main function makes the root a program, whatever its file is called', () => {
    const files = { 'server.go': MAIN, 'web/main.js': 'start()\n', 'public/index.html': '<html></html>\n' };
    assert.equal(projectOf(files).language.id, 'go');
  });

  test('a function without a main gets the main that its platform would write', () => {
    const declared = 'package shop\nfunc init() { functions.HTTP("Buy", buy) }\n';
    const text = dockerfileOf({ 'go.mod': goMod('go 1.26'), 'buy.go': declared });
    assert.match(text, /FUNCTION_TARGET="Buy"/);
    assert.match(text, /_ "example\.com\/shop"/);
    assert.match(text, /go build -mod=mod [^\n]* \.\/function_server/);
    assert.match(text, /EXPOSE 8080/);
    const plain = 'package shop\nfunc Buy(w http.ResponseWriter, r *http.Request) {\n}\n';
    assert.match(
      dockerfileOf({ 'buy.go': plain }),
      /RegisterHTTPFunctionContext\(context\.Background\(\), "\/", fn\.Buy\)/,
    );
    const two = { 'go.mod': goMod('go 1.26'), 'buy.go': plain, 'pay.go': plain.replace('Buy', 'Pay') };
    assert.equal(problemOf(() => dockerfileOf(two))?.slug, 'no-start-command');
  });

  test('a generator that a package keeps to itself is no program, and then examples can be chosen', () => {
    const files = {
      'go.mod': goMod('go 1.26'),
      'shop.go': 'package shop\n',
      'plugins/js/internal/types/main.go': 'package main\n\nfunc main() {}\n',
      'examples/base/main.go': 'package main\n\nfunc main() {}\n',
    };
    const problem = problemOf(() => dockerfileOf(files));
    assert.equal(problem?.slug, 'no-start-command');
    assert.match(problem.hint ?? '', /app=examples\/base/);
    assert.match(dockerfileOf(files, { app: 'examples/base' }), /-o \/out\/base/);
    const only = { 'go.mod': goMod('go 1.26'), 'internal/app/main.go': 'package main\n\nfunc main() {}\n' };
    assert.match(dockerfileOf(only), /-o \/out\/app /);
  });

  test('a library has no program', () => {
    assert.equal(
      problemOf(() => dockerfileOf({ 'go.mod': goMod('go 1.26'), 'shop.go': 'package shop\n' }))?.slug,
      'no-start-command',
    );
  });
});

describe('go: commands and vendored modules', () => {
  const files = { 'go.mod': goMod('go 1.26'), 'cmd/a/main.go': MAIN, 'cmd/b/main.go': MAIN };

  test('the Procfile says which program is built, also through go run', () => {
    const text = dockerfileOf({ ...files, Procfile: 'web: go run ./cmd/b --port $PORT\nworker: a\n' });
    assert.match(text, /\/out\/b \.\/cmd\/b/);
    assert.match(text, /\/out\/a \.\/cmd\/a/);
    assert.match(text, /CMD \["\/bin\/sh", "-c", "exec b --port \$PORT"\]/);
  });

  test('vendored modules are built with as far as they are those of go.mod', () => {
    const vendored = (list: string) =>
      dockerfileOf({
        'main.go': MAIN,
        'go.mod': goMod('go 1.20', 'require a.org/b v1.0.0'),
        'vendor/modules.txt': list,
      });
    assert.match(vendored('# a.org/b v1.0.0\n## explicit\n'), /-mod=vendor/);
    assert.match(vendored('# a.org/b v0.9.0\n## explicit\n'), /-mod=mod/);
  });

  test('packages that are kept without a go.mod are built with in GOPATH', () => {
    const shop = {
      'main.go': MAIN.replace('main\n', 'main\nimport "a.org/shop/cart"\n'),
      'cart/cart.go': 'package cart\n',
    };
    const vendored = dockerfileOf({ ...shop, 'vendor/b.org/b/b.go': 'package b\n' });
    assert.match(vendored, /GO111MODULE="off"/);
    assert.match(vendored, /ln -s \/src \/go\/src\/a\.org\/shop/);
    assert.doesNotMatch(vendored, /go mod|-mod=/);
    const godep = dockerfileOf({ ...shop, 'Godeps/_workspace/src/b.org/b/b.go': 'package b\n' });
    assert.match(godep, /GOPATH="\/src\/Godeps\/_workspace:\/go"/);
    assert.match(dockerfileOf(shop), /go mod tidy/);
  });
});

describe('go: ports', () => {
  const port = (call: string) =>
    projectOf({ 'go.mod': goMod('go 1.26'), 'main.go': serving(call) }).merged.manifest.port;

  test('the address of the call, the default beside PORT, an address by itself', () => {
    assert.equal(port('http.ListenAndServe(":4000", nil)'), 4000);
    assert.equal(port('p := os.Getenv("PORT")\nif p == "" {\n\tp = "5000"\n}\nhttp.ListenAndServe(":"+p, nil)'), 5000);
    assert.equal(port('for _, at := range []string{":3500"} { http.ListenAndServe(at, nil) }'), 3500);
  });

  test('the default of a flag, also where a variable goes before it', () => {
    const flag = (value: string) =>
      port(`flag.StringVar(&p, "port", ${value}, "port")\nhttp.ListenAndServe(":"+p, nil)`);
    assert.equal(flag('"4100"'), 4100);
    assert.equal(flag('getEnv("TILL_PORT_NUMBER", "4200")'), 4200);
  });

  test('a program of the functions framework serves, though it names no address', () => {
    const framework = 'github.com/GoogleCloudPlatform/functions-framework-go';
    const main = (call: string) =>
      `package main\n\nimport "${framework}/funcframework"\n\nfunc main() {\n\tfuncframework.${call}\n}\n`;
    const filesOf = (call: string) => ({
      'go.mod': goMod('go 1.26', `require ${framework} v1.9.2`),
      'main.go': main(call),
    });
    assert.match(dockerfileOf(filesOf('Start("9000")')), /^EXPOSE 9000$/m);
    assert.match(dockerfileOf(filesOf('StartHostPort("127.0.0.1", "9000")')), /^EXPOSE 9000$/m);
    assert.ok(adviceOf(filesOf('StartHostPort("127.0.0.1", "9000")')).includes('listens-on-loopback'));
    assert.match(dockerfileOf(filesOf('Start(port)')), /^EXPOSE 8080$/m);
  });

  test('a part of another number is no port, and the toolkit of Prometheus is told its address', () => {
    const main = (lines: string) => ({
      'go.mod': goMod('go 1.26'),
      'main.go': serving(`run()\n}\n\n${lines}\n\nfunc run() {\n\thttp.ListenAndServe(addr, nil)`),
    });
    assert.match(dockerfileOf(main('const peerAddr = "127.0.0.1"\nvar at = ":3456"')), /^EXPOSE 3456$/m);
    const flags = main('var web = webflag.AddFlags(kingpin.CommandLine, ":9093")\nvar port = os.Getenv("PORT")');
    assert.match(dockerfileOf(flags), /^EXPOSE 9093$/m);
  });

  test('a flag for the address alone is given, where its default is this machine’s own', () => {
    const flags = (address: string) => ({
      'go.mod': goMod('go 1.26'),
      'main.go': serving(
        `flags.StringP("address", "a", "${address}", "")\n\tflags.StringP("port", "p", "8085", "")\n\thttp.ListenAndServe(at, nil)`,
      ),
    });
    assert.match(dockerfileOf(flags('127.0.0.1')), /^EXPOSE 8085$[^]*^CMD \["\w+", "--address=0\.0\.0\.0"\]$/m);
    assert.match(dockerfileOf(flags('')), /^CMD \["\w+"\]$/m);
  });

  test('the subcommand that serves, and none that starts something in the background', () => {
    const command = (...uses: readonly string[]): string | undefined =>
      /^CMD (.*)$/m.exec(
        dockerfileOf({
          'go.mod': goMod('go 1.26', 'require github.com/spf13/cobra v1.9.0'),
          'main.go': `package main\n\nimport "github.com/spf13/cobra"\n\n${uses
            .map((use, i) => `var c${i} = &cobra.Command{Use: "${use}"}\n`)
            .join('')}\nfunc main() {\n\thttp.ListenAndServe(":8000", nil)\n}\n`,
        }),
      )?.[1];
    const name = command()?.slice(2, -2) ?? '';
    assert.equal(command('serve [flags] [config file]', 'version'), `["${name}", "serve"]`);
    assert.equal(command('start', 'stop', 'run'), `["${name}", "run"]`);
    assert.equal(command('start', 'stop', 'install'), `["${name}"]`);
    assert.equal(command('start', 'version'), `["${name}", "start"]`);
  });

  test('the port of a server that it asks is not its own', () => {
    const main = (line: string) => ({
      'go.mod': goMod('go 1.26'),
      'main.go': serving(`run()\n}\n\n${line}\n\nfunc run() {\n\thttp.ListenAndServe(addr, nil)`),
    });
    assert.match(dockerfileOf(main('var ldap = Server{Port: 636}\nvar web = Server{Port: 8090}')), /^EXPOSE 8090$/m);
    assert.match(dockerfileOf(main('var mail = Server{Port: 587}')), /^EXPOSE 8080$/m);
  });

  test('PORT of a field alone may be that of another server: a port that the source names is taken', () => {
    const main = (line: string) => ({
      'go.mod': goMod('go 1.26'),
      'main.go': serving(
        `run()\n}\n\ntype S3 struct {\n\tPort int \`env:"PORT"\`\n}\n\nvar c = Scheme{HttpPort: 5244}\n\nfunc run() {\n\t${line}http.ListenAndServe(addr, nil)`,
      ),
    });
    assert.match(dockerfileOf(main('')), /^EXPOSE 5244$/m);
    assert.match(dockerfileOf(main('_ = os.Getenv("PORT"); ')), /^EXPOSE 8080$/m);
  });

  test('an address that nobody outside reaches is told', () => {
    const files = { 'go.mod': goMod('go 1.26'), 'main.go': serving('http.ListenAndServe("localhost:4000", nil)') };
    assert.deepEqual(adviceOf(files), ['listens-on-loopback']);
  });
});

describe('go: what serves', () => {
  test('App Engine’s own server', () => {
    const main = 'package main\nimport "google.golang.org/appengine"\nfunc main() { appengine.Main() }\n';
    const files = { 'go.mod': goMod('go 1.26', 'require google.golang.org/appengine v1.6.8'), 'main.go': main };
    assert.equal(projectOf(files).merged.manifest.workload, 'service');
    assert.match(dockerfileOf(files), /EXPOSE 8080/);
  });
});

describe('go: settings beside the program', () => {
  const flagged = (path: string): string =>
    `package main\nimport (\n\t"flag"\n\t"net/http"\n)\nvar conf = flag.String("conf", "${path}", "settings")\nfunc main() { http.ListenAndServe(addressIn(*conf), nil) }\n`;

  test('a flag that leads out of the folder of the program is told where its settings are', () => {
    const text = dockerfileOf({
      'go.mod': goMod('go 1.26'),
      'app/shop/cmd/server/main.go': flagged('../../configs'),
      'app/shop/configs/config.yaml': 'server:\n  grpc:\n    addr: 0.0.0.0:9000\n  http:\n    addr: 0.0.0.0:8000\n',
    });
    assert.match(text, /^COPY app\/shop\/configs\/ \.\/app\/shop\/configs\/$/m);
    assert.match(text, /^CMD \["server", "--conf=app\/shop\/configs"\]$/m);
    assert.match(text, /^EXPOSE 8000$/m);
  });

  test('the port of the file that it reads, unless the source names one; never that of what it asks', () => {
    const settings = { 'go.mod': goMod('go 1.26'), 'main.go': flagged('etc/shop.yaml') };
    const yaml = 'Name: shop\nHost: 0.0.0.0\nPort: 8888\nRedis:\n  Port: 7001\n';
    assert.match(dockerfileOf({ ...settings, 'etc/shop.yaml': yaml }), /^EXPOSE 8888$/m);
    assert.match(dockerfileOf({ ...settings, 'etc/shop.yaml': 'redis:\n  port: 7001\n' }), /^EXPOSE 8080$/m);
    const ini = { 'go.mod': goMod('go 1.26'), 'main.go': flagged('conf/app.conf') };
    assert.match(dockerfileOf({ ...ini, 'conf/app.conf': 'appname = shop\nhttpport = 8088\n' }), /^EXPOSE 8088$/m);
    assert.deepEqual(adviceOf({ ...settings, 'etc/shop.yaml': yaml.replace('0.0.0.0', 'localhost') }), [
      'listens-on-loopback',
    ]);
    const named = { ...settings, 'main.go': `${flagged('etc/shop.yaml')}var address = ":4000"\n` };
    assert.match(dockerfileOf({ ...named, 'etc/shop.yaml': yaml }), /^EXPOSE 4000$/m);
  });

  test('an address without a host is where a program listens, whatever it listens with', () => {
    const main = (line: string): string => `package main\nimport "example.com/net"\nfunc main() {\n\t${line}\n}\n`;
    const files = (line: string) => ({
      'go.mod': goMod('go 1.26', 'require example.com/net v1.0.0'),
      'main.go': main(line),
    });
    assert.match(dockerfileOf(files('net.New(":7070").Serve(nil)')), /^EXPOSE 7070$/m);
    assert.doesNotMatch(dockerfileOf(files('net.Dial("tcp", ":7070")')), /^EXPOSE/m);
    assert.doesNotMatch(dockerfileOf(files('net.Connect(net.Options{Addr: ":6379"})')), /^EXPOSE/m);
  });
});

describe('go: children of the program', () => {
  const fiber = (config: string) => ({
    'go.mod': goMod('go 1.26', 'require github.com/gofiber/fiber/v2 v2.52.9'),
    'main.go': `package main\n\nimport "github.com/gofiber/fiber/v2"\n\nfunc main() {\n\tapp := fiber.New(fiber.Config{${config}})\n\tapp.Listen(":3000")\n}\n`,
  });

  test('an init is PID 1 where they would take the program at PID 1 for dead', () => {
    assert.match(dockerfileOf(fiber('Prefork: true')), /^ENTRYPOINT \["\/usr\/local\/bin\/catatonit", "--"\]$/m);
    assert.match(dockerfileOf(fiber('Prefork: settings.Prefork')), /^ENTRYPOINT/m);
    assert.doesNotMatch(dockerfileOf(fiber('Prefork: false')), /^ENTRYPOINT/m);
    assert.doesNotMatch(dockerfileOf(fiber('')), /^ENTRYPOINT/m);
  });
});

describe('go: pages that JavaScript makes', () => {
  const PACKAGE = JSON.stringify({ scripts: { build: 'vite build' } });
  const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.includes('--from=assets'));
  const served = (...paths: string[]) => ({
    'go.mod': goMod('go 1.26'),
    'main.go': serving(
      `${paths.map((p) => `http.Handle("/", http.FileServer(http.Dir("${p}")))`).join('\n')}\nhttp.ListenAndServe(":4000", nil)`,
    ),
  });

  test('what is not there, below a folder with a build: for the binary, or beside the program', () => {
    const embeds = {
      'go.mod': goMod('go 1.26'),
      'main.go': serving('http.ListenAndServe(":4000", nil)'),
      'assets.go': 'package main\n\nimport "embed"\n\n//go:embed all:web/dist\nvar pages embed.FS\n',
    };
    const text = dockerfileOf({ ...embeds, 'web/package.json': PACKAGE });
    assert.deepEqual(linesOf(text), ['COPY --from=assets /app/web/dist/ /src/web/dist/']);
    assert.match(text, /COPY web\/ \.\/web\/\nWORKDIR \/app\/web\nRUN npm run build\n/);
    assert.deepEqual(linesOf(dockerfileOf({ ...served('./web/build'), 'web/package.json': PACKAGE })), [
      'COPY --from=assets /app/web/build/ ./web/build/',
    ]);
    const kept = { ...embeds, 'web/dist/.gitkeep': '', 'web/package.json': PACKAGE };
    assert.equal(linesOf(dockerfileOf(kept)).length, 1);
    assert.ok(!adviceOf({ ...embeds, 'web/package.json': PACKAGE }).includes('missing-embed'));
    assert.ok(adviceOf(embeds).includes('missing-embed'));
  });

  test('a build at the root makes the pages that are embedded, not keys; they are nowhere else', () => {
    const files = {
      'go.mod': goMod('go 1.26'),
      'package.json': PACKAGE,
      'main.go': serving('open("dist"); http.ListenAndServe(":4000", nil)'),
      'assets.go':
        'package main\n\nimport "embed"\n\n//go:embed all:dist\nvar a embed.FS\n\n//go:embed key.pem\nvar b embed.FS\n',
    };
    assert.deepEqual(linesOf(dockerfileOf(files)), ['COPY --from=assets /app/dist/ /src/dist/']);
    assert.ok(adviceOf(files).includes('missing-embed'));
  });

  test('a front end whose settings write what the program embeds, by another script and beside its folder', () => {
    const text = dockerfileOf({
      'go.mod': goMod('go 1.26'),
      'main.go': `package main\n\nimport "embed"\n\n//go:embed build\nvar pages embed.FS\n\nfunc main() {}\n`,
      'client/package.json': '{"scripts":{"build-prod":"webpack --config webpack.prod.js"}}',
      'client/webpack.common.js': "const PUBLIC_PATH = path.resolve(__dirname, '../build/static');",
    });
    assert.match(text, /^RUN npm run build-prod$/m);
    assert.match(text, /^COPY --from=assets \/app\/build\/static\/ \/src\/build\/static\/$/m);
  });

  test('what is there already is not made again', () => {
    const files = { ...served('./web/dist'), 'web/dist/app.js': '', 'web/package.json': PACKAGE };
    assert.doesNotMatch(dockerfileOf(files), /AS assets/);
    assert.doesNotMatch(dockerfileOf({ ...served('./web/dist'), 'web/package.json': '{}' }), /AS assets/);
  });

  test('where a script says that it writes to what the program embeds or reads, that script is run', () => {
    const release = JSON.stringify({ scripts: { build: 'vite build', release: 'vite build --outDir=../pages/dist' } });
    const embeds = {
      'go.mod': goMod('go 1.26', 'module till'),
      'main.go': serving('http.ListenAndServe(":4000", nil)'),
      'assets.go': 'package main\n\nimport "embed"\n\n//go:embed pages/dist/*\nvar pages embed.FS\n',
      'pages/dist/index.html': 'not built',
      'web/package.json': release,
    };
    const text = dockerfileOf(embeds);
    assert.match(text, /RUN npm run release\n/);
    assert.deepEqual(linesOf(text), ['COPY --from=assets /app/pages/dist/ /src/pages/dist/']);
    const styles = {
      ...served('./static'),
      'static/logo.svg': '<svg/>',
      'package.json': JSON.stringify({ scripts: { css: 'tailwindcss -i in.css -o static/site.css' } }),
    };
    assert.deepEqual(linesOf(dockerfileOf(styles)), ['COPY --from=assets /app/static/site.css ./static/site.css']);
    assert.doesNotMatch(dockerfileOf({ ...styles, 'static/site.css': 'a {}' }), /AS assets/);
  });
});

describe('go: cgo', () => {
  const withC = (preamble: string): string => `package main\n\n${preamble}\nimport "C"\n\nfunc main() {}\n`;

  test('without C code the build crosses machines, with it the image has a C library', () => {
    assert.match(
      dockerfileOf({ 'go.mod': goMod('go 1.26'), 'main.go': MAIN }),
      /FROM --platform=\$BUILDPLATFORM golang/,
    );
    const text = dockerfileOf({ 'go.mod': goMod('go 1.26'), 'main.go': withC('// int one;') });
    assert.match(text, /CGO_ENABLED="1"/);
    assert.match(text, /FROM gcr\.io\/distroless\/base-nossl-debian13:nonroot AS runtime/);
  });

  test('libraries that no image has are told', () => {
    assert.deepEqual(adviceOf({ 'go.mod': goMod('go 1.26'), 'main.go': withC('// #cgo LDFLAGS: -lfoo') }), [
      'c-library',
    ]);
  });
});
