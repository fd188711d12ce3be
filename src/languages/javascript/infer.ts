import type { Inventory } from '../../inventory/inventory.ts';
import { SITE_COMMAND } from '../../plan/static-site.ts';
import type { Finding, Inferred, Scope } from '../language.ts';
import type { ChosenVersion } from '../runtime-version.ts';
import { understandApp } from './app.ts';
import { lineOfKey, type Package } from './package-json.ts';
import { readProject, type JsRuntime } from './project.ts';
import { commandOf } from './server-plan.ts';
import { servingOf } from './serving.ts';

type ReadVersion = (inventory: Inventory, packages: readonly Package[]) => ChosenVersion;

/** What the project says of itself, for a runtime whose version `versionOf` reads. */
export function inferApp(scope: Scope, runtime: JsRuntime, versionOf: ReadVersion): Inferred {
  const project = readProject(scope.inventory, scope.member, undefined, runtime);
  const app = understandApp(project, scope.command);
  const { outcome, framework } = app;
  const pkg = app.project.app;
  const version = versionOf(scope.inventory, [pkg, project.root]);
  const findings: Finding[] = [
    ...(pkg.json.name === undefined || !/^[\w@/.-]+$/.test(pkg.json.name)
      ? []
      : [{ at: '/name', value: pkg.json.name.replace(/^@[^/]*\//, ''), from: named(pkg, 'name') } as const]),
    ...(pkg.json.version === undefined
      ? []
      : [{ at: '/version', value: pkg.json.version, from: named(pkg, 'version') } as const]),
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    {
      at: '/packageManager',
      value: project.manager.name,
      from: project.manager.from,
      rejected: project.manager.rejected,
    },
    ...(framework && outcome ? [{ at: '/framework', value: framework.id, from: outcome.from } as const] : []),
  ];
  if (outcome?.kind === 'site')
    return { findings: [...findings, { at: '/workload', value: 'static', from: outcome.from }] };
  if (outcome?.kind !== 'server') return { findings };
  const argv = commandOf(app, outcome, undefined);
  const serving = servingOf(app, argv, version.version);
  return {
    findings: [
      ...findings,
      { at: '/workload', value: serving.workload, from: serving.from },
      { at: '/command', value: argv, from: outcome.from },
      ...(serving.port ? [{ at: '/port', value: serving.port.port, from: serving.port.from } as const] : []),
    ],
  };
}

const named = (pkg: Parameters<typeof lineOfKey>[0], key: string) => ({
  ...lineOfKey(pkg, key),
  why: `${key} in ${pkg.file}`,
});

/** What a Procfile’s `npm start` comes to: the program itself, or the server of the files that are built. */
export function resolvedCommand(
  scope: Scope,
  argv: readonly string[],
  runtime: JsRuntime,
): readonly string[] | undefined {
  const app = understandApp(readProject(scope.inventory, scope.member, undefined, runtime), argv);
  if (app.outcome?.kind === 'site') return SITE_COMMAND;
  return app.outcome ? commandOf(app, app.outcome, undefined) : undefined;
}
