import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const MAIN = 'package shop\n\nobject Main extends App {\n  println("hi")\n}\n';
const sbt = (version: string) => ({ 'project/build.properties': `sbt.version=${version}\n` });
const plugin = (line: string) => ({ 'project/plugins.sbt': `${line}\n` });
const runtimeOf = (files: Readonly<Record<string, string>>) =>
  projectOf({ 'src/main/scala/Main.scala': MAIN, ...files }).merged.manifest.runtime;
const commandOf = (text: string): string => /^CMD.*$/m.exec(text)?.[0] ?? '';

describe('scala: versions', () => {
  test('the newest Java that the compiler and sbt run on', () => {
    assert.equal(runtimeOf({ 'build.sbt': 'scalaVersion := "2.13.16"\n', ...sbt('1.11.7') }), '21');
    assert.equal(runtimeOf({ 'build.sbt': 'scalaVersion := "2.13.16"\n', ...sbt('1.7.0') }), '17');
    assert.equal(runtimeOf({ 'build.sbt': 'val v = "2.12.10"\nscalaVersion := v\n', ...sbt('1.9.0') }), '11');
    assert.equal(runtimeOf({ 'build.sbt': 'scalaVersion := "2.11.12"\n', ...sbt('0.13.18') }), '8');
    assert.equal(runtimeOf({ 'build.sbt': 'scalaVersion := "3.7.4"\n' }), '21');
    assert.equal(runtimeOf({ 'build.sbt': 'name := "shop"\n' }), '21');
  });

  test('version files go before', () => {
    assert.equal(runtimeOf({ 'build.sbt': 'scalaVersion := "2.13.16"\n', '.java-version': '25\n' }), '25');
  });
});

describe('scala: packaging', () => {
  test('sbt-native-packager stages, sbt-assembly makes one archive, and else the class path is gathered', () => {
    const source = { 'src/main/scala/Main.scala': MAIN };
    const staged = dockerfileOf({
      ...source,
      'build.sbt': 'enablePlugins(JavaAppPackaging)\n',
      ...plugin('addSbtPlugin("com.github.sbt" % "sbt-native-packager" % "1.11.1")'),
    });
    assert.match(staged, /sbt-launch\.jar stage/);
    assert.equal(commandOf(staged), 'CMD ["java", "-cp", "lib/*", "shop.Main"]');
    const assembled = dockerfileOf({
      ...source,
      'build.sbt': 'assembly / assemblyJarName := "shop.jar"\n',
      ...plugin('addSbtPlugin("com.eed3si9n" % "sbt-assembly" % "2.3.0")'),
    });
    assert.match(assembled, /cp target\/scala-\*\/shop\.jar \/out\/app\.jar/);
    assert.equal(commandOf(assembled), 'CMD ["java", "-jar", "app.jar"]');
    assert.match(
      dockerfileOf({ ...source, 'build.sbt': 'name := "shop"\n' }),
      /'export Runtime \/ fullClasspathAsJars' > \/tmp\/classpath/,
    );
  });

  test('Play is told its port, writes no pid file, and is asked for its secret', () => {
    const files = {
      'build.sbt': 'lazy val root = (project in file(".")).enablePlugins(PlayScala)\n',
      'conf/routes': '',
      ...plugin('addSbtPlugin("org.playframework" % "sbt-plugin" % "3.0.5")'),
    };
    assert.match(
      commandOf(dockerfileOf(files)),
      /exec java -Dhttp\.port=\$PORT -Dplay\.server\.pidfile\.path=\/dev\/null -cp 'conf:lib\/\*' play\.core\.server\.ProdServerStart/,
    );
    assert.match(dockerfileOf(files), /^EXPOSE 9000$/m);
    assert.deepEqual(adviceOf(files), ['play-secret']);
  });

  test('the project of several that starts is built with its own task', () => {
    const files = {
      'build.sbt': 'lazy val core = project\nlazy val web = project.in(file("apps/web")).dependsOn(core)\n',
      'apps/web/src/main/scala/Main.scala': MAIN,
    };
    assert.match(dockerfileOf(files), /export web\/Runtime \/ fullClasspathAsJars/);
    const two = { ...files, 'core/src/main/scala/Main.scala': MAIN };
    assert.equal(problemOf(() => dockerfileOf(two))?.slug, 'ambiguous-app');
    assert.match(dockerfileOf(two, { app: 'apps/web' }), /export web\/Runtime/);
  });

  test('a library has no start command', () => {
    assert.equal(problemOf(() => dockerfileOf({ 'build.sbt': 'name := "shop"\n' }))?.slug, 'no-start-command');
  });
});

