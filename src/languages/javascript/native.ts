import semver from 'semver';
import { joinPackages } from '../../plan/packages.ts';
import { callsCmake, compilesAddon } from './addon.ts';
import { buildDependencies, productionDependencies, type JsProject } from './project.ts';

/** Modules that are more than JavaScript, by their exact names: what they need to be compiled, and to run. */

interface Native {
  /** Compiled when it is installed, at least where no prebuilt binary fits or can be fetched. */
  readonly compiled?: boolean;
  /** Debian packages, for the build and for the runtime. */
  readonly build?: readonly string[];
  readonly run?: readonly string[];
  /** Alpine's names for those of the runtime, and for those of the build. */
  readonly alpine?: readonly string[];
  readonly alpineBuild?: readonly string[];
}

const compiled: Native = { compiled: true };
/** https://github.com/Automattic/node-canvas#compiling */
const CANVAS: Native = {
  compiled: true,
  build: ['libcairo2-dev', 'libgif-dev', 'libjpeg-dev', 'libpango1.0-dev', 'librsvg2-dev', 'libpixman-1-dev'],
  run: [
    'libcairo2',
    'libgif7',
    'libjpeg62-turbo',
    'libpango-1.0-0',
    'libpangocairo-1.0-0',
    'librsvg2-2',
    'fontconfig',
    'fonts-dejavu-core',
  ],
  alpineBuild: ['cairo-dev', 'giflib-dev', 'jpeg-dev', 'librsvg-dev', 'pango-dev', 'pixman-dev'],
  alpine: ['cairo', 'giflib', 'libjpeg-turbo', 'pango', 'librsvg', 'fontconfig', 'font-dejavu'],
};
const CHROMIUM: Native = { run: ['chromium', 'fonts-liberation'], alpine: ['chromium', 'font-liberation'] };
/**
 * What Playwright's own browser is linked with; the names hold for Debian 12 and 13. libasound2 does not: Debian 13
 * renamed it, and has two packages that provide the old name. libatopology2 depends on it on both.
 */
const PLAYWRIGHT: Native = {
  run: [
    'fonts-liberation',
    'libatk-bridge2.0-0',
    'libatk1.0-0',
    'libatopology2',
    'libatspi2.0-0',
    'libcairo2',
    'libcups2',
    'libdbus-1-3',
    'libgbm1',
    'libglib2.0-0',
    'libnspr4',
    'libnss3',
    'libpango-1.0-0',
    'libx11-6',
    'libxcb1',
    'libxcomposite1',
    'libxdamage1',
    'libxext6',
    'libxfixes3',
    'libxkbcommon0',
    'libxrandr2',
  ],
};
const PING: Native = { run: ['iputils-ping'], alpine: ['iputils-ping'] };
const OPENSSL: Native = { build: ['openssl'], run: ['openssl'], alpine: ['openssl'] };

const NATIVE: Readonly<Record<string, Native>> = {
  argon2: compiled,
  bcrypt: compiled,
  'better-sqlite3': compiled,
  bufferutil: compiled,
  'utf-8-validate': compiled,
  canvas: CANVAS,
  couchbase: compiled,
  'cpu-features': compiled,
  farmhash: compiled,
  'ffi-napi': compiled,
  hiredis: compiled,
  ibm_db: compiled,
  'isolated-vm': compiled,
  kerberos: {
    compiled: true,
    build: ['libkrb5-dev'],
    run: ['libgssapi-krb5-2'],
    alpine: ['krb5-libs'],
    alpineBuild: ['krb5-dev'],
  },
  leveldown: compiled,
  'classic-level': compiled,
  libxmljs: compiled,
  libxmljs2: compiled,
  libpq: { compiled: true, build: ['libpq-dev'], run: ['libpq5'], alpine: ['libpq'], alpineBuild: ['libpq-dev'] },
  'pg-native': { compiled: true, build: ['libpq-dev'], run: ['libpq5'], alpine: ['libpq'], alpineBuild: ['libpq-dev'] },
  microtime: compiled,
  'msgpackr-extract': compiled,
  'node-expat': compiled,
  'node-pty': compiled,
  'node-rdkafka': {
    compiled: true,
    build: ['librdkafka-dev', 'libssl-dev', 'zlib1g-dev'],
    run: ['librdkafka1'],
    alpine: ['librdkafka'],
  },
  'node-sass': compiled,
  posix: compiled,
  re2: compiled,
  'ref-napi': compiled,
  rocksdb: compiled,
  serialport: compiled,
  'sodium-native': compiled,
  sqlite3: compiled,
  ssh2: compiled,
  'tree-sitter': compiled,
  usb: { compiled: true, build: ['libudev-dev'], run: ['libudev1'] },
  zeromq: compiled,
  '@discordjs/opus': compiled,
  '@tensorflow/tfjs-node': compiled,
  'uWebSockets.js': compiled,
  'fluent-ffmpeg': { run: ['ffmpeg'], alpine: ['ffmpeg'] },
  gm: { run: ['graphicsmagick'], alpine: ['graphicsmagick'] },
  imagemagick: { run: ['imagemagick'], alpine: ['imagemagick'] },
  // They start the program of that name.
  ping: PING,
  '@louislam/ping': PING,
  'pdf-poppler': { run: ['poppler-utils'], alpine: ['poppler-utils'] },
  pdf2pic: { run: ['graphicsmagick', 'ghostscript'], alpine: ['graphicsmagick', 'ghostscript'] },
  puppeteer: CHROMIUM,
  'puppeteer-core': CHROMIUM,
  'whatsapp-web.js': CHROMIUM,
  playwright: PLAYWRIGHT,
  'playwright-core': PLAYWRIGHT,
  'playwright-chromium': PLAYWRIGHT,
  '@prisma/client': OPENSSL,
  prisma: OPENSSL,
};

