import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { demandedEnv } from './settings-env.ts';
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
      /^[ \t]*from\s+(\.*)([\w.]*)\s+import\s+\*/gm,
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
  const at = code.search(/^(?:application\s*(?::[^=\n]+)?=|(?:async\s+)?def\s+application\s*\()/m);
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
