import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const lein = (...inside: readonly string[]): string =>
  `(defproject shop "0.1.0"\n  :dependencies [[org.clojure/clojure "1.12.0"]]\n  ${inside.join('\n  ')})\n`;
const core = '(ns shop.core)\n\n; (defn -main []) is below\n(defn -main [& args]\n  (println "open"))\n';
const commandOf = (text: string): string => /^CMD.*$/m.exec(text)?.[0] ?? '';

describe('clojure: Leiningen', () => {
  test('a compiled main starts by itself, another through clojure.main', () => {
    const source = { 'src/shop/core.clj': core };
    assert.equal(
      commandOf(
        dockerfileOf({
          ...source,
          'project.clj': lein(':main ^:skip-aot shop.core', ':profiles {:uberjar {:aot :all}}'),
        }),
      ),
      'CMD ["java", "-jar", "app.jar"]',
    );
    assert.equal(
      commandOf(dockerfileOf({ ...source, 'project.clj': lein() })),
      'CMD ["java", "-cp", "app.jar", "clojure.main", "-m", "shop.core"]',
    );
  });

  test('a main namespace behind a map of metadata', () => {
    const files = { 'src/shop/core.clj': core, 'project.clj': lein(':main ^{:skip-aot true} shop.core') };
    assert.match(commandOf(dockerfileOf(files)), /"shop\.core"\]$/);
  });

  test('the archive has the name that the project gives it', () => {
    const text = dockerfileOf({
      'src/shop/core.clj': core,
      'project.clj': lein(':main shop.core', ':uberjar-name "shop.jar"'),
    });
    assert.match(text, /find target -name shop\.jar -exec cp/);
  });

  test('a server is told by what starts it, and its port is not that of a database', () => {
    const served = (start: string): string =>
      dockerfileOf({
        'project.clj': lein(':main shop.core'),
        'src/shop/core.clj': `(ns shop.core)\n(def pool {:port 5432})\n(defn -main [& args] (${start}))\n`,
      });
    assert.match(served('run-http-server app {:port 7070}'), /^EXPOSE 7070$/m);
    assert.match(served('create-server {:port 7071}'), /^EXPOSE 7071$/m);
    assert.doesNotMatch(served('println 1'), /^EXPOSE/m);
  });

  test('lein-ring makes the server', () => {
    const text = dockerfileOf({
      'project.clj': lein(':plugins [[lein-ring "0.12.5"]]', ':ring {:handler shop.core/handler}'),
    });
    assert.match(text, /lein ring uberjar/);
    assert.match(text, /^EXPOSE 3000$/m);
  });

  test('a -main of another project below is none of its own', () => {
    const files = {
      'project.clj': '(defproject till "1.0" :dependencies [])\n',
      'bench/src/bench.clj': '(ns bench)\n(defn -main [] 1)\n',
    };
    assert.equal(problemOf(() => dockerfileOf(files))?.slug, 'no-start-command');
    const named = { ...files, 'project.clj': '(defproject till "1.0" :source-paths ["bench/src"])\n' };
    assert.match(dockerfileOf(named), /"-m", "bench"\]/);
  });
});

describe('clojure: deps.edn', () => {
  test('tools.build and depstar make an archive; else the class path is gathered', () => {
    const source = { 'src/shop/core.clj': core };
    const built = dockerfileOf({
      ...source,
      'deps.edn': '{:aliases {:build {:ns-default build}}}',
      'build.clj': '(ns build)\n(defn uber [_] nil)\n',
    });
    assert.match(built, /clojure -T:build uber/);
    assert.match(
      dockerfileOf({ ...source, 'deps.edn': '{:aliases {:uberjar {:exec-fn hf.depstar/uberjar}}}' }),
      /clojure -X:uberjar/,
    );
    const gathered = dockerfileOf({ ...source, 'deps.edn': '{:paths ["src"]}' });
    assert.match(gathered, /clojure -Spath/);
    assert.equal(commandOf(gathered), 'CMD ["java", "-cp", "src:resources:lib/*", "clojure.main", "-m", "shop.core"]');
  });

  test('ports: beside PORT, or in the server’s settings', () => {
    const portOf = (text: string) =>
      projectOf({ 'deps.edn': '{}', 'src/shop/core.clj': `(ns shop.core)\n(defn -main [] (run-jetty h ${text}))\n` })
        .merged.manifest.port;
    assert.equal(portOf('{:port (Integer/parseInt (or (System/getenv "PORT") "3131"))}'), 3131);
    assert.equal(portOf('(get (System/getenv) "PORT" 8181)'), 8181);
    assert.equal(portOf('{:port 8890}'), 8890);
  });

  test('nothing to start is a problem', () => {
    assert.equal(
      problemOf(() => dockerfileOf({ 'deps.edn': '{}', 'src/shop/core.clj': '(ns shop.core)' }))?.slug,
      'no-start-command',
    );
  });
});

test('clojure: lein run in a Procfile is the program that is built', () => {
  const files = {
    'src/shop/core.clj': core,
    'project.clj': lein(),
    Procfile: 'web: lein with-profile production trampoline run\n',
  };
  assert.equal(commandOf(dockerfileOf(files)), 'CMD ["java", "-cp", "app.jar", "clojure.main", "-m", "shop.core"]');
});

test('clojure: a Procfile names the archive of the build, which the image has elsewhere', () => {
  const started = (line: string): string =>
    commandOf(dockerfileOf({ 'src/shop/core.clj': core, 'project.clj': lein(), Procfile: `web: ${line}\n` }));
  assert.equal(started('java -jar target/uberjar/shop.jar --loud'), 'CMD ["java", "-jar", "app.jar", "--loud"]');
  assert.equal(
    started('java $JVM_OPTS -cp target/shop.jar clojure.main -m shop.core'),
    'CMD ["/bin/sh", "-c", "exec java $JVM_OPTS -cp app.jar clojure.main -m shop.core"]',
  );
});
