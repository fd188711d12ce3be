import { joinPath, pathBelow } from '../../inventory/inventory.ts';
import type { Evidence, Step } from '../../plan/plan.ts';
import { hitsOf, readCode } from '../code.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { moduleOf, type GoModule, type GoProject } from './project.ts';
import { GO_TOKENS } from './source-file.ts';
import type { Serving } from './serving.ts';

/**
 * A function without a main, which its platform serves with Google's framework: the build writes the main that the
 * platform would. https://github.com/GoogleCloudPlatform/functions-framework-go
 */
export interface GoFunction {
  readonly name: string;
  /** `declared`: it registers itself, by its name, when its package is loaded. */
  readonly kind: 'declared' | 'http' | 'cloudevent';
  readonly importPath: string;
}

/** Where the main is written, below the module. */
export const FUNCTION_SERVER = 'function_server';
const FRAMEWORK = 'github.com/GoogleCloudPlatform/functions-framework-go/funcframework';

const KINDS: readonly (readonly [GoFunction['kind'], RegExp])[] = [
  ['declared', /\bfunctions\.(?:HTTP|CloudEvent|Typed)\(\s*"([A-Za-z]\w*)"/g],
  ['http', /^func\s+([A-Z]\w*)\(\s*\w+\s+http\.ResponseWriter\s*,\s*\w+\s+\*http\.Request\s*\)\s*\{/gm],
  [
    'cloudevent',
    /^func\s+([A-Z]\w*)\(\s*\w+\s+context\.Context\s*,\s*\w+\s+(?:cloudevents|event)\.Event\s*\)\s*error\s*\{/gm,
  ],
];

/** The one function of the app's own package; undefined where there are none or several. */
export function functionOf(
  project: GoProject,
): { readonly fn: GoFunction; readonly module: GoModule; readonly from: Evidence } | undefined {
  const { member } = project;
  const module = moduleOf(project, member);
  const files = (project.packages.get(member) ?? []).filter((f) => f.package !== 'main' && f.takesPart.withoutCgo);
  const code = files.map(({ path, text }) => readCode(path, text, GO_TOKENS));
  for (const [kind, pattern] of KINDS) {
    const hits = hitsOf(code, pattern, 'a function of the functions framework');
    const [first] = hits;
    const name = first?.groups[1];
    if (!first || name === undefined) continue;
    if (hits.some((hit) => hit.groups[1] !== name)) return undefined;
    const below = pathBelow(module.folder, member);
    return { fn: { name, kind, importPath: joinPath(module.path, below) }, module, from: first.from };
  }
  return undefined;
}

const REGISTER = { http: 'RegisterHTTPFunctionContext', cloudevent: 'RegisterCloudEventFunctionContext' } as const;

function mainText({ name, kind, importPath }: GoFunction): string {
  const own = kind === 'declared' ? [] : ['"context"'];
  const register =
    kind === 'declared'
      ? []
      : [
          `\tif err := funcframework.${REGISTER[kind]}(context.Background(), "/", fn.${name}); err != nil {`,
          '\t\tlog.Fatal(err)',
          '\t}',
        ];
  return [
    'package main',
    '',
    'import (',
    ...[...own, '"log"', '"os"', '', `"${FRAMEWORK}"`, `${kind === 'declared' ? '_' : 'fn'} "${importPath}"`].map(
      (line) => (line === '' ? '' : `\t${line}`),
    ),
    ')',
    '',
    'func main() {',
    ...register,
    '\tport := os.Getenv("PORT")',
    '\tif port == "" {',
    '\t\tport = "8080"',
    '\t}',
    '\tlog.Fatal(funcframework.Start(port))',
    '}',
    '',
  ].join('\n');
}

export const functionServer = (fn: GoFunction, folder: string): Step => ({
  kind: 'file',
  path: `${folder}/${FUNCTION_SERVER}/main.go`,
  text: mainText(fn),
  why: 'the server that calls the function, as its platform has it',
});

/** Whether vendor/ holds the framework's server, which the function itself need not import. */
export const vendorsFramework = ({ inventory }: GoProject, folder: string): boolean =>
  inventory.isDirectory(joinPath(folder, `vendor/${FRAMEWORK}`));

export function functionServing({ name }: GoFunction, from: Evidence): Serving {
  const framework = FRAMEWORKS.find(({ id }) => id === 'functions-framework');
  return {
    workload: 'service',
    from,
    framework: framework && { framework, from },
    port: undefined,
    readsPort: true,
    health: undefined,
    args: [],
    env: { FUNCTION_TARGET: name },
    envFrom: from,
    preforks: undefined,
    advice: [],
  };
}
