import type { Code, MainClass } from './code.ts';
import { mainClasses } from './code.ts';
import { statedIn } from './gradle.ts';
import { pluginOf, propertyOf, remoteParent, settingsOf } from './maven.ts';
import type { JavaModule } from './project.ts';

/** A class's name as it can stand in a command. */
const CLASS = /^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u;

/** Plugins of Maven whose settings name the class that starts, most telling first. */
const PLUGINS = [
  'spring-boot-maven-plugin',
  'maven-shade-plugin',
  'maven-assembly-plugin',
  'maven-jar-plugin',
  'exec-maven-plugin',
  'appassembler-maven-plugin',
  'jib-maven-plugin',
  'micronaut-maven-plugin',
];
const PROPERTIES = ['exec.mainClass', 'start-class', 'mainClass', 'main.class', 'main-class', 'app.main.class'];

const MAIN_CLASS =
  /\bmainClass(?:Name)?\s{0,9}(?:=|\.set\s{0,9}\(|\.convention\s{0,9}\()?\s{0,9}["']([\w.$]+)["']|["']?Main-Class["']?\]?\s{0,9}(?::|=|to|,)\s{0,9}["']([\w.$]+)["']|\bmain\s{0,9}=\s{0,9}["']([\w.$]+)["']/;

/** The class that the build file names. */
export function statedMainClass({ maven, gradle }: JavaModule): MainClass | undefined {
  if (gradle) {
    const found = statedIn(gradle.texts, MAIN_CLASS, 'the main class is');
    return found && CLASS.test(found.value) ? { name: found.value, from: found.from } : undefined;
  }
  if (!maven) return undefined;
  for (const id of PLUGINS) {
    const plugin = pluginOf(maven, id);
    const name = [...settingsOf(maven, plugin, 'mainClass'), ...settingsOf(maven, plugin, 'Main-Class')].find((n) =>
      CLASS.test(n),
    );
    if (plugin && name !== undefined) return { name, from: { ...plugin.from, why: `${id} names ${name}` } };
  }
  for (const id of PROPERTIES) {
    const found = propertyOf(maven, id);
    if (found && CLASS.test(found.value)) return { name: found.value, from: found.from };
  }
  return undefined;
}

/** Helidon MP brings the class that starts: an app of it has none of its own. https://helidon.io/docs/latest/mp/guides/maven-build */
function ofHelidon({ maven, file, dependencies }: JavaModule): MainClass | undefined {
  const parent = maven && remoteParent(maven);
  const byParent = parent?.groupId === 'io.helidon.applications' && parent.artifactId === 'helidon-mp';
  const mark = dependencies.find((d) => d.id.startsWith('io.helidon.microprofile.bundles:'));
  const from = mark?.from ?? (byParent ? { file, line: parent.line, why: 'the parent helidon-mp' } : undefined);
  if (!from) return undefined;
  const version = (byParent ? parent.version : mark?.version) ?? '4';
  return { name: /^[0-3]\b/.test(version) ? 'io.helidon.microprofile.cdi.Main' : 'io.helidon.Main', from };
}

/** The class that starts: as the build file says, else the one in the source; with the others that would fit. */
export function mainClassOf(
  module: JavaModule,
  code: readonly Code[],
): { main: MainClass | undefined; others: readonly MainClass[] } {
  const stated = statedMainClass(module);
  const found = mainClasses(code);
  const main = stated ?? found[0] ?? ofHelidon(module);
  return { main, others: found.filter((f) => f.name !== main?.name) };
}
