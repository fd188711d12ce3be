/** The environment that Django's settings are loaded in, by a build that has none of its own. They are read, never run. */

/** Names that the platform sets, or that are meant to be absent. */
const NOT_ASKED = /^(DJANGO_SETTINGS_MODULE|PATH|HOME|USER|PORT|HOSTNAME|PWD|TZ|LANG|PYTHONPATH)$/;

function dummy(name: string, cast: string): string {
  if (/db|dj_db_url/.test(cast) || /DATABASE_URL|DB_URL|POSTGRES_URL/.test(name)) return 'sqlite:////tmp/build.sqlite3';
  if (/int|float/.test(cast) || /(^|_)(PORT|TIMEOUT|SIZE|COUNT|SECONDS|DAYS|LIMIT|MINUTES|HOURS)$/.test(name))
    return '1';
  if (/bool/.test(cast) || /^(DEBUG|USE_|ENABLE_|IS_)|_(DEBUG|ENABLED|SSL|TLS)$/.test(name)) return 'False';
  if (/REDIS|BROKER|CACHE_URL|CELERY/.test(name)) return 'redis://localhost:6379/0';
  if (/json|dict/.test(cast)) return '{}';
  if (/(^|_)(DB|DATABASE|SQL)_ENGINE$/.test(name)) return 'django.db.backends.sqlite3';
  if (/(^|_)CACHE_BACKEND$/.test(name)) return 'django.core.cache.backends.locmem.LocMemCache';
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
  { pattern: /\bloads\(\s*(?:os\.)?(?:getenv|environ\.get)\(\s*["'](\w+)["']\s*\)\s*\)/g, cast: 'json' },
  { pattern: /\b(?!\w*bool|str\b|print\b)\w+\(\s*(?:os\.)?(?:getenv|environ\.get)\(\s*["'](\w+)["']\s*\)\s*[,)]/g },
  { pattern: /^SECRET_KEY\s*=[^\n]*?\b(?:getenv|environ\.get|env|config)\(\s*["'](\w+)["']/gm },
  {
    pattern:
      /\b(?:get_env_variable|get_env|get_env_value|get_secret|require_env|env_var|required_env)\(\s*["'](\w+)["']\s*\)/g,
  },
];
/** django-environ and python-decouple: `env.int("X")`, `config("X", cast=int)`. */
const READERS = /\b(?:env(?:iron)?(?:\.(\w+))?|config)\(\s*["'](\w+)["']([^()\n]*(?:\([^()]*\)[^()\n]*)*)\)/g;
const DATABASE_READERS = /\benv\.(db|db_url|dj_db_url)\(\s*\)/g;

/** What an expression is without the variable that it reads: nothing. */
const NOTHING =
  /^(?:bool\()?(?:os\.)?(?:environ\.get|getenv)\(\s*["']\w+["']\s*(?:,\s*(?:None|False|["']["'])\s*)?\)|^(?:env|config)(?:\.\w+)?\(\s*["']\w+["']\s*,[^)\n]*\bFalse\b|^["']\w+["']\s+in\s+(?:os\.)?environ\b/;

/** A condition that holds only where somebody sets the variables that it asks for. */
function needsVariables(text: string, condition: string): boolean {
  const parts = condition.split(/\s+(?:or|and)\s+/);
  return parts.every((part) => {
    if (!/^\w+$/.test(part)) return NOTHING.test(part);
    const value = new RegExp(`^${part}\\s*(?::[^=\\n]+)?=\\s*(.+)$`, 'm').exec(text)?.[1];
    return value !== undefined && NOTHING.test(value);
  });
}

/** The settings as they are loaded where no variable is set: without the blocks that ask for one. */
function withoutAskedFor(text: string): string {
  let guard = -1;
  return text
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S/);
      if (guard >= 0 && (indent < 0 || indent > guard)) return '';
      const condition = /^\s*(?:el)?if\s+(?!not\b)(.+?)\s*:\s*$/.exec(line)?.[1];
      guard = condition !== undefined && needsVariables(text, condition) ? indent : -1;
      return line;
    })
    .join('\n');
}

/** Variables that an expression asks for before it takes them: `int(getenv("X")) if getenv("X") else 0`. */
const ASKED_FIRST =
  /\bif\s+(?:bool\()?(?:os\.)?(?:getenv|environ\.get)\(\s*["'](\w+)["'][^()\n]*\)\)?\s*(?:$|else\b|:|and\b|or\b)|["'](\w+)["']\s+in\s+(?:os\.)?environ\b/gm;

/** The variables without which these settings cannot be loaded, each with a value that is good for nothing else. */
export function demandedEnv(settings: string): Record<string, string> {
  const text = withoutAskedFor(settings);
  const env: Record<string, string> = {};
  const declared = new Set(
    [...text.matchAll(/\bEnv\(([^]*?)\n?\)/g)].flatMap(([, inside = '']) =>
      [...inside.matchAll(/(\w+)\s*=\s*\(/g)].map((m) => m[1] ?? ''),
    ),
  );
  const askedFirst = new Set([...text.matchAll(ASKED_FIRST)].map((m) => m[1] ?? m[2] ?? ''));
  const ask = (name: string, cast: string): void => {
    if (!NOT_ASKED.test(name) && !declared.has(name) && !askedFirst.has(name)) env[name] ??= dummy(name, cast);
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
