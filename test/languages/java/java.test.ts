import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mainClasses, withoutComments } from '../../../src/languages/java/code.ts';
import { readVersion } from '../../../src/languages/java/version.ts';
import { readXml, textAt } from '../../../src/languages/xml.ts';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const MAIN = 'package org.example;\n\npublic class Main {\n    public static void main(String[] args) {}\n}\n';
const MAIN_PATH = 'src/main/java/org/example/Main.java';
const pom = (...inside: readonly string[]): string =>
  `<project>\n<groupId>org.example</groupId>\n<artifactId>shop</artifactId>\n<version>1.0</version>\n${inside.join('\n')}\n</project>\n`;
const parent = (version: string): string =>
  `<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>${version}</version><relativePath/></parent>`;
const plugin = (artifactId: string, inside = ''): string =>
  `<plugin><artifactId>${artifactId}</artifactId>${inside}</plugin>`;
const build = (...plugins: readonly string[]): string => `<build><plugins>${plugins.join('')}</plugins></build>`;
const dependency = (groupId: string, artifactId: string, more = ''): string =>
  `<dependencies><dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId>${more}</dependency></dependencies>`;

const runtimeOf = (files: Readonly<Record<string, string>>) => {
  const { manifest, origins } = projectOf({ [MAIN_PATH]: MAIN, ...files }).merged;
  return [manifest.runtime, origins['/runtime']?.from?.file, origins['/runtime']?.rejected?.map((r) => r.value)];
};
const linesOf = (text: string, pattern: RegExp): string[] =>
  text
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((l) => l.trim());
const commandOf = (text: string): string => linesOf(text, /^CMD/)[0] ?? '';

describe('java: versions', () => {
  test('vendors, old numbering and suffixes are read', () => {
    const cases: Readonly<Record<string, string>> = {
      '17.0.9': '17',
      'temurin-17.0.9+9': '17',
      '21.0.2-tem': '21',
      '22.3.r17-grl': '17',
      'graalvm-ce-java17-22.3.0': '17',
      'openjdk64-11.0.2': '11',
      'zulu-8.86': '8',
      '1.8': '8',
      '1.8.0_292': '8',
      'corretto-21': '21',
      '25': '25',
    };
    for (const [text, line] of Object.entries(cases)) assert.equal(readVersion(text), line, text);
    assert.equal(readVersion('lts'), undefined);
  });

  test('a line without an image gives way to the next with long-term support', () => {
    assert.equal(readVersion('9'), '11');
    assert.equal(readVersion('19'), '21');
    assert.equal(readVersion('7'), '8');
  });

  test('a release below 9 wants a compiler that knows the option', () => assert.equal(readVersion('release 8'), '17'));

  test('a compiler’s plugin that asks for an old language, unless told otherwise, has a JDK that knows it', () => {
    const of = (version: string, more = '') =>
      runtimeOf({ 'pom.xml': pom(more, build(plugin('maven-compiler-plugin', `<version>${version}</version>`))) })[0];
    assert.deepEqual(
      ['3.1', '3.8.0', '3.10.1', '3.11.0'].map((v) => of(v)),
      ['8', '11', '17', '25'],
    );
    assert.equal(of('3.8.0', '<properties><maven.compiler.release>21</maven.compiler.release></properties>'), '21');
  });

  test('version files go before the pom, whose values are kept among the rejected', () => {
    const files = {
      'pom.xml': pom('<properties><java.version>17</java.version></properties>'),
      'system.properties': 'java.runtime.version=21\n',
    };
    assert.deepEqual(runtimeOf(files), ['21', 'system.properties', ['17']]);
    assert.deepEqual(runtimeOf({ ...files, '.sdkmanrc': 'java=25.0.1-tem\n' }), ['25', '.sdkmanrc', ['21', '17']]);
  });

  test('properties refer to others, also of a parent in the project', () => {
    const child = `<project><parent><groupId>org.example</groupId><artifactId>shop</artifactId><version>1.0</version></parent><artifactId>web</artifactId></project>`;
    const root = pom(
      '<packaging>pom</packaging><modules><module>web</module></modules>',
      '<properties><jdk>11</jdk><maven.compiler.target>${jdk}</maven.compiler.target></properties>',
    );
    const files = { 'pom.xml': root, 'web/pom.xml': child, 'web/src/main/java/org/example/Main.java': MAIN };
    assert.equal(projectOf(files).merged.manifest.runtime, '11');
  });

  test('Spring Boot compiles for 17, and for 8 before 3', () => {
    assert.equal(runtimeOf({ 'pom.xml': pom(parent('3.5.0')) })[0], '17');
    assert.equal(runtimeOf({ 'pom.xml': pom(parent('2.7.1')) })[0], '8');
  });

  test('Gradle: the toolchain, in either language, before the level of the compiler', () => {
    assert.equal(
      runtimeOf({
        'build.gradle':
          "java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\nsourceCompatibility = '17'\n",
      })[0],
      '21',
    );
    assert.equal(runtimeOf({ 'build.gradle.kts': 'kotlin { jvmToolchain(11) }\n' })[0], '11');
    assert.equal(runtimeOf({ 'build.gradle': 'sourceCompatibility = JavaVersion.VERSION_1_8\n' })[0], '8');
  });
});

