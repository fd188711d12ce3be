import { toArgv } from '../../plan/command.ts';
import { shellOf } from '../../plan/shell.ts';
import type { Inferred, Scope } from '../language.ts';

/** Commands that have a build tool run the program from its source, as Procfiles do. The image holds no build tool. */

const RUN = new RegExp(
  [
    String.raw`mvnw?\b[^;&|]*\s(?:spring-boot:run|exec:(?:java|exec)|jetty:run|quarkus:(?:run|dev)|mn:run|tomcat7:run)\b`,
    String.raw`gradlew?\b[^;&|]*\s(?::?[\w-]+:)*:?(?:run|bootRun|quarkusRun|quarkusDev|appRun|jettyRun)\b`,
    String.raw`sbt\b[^;&|]*[\s"'/](?:run|runMain|runProd|~?run)\b`,
    String.raw`lein\b[^;&|]*\s(?:run|ring\s+server(?:-headless)?)\b`,
    String.raw`cl(?:j|ojure)\s`,
  ]
    .map((tool) => String.raw`^(?:exec\s+)?(?:\./)?${tool}`)
    .join('|'),
);
/** What such a command hands to the program. */
const ARGUMENTS = /(?:--args[= ]|-Dexec\.args=|-Dspring-boot\.run\.arguments=)(?:"([^"]*)"|'([^']*)'|([^"']+)$)/;

/** The program behind such a command, as it leaves the build; undefined for any other command. */
export function fromSource(
  infer: (scope: Scope) => Inferred,
  scope: Scope,
  argv: readonly string[],
): readonly string[] | undefined {
  const line = argv.length === 3 && argv[1] === '-c' ? (argv[2] ?? '') : argv.join(' ');
  if (!RUN.test(line)) return undefined;
  const { findings } = infer({ ...scope, command: undefined });
  const built = findings.find((finding) => finding.at === '/command')?.value;
  const given = ARGUMENTS.exec(line);
  const args = given?.slice(1).find((group) => group !== undefined);
  if (!built || args === undefined || built[1] === '-c') return built;
  return toArgv(`${shellOf(built).lines.join('')} ${args}`);
}
