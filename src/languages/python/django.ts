import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { lineAt, withoutComments } from './source-file.ts';

/** What a Django project says of itself in manage.py, its settings and its wsgi.py. It is read, never run. */
export interface DjangoProject {
  /** The folder of manage.py, from the inventory's root; its modules are imported from here. */
  readonly root: string;
  readonly from: Evidence;
  readonly settings: string | undefined;
  readonly wsgi: Entry | undefined;
  readonly asgi: Entry | undefined;
  readonly statics: Statics | undefined;
  /** The settings, with those they start from, in one text. */
  readonly text: string;
  readonly settingsFile: string | undefined;
}

export interface Entry {
  readonly module: string;
  readonly variable: string;
  readonly from: Evidence;
}

export interface Statics {
  /** Variables without which the settings cannot be loaded, each with a value that is good for nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** What templates name is written ahead of time as well. https://django-compressor.readthedocs.io/en/stable/usage.html#offline-compression */
  readonly compressed: boolean;
  readonly from: Evidence;
}

const SETTINGS_IN =
  /DJANGO_SETTINGS_MODULE["']\s*[,\]]\s*(?:=\s*)?(?:["']([\w.]+)["']|[\w.]+\([^)"']*["']\w+["']\s*,\s*["']([\w.]+)["'])/;
const NOT_HERE = /(^|\/)(\.[^/]+|venv|env|node_modules|site-packages|tests?|docs?|examples?|\{\{[^/]*)\//;

function managePath(inventory: Inventory, folder: string): string | undefined {
  const below = folder === '' ? '' : `${folder}/`;
  return inventory
    .files(
      (path) => path.startsWith(below) && /(^|\/)manage\.py$/.test(path) && !NOT_HERE.test(path.slice(below.length)),
    )
    .toSorted((a, b) => a.split('/').length - b.split('/').length)[0];
}

const moduleFile = (inventory: Inventory, root: string, module: string): string | undefined => {
  const path = joinPath(root, module.replaceAll('.', '/'));
  return [`${path}.py`, `${path}/__init__.py`].find((file) => inventory.isFile(file));
};

const MAX_SETTINGS_FILES = 12;

/** The settings module with all that it starts from by `from .base import *`, as paths. */
function settingsFiles(inventory: Inventory, root: string, module: string | undefined): string[] {
  const found: string[] = [];
  const visit = (name: string): void => {
    const file = moduleFile(inventory, root, name);
    if (file === undefined || found.includes(file) || found.length >= MAX_SETTINGS_FILES) return;
    found.push(file);
    const own = file.endsWith('/__init__.py') ? name.split('.') : name.split('.').slice(0, -1);
    for (const [, dots = '', from = ''] of withoutComments(inventory.text(file) ?? '').matchAll(
      /^\s*from\s+(\.*)([\w.]*)\s+import\s+\*/gm,
    )) {
      const base = dots === '' ? [] : own.slice(0, own.length - (dots.length - 1));
      visit([...base, ...from.split('.').filter(Boolean)].join('.'));
    }
  };
  if (module !== undefined) visit(module);
  return found;
}

function entryOf(inventory: Inventory, root: string, text: string, setting: string, file: string): Entry | undefined {
  const [, module, variable] = new RegExp(`^${setting}\\s*=\\s*["']([\\w.]+)\\.(\\w+)["']`, 'm').exec(text) ?? [];
  if (module !== undefined && variable !== undefined && moduleFile(inventory, root, module) !== undefined) {
    return {
      module,
      variable,
      from: { file: moduleFile(inventory, root, module) ?? '', why: `${setting} is ${module}.${variable}` },
    };
  }
  const below = root === '' ? '' : `${root}/`;
  const stem = file.slice(0, -'.py'.length);
  const places = [`/${file}`, `/${stem}/__init__.py`];
  const [path] = inventory
    .files((p) => p.startsWith(below) && places.some((end) => p.endsWith(end)) && !NOT_HERE.test(p.slice(below.length)))
    .toSorted((a, b) => a.split('/').length - b.split('/').length);
  const code = path === undefined ? '' : withoutComments(inventory.text(path) ?? '');
  const at = code.search(/^application\s*(?::[^=\n]+)?=/m);
  if (path === undefined || at < 0) return undefined;
  const name = path
    .slice(below.length, -'.py'.length)
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.');
  return /^[\w.]+$/.test(name)
    ? {
        module: name,
        variable: 'application',
        from: { file: path, line: lineAt(code, at), why: 'the application that servers are pointed at' },
      }
    : undefined;
}

/** Names that the platform sets, or that are meant to be absent. */
const NOT_ASKED = /^(DJANGO_SETTINGS_MODULE|PATH|HOME|USER|PORT|HOSTNAME|PWD|TZ|LANG|PYTHONPATH)$/;

function dummy(name: string, cast: string): string {
  if (/db|dj_db_url/.test(cast) || /DATABASE_URL|DB_URL|POSTGRES_URL/.test(name)) return 'sqlite:////tmp/build.sqlite3';
  if (/int|float/.test(cast) || /(^|_)(PORT|TIMEOUT|SIZE|COUNT|SECONDS|DAYS|LIMIT|MINUTES|HOURS)$/.test(name))
    return '1';
  if (/bool/.test(cast) || /^(DEBUG|USE_|ENABLE_|IS_)|_(DEBUG|ENABLED|SSL|TLS)$/.test(name)) return 'False';
  if (/REDIS|BROKER|CACHE_URL|CELERY/.test(name)) return 'redis://localhost:6379/0';
  if (/json|dict/.test(cast)) return '{}';
  if (/URL|ORIGIN|URI/.test(name)) return 'http://localhost';
  if (/HOST/.test(name)) return 'localhost';
  return 'only-for-the-build';
}

/** `environ.get` without a default: nothing is a value, but for a call that takes it, and for a check that raises. */
const OPTIONAL = /^[ \t]*(\w+)\s*(?::[^=\n]+)?=\s*(?:os\.)?(?:getenv|environ\.get)\(\s*["'](\w+)["']\s*\)/gm;

const raisesWithout = (text: string, variable: string): boolean =>
  new RegExp(`\\bif (?:not ${variable}\\b|${variable} is None)[^\\n]*:\\n(?:[^\\n]*\\n){0,6}?\\s+raise\\b`).test(text);

/** Each way in which settings read a variable that has to be there. Every pattern's first group is the name. */
const DEMANDS: readonly { pattern: RegExp; cast?: string }[] = [
  { pattern: /\benviron\[\s*["'](\w+)["']\s*\](?!\s*=[^=])/g },
  { pattern: /\b(?:getenv|environ\.get)\(\s*["'](\w+)["']\s*(?:,\s*None\s*)?\)\s*[.[]/g },
  { pattern: /\b(?:int|float)\(\s*(?:os\.)?(?:getenv|environ\.get)\(\s*["'](\w+)["']\s*\)/g, cast: 'int' },
  { pattern: /\b(?!\w*bool|str\b|print\b)\w+\(\s*(?:os\.)?(?:getenv|environ\.get)\(\s*["'](\w+)["']\s*\)/g },
  { pattern: /^SECRET_KEY\s*=[^\n]*?\b(?:getenv|environ\.get|env|config)\(\s*["'](\w+)["']/gm },
  {
    pattern:
      /\b(?:get_env_variable|get_env|get_env_value|get_secret|require_env|env_var|required_env)\(\s*["'](\w+)["']\s*\)/g,
  },
];
/** django-environ and python-decouple: `env.int("X")`, `config("X", cast=int)`. */
const READERS = /\b(?:env(?:iron)?(?:\.(\w+))?|config)\(\s*["'](\w+)["']([^()\n]*(?:\([^()]*\)[^()\n]*)*)\)/g;
const DATABASE_READERS = /\benv\.(db|db_url|dj_db_url)\(\s*\)/g;

function demandedEnv(text: string): Record<string, string> {
  const env: Record<string, string> = {};
  const declared = new Set(
    [...text.matchAll(/\bEnv\(([^]*?)\n?\)/g)].flatMap(([, inside = '']) =>
      [...inside.matchAll(/(\w+)\s*=\s*\(/g)].map((m) => m[1] ?? ''),
    ),
  );
  const ask = (name: string, cast: string): void => {
    if (!NOT_ASKED.test(name) && !declared.has(name)) env[name] ??= dummy(name, cast);
  };
  for (const [, method = '', name = '', rest = ''] of text.matchAll(READERS)) {
    if (method === 'get' || /\bdefault\s*=/.test(rest) || /^\s*,\s*(?!cast\b)/.test(rest)) continue;
    ask(name, method + (/cast\s*=\s*([\w.]+)/.exec(rest)?.[1] ?? ''));
  }
  if (DATABASE_READERS.test(text)) ask('DATABASE_URL', 'db');
  for (const { pattern, cast = '' } of DEMANDS) for (const [, name = ''] of text.matchAll(pattern)) ask(name, cast);
  for (const [, variable = '', name = ''] of text.matchAll(OPTIONAL)) if (raisesWithout(text, variable)) ask(name, '');
  return env;
}

/** Static files are gathered where the settings say where to, inside of the project. */
function staticsOf(text: string, file: string | undefined): Statics | undefined {
  const at = text.search(/^[ \t]*STATIC_ROOT\s*(?::[^=\n]+)?=/m);
  if (at < 0 || file === undefined || !/django\.contrib\.staticfiles/.test(text)) return undefined;
  const value = text.slice(at).split('\n')[0] ?? '';
  if (/=\s*["']\//.test(value) || /=\s*(None|os\.environ|env\(|config\()/.test(value)) return undefined;
  return {
    env: demandedEnv(text),
    compressed: /["']compressor["']/.test(text) && /^[ \t]*COMPRESS_OFFLINE\s*=\s*(?:True|not DEBUG)\b/m.test(text),
    from: { file, why: 'django.contrib.staticfiles is installed, and STATIC_ROOT says where its files go' },
  };
}

/** The Django project in a folder; undefined where there is no manage.py. */
export function djangoOf(inventory: Inventory, folder: string): DjangoProject | undefined {
  const manage = managePath(inventory, folder);
  if (manage === undefined) return undefined;
  const root = parentOf(manage);
  const manageCode = withoutComments(inventory.text(manage) ?? '');
  const named = SETTINGS_IN.exec(manageCode);
  const managed = named?.[1] ?? named?.[2];
  const firstFiles = settingsFiles(inventory, root, managed);
  const firstText = firstFiles.map((file) => withoutComments(inventory.text(file) ?? '')).join('\n');
  const wsgi = entryOf(inventory, root, firstText, 'WSGI_APPLICATION', 'wsgi.py');
  const asgi = entryOf(inventory, root, firstText, 'ASGI_APPLICATION', 'asgi.py');
  const served = SETTINGS_IN.exec(
    withoutComments(inventory.text(moduleFile(inventory, root, (wsgi ?? asgi)?.module ?? '') ?? '') ?? ''),
  );
  const settings = served?.[1] ?? served?.[2] ?? managed;
  const files = settings === managed ? firstFiles : settingsFiles(inventory, root, settings);
  const text = files.map((file) => withoutComments(inventory.text(file) ?? '')).join('\n');
  return {
    root,
    from: { file: manage, why: 'manage.py of Django' },
    settings: settings === managed ? undefined : settings,
    wsgi,
    asgi,
    statics: staticsOf(text, files[0]),
    text,
    settingsFile: files[0],
  };
}