test('scala: sbt run in a Procfile is the program that is built', () => {
  const files = { 'src/main/scala/Main.scala': MAIN, 'build.sbt': 'name := "shop"\n', Procfile: 'web: sbt run\n' };
  assert.equal(commandOf(dockerfileOf(files)), 'CMD ["java", "-cp", "lib/*", "shop.Main"]');
});

test('scala: a Procfile names what sbt has staged, which the image starts itself', () => {
  const files = {
    'src/main/scala/Main.scala': MAIN,
    'build.sbt': 'enablePlugins(JavaAppPackaging)\n',
    ...plugin('addSbtPlugin("com.github.sbt" % "sbt-native-packager" % "1.11.1")'),
  };
  const started = (line: string): string => commandOf(dockerfileOf({ ...files, Procfile: `web: ${line}\n` }));
  assert.equal(started('target/universal/stage/bin/shop'), 'CMD ["java", "-cp", "lib/*", "shop.Main"]');
  assert.equal(
    started('target/universal/stage/bin/shop -Dhttp.port=${PORT} -J-Xmx64m --loud'),
    `CMD ["/bin/sh", "-c", "exec java -Dhttp.port=\${PORT} -Xmx64m -cp 'lib/*' shop.Main --loud"]`,
  );
});

test('scala: the output of sbt 2 lies below the root’s target/out', () => {
  const files = {
    'src/main/scala/Main.scala': MAIN,
    'build.sbt': 'enablePlugins(JavaAppPackaging)\n',
    ...sbt('2.0.1'),
    ...plugin('addSbtPlugin("com.github.sbt" % "sbt-native-packager" % "1.11.1")'),
  };
  assert.match(dockerfileOf(files), /cp -r target\/out\/\*\/\*\/\*\/universal\/stage\/\. \/out\//);
});

test('scala: a port that tests of Play listen on is not the app’s', () => {
  const files = {
    'build.sbt': 'enablePlugins(PlayScala)\n',
    ...plugin('addSbtPlugin("org.playframework" % "sbt-plugin" % "3.0.8")'),
    'test/ShopSpec.scala': 'class ShopSpec { val port: Int = 31337 }\n',
  };
  assert.match(dockerfileOf(files), /^EXPOSE 9000$/m);
});

test('scala: an object that a library starts goes before a method that is a program beside it', () => {
  const files = {
    'build.sbt': 'enablePlugins(JavaAppPackaging)\n',
    ...plugin('addSbtPlugin("com.github.sbt" % "sbt-native-packager" % "1.11.1")'),
    'src/main/scala/Docs.scala': 'package shop\n@main def writeDocs(path: String): Unit = ()\n',
    'src/main/scala/Main.scala': 'package shop\nobject Main extends OxApp.Simple with Logging:\n  def run = ()\n',
  };
  assert.equal(commandOf(dockerfileOf(files)), 'CMD ["java", "-cp", "lib/*", "shop.Main"]');
  const cask = {
    ...files,
    'src/main/scala/Main.scala': 'object Main extends cask.MainRoutes {\n  override def port = 8090\n}\n',
  };
  assert.equal(commandOf(dockerfileOf(cask)), 'CMD ["java", "-cp", "lib/*", "Main"]');
});

test('scala: the port of a bound address', () => {
  const port = (code: string) =>
    projectOf({
      'build.sbt': 'libraryDependencies += "dev.zio" %% "zio-http" % "3.0.1"\n',
      'src/main/scala/Main.scala': MAIN.replace('println("hi")', code),
    }).merged.manifest.port;
  assert.equal(port('Http().bindAndHandle(route, "0.0.0.0", 8091)'), 8091);
  assert.equal(port('Server.serve(app).provide(Server.defaultWithPort(8092))'), 8092);
});