describe('java: files', () => {
  test('XML: comments, CDATA, attributes, prefixes, entities', () => {
    const root = readXml(
      '<?xml version="1.0"?><!-- <a> --><p:project a="x > y"><name><![CDATA[<b>]]></name><t>a &amp; b</t><e/></p:project>',
    );
    assert.equal(root?.name, 'project');
    assert.equal(root.attributes['a'], 'x > y');
    assert.equal(textAt(root, 'name'), '<b>');
    assert.equal(textAt(root, 't'), 'a & b');
    assert.equal(readXml('<a><b></a>'), undefined);
  });

  test('a pom that is no XML is a broken file', () => {
    assert.equal(problemOf(() => projectOf({ 'pom.xml': '<project><a></project>' }))?.slug, 'broken-file');
  });

  test('comments are taken out, strings are left alone, whatever is left open', () => {
    assert.equal(withoutComments('a("//x"); // y\n/* z */ b'), 'a("//x"); \n b');
    assert.ok(withoutComments('/* x '.repeat(200_000)).length < 10);
    assert.ok(withoutComments('"""'.repeat(200_000)).length > 10);
  });

  test('main methods of Java and Kotlin, likely names first', () => {
    const found = mainClasses([
      { path: 'src/main/java/a/Tool.java', text: 'package a;\nclass Tool { public static void main(String... a) {} }' },
      { path: 'src/main/kotlin/server.kt', text: 'package b\n\nfun main() { }' },
      {
        path: 'src/main/kotlin/Named.kt',
        text: '@file:JvmName("Start")\npackage c\nsuspend fun main(args: Array<String>) { }',
      },
      {
        path: 'src/main/scala/a/Till.scala',
        text: 'package a\n\nobject Receipt {\n  val of = 1\n}\n\nobject Till {\n  private object Drawer\n  def main(args: Array[String]): Unit = ()\n}\n',
      },
      {
        path: 'src/main/java/a/ShopApplication.java',
        text: 'package a;\nclass ShopApplication { static final void main(String[] a) {} }',
      },
    ]);
    assert.deepEqual(
      found.map((m) => m.name),
      ['b.ServerKt', 'a.ShopApplication', 'c.Start', 'a.Till', 'a.Tool'].sort(
        (x, y) => found.findIndex((f) => f.name === x) - found.findIndex((f) => f.name === y),
      ),
    );
    assert.equal(found[0]?.name, 'b.ServerKt');
  });
});

