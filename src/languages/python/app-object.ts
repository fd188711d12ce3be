import type { Inventory } from '../../inventory/inventory.ts';
import { baseName } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { FRAMEWORKS, type Framework } from './frameworks.ts';
import { moduleOf, type Source } from './modules.ts';
import { importsPackage, lineAt } from './source-file.ts';

/** The object that a server is pointed at: found by reading where a module makes one, never assumed. */
export interface AppObject {
  readonly framework: Framework;
  readonly source: Source;
  /** `app`, or a function that makes the app when it is called without arguments. */
  readonly variable: string;
  readonly factory: boolean;
  readonly module: string;
  /** The folder that has to be on the import path. */
  readonly root: string;
  readonly from: Evidence;
}

interface Made {
  readonly variable: string;
  readonly framework: Framework | undefined;
  readonly factory: boolean;
  readonly offset: number;
}

/** `name = Something(`, at the beginning of a line; also `app, rt = fast_app(` and inside `if`-less modules only. */
const ASSIGNED =
  /^([A-Za-z_]\w*)[ \t]*(?:,[ \t]*[A-Za-z_]\w*[ \t]*)*(?::[ \t]*[\w.[\], |"']+)?=[ \t]*(?:await[ \t]+)?([A-Za-z_][\w.]*)[ \t]*\(/gm;
const FACTORY =
  /^(?:async[ \t]+)?def[ \t]+((?:create|make|get|build|init)_(?:\w+_)?(?:app|application|api|server|web_app|asgi|wsgi)|app_factory|application_factory|create|app)[ \t]*\(([^)]*)\)/gm;
const ALIAS = /^(app|application|api|server)[ \t]*=[ \t]*([A-Za-z_][\w.]*)[ \t]*$/gm;

const classOf = (callee: string, framework: Framework): boolean =>
  framework.classes.some((name) => callee === name || (!name.includes('.') && callee.endsWith(`.${name}`)));

/** Names by which a file's own classes derive from a framework's: `class App(FastAPI)`. */
function subclasses(code: string, framework: Framework): string[] {
  return [...code.matchAll(/^class[ \t]+(\w+)[ \t]*\(([^)]*)\)/gm)]
    .filter(([, , bases = '']) => bases.split(',').some((base) => classOf(base.trim(), framework)))
    .map(([, name = '']) => name);
}

const allDefaulted = (parameters: string): boolean =>
  parameters
    .split(',')
    .map((parameter) => parameter.trim())
    .filter(Boolean)
    .every((parameter) => parameter.includes('=') || parameter.startsWith('*') || parameter === '/');

/** The text of a function that begins at an offset: up to the next line that is not indented. */
function bodyAt(code: string, offset: number): string {
  const rest = code.slice(code.indexOf('\n', code.indexOf(')', offset)) + 1);
  const end = rest.search(/^\S/m);
  return end < 0 ? rest : rest.slice(0, end);
}

function uses(source: Source, framework: Framework): boolean {
  return framework.modules.some((module) => importsPackage(source.imports, module));
}

/** Groups of routes, which an app takes in. */
const GROUPS = /(Blueprint|Router|Namespace)$/;

/** A Flask app that a function of an unknown name makes: its routes are told by what decorates their functions. */
function decorating(
  source: Source,
  variable: string,
  callee: string,
  installed: readonly Framework[],
): Framework | undefined {
  if (!VARIABLE_ORDER.includes(variable) || GROUPS.test(callee)) return undefined;
  const flask = installed.find((f) => f.id === 'flask' && uses(source, f));
  return flask && new RegExp(`^@${variable}\\.route\\(`, 'm').test(source.code) ? flask : undefined;
}

