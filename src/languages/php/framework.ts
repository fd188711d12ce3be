import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { isGuarded, keptFolders, outermost } from '../kept-folders.ts';
import { hasPackage, type Composer } from './composer.ts';

/** What kind of application it is, and what that decides: the served folder, what it writes, its settings. */
export interface Framework {
  readonly id: string;
  /** Folders, below the app, that it writes to while it runs. */
  readonly writable: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly from: Evidence;
}

interface Rule {
  readonly id: string;
  readonly packages: readonly string[];
  readonly writable?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The most telling first: many of these are built on parts of the others. */
const RULES: readonly Rule[] = [
  {
    id: 'laravel',
    packages: ['laravel/framework'],
    writable: [
      'bootstrap/cache',
      'storage/app/public',
      'storage/framework/cache/data',
      'storage/framework/sessions',
      'storage/framework/views',
      'storage/logs',
    ],
    env: { APP_ENV: 'production', APP_DEBUG: 'false', LOG_CHANNEL: 'stderr' },
  },
  {
    id: 'lumen',
    packages: ['laravel/lumen-framework'],
    writable: ['storage/app', 'storage/framework/cache', 'storage/framework/views', 'storage/logs'],
    env: { APP_ENV: 'production', APP_DEBUG: 'false', LOG_CHANNEL: 'stderr' },
  },
  {
    id: 'symfony',
    packages: ['symfony/framework-bundle'],
    writable: ['var/cache', 'var/log'],
    env: { APP_ENV: 'prod', APP_DEBUG: '0' },
  },
  { id: 'drupal', packages: ['drupal/core', 'drupal/core-recommended'] },
  {
    id: 'craft',
    packages: ['craftcms/cms'],
    writable: ['storage', 'web/cpresources'],
    env: { CRAFT_ENVIRONMENT: 'production' },
  },
  { id: 'wordpress', packages: ['roots/wordpress', 'johnpbloch/wordpress'] },
  {
    id: 'cakephp',
    packages: ['cakephp/cakephp'],
    writable: ['logs', 'tmp/cache/models', 'tmp/cache/persistent', 'tmp/cache/views', 'tmp/sessions'],
  },
  {
    id: 'codeigniter',
    packages: ['codeigniter4/framework'],
    writable: ['writable/cache', 'writable/logs', 'writable/session', 'writable/uploads'],
    env: { CI_ENVIRONMENT: 'production' },
  },
  { id: 'yii', packages: ['yiisoft/yii2'], writable: ['runtime', 'web/assets'] },
  { id: 'slim', packages: ['slim/slim'] },
  { id: 'laminas', packages: ['laminas/laminas-mvc', 'mezzio/mezzio'], writable: ['data/cache'] },
];

export const FRAMEWORKS = RULES.map(({ id }) => id);

/** Folders of these names hold nothing but what an app has written. */
const WRITTEN = ['cache', 'log', 'logs', 'storage', 'tmp', 'uploads', 'var', 'writable'];

export const isWordpress = (inventory: Inventory): boolean =>
  ['wp-config-sample.php', 'wp-config.php', 'wp-load.php', 'wp-settings.php'].some((file) => inventory.isFile(file));

/** The framework, by what Composer installs or by files that only it has. */
export function frameworkOf(inventory: Inventory, composer: Composer | undefined): Framework | undefined {
  if (isWordpress(inventory)) {
    const file = ['wp-load.php', 'wp-config-sample.php', 'wp-config.php'].find((f) => inventory.isFile(f));
    return {
      id: 'wordpress',
      writable: ['wp-content/uploads'],
      env: {},
      from: { ...(file === undefined ? {} : { file }), why: 'files of WordPress' },
    };
  }
  for (const { id, packages, writable = [], env = {} } of RULES) {
    const found = packages.find((name) => composer?.require[name] !== undefined);
    const locked = found ?? packages.find((name) => hasPackage(composer, name) && id !== 'slim');
    if (locked !== undefined)
      return { id, writable, env, from: { file: 'composer.json', why: `it requires ${locked}` } };
  }
  return undefined;
}

/** As are these, where something in them says that what lies there is not to be kept, or not to be seen. */
const DATA = ['data', 'files', 'upload', 'userdata'];

const UPLOADS = /(^|\/)(user_?files|user_?data|uploads?|files|media|avatars|attachments|images)$/;

/** Folders for what users send, kept in the repository beside those that a framework writes to by itself. */
const keptBeside = (inventory: Inventory, known: readonly string[]): string[] => {
  const tops = new Set(known.map((path) => path.split('/')[0]));
  return outermost(keptFolders(inventory)).filter((path) => UPLOADS.test(path) && !tops.has(path.split('/')[0]));
};

/** What the app writes to: by its framework, else folders whose names say so. */
export function writableOf(inventory: Inventory, framework: Framework | undefined, root: string): string[] {
  const database =
    framework?.id === 'laravel' && inventory.files(/^database\/[^/]+\.sqlite$/).length > 0 ? ['database'] : [];
  if (framework?.id === 'drupal') return [joinPath(root, 'sites/default/files')];
  if (framework?.id === 'wordpress' && root !== '') return [joinPath(root, 'app/uploads')];
  if (framework && framework.writable.length > 0)
    return [...framework.writable, ...database, ...keptBeside(inventory, framework.writable)];
  const places = [...new Set(['', root])].flatMap((at) => [
    ...WRITTEN.map((name) => joinPath(at, name)),
    ...DATA.map((name) => joinPath(at, name)).filter((path) => isGuarded(inventory, path)),
  ]);
  const named = places.filter(
    (path) => inventory.isDirectory(path) && inventory.names(path).every((name) => !name.endsWith('.php')),
  );
  return [
    ...named,
    ...outermost(keptFolders(inventory)).filter((path) => !named.some((at) => `${path}/`.startsWith(`${at}/`))),
  ];
}

export interface WebRoot {
  /** The folder that is served, below the app; '' is the app itself. */
  readonly folder: string;
  /** Every path that is no file goes to index.php, and no .htaccess says so. */
  readonly frontController: boolean;
  /** Where there is no index.php: a page that visitors ask for by its name. */
  readonly page?: string;
  readonly from: Evidence;
}

/** Folders that web servers serve by convention. */
export const WEB_ROOTS = [
  'public',
  'web',
  'webroot',
  'pub',
  'www',
  'html',
  'htdocs',
  'public_html',
  'httpdocs',
  'wwwroot',
];

/** Drupal's and others' scaffolding makes index.php when Composer installs. */
function scaffolded({ extra }: Composer): string | undefined {
  const scaffold = extra['drupal-scaffold'];
  const locations =
    typeof scaffold === 'object' && scaffold ? (scaffold as Record<string, unknown>)['locations'] : undefined;
  const root =
    typeof locations === 'object' && locations ? (locations as Record<string, unknown>)['web-root'] : undefined;
  if (typeof root !== 'string' || !/^[\w.-]+(\/[\w.-]+)*\/?$/.test(root) || root.split('/').includes('..'))
    return undefined;
  return root
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** Code that only a browser gives sense to: HTML around it, or what a visitor sent. */
const PAGE =
  /<!doctype html|<(?:html|body|form)\b|\$_(?:GET|POST|REQUEST|COOKIE|SESSION)\b|\$_SERVER\[['"](?:REQUEST|HTTP)_/i;
/** A closing tag at the end belongs to templates. https://www.php-fig.org/psr/psr-12/#22-files */
const TEMPLATE = /\?>\s*$/;
const SCRIPT = /^#!|\$argv\b|\bPHP_SAPI\b|\bphp_sapi_name\(|\bSTDIN\b/;

/** Pages that visitors ask for by name, in a project without an index.php. */
export function pagesOf(inventory: Inventory, sign: 'sure' | 'likely'): WebRoot | undefined {
  for (const folder of ['', ...WEB_ROOTS, 'src']) {
    const page = inventory.names(folder).find((name) => {
      const text = name.endsWith('.php') ? (inventory.text(joinPath(folder, name)) ?? '') : '';
      return (PAGE.test(text) || (sign === 'likely' && TEMPLATE.test(text))) && !SCRIPT.test(text);
    });
    if (page !== undefined)
      return {
        folder,
        frontController: false,
        page,
        from: { file: joinPath(folder, page), why: 'a page in PHP; there is no index.php' },
      };
  }
  return undefined;
}

/** The folder that a web server has to serve; undefined for a project without an index.php. */
export function webRootOf(
  inventory: Inventory,
  composer: Composer | undefined,
  framework: Framework | undefined,
): WebRoot | undefined {
  const made = composer && scaffolded(composer);
  if (made !== undefined)
    return {
      folder: made,
      frontController: false,
      from: { file: 'composer.json', why: `its scaffold makes ${made}/` },
    };
  const folder = ['', ...WEB_ROOTS, 'src'].find(
    (f) => inventory.isFile(joinPath(f, 'index.php')) && !(f === '' && inventory.isFile('public/index.php')),
  );
  if (folder === undefined) {
    const assumed = framework && !inventory.complete ? 'public' : undefined;
    return assumed === undefined
      ? undefined
      : { folder: assumed, frontController: false, from: { why: `the folder that ${framework?.id ?? 'it'} serves` } };
  }
  const file = joinPath(folder, 'index.php');
  const rewrites = inventory.isFile(joinPath(folder, '.htaccess'));
  return {
    folder,
    frontController:
      !rewrites &&
      (folder !== '' || framework !== undefined || /REQUEST_URI|PATH_INFO/.test(inventory.text(file) ?? '')),
    from: { file, why: folder === '' ? 'an index.php at the root' : `${folder}/ holds an index.php` },
  };
}