describe('java: Maven', () => {
  test('a main class of its own runs beside its libraries', () => {
    const text = dockerfileOf({
      'pom.xml': pom(dependency('com.google.guava', 'guava', '<version>33.0.0-jre</version>')),
      [MAIN_PATH]: MAIN,
    });
    assert.match(text, /package dependency:copy-dependencies -DincludeScope=runtime/);
    assert.equal(commandOf(text), 'CMD ["java", "-cp", "app.jar:lib/*", "org.example.Main"]');
  });

  test('test dependencies are no libraries', () => {
    const text = dockerfileOf({
      'pom.xml': pom(dependency('junit', 'junit', '<scope>test</scope>')),
      [MAIN_PATH]: MAIN,
    });
    assert.equal(commandOf(text), 'CMD ["java", "-cp", "app.jar", "org.example.Main"]');
  });

  test('shade and assembly make one archive', () => {
    const main =
      '<configuration><transformers><transformer><mainClass>org.example.Main</mainClass></transformer></transformers></configuration>';
    const shaded = dockerfileOf({ 'pom.xml': pom(build(plugin('maven-shade-plugin', main))), [MAIN_PATH]: MAIN });
    assert.match(shaded, /cp target\/shop-\*\.jar \/out\/app\.jar/);
    const assembly = `<executions><execution><goals><goal>single</goal></goals></execution></executions><configuration><archive><manifest><mainClass>org.example.Main</mainClass></manifest></archive><descriptorRefs><descriptorRef>jar-with-dependencies</descriptorRef></descriptorRefs></configuration>`;
    assert.match(
      dockerfileOf({ 'pom.xml': pom(build(plugin('maven-assembly-plugin', assembly))), [MAIN_PATH]: MAIN }),
      /cp target\/shop-\*-jar-with-dependencies\.jar/,
    );
  });

  test('Spring Boot: layers by the tool of its version, none before 2.4', () => {
    const files = (version: string) => ({
      'pom.xml': pom(
        parent(version),
        build(
          '<plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin>',
        ),
      ),
      [MAIN_PATH]: MAIN,
    });
    assert.match(dockerfileOf(files('3.5.1')), /-Djarmode=tools .* extract --layers/);
    const older = dockerfileOf(files('3.2.0'));
    assert.match(older, /-Djarmode=layertools/);
    assert.equal(commandOf(older), 'CMD ["java", "org.springframework.boot.loader.launch.JarLauncher"]');
    assert.equal(
      commandOf(dockerfileOf(files('2.7.0'))),
      'CMD ["java", "org.springframework.boot.loader.JarLauncher"]',
    );
    assert.equal(commandOf(dockerfileOf(files('2.2.0.RELEASE'))), 'CMD ["java", "-jar", "app.jar"]');
  });

  test('a profile that a file of the module switches on is in force, and then no default one', () => {
    const profiles = `<profiles><profile><id>app</id><activation><file><exists>\${basedir}/src/main/resources/application.yml</exists></file></activation>${build(plugin('spring-boot-maven-plugin'))}</profile><profile><id>other</id><activation><activeByDefault>true</activeByDefault></activation>${build(plugin('maven-shade-plugin'))}</profile></profiles>`;
    const files = {
      'pom.xml': pom(parent('3.5.1'), '<packaging>pom</packaging><modules><module>web</module></modules>', profiles),
      'web/pom.xml':
        '<project><parent><groupId>org.example</groupId><artifactId>shop</artifactId><version>1.0</version></parent><artifactId>web</artifactId></project>',
      [`web/${MAIN_PATH}`]: MAIN,
    };
    assert.match(
      dockerfileOf({ ...files, 'web/src/main/resources/application.yml': 'a: b\n' }),
      /-Djarmode=tools .* extract --layers/,
    );
    assert.doesNotMatch(dockerfileOf(files), /-Djarmode=tools/);
  });

  test('what a module of the project brings along counts', () => {
    const child = (name: string, inside: string): string =>
      `<project><parent><groupId>org.example</groupId><artifactId>shop</artifactId><version>1.0</version></parent><artifactId>${name}</artifactId>${inside}</project>`;
    const text = dockerfileOf({
      'pom.xml': pom(
        parent('3.5.1'),
        '<packaging>pom</packaging><modules><module>web</module><module>base</module></modules>',
      ),
      'web/pom.xml': child(
        'web',
        `${dependency('org.example', 'base', '<version>1.0</version>')}${build(plugin('spring-boot-maven-plugin'))}`,
      ),
      'base/pom.xml': child('base', dependency('org.springframework.boot', 'spring-boot-starter-web')),
      [`web/${MAIN_PATH}`]: MAIN,
    });
    assert.match(text, /^EXPOSE 8080$/m);
  });

  test('Spring Boot’s plugin without its parent is asked to repackage', () => {
    const files = {
      'pom.xml': pom(
        build('<plugin><artifactId>spring-boot-maven-plugin</artifactId><version>3.5.0</version></plugin>'),
      ),
      [MAIN_PATH]: MAIN,
    };
    assert.match(dockerfileOf(files), /package spring-boot:repackage/);
  });

  test('a command that names paths of the build finds them there', () => {
    const files = { 'pom.xml': pom(parent('3.5.1'), build(plugin('spring-boot-maven-plugin'))), [MAIN_PATH]: MAIN };
    const text = dockerfileOf(files, { command: 'java -jar target/shop-1.0.jar --server.port=$PORT' });
    assert.match(text, /COPY --from=build \/out\/app\.jar \.\/target\/shop-1\.0\.jar/);
    assert.match(
      dockerfileOf(files, { command: 'java $JAVA_OPTS -jar gone/target/*.jar' }),
      /cp target\/shop\S* \/out\/app\.jar[^]*COPY --from=build \/out\/app\.jar \.\/gone\/target\/app\.jar/,
    );
    assert.match(
      dockerfileOf(files, { command: 'java -cp target/classes:target/dependency/* org.example.Main' }),
      /COPY --from=build \/src\/target\/classes\/ \.\/target\/classes\/\nCOPY --from=build \/src\/target\/dependency\/ \.\/target\/dependency\//,
    );
  });

  test('libraries are where the command expects them', () => {
    const files = { 'pom.xml': pom(dependency('a', 'b')), [MAIN_PATH]: MAIN };
    const asked = dockerfileOf(files, { command: 'java -cp target/classes:target/dependency/* org.example.Main' });
    assert.match(asked, /package dependency:copy-dependencies -DincludeScope=runtime$/m);
    assert.match(dockerfileOf(files), /-DoutputDirectory=\/out\/lib/);
  });

  test('several apps are a list to choose from; a chosen one is built with what it needs', () => {
    const child = (name: string): string =>
      `<project><parent><groupId>org.example</groupId><artifactId>shop</artifactId><version>1.0</version></parent><artifactId>${name}</artifactId></project>`;
    const server = MAIN.replace(
      '{}',
      '{ com.sun.net.httpserver.HttpServer.create(new java.net.InetSocketAddress(8000), 0); }',
    );
    const files = {
      'pom.xml': pom(
        '<packaging>pom</packaging><modules><module>web</module><module>api</module><module>model</module></modules>',
      ),
      'web/pom.xml': child('web'),
      'api/pom.xml': child('api'),
      'model/pom.xml': child('model'),
      'web/src/main/java/org/example/Main.java': server,
      'api/src/main/java/org/example/Main.java': server,
    };
    assert.equal(problemOf(() => dockerfileOf(files))?.slug, 'ambiguous-app');
    const text = dockerfileOf(files, { app: 'web' });
    assert.match(text, /-pl web -am package/);
    assert.match(
      text,
      /COPY api\/pom\.xml \.\/api\/\nCOPY model\/pom\.xml \.\/model\/\nCOPY pom\.xml \.\/\nCOPY web\/pom\.xml \.\/web\//,
    );
    assert.match(
      dockerfileOf({ ...files, 'api/src/main/java/org/example/Main.java': 'class A {}' }),
      /-pl web -am package/,
    );
  });

  test('a library has no start command', () => {
    const problem = problemOf(() =>
      dockerfileOf({ 'pom.xml': pom(), 'src/main/java/org/example/A.java': 'class A {}' }),
    );
    assert.equal(problem?.slug, 'no-start-command');
  });

  test('ports: from configuration, beside PORT, in the call', () => {
    const portOf = (files: Readonly<Record<string, string>>) => projectOf(files).merged.manifest.port;
    const boot = {
      'pom.xml': pom(
        parent('3.5.1'),
        dependency('org.springframework.boot', 'spring-boot-starter-web'),
        build(plugin('spring-boot-maven-plugin')),
      ),
      [MAIN_PATH]: MAIN,
    };
    assert.equal(portOf(boot), 8080);
    assert.equal(portOf({ ...boot, 'src/main/resources/application.properties': 'server.port=${PORT:5000}\n' }), 5000);
    assert.equal(portOf({ ...boot, 'src/main/resources/application.yml': 'server:\n  port: 9090\n' }), 9090);
    const javalin = (body: string) => ({
      'pom.xml': pom(dependency('io.javalin', 'javalin')),
      [MAIN_PATH]: MAIN.replace('{}', `{ ${body} }`),
    });
    assert.equal(portOf(javalin('Javalin.create().start(7070);')), 7070);
    assert.equal(
      portOf(javalin('Javalin.create().start(Integer.parseInt(System.getenv().getOrDefault("PORT", "7171")));')),
      7171,
    );
  });

  test('a health path only where it answers without a password', () => {
    const files = (...ids: readonly string[]) => ({
      'pom.xml': pom(
        parent('3.5.1'),
        `<dependencies>${ids.map((id) => `<dependency><groupId>org.springframework.boot</groupId><artifactId>${id}</artifactId></dependency>`).join('')}</dependencies>`,
        build(plugin('spring-boot-maven-plugin')),
      ),
      [MAIN_PATH]: MAIN,
    });
    const web = ['spring-boot-starter-web', 'spring-boot-starter-actuator'];
    assert.equal(projectOf(files(...web)).merged.manifest.health?.path, '/actuator/health');
    assert.equal(projectOf(files(...web, 'spring-boot-starter-security')).merged.manifest.health?.path, undefined);
  });

  const CALLS_YARN = build(
    plugin('exec-maven-plugin', '<configuration><executable>yarn</executable></configuration>'),
    plugin('spring-boot-maven-plugin'),
  );

  test('Node.js comes along where the build calls its tools, not where a plugin downloads it', () => {
    const files = { [MAIN_PATH]: MAIN, 'pom.xml': pom(parent('3.5.3'), CALLS_YARN), 'package.json': '{}' };
    assert.match(dockerfileOf(files), /^COPY --from=node:24-\S+ \/usr\/local\/bin\/ \/usr\/local\/bin\/$/m);
    const pinned = { ...files, 'package.json': '{"packageManager": "pnpm@10.4.1"}' };
    assert.match(dockerfileOf(pinned), /npm install -g pnpm@10\.4\.1\n[\s\S]*COPY --from=modules \/usr\/local\/bin\//);
    const downloads = build(plugin('frontend-maven-plugin'), plugin('spring-boot-maven-plugin'));
    assert.doesNotMatch(dockerfileOf({ ...files, 'pom.xml': pom(parent('3.5.3'), downloads) }), /FROM node|from=node/);
  });

  const FUNCTION =
    'package org.example;\nimport com.google.cloud.functions.HttpFunction;\npublic class Greeting implements HttpFunction {}\n';
  const FUNCTIONS = dependency(
    'com.google.cloud.functions',
    'functions-framework-api',
    '<version>1.1.4</version><scope>provided</scope>',
  );

  test('a function is served by the framework’s own server', () => {
    const files = (more: string, java: string) => ({
      'pom.xml': pom(
        `<properties><maven.compiler.release>${java}</maven.compiler.release></properties>`,
        FUNCTIONS,
        more,
      ),
      'src/main/java/org/example/Greeting.java': FUNCTION,
    });
    const text = dockerfileOf(files('', '21'));
    assert.match(text, /-Dartifact=com\.google\.cloud\.functions\.invoker:java-function-invoker:2\.0\.0 /);
    assert.match(
      commandOf(text),
      /"java-function-invoker\.jar", "--classpath", "app\.jar", "--target", "org\.example\.Greeting"\]/,
    );
    assert.match(text, /^EXPOSE 8080$/m);
    assert.match(dockerfileOf(files('', '11')), /java-function-invoker:1\.4\.3 /);
    const stated = build(
      plugin(
        'function-maven-plugin',
        '<configuration><functionTarget>org.example.Other</functionTarget></configuration>',
      ),
    );
    assert.match(commandOf(dockerfileOf(files(stated, '21'))), /"org\.example\.Other"/);
    const two = { ...files('', '21'), 'src/main/java/org/example/More.java': FUNCTION.replace('Greeting', 'More') };
    assert.equal(problemOf(() => dockerfileOf(two))?.slug, 'no-start-command');
  });

  test('Helidon MP brings the class that starts', () => {
    const helidon = (version: string) =>
      pom(
        `<parent><groupId>io.helidon.applications</groupId><artifactId>helidon-mp</artifactId><version>${version}</version><relativePath/></parent>`,
      );
    const files = (version: string) => ({
      'pom.xml': helidon(version),
      'src/main/java/org/example/Greet.java': 'package org.example;\npublic class Greet {}\n',
    });
    // A parent that cannot be read may have named the archive without its version.
    assert.match(dockerfileOf(files('4.1.2')), /cp target\/shop\*\.jar \/out\/app\.jar/);
    assert.match(commandOf(dockerfileOf(files('4.1.2'))), /"io\.helidon\.Main"\]$/);
    assert.match(commandOf(dockerfileOf(files('3.2.1'))), /"io\.helidon\.microprofile\.cdi\.Main"\]$/);
  });

  test('the name that the plugin of the archive gives it', () => {
    const named = build(plugin('maven-jar-plugin', '<configuration><finalName>till</finalName></configuration>'));
    assert.match(dockerfileOf({ 'pom.xml': pom(named), [MAIN_PATH]: MAIN }), /cp target\/till\.jar \/out\/app\.jar/);
  });

  test('the folder in which the plugin of the archive leaves it', () => {
    const at = (folder: string): string =>
      dockerfileOf({
        'pom.xml': pom(
          build(
            plugin('maven-jar-plugin', `<configuration><outputDirectory>${folder}</outputDirectory></configuration>`),
          ),
        ),
        [MAIN_PATH]: MAIN,
      });
    assert.match(at('${project.build.directory}/modules'), /cp target\/modules\/shop-\*\.jar \/out\/app\.jar/);
    assert.match(at('${project.basedir}/lib'), /cp lib\/shop-\*\.jar \/out\/app\.jar/);
    for (const outside of ['/elsewhere', '../up', '${unknown}/x', 'a/../..'])
      assert.match(at(outside), /cp target\/shop-\*\.jar \/out\/app\.jar/);
  });

  test('an archive that Spring’s plugin packs without Spring is not taken apart', () => {
    const text = dockerfileOf({
      'pom.xml': pom(
        dependency('com.linecorp.armeria', 'armeria', '<version>1.33.4</version>'),
        build(
          plugin(
            'spring-boot-maven-plugin',
            '<version>3.5.6</version><executions><execution><goals><goal>repackage</goal></goals></execution></executions>',
          ),
        ),
      ),
      [MAIN_PATH]: MAIN,
    });
    assert.doesNotMatch(text, /jarmode/);
    assert.match(commandOf(text), /\["java", "-jar", "app\.jar"\]$/);
  });

  test('a bundle that is called as its module is called', () => {
    const name = '<finalName>${project.build.finalName}</finalName><mainClass>org.example.Main</mainClass>';
    const shade = plugin('maven-shade-plugin', `<configuration>${name}</configuration>`);
    const text = dockerfileOf({ 'pom.xml': pom(build(shade)), [MAIN_PATH]: MAIN });
    assert.match(text, /cp target\/shop-1\.0\.jar \/out\/app\.jar|cp target\/shop-\*\.jar \/out\/app\.jar/);
    assert.doesNotMatch(text, /finalName/);
  });

  test('Dropwizard is told to serve, with its settings beside it', () => {
    const files = {
      'pom.xml': pom(dependency('io.dropwizard', 'dropwizard-core', '<version>4.0.7</version>')),
      [MAIN_PATH]: MAIN,
    };
    assert.match(commandOf(dockerfileOf(files)), /"org\.example\.Main", "server"\]$/);
    const text = dockerfileOf({
      ...files,
      'docker-compose.yml': 'server:\n',
      'hello.yml': 'server:\n  applicationConnectors: []\n',
    });
    assert.match(commandOf(text), /"server", "hello\.yml"\]$/);
    assert.match(text, /^COPY --from=build \/src\/hello\.yml \.\/hello\.yml$/m);
    const listening = (server: string) => dockerfileOf({ ...files, 'hello.yml': `logging: {}\nserver:\n${server}` });
    assert.match(listening('  connector:\n    type: http\n    port: 9090\n'), /^EXPOSE 9090$/m);
    const admin = '  adminConnectors:\n  - type: http\n    port: 9001\n';
    const app = '  applicationConnectors:\n  - type: http\n    port: ${PORT:-9000}\n';
    assert.match(listening(admin + app), /^EXPOSE 9000$/m);
    assert.match(listening(admin), /^EXPOSE 8080$/m);
  });

  test('a server of a framework that nobody here knows is told by where it listens', () => {
    const lines: Readonly<Record<string, number | undefined>> = {
      'new Engine().onRequest(app).listen(7070);': 7070,
      'server.bind(new InetSocketAddress(7071), 8192);': 7071,
      'var config = new HttpConfig(7072, null);': 7072,
      'var server = new FastServer("0.0.0.0", 7073);': 7073,
      'Undertow\n.builder().addHttpListener(7075, "0.0.0.0");': 7075,
      'Http.server\n.serve(":7076", service)': 7076,
      'var db = new Pool().connect("db", 7074);': undefined,
      'var queue = new Broker("queue", 5672);': undefined,
    };
    for (const [line, port] of Object.entries(lines)) {
      const text = dockerfileOf({ 'pom.xml': pom(), [MAIN_PATH]: MAIN.replace('{}', `{\n${line}\n}`) });
      assert.deepEqual(linesOf(text, /^EXPOSE/), port === undefined ? [] : [`EXPOSE ${port}`], line);
    }
    const helidon = (artifact: string) => ({
      'pom.xml': pom(dependency(`io.helidon.${artifact}`, `helidon-${artifact}`)),
      [MAIN_PATH]: MAIN,
    });
    assert.match(dockerfileOf(helidon('webserver')), /^EXPOSE 8080$/m);
    assert.doesNotMatch(dockerfileOf(helidon('config')), /^EXPOSE/m);
    const grpc = (line: string) => ({
      'pom.xml': pom(dependency('io.grpc', 'grpc-netty-shaded')),
      [MAIN_PATH]: MAIN.replace('{}', `{\n${line}\n}`),
    });
    assert.match(dockerfileOf(grpc('ServerBuilder\n.forPort(9090)')), /^EXPOSE 9090$/m);
    assert.doesNotMatch(dockerfileOf(grpc('ManagedChannelBuilder.forAddress("shop", 9090)')), /^EXPOSE/m);
    const solon = pom(dependency('org.noear', 'solon-web', '<version>3.0.0</version>'));
    const settings = { 'src/main/resources/app.yml': 'server:\n  port: 9191\n' };
    assert.match(dockerfileOf({ 'pom.xml': solon, [MAIN_PATH]: MAIN, ...settings }), /^EXPOSE 9191$/m);
  });
});

