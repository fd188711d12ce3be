import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice } from '../../plan/plan.ts';
import { hasPackage, type Composer } from './composer.ts';
import { hasOpcache } from './version.ts';
import { tableOf } from '../../plan/table.ts';

/** Extensions of PHP: which an app needs, which the official image has, and how the others are built. */

/** In every official image. https://github.com/docker-library/php */
const BUILT_IN = new Set(
  'core ctype curl date dom fileinfo filter hash iconv json lexbor libxml mbstring mysqlnd openssl pcre pdo pdo_sqlite phar posix random readline reflection session simplexml sodium spl sqlite3 standard tokenizer uri xml xmlreader xmlwriter zlib'.split(
    ' ',
  ),
);

interface Recipe {
  /** Debian packages with the headers. What the result is linked with is found out when it is built. */
  readonly build?: readonly string[];
  readonly configure?: readonly string[];
  /** Comes from PECL, not with PHP's own source. */
  readonly pecl?: true;
}

const RECIPES = tableOf<Recipe>({
  bcmath: {},
  bz2: { build: ['libbz2-dev'] },
  calendar: {},
  dba: {},
  enchant: { build: ['libenchant-2-dev'] },
  exif: {},
  ffi: { build: ['libffi-dev'] },
  ftp: { build: ['libssl-dev'] },
  gd: {
    build: ['libfreetype-dev', 'libjpeg62-turbo-dev', 'libpng-dev', 'libwebp-dev'],
    configure: ['--with-freetype', '--with-jpeg', '--with-webp'],
  },
  gettext: {},
  gmp: { build: ['libgmp-dev'] },
  intl: { build: ['libicu-dev'] },
  ldap: { build: ['libldap-dev'] },
  mysqli: {},
  opcache: {},
  pcntl: {},
  pdo_mysql: {},
  pdo_pgsql: { build: ['libpq-dev'] },
  pgsql: { build: ['libpq-dev'] },
  shmop: {},
  snmp: { build: ['libsnmp-dev'] },
  soap: { build: ['libxml2-dev'] },
  sockets: {},
  sysvmsg: {},
  sysvsem: {},
  sysvshm: {},
  tidy: { build: ['libtidy-dev'] },
  xsl: { build: ['libxslt1-dev'] },
  zip: { build: ['libzip-dev'] },
  amqp: { pecl: true, build: ['librabbitmq-dev'] },
  apcu: { pecl: true },
  ast: { pecl: true },
  ds: { pecl: true },
  ev: { pecl: true },
  event: { pecl: true, build: ['libevent-dev', 'libssl-dev'] },
  excimer: { pecl: true },
  grpc: { pecl: true, build: ['zlib1g-dev'] },
  igbinary: { pecl: true },
  imagick: { pecl: true, build: ['libmagickwand-dev'] },
  maxminddb: { pecl: true, build: ['libmaxminddb-dev'] },
  memcached: { pecl: true, build: ['libmemcached-dev', 'libssl-dev', 'zlib1g-dev'] },
  mongodb: { pecl: true, build: ['libssl-dev'] },
  msgpack: { pecl: true },
  oauth: { pecl: true, build: ['libcurl4-openssl-dev'] },
  openswoole: { pecl: true, build: ['libcurl4-openssl-dev', 'libssl-dev'] },
  protobuf: { pecl: true },
  rdkafka: { pecl: true, build: ['librdkafka-dev'] },
  redis: { pecl: true },
  ssh2: { pecl: true, build: ['libssh2-1-dev'] },
  swoole: { pecl: true, build: ['libcurl4-openssl-dev', 'libssl-dev'] },
  uuid: { pecl: true, build: ['uuid-dev'] },
  xlswriter: { pecl: true },
  yaml: { pecl: true, build: ['libyaml-dev'] },
  zmq: { pecl: true, build: ['libzmq3-dev'] },
});

/** For development only; never in an image that serves. */
const DEVELOPMENT = new Set(['xdebug', 'pcov']);

export interface Extensions {
  readonly core: readonly string[];
  readonly pecl: readonly string[];
  readonly configured: readonly { readonly name: string; readonly options: readonly string[] }[];
  readonly packages: readonly string[];
  readonly advice: readonly Advice[];
}

const clean = (name: string): string => name.toLowerCase().replace(/^ext-/, '').replaceAll('-', '_');
const extensionsIn = (links: Readonly<Record<string, string>>): string[] =>
  Object.keys(links)
    .filter((name) => name.startsWith('ext-'))
    .map(clean);

