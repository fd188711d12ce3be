import { toArgv } from '../../plan/command.ts';
import { sh } from '../../plan/shell.ts';
import type { Scope } from '../language.ts';
import { isTrue, type DotnetProject } from './project-file.ts';
import { servingOf, type Serving } from './serving.ts';
import { assemblyOf, chooseProject, readSolution } from './solution.ts';
import { asLine, dotnetVersion } from './version.ts';

/** How the app is published. */
type Mode = 'portable' | 'self-contained' | 'native';

export function modeOf(project: DotnetProject): Mode {
  if (isTrue(project, 'PublishAot')) return 'native';
  return isTrue(project, 'SelfContained') ||
    isTrue(project, 'PublishSelfContained') ||
    isTrue(project, 'PublishSingleFile')
    ? 'self-contained'
    : 'portable';
}

/** What starts it, in the folder that it is published to. */
function programOf(project: DotnetProject): string[] {
  const assembly = assemblyOf(project);
  return modeOf(project) === 'portable' ? ['dotnet', `${assembly}.dll`] : [`./${assembly}`];
}

/** What starts the app; with a shell at hand it is told its port when it starts. */
export function commandOf(
  project: DotnetProject,
  serving: Serving | undefined,
  hasShell: boolean,
  line: string,
): readonly string[] {
  const argv = programOf(project);
  if (serving === undefined || serving.decides || !hasShell) return argv;
  const told =
    Number.parseFloat(line) >= 8
      ? sh`ASPNETCORE_HTTP_PORTS=$PORT exec ${argv}`
      : sh`ASPNETCORE_URLS=http://+:$PORT exec ${argv}`;
  return ['/bin/sh', '-c', told.lines.join('')];
}

/** Where other builders and people publish to. https://devcenter.heroku.com/articles/dotnet-behavior-in-heroku */
const PUBLISHED = String.raw`(?:[\w.-]+\/)*(?:bin\/[\w./-]*publish|publish|out)\/?`;
const TO_PUBLISHED = new RegExp(String.raw`^\s*cd\s+(?:\.\/)?${PUBLISHED}\s*(?:;|&&)\s*`);
const PROGRAM = new RegExp(String.raw`^(?:dotnet\s+)?(?:\.\/)?(?:${PUBLISHED})?([\w.-]+)(?=\s|$)`);
/** With the options that choose what is built, of which the image has one. */
const RUN =
  /^dotnet\s+run\b(?:\s+(?:--(?:no-build|no-restore|no-launch-profile)|(?:--?(?:p|project|c|configuration|f|framework|launch-profile|lp))(?:[=\s]+[^\s-]\S*)))*(?:\s+--(?=\s))?/;

/** A line of a Procfile that starts the app from where it was published, or from its source: the same of the image's own. */
export function resolveCommand(scope: Scope, argv: readonly string[]): readonly string[] | undefined {
  const { project } = chooseProject(readSolution(scope));
  if (!project) return undefined;
  const scripted = argv.length === 3 && argv[1] === '-c';
  const given = scripted ? (argv[2] ?? '') : argv.join(' ');
  const line = given.replace(TO_PUBLISHED, '').replace(/^exec\s+/, '');
  const program = PROGRAM.exec(line);
  const isOurs = program?.[1]?.replace(/\.(?:dll|exe)$/, '') === assemblyOf(project);
  const found = RUN.exec(line) ?? (isOurs ? program : undefined);
  if (!found) return undefined;
  const rest = line.slice(found[0].length);
  if (rest.trim() === '') {
    const serving = servingOf(scope.inventory, project);
    return commandOf(project, serving, true, asLine(dotnetVersion(project).version));
  }
  const started = programOf(project).map((word) => (word.includes(' ') ? `"${word}"` : word));
  return toArgv(`${started.join(' ')}${rest}`);
}