describe('java: Gradle', () => {
  const wrapper = (version: string) => ({
    gradlew: '#!/bin/sh\n',
    'gradle/wrapper/gradle-wrapper.jar': '',
    'gradle/wrapper/gradle-wrapper.properties': `distributionUrl=https\\://services.gradle.org/distributions/gradle-${version}-bin.zip\n`,
  });
  const application = "plugins { id 'application' }\napplication { mainClass = 'org.example.Main' }\n";

  test('a whole wrapper is used, on a JDK that its Gradle runs on', () => {
    const text = dockerfileOf({ ...wrapper('7.6'), 'build.gradle': application, [MAIN_PATH]: MAIN });
    assert.match(text, /^FROM eclipse-temurin:17-jdk-noble AS build$/m);
    assert.match(text, /sh \.\/gradlew --no-daemon --console=plain :installDist/);
  });

  test('a toolchain that Gradle cannot run on stands beside the one it runs on', () => {
    const text = dockerfileOf({
      ...wrapper('9.2'),
      'build.gradle': `${application}java { toolchain { languageVersion = JavaLanguageVersion.of(11) } }\n`,
      [MAIN_PATH]: MAIN,
    });
    assert.match(text, /COPY --from=eclipse-temurin:11-jdk-noble \/opt\/java\/openjdk\/ \/opt\/java\/11\//);
    assert.match(text, /-Porg\.gradle\.java\.installations\.paths=\/opt\/java\/11/);
    assert.match(text, /^FROM eclipse-temurin:11-jre-noble AS runtime$/m);
  });

  test('without a whole wrapper an image brings Gradle, and that is said', () => {
    const files = { ...wrapper('8.14.3'), 'build.gradle': application, [MAIN_PATH]: MAIN };
    const { 'gradle/wrapper/gradle-wrapper.jar': _, ...broken } = files;
    assert.match(dockerfileOf(broken), /^FROM gradle:8\.14-jdk21-noble AS build$/m);
    assert.deepEqual(adviceOf(broken), ['incomplete-wrapper']);
  });

  test('Spring Boot of a catalogue, in a project of several', () => {
    const files = {
      ...wrapper('8.14'),
      'settings.gradle.kts': 'rootProject.name = "shop"\ninclude("web", "core")\n',
      'gradle/libs.versions.toml':
        '[versions]\nboot = "3.5.0"\n[plugins]\nspring-boot = { id = "org.springframework.boot", version.ref = "boot" }\n[libraries]\nweb = { module = "org.springframework.boot:spring-boot-starter-web" }\n',
      'web/build.gradle.kts':
        'plugins {\n  java\n  alias(libs.plugins.spring.boot)\n}\ndependencies { implementation(libs.web) }\n',
      'core/build.gradle.kts': 'plugins { `java-library` }\n',
      'web/src/main/java/org/example/Main.java': MAIN,
    };
    const text = dockerfileOf(files);
    assert.match(text, /:web:bootJar/);
    assert.match(text, /cp web\/build\/libs\/\*\.jar \/tmp\/app\.jar/);
    assert.match(text, /-Djarmode=tools/);
    assert.match(text, /^EXPOSE 8080$/m);
    assert.match(text, /:web:dependencies/);
  });

  test('build files that read others are not evaluated before those are there', () => {
    const text = dockerfileOf({
      ...wrapper('8.14'),
      'build.gradle': `version = file('VERSION').text\n${application}`,
      [MAIN_PATH]: MAIN,
    });
    assert.doesNotMatch(text, /:dependencies/);
  });

  test('plugins of the project’s own conventions count', () => {
    const text = dockerfileOf({
      ...wrapper('8.14'),
      'settings.gradle': "rootProject.name = 'shop'\ninclude 'app', 'list'\n",
      'buildSrc/build.gradle': "plugins { id 'groovy-gradle-plugin' }\n",
      'buildSrc/src/main/groovy/my.app.gradle': "plugins { id 'application' }\n",
      'app/build.gradle': "plugins { id 'my.app' }\napplication { mainClass = 'org.example.Main' }\n",
      'list/build.gradle': "plugins { id 'java-library' }\n",
      'app/src/main/java/org/example/Main.java': MAIN,
    });
    assert.match(text, /:app:installDist/);
    assert.match(text, /COPY buildSrc\/ \.\/buildSrc\//);
  });

  test('what a project of the same build brings along counts', () => {
    const files = (needs: string) => ({
      ...wrapper('8.14'),
      'settings.gradle': "rootProject.name = 'shop'\ninclude 'web', 'api'\n",
      'web/build.gradle': `plugins { id 'org.springframework.boot' version '3.5.0' }\ndependencies { ${needs} }\n`,
      'api/build.gradle':
        "plugins { id 'java-library' }\ndependencies { api 'org.springframework.boot:spring-boot-starter-webflux' }\n",
      'web/src/main/java/org/example/Main.java': MAIN,
    });
    for (const needs of ["implementation project(':api')", "implementation(project(path: ':api'))", 'api projects.api'])
      assert.match(dockerfileOf(files(needs)), /^EXPOSE 8080$/m, needs);
    assert.doesNotMatch(dockerfileOf(files("testImplementation project(':api')")), /^EXPOSE/m);
  });

  test('an archive that only names its libraries has them gathered beside it', () => {
    const text = dockerfileOf({
      ...wrapper('8.14'),
      'build.gradle':
        "plugins { id 'java' }\njar { manifest { attributes('Main-Class': 'org.example.Main', 'Class-Path': configurations.runtimeClasspath.files.collect { \"lib/$it.name\" }.join(' ')) } }\n",
      [MAIN_PATH]: MAIN,
    });
    assert.match(text, /--init-script \/tmp\/application\.gradle :installDist/);
  });

  test('only a main method: Gradle’s own plugin gathers what it needs', () => {
    const text = dockerfileOf({ ...wrapper('8.14'), 'build.gradle': "plugins { id 'java' }\n", [MAIN_PATH]: MAIN });
    assert.match(text, /--init-script \/tmp\/application\.gradle :installDist/);
  });

  test('Kotlin for several platforms: the archive of its JVM target, with its class path', () => {
    const files = (target: string) => ({
      'build.gradle.kts': `plugins { kotlin("multiplatform") version "2.3.20" }\nkotlin { ${target}; js() }\n`,
      'settings.gradle.kts': '',
      'src/backendMain/kotlin/Main.kt': 'fun main() {}\n',
    });
    assert.match(
      dockerfileOf(files('jvm("backend")')),
      /tasks\.named\('backendJar'\), configurations\.named\('backendRuntimeClasspath'\)/,
    );
    assert.match(dockerfileOf(files('jvm()')), /tasks\.named\('jvmJar'\)/);
  });
});

describe('java: web archives', () => {
  const war = (...inside: readonly string[]) => ({
    'pom.xml': pom('<packaging>war</packaging>', ...inside),
    'src/main/webapp/index.jsp': 'hi',
  });
  test('Tomcat by the servlets', () => {
    assert.match(dockerfileOf(war(dependency('javax.servlet', 'javax.servlet-api'))), /^FROM tomcat:9\.0-jre/m);
    assert.match(
      dockerfileOf(war(dependency('jakarta.servlet', 'jakarta.servlet-api', '<version>6.1.0</version>'))),
      /^FROM tomcat:11\.0-jre/m,
    );
    const managed = war(dependency('jakarta.servlet', 'jakarta.servlet-api', '<scope>provided</scope>'));
    const servlet = (root: string) => ({
      'src/main/java/org/example/Till.java': `package org.example;\nimport ${root}.servlet.http.HttpServlet;\nclass Till extends HttpServlet {}\n`,
    });
    assert.match(dockerfileOf({ ...managed, ...servlet('jakarta') }), /^FROM tomcat:10\.1-jre/m);
    assert.match(dockerfileOf({ ...managed, ...servlet('javax') }), /^FROM tomcat:9\.0-jre/m);
    assert.match(dockerfileOf(managed), /^FROM tomcat:10\.1-jre/m);
  });
});

describe('java: files that an app writes', () => {
  const boot = (url: string) => ({
    'pom.xml': pom(parent('3.5.0'), build(plugin('spring-boot-maven-plugin'))),
    [MAIN_PATH]: MAIN,
    'src/main/resources/application.properties': `spring.datasource.url=${url}\n`,
  });

  test('a database in a file has a folder; one elsewhere, or in memory, needs none', () => {
    for (const url of ['jdbc:h2:file:./till', 'jdbc:h2:./data/till;MODE=MySQL', 'jdbc:sqlite:till.db'])
      assert.match(dockerfileOf(boot(url)), /^RUN chmod 1777 \/app$/m, url);
    for (const url of ['jdbc:h2:mem:till', 'jdbc:h2:tcp://db/till', 'jdbc:sqlite::memory:', 'jdbc:h2:/data/till'])
      assert.doesNotMatch(dockerfileOf(boot(url)), /chmod/, url);
  });

  test('the home folder of the image’s user is where it may write', () => {
    const text = dockerfileOf(boot('jdbc:h2:~/till'));
    assert.match(text, /JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75 -Duser\.home=\/app"/);
    assert.match(text, /^RUN chmod 1777 \/app$/m);
  });

  test('Dropwizard’s settings may name it as well', () => {
    const files = {
      'pom.xml': pom(dependency('io.dropwizard', 'dropwizard-core', '<version>4.0.7</version>')),
      [MAIN_PATH]: MAIN,
      'till.yml': 'server:\n  connector: {}\ndatabase:\n  url: jdbc:h2:./target/till\n',
    };
    assert.match(dockerfileOf(files), /^RUN chmod 1777 \/app$/m);
  });

  test('uploads and logs', () => {
    const files = boot('jdbc:h2:mem:till');
    const source = MAIN.replace('{}', '{ Files.createDirectories(Paths.get("uploads")); }');
    assert.match(dockerfileOf({ ...files, [MAIN_PATH]: source }), /chmod 1777 \/app$/m);
    assert.deepEqual(adviceOf({ ...files, [MAIN_PATH]: source }), ['writes-files']);
    const logging = { 'src/main/resources/application.properties': 'logging.file.name=logs/till.log\n' };
    assert.match(dockerfileOf({ ...files, ...logging }), /chmod 1777 \/app$/m);
  });
});

test('java: a web archive that wants more of its server than Tomcat has is told so', () => {
  const war = (...inside: readonly string[]) => ({
    'pom.xml': pom('<packaging>war</packaging>', `<dependencies>${inside.join('')}</dependencies>`),
  });
  const of = (id: string, scope = 'compile'): string => {
    const [group = '', artifact = ''] = id.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>10.0.0</version><scope>${scope}</scope></dependency>`;
  };
  const platform = of('jakarta.platform:jakarta.jakartaee-api', 'provided');
  assert.deepEqual(adviceOf(war(platform)), ['application-server']);
  assert.deepEqual(adviceOf(war(platform, of('org.glassfish.jersey.containers:jersey-container-servlet'))), []);
  assert.deepEqual(adviceOf(war(of('jakarta.servlet:jakarta.servlet-api', 'provided'))), []);
});

describe('java: an archive that was taken apart', () => {
  const BOOT = {
    'META-INF/MANIFEST.MF':
      'Manifest-Version: 1.0\r\nBuild-Jdk-Spec: 17\r\nMain-Class: org.springframework.boot.loader.lau\r\n nch.JarLauncher\r\nSpring-Boot-Version: 3.3.2\r\n',
    'BOOT-INF/lib/spring-webmvc-6.1.0.jar': '',
    'BOOT-INF/classes/Shop.class': '',
    'org/springframework/boot/loader/launch/JarLauncher.class': '',
    'scripts/note.txt': '',
    'update.sh': 'echo hello\n',
  };

  test('is run as it is, libraries in a layer of their own, whatever script lies beside it', () => {
    const text = dockerfileOf(BOOT);
    assert.match(text, /^FROM eclipse-temurin:17-jre/m);
    assert.deepEqual(linesOf(text, /^COPY/), [
      'COPY BOOT-INF/lib/ ./BOOT-INF/lib/',
      'COPY META-INF/ ./META-INF/',
      'COPY org/ ./org/',
      'COPY BOOT-INF/classes/ ./BOOT-INF/classes/',
    ]);
    assert.equal(commandOf(text), 'CMD ["java", "-cp", ".", "org.springframework.boot.loader.launch.JarLauncher"]');
    assert.match(text, /^EXPOSE 8080$/m);
  });

  test('without a server in it is a job; beside a build file it is what was built', () => {
    const plain = {
      'META-INF/MANIFEST.MF': 'Main-Class: org.example.Till\nClass-Path: lib/a.jar lib/gone.jar\n',
      'lib/a.jar': '',
      'org/example/Till.class': '',
      'img/till.png': '',
    };
    assert.equal(commandOf(dockerfileOf(plain)), 'CMD ["java", "-cp", ".:lib/a.jar", "org.example.Till"]');
    assert.match(dockerfileOf(plain), /^COPY img\/ \.\/img\/$/m);
    assert.doesNotMatch(dockerfileOf(plain), /^EXPOSE/m);
    const built = { ...BOOT, 'pom.xml': pom(), [MAIN_PATH]: MAIN };
    assert.match(dockerfileOf(built), /^FROM maven:/m);
  });
});

describe('java: commands that run the source', () => {
  const maven = { 'pom.xml': pom(), [MAIN_PATH]: MAIN };
  const gradle = {
    'build.gradle': "plugins { id 'application' }\napplication { mainClass = 'org.example.Main' }\n",
    [MAIN_PATH]: MAIN,
  };
  const started = (files: Readonly<Record<string, string>>, line: string): unknown =>
    projectOf({ ...files, Procfile: `web: ${line}\n` }).merged.manifest.command;

  test('are those of what is built', () => {
    const built = ['java', '-cp', 'app.jar', 'org.example.Main'];
    assert.deepEqual(started(maven, './mvnw -q spring-boot:run'), built);
    assert.deepEqual(started(maven, 'mvn exec:java -Dexec.args="serve $PORT"'), [
      '/bin/sh',
      '-c',
      `exec ${built.join(' ')} serve $PORT`,
    ]);
    assert.deepEqual(started(gradle, './gradlew :run --args="--loud"'), [
      'java',
      '-cp',
      'lib/*',
      'org.example.Main',
      '--loud',
    ]);
  });

  test('others stay as they are', () => assert.deepEqual(started(gradle, './gradlew stage'), ['./gradlew', 'stage']));
});

test('java: the runner of an early Quarkus, and its libraries', () => {
  const quarkus = (version: string): string =>
    dockerfileOf({
      'pom.xml': pom(
        `<properties><quarkus.version>${version}</quarkus.version></properties>`,
        build(plugin('quarkus-maven-plugin', '<groupId>io.quarkus</groupId><version>${quarkus.version}</version>')),
      ),
      [MAIN_PATH]: MAIN,
    });
  const early = quarkus('1.2.0.Final');
  assert.match(early, /cp target\/shop[^ ]*-runner\.jar \/out\/app\.jar/);
  assert.match(early, /cp -r target\/lib \/out\//);
  assert.equal(commandOf(early), 'CMD ["java", "-jar", "app.jar"]');
  assert.match(quarkus('1.13.0.Final'), /quarkus-app/);
});

test('java: the port of an address that is bound, by whatever class', () => {
  const port = (code: string, ...of: Parameters<typeof dependency>) =>
    projectOf({ 'pom.xml': pom(dependency(...of)), [MAIN_PATH]: MAIN.replace('{}', `{ ${code} }`) }).merged.manifest
      .port;
  assert.equal(port('run(new Settings(InetAddress.getByName("0.0.0.0"), 8101));', 'org.example', 'till'), 8101);
  assert.equal(
    port(
      'String BASE_URI = "http://0.0.0.0:8102/"; start(BASE_URI);',
      'org.glassfish.jersey.containers',
      'jersey-container-grizzly2-http',
    ),
    8102,
  );
  assert.equal(port('WebServer.builder().port(8103).start();', 'io.helidon.webserver', 'helidon-webserver'), 8103);
});

test('java: a verticle that its plugin starts, from one archive', () => {
  const goals =
    '<executions><execution><goals><goal>initialize</goal><goal>package</goal></goals></execution></executions>';
  const files = {
    'pom.xml': pom(
      '<properties><vertx.verticle>org.example.Main</vertx.verticle></properties>',
      dependency('io.vertx', 'vertx-core', '<version>5.0.7</version>'),
      build(plugin('vertx-maven-plugin', goals)),
    ),
    [MAIN_PATH]:
      'package org.example;\nclass Main extends VerticleBase { void a() { vertx.createHttpServer().listen(8104); } }\n',
  };
  assert.equal(commandOf(dockerfileOf(files)), 'CMD ["java", "-jar", "app.jar"]');
  assert.equal(projectOf(files).merged.manifest.port, 8104);
});

test('java: a server of Vert.x, by whatever library it came', () => {
  const code =
    'int port = Optional.ofNullable(System.getenv("PORT")).orElse(8105); vertx.createHttpServer().listen(port);';
  const files = { 'pom.xml': pom(), [MAIN_PATH]: MAIN.replace('{}', `{ ${code} }`) };
  assert.equal(projectOf(files).merged.manifest.port, 8105);
});