function madeIn(source: Source, installed: readonly Framework[], factories: ReadonlyMap<string, Framework>): Made[] {
  const { code } = source;
  const made: Made[] = [];
  for (const match of code.matchAll(ASSIGNED)) {
    const [, variable = '', callee = ''] = match;
    const direct = installed.find(
      (f) => (uses(source, f) && classOf(callee, f)) || (f.classes.length > 0 && subclasses(code, f).includes(callee)),
    );
    const framework =
      direct ?? factories.get(callee.split('.').at(-1) ?? '') ?? decorating(source, variable, callee, installed);
    if (framework) made.push({ variable, framework, factory: false, offset: match.index });
  }
  for (const match of code.matchAll(ALIAS)) {
    const [, variable = '', value = ''] = match;
    const original = made.find((m) => m.variable === value.split('.')[0]);
    if (original && (value === original.variable || (original.framework?.id === 'dash' && value.endsWith('.server')))) {
      made.push({ ...original, variable, offset: match.index });
    }
  }
  for (const match of code.matchAll(FACTORY)) {
    const [, name = '', parameters = ''] = match;
    const framework = factories.get(name);
    if (framework && allDefaulted(parameters))
      made.push({ variable: name, framework, factory: true, offset: match.index });
  }
  return made;
}

/** Functions that make an app, by name, with the framework that their body uses. */
function factoriesOf(sources: readonly Source[], installed: readonly Framework[]): Map<string, Framework> {
  const factories = new Map<string, Framework>();
  const classes = new Map(
    installed.map((f) => [f, [...f.classes, ...sources.flatMap(({ code }) => subclasses(code, f))]] as const),
  );
  for (const source of sources) {
    for (const match of source.code.matchAll(FACTORY)) {
      const body = bodyAt(source.code, match.index);
      const framework = installed.find((f) =>
        classes.get(f)?.some((name) => new RegExp(`\\b${name.replaceAll('.', '\\.')}\\(`).test(body)),
      );
      const name = match[1] ?? '';
      if (framework && !factories.has(name)) factories.set(name, framework);
    }
  }
  return factories;
}

const FILE_ORDER = [
  'main',
  'app',
  'wsgi',
  'asgi',
  'server',
  'application',
  'api',
  'run',
  'web',
  'index',
  'start',
  'bot',
  'hello',
  '__init__',
];
const VARIABLE_ORDER = ['app', 'application', 'server', 'api', 'asgi', 'wsgi'];

const rank = (list: readonly string[], item: string): number => {
  const at = list.indexOf(item);
  return at < 0 ? list.length : at;
};

/** How far from what people mean by "the app" a candidate is; smaller is nearer. Depth counts a little, a factory some. */
function distance(made: Made, source: Source): number {
  const file = baseName(source.path).replace(/\.py$/, '');
  const entry = /^(wsgi|asgi)$/.test(file) ? -12 : 0;
  const depth = source.path.split('/').length - 1;
  return rank(FILE_ORDER, file) + 2 * rank(VARIABLE_ORDER, made.variable) + 4 * depth + (made.factory ? 30 : 0) + entry;
}

/** All app objects of the project, the likeliest first. */
export function appObjects(
  inventory: Inventory,
  app: string,
  sources: readonly Source[],
  has: (name: string) => boolean,
  packaged: boolean,
): AppObject[] {
  const installed = FRAMEWORKS.filter((f) => f.classes.length > 0 && f.packages.some(has));
  const factories = factoriesOf(sources, installed);
  const found = sources.flatMap((source) =>
    madeIn(source, installed, factories).flatMap(({ variable, framework, factory, offset }) => {
      const module = moduleOf(inventory, app, source, packaged);
      if (!framework || !module) return [];
      const object: AppObject = {
        framework,
        source,
        variable,
        factory,
        module: module.name,
        root: module.root,
        from: {
          file: source.path,
          line: lineAt(source.code, offset),
          why: factory ? `${variable}() makes the ${framework.id} app` : `${variable} is the ${framework.id} app`,
        },
      };
      return [{ object, score: distance({ variable, framework, factory, offset }, source) }];
    }),
  );
  return found.toSorted((a, b) => a.score - b.score).map(({ object }) => object);
}