export interface NativeModules {
  readonly compiled: boolean;
  readonly build: readonly string[];
  readonly run: readonly string[];
  readonly alpine: readonly string[];
  readonly alpineBuild: readonly string[];
  /** Names of the modules that ask for packages at run time, for the reason. */
  readonly names: readonly string[];
}

/** What the project's dependencies need beside JavaScript. */
export function nativeModules(project: JsProject): NativeModules {
  const forBuild = Object.keys(buildDependencies(project));
  const forRun = Object.keys(productionDependencies(project)).filter((name) => Object.hasOwn(NATIVE, name));
  const native = (name: string): Native => (Object.hasOwn(NATIVE, name) ? (NATIVE[name] ?? {}) : {});
  const cmake = callsCmake(project) ? ['cmake'] : [];
  return {
    compiled: compilesAddon(project) || forBuild.some((name) => native(name).compiled === true),
    build: joinPackages(...forBuild.map((name) => native(name).build), cmake),
    run: joinPackages(...forRun.map((name) => native(name).run)),
    alpine: joinPackages(...forRun.map((name) => native(name).alpine)),
    alpineBuild: joinPackages(...forBuild.map((name) => native(name).alpineBuild), cmake),
    names: forRun.filter((name) => native(name).run !== undefined),
  };
}

/** The browser of the system for Puppeteer, which keeps files of its own in places that can be written to. https://pptr.dev/api/puppeteer.configuration */
const PUPPETEER_ENV = {
  PUPPETEER_EXECUTABLE_PATH: '/usr/bin/chromium',
  PUPPETEER_SKIP_DOWNLOAD: 'true',
  XDG_CONFIG_HOME: '/tmp/.chromium',
  XDG_CACHE_HOME: '/tmp/.chromium',
};

const PLAYWRIGHT_BROWSERS = '/ms-playwright';

const among = (project: JsProject, ...wanted: readonly string[]): string | undefined => {
  const names = productionDependencies(project);
  return wanted.find((name) => names[name] !== undefined);
};

/** Playwright works with the very browser that it was made for. https://playwright.dev/docs/browsers */
const playwright = (project: JsProject): string | undefined =>
  among(project, 'playwright', 'playwright-core', 'playwright-chromium');

export function browserEnv(project: JsProject): Readonly<Record<string, string>> {
  return {
    ...(among(project, 'puppeteer', 'puppeteer-core', 'whatsapp-web.js') === undefined ? {} : PUPPETEER_ENV),
    ...(playwright(project) === undefined ? {} : { PLAYWRIGHT_BROWSERS_PATH: PLAYWRIGHT_BROWSERS }),
  };
}

/** The command that fetches Playwright's browser into a folder of its own; undefined where it is not used. */
export function browserInstall(project: JsProject): readonly string[] | undefined {
  const library = playwright(project);
  if (library === undefined) return undefined;
  const least = semver.minVersion(productionDependencies(project)[library] ?? '*', { loose: true });
  const shell = least !== null && semver.gte(least, '1.49.0') ? ['--only-shell'] : [];
  return [library === 'playwright-core' ? 'playwright-core' : 'playwright', 'install', 'chromium', ...shell];
}

export const browserFolder = (project: JsProject): string | undefined =>
  playwright(project) === undefined ? undefined : PLAYWRIGHT_BROWSERS;