/** What the packages that run ask for, without what another of them stands in for. */
function ofComposer(composer: Composer): string[] {
  const packages = composer.lock?.packages ?? [];
  const provided = new Set(packages.flatMap((p) => extensionsIn(p.provide)));
  const own = extensionsIn(composer.require);
  const theirs = packages.flatMap((p) => extensionsIn(p.require)).filter((name) => !provided.has(name));
  return [...own, ...theirs];
}

/** A database is chosen by settings at run time: a framework that talks to several gets the drivers of both. */
const DATABASE_PACKAGES = [
  'laravel/framework',
  'illuminate/database',
  'doctrine/dbal',
  'doctrine/doctrine-bundle',
  'cakephp/database',
  'yiisoft/yii2',
  'craftcms/cms',
];
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'laravel/framework': ['bcmath', 'pcntl'],
  'laravel/horizon': ['pcntl', 'redis'],
  'laravel/octane': ['pcntl'],
  'workerman/workerman': ['pcntl'],
  'workerman/webman-framework': ['pcntl'],
  'gotzmann/comet': ['pcntl'],
  'hyperf/framework': ['pcntl', 'swoole'],
  'hyperf/http-server': ['pcntl', 'swoole'],
  'hhxsv5/laravel-s': ['pcntl', 'swoole'],
  'symfony/framework-bundle': ['intl'],
  'cakephp/cakephp': ['intl'],
  'codeigniter4/framework': ['intl', 'mysqli'],
  'drupal/core': ['gd', 'pdo_mysql', 'pdo_pgsql'],
  'drupal/core-recommended': ['gd', 'pdo_mysql', 'pdo_pgsql'],
  'craftcms/cms': ['bcmath', 'gd', 'intl', 'zip'],
  'roots/wordpress': ['exif', 'gd', 'intl', 'mysqli', 'zip'],
  'johnpbloch/wordpress': ['exif', 'gd', 'intl', 'mysqli', 'zip'],
};

