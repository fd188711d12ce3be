import { toArgv } from '../../plan/command.ts';
import { shellOf } from '../../plan/shell.ts';

/** Commands that start what the build leaves below `target/`, as Procfiles do; the image has it elsewhere. */

const ARCHIVE = /(?<![\w./-])(?:\.\/)?target\/[\w./-]+\.jar\b/g;

const lineOf = (argv: readonly string[]): string =>
  argv.length === 3 && argv[1] === '-c' ? (argv[2] ?? '') : shellOf(argv).lines.join('');

/** With the one archive that holds everything where the image has it. */
export function fromArchive(argv: readonly string[]): readonly string[] | undefined {
  const line = lineOf(argv);
  const moved = line.replaceAll(ARCHIVE, 'app.jar');
  return moved === line ? undefined : toArgv(moved);
}

/** The script that sbt-native-packager makes. https://www.scala-sbt.org/sbt-native-packager/archetypes/java_app/index.html */
const SCRIPT = /^(?:exec\s+)?(?:\.\/)?[\w./-]*universal\/stage\/bin\/[\w.-]+/;

/** What that script starts, with the options and arguments that stand behind it. */
export function fromScript(
  built: readonly string[] | undefined,
  argv: readonly string[],
): readonly string[] | undefined {
  const line = lineOf(argv);
  const script = SCRIPT.exec(line)?.[0];
  if (!built || script === undefined) return undefined;
  const words = line.slice(script.length).match(/\S+/g) ?? [];
  if (words.some((word) => /^-(?:main|java-home|jvm-debug)\b/.test(word))) return undefined;
  const options = words.filter((word) => /^-[DJ]/.test(word)).map((word) => ` ${word.replace(/^-J/, '')}`);
  const args = words.filter((word) => word !== '--' && !/^-[DJ]/.test(word)).map((word) => ` ${word}`);
  const started = lineOf(built).replace(/^(exec )?java/, (java) => `${java}${options.join('')}`);
  return toArgv(`${started}${args.join('')}`);
}
