import { SITE_COMMAND } from '../../plan/static-site.ts';
import type { PlanRequest } from '../language.ts';
import { understandApp, type App } from './app.ts';
import { noProgram } from './no-program.ts';
import type { ServerOutcome } from './outcome.ts';
import { readProject, type JsRuntime } from './project.ts';
import { commandOf } from './server-plan.ts';

/** The app as the project has it, or as a command of the request or of the Procfile has it. */

export interface Asked {
  readonly app: App;
  /** The command that is asked for, where it is another than what the project itself says. */
  readonly command: readonly string[] | undefined;
}

const same = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  a?.join('\0') === b?.join('\0');

/** The app as the project has it, unless the command that is asked for is another. */
export function askedOf(request: PlanRequest, runtime: JsRuntime): Asked {
  const project = readProject(request.inventory, request.member, request.settings.packageManager, runtime);
  const app = understandApp(project);
  const { command } = request;
  const own = app.outcome?.kind === 'server' ? commandOf(app, app.outcome, undefined) : SITE_COMMAND;
  if (command === undefined || same(command, own)) return { app, command: undefined };
  return same(command, SITE_COMMAND) ? { app, command: undefined } : { app: understandApp(project, command), command };
}

/** A server of the project’s own, or what is asked for. Throws `no-start-command` where there is neither. */
export function serverOf({ app, command }: Asked): ServerOutcome {
  const { outcome } = app;
  if (outcome?.kind === 'server') {
    const asIs = command === undefined || same(command, outcome.argv);
    return asIs ? outcome : { ...outcome, output: undefined };
  }
  if (command === undefined) throw noProgram(app);
  return { kind: 'server', argv: command, env: {}, from: { why: 'the command that is asked for' } };
}