/** Settings that name a service for which PHP needs an extension. */
const SETTINGS: readonly { readonly pattern: RegExp; readonly extension: string; readonly unless?: string }[] = [
  {
    pattern:
      /^[ \t]*(DB_CONNECTION|DATABASE_DRIVER)\s*=\s*"?(mysql|mariadb)|^[ \t]*\w*DATABASE_URL\s*=\s*"?(mysql|mariadb)/m,
    extension: 'pdo_mysql',
  },
  {
    pattern:
      /^[ \t]*(DB_CONNECTION|DATABASE_DRIVER)\s*=\s*"?(pgsql|postgres)|^[ \t]*\w*DATABASE_URL\s*=\s*"?(pgsql|postgres)/m,
    extension: 'pdo_pgsql',
  },
  {
    pattern:
      /^[ \t]*(CACHE_STORE|CACHE_DRIVER|SESSION_DRIVER|QUEUE_CONNECTION|BROADCAST_DRIVER|BROADCAST_CONNECTION)\s*=\s*"?redis|^[ \t]*MESSENGER_TRANSPORT_DSN\s*=\s*"?redis/m,
    extension: 'redis',
    unless: 'predis/predis',
  },
  { pattern: /^[ \t]*MESSENGER_TRANSPORT_DSN\s*=\s*"?amqp/m, extension: 'amqp' },
];

/** Calls in plain code that need an extension, where no composer.json says so. */
const CALLS: readonly { readonly pattern: RegExp; readonly extension: string }[] = [
  { pattern: /\bmysqli_\w+\s*\(|\bnew\s+\\?mysqli\b/, extension: 'mysqli' },
  { pattern: /['"]mysql:/, extension: 'pdo_mysql' },
  { pattern: /['"]pgsql:/, extension: 'pdo_pgsql' },
  { pattern: /\bpg_(connect|query)\s*\(/, extension: 'pgsql' },
  { pattern: /\bimagecreate\w*\s*\(/, extension: 'gd' },
  { pattern: /\bnew\s+\\?Redis\s*\(/, extension: 'redis' },
  { pattern: /\bnew\s+\\?Memcached\s*\(/, extension: 'memcached' },
  { pattern: /\bnew\s+\\?ZipArchive\b/, extension: 'zip' },
  { pattern: /\bnew\s+\\?SoapClient\b/, extension: 'soap' },
  { pattern: /\bnew\s+\\?(NumberFormatter|IntlDateFormatter|Collator)\b/, extension: 'intl' },
  { pattern: /\bbc(add|sub|mul|div|comp|pow)\s*\(/, extension: 'bcmath' },
  { pattern: /\bpcntl_\w+\s*\(|\bWorker::runAll\(/, extension: 'pcntl' },
  { pattern: /\bSwoole\\(?:Coroutine\\)?(?:Http|HTTP|WebSocket)\\Server\b/, extension: 'swoole' },
  { pattern: /\bexif_read_data\s*\(/, extension: 'exif' },
  { pattern: /\bsocket_create\s*\(/, extension: 'sockets' },
  { pattern: /\bapcu_\w+\s*\(/, extension: 'apcu' },
  { pattern: /\bnew\s+\\?Imagick\b/, extension: 'imagick' },
  { pattern: /\bnew\s+\\?MongoDB\\(Driver\\Manager|Client)\b/, extension: 'mongodb' },
  { pattern: /\bldap_connect\s*\(/, extension: 'ldap' },
  { pattern: /\bgmp_\w+\s*\(/, extension: 'gmp' },
  { pattern: /\bftp_(ssl_)?connect\s*\(/, extension: 'ftp' },
  { pattern: /\bssh2_connect\s*\(/, extension: 'ssh2' },
  { pattern: /\byaml_(parse|emit)\w*\s*\(/, extension: 'yaml' },
  { pattern: /\bnew\s+\\?XSLTProcessor\b/, extension: 'xsl' },
  { pattern: /\bnew\s+\\?tidy\b|\btidy_\w+\s*\(/, extension: 'tidy' },
];

function ofFramework(inventory: Inventory, composer: Composer | undefined, wordpress: boolean): string[] {
  const settings = ['.env.example', '.env.dist', '.env'].map((file) => inventory.text(file) ?? '').join('\n');
  const database = DATABASE_PACKAGES.some((name) => hasPackage(composer, name)) ? ['pdo_mysql', 'pdo_pgsql'] : [];
  return [
    ...(wordpress ? (NEEDS['roots/wordpress'] ?? []) : []),
    ...Object.entries(NEEDS).flatMap(([name, needs]) => (hasPackage(composer, name) ? needs : [])),
    ...database,
    ...SETTINGS.filter(
      ({ pattern, unless }) => pattern.test(settings) && !(unless !== undefined && hasPackage(composer, unless)),
    ).map(({ extension }) => extension),
  ];
}

/** Code of the project's own, near the root; what packages need stands in composer.lock. */
const isOwnCode = (path: string): boolean => isPhpText(path) && !/(^|\/)(wp-includes|wp-admin)\//.test(path);
export const isPhpText = (path: string): boolean =>
  /^([^/]+\/){0,2}[^/]+\.php$/.test(path) && !/(^|\/)(vendor|node_modules|tests?|wp-includes|wp-admin)\//.test(path);

function ofCode(inventory: Inventory): string[] {
  const texts = inventory.files(isOwnCode).map((path) => inventory.text(path) ?? '');
  return CALLS.filter(({ pattern }) => texts.some((text) => pattern.test(text))).map(({ extension }) => extension);
}

/** The extensions to build for an app. */
export function extensionsOf(
  inventory: Inventory,
  composer: Composer | undefined,
  version: string,
  wordpress: boolean,
): Extensions {
  const wanted = new Set([
    ...(composer ? ofComposer(composer) : []),
    ...ofFramework(inventory, composer, wordpress),
    ...ofCode(inventory),
    'opcache',
  ]);
  const missing = [...wanted]
    .map((name) => (name === 'zend_opcache' ? 'opcache' : name))
    .filter((name) => !BUILT_IN.has(name) && !DEVELOPMENT.has(name) && !(name === 'opcache' && hasOpcache(version)));
  const known = [...new Set(missing)].filter((name) => Object.hasOwn(RECIPES, name)).sort();
  const unknown = missing.filter((name) => !Object.hasOwn(RECIPES, name));
  const recipe = (name: string): Recipe => RECIPES[name] ?? {};
  return {
    core: known.filter((name) => !recipe(name).pecl),
    pecl: known.filter((name) => recipe(name).pecl),
    configured: known.flatMap((name) => {
      const options = recipe(name).configure;
      return options ? [{ name, options }] : [];
    }),
    packages: [...new Set(known.flatMap((name) => recipe(name).build ?? []))].sort(),
    advice: unknown.map((name) => ({
      code: 'unknown-extension',
      detail: `Nothing is known of how to build the PHP extension ${name.replaceAll(/[^\w]/g, '').slice(0, 40)}; the image lacks it.`,
      hint: 'Give a runtime image that has it as image.base.',
      file: 'composer.json',
    })),
  };
}
