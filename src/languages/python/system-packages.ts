import type { Evidence } from '../../plan/plan.ts';
import type { Source } from './modules.ts';
import type { InstalledPackage } from './installed.ts';
import { tableOf } from '../../plan/table.ts';
import { packageOfProgram } from '../called-programs.ts';

/**
 * What Python packages need of the system: to be compiled, and to run. By exact names; what a ready-made wheel brings
 * along is not here. The build image has compilers and git as it is.
 */
export interface Needs {
  readonly build: readonly string[];
  readonly run: readonly string[];
}

interface Rule extends Partial<Needs> {
  /** Alpine's names, where they differ; absent ones are Debian's. */
  readonly alpine?: Partial<Needs>;
  /** The rule does not hold where one of these is installed as well. */
  readonly unless?: readonly string[];
}

const POSTGRES: Rule = { build: ['libpq-dev'], run: ['libpq5'], alpine: { build: ['libpq-dev'], run: ['libpq'] } };
const MYSQL: Rule = {
  build: ['default-libmysqlclient-dev', 'pkg-config'],
  run: ['libmariadb3'],
  alpine: { build: ['mariadb-connector-c-dev', 'pkgconf'], run: ['mariadb-connector-c'] },
};
const CAIRO: Rule = {
  build: ['libcairo2-dev', 'pkg-config'],
  run: ['libcairo2'],
  alpine: { build: ['cairo-dev', 'pkgconf'], run: ['cairo'] },
};
const FFMPEG: Rule = { run: ['ffmpeg'] };
const OPENCV: Rule = { run: ['libgl1', 'libglib2.0-0'], alpine: { run: ['mesa-gl', 'glib'] } };
const MAGIC: Rule = { run: ['libmagic1'], alpine: { run: ['libmagic'] } };
const POPPLER: Rule = { run: ['poppler-utils'] };
const PANGO: Rule = {
  run: ['libpango-1.0-0', 'libpangocairo-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0', 'fonts-dejavu-core'],
  alpine: { run: ['pango', 'harfbuzz-subset', 'font-dejavu'] },
};
const GRAPHVIZ: Rule = { run: ['graphviz'] };
const GDAL: Rule = { build: ['libgdal-dev'], run: ['gdal-bin'], alpine: { build: ['gdal-dev'], run: ['gdal'] } };
const TESSERACT: Rule = { run: ['tesseract-ocr'] };
const LDAP: Rule = {
  build: ['libldap-dev', 'libsasl2-dev'],
  run: ['libldap2'],
  alpine: { build: ['openldap-dev', 'cyrus-sasl-dev'], run: ['libldap', 'libsasl'] },
};
const ODBC: Rule = { build: ['unixodbc-dev'], run: ['unixodbc'] };
const XMLSEC: Rule = {
  build: ['libxmlsec1-dev', 'pkg-config'],
  run: ['libxmlsec1-openssl'],
  alpine: { build: ['xmlsec-dev', 'pkgconf'], run: ['xmlsec'] },
};

const RULES = tableOf<Rule>({
  psycopg2: { ...POSTGRES, unless: ['psycopg2-binary'] },
  'psycopg-c': POSTGRES,
  psycopg: { ...POSTGRES, unless: ['psycopg-binary', 'psycopg-c'] },
  mysqlclient: MYSQL,
  pylibmc: {
    build: ['libmemcached-dev'],
    // Debian 13 has it by another name, which provides this one.
    run: ['libmemcached11'],
    alpine: { build: ['libmemcached-dev', 'zlib-dev'], run: ['libmemcached-libs'] },
  },
  pycairo: CAIRO,
  cairocffi: { run: ['libcairo2'], alpine: { run: ['cairo'] } },
  cairosvg: { run: ['libcairo2'], alpine: { run: ['cairo'] } },
  pygobject: {
    build: ['libgirepository-2.0-dev', 'libcairo2-dev', 'pkg-config'],
    run: ['libgirepository-2.0-0', 'libcairo2'],
    alpine: { build: ['gobject-introspection-dev', 'cairo-dev'], run: ['gobject-introspection', 'cairo'] },
  },
  pdf2image: POPPLER,
  pdftotext: {
    build: ['libpoppler-cpp-dev', 'pkg-config'],
    run: ['libpoppler-cpp2'],
    alpine: { build: ['poppler-dev'], run: ['poppler'] },
  },
  weasyprint: PANGO,
  'django-weasyprint': PANGO,
  'opencv-python': OPENCV,
  'opencv-contrib-python': OPENCV,
  mediapipe: OPENCV,
  ultralytics: OPENCV,
  easyocr: { run: ['libglib2.0-0'], alpine: { run: ['glib'] } },
  pydub: FFMPEG,
  moviepy: FFMPEG,
  'ffmpeg-python': FFMPEG,
  'openai-whisper': FFMPEG,
  'faster-whisper': FFMPEG,
  'yt-dlp': FFMPEG,
  audioread: FFMPEG,
  librosa: { run: ['libsndfile1', 'ffmpeg'], alpine: { run: ['libsndfile', 'ffmpeg'] } },
  soundfile: { run: ['libsndfile1'], alpine: { run: ['libsndfile'] } },
  pyaudio: {
    build: ['portaudio19-dev'],
    run: ['libportaudio2'],
    alpine: { build: ['portaudio-dev'], run: ['portaudio'] },
  },
  'python-magic': MAGIC,
  'python-libmagic': MAGIC,
  filemagic: MAGIC,
  graphviz: GRAPHVIZ,
  diagrams: GRAPHVIZ,
  pydot: GRAPHVIZ,
  pygraphviz: {
    build: ['libgraphviz-dev', 'pkg-config'],
    run: ['graphviz'],
    alpine: { build: ['graphviz-dev'], run: ['graphviz'] },
  },
  gdal: GDAL,
  pytesseract: TESSERACT,
  tesserocr: {
    build: ['libtesseract-dev', 'libleptonica-dev', 'pkg-config'],
    run: ['tesseract-ocr'],
    alpine: { build: ['tesseract-ocr-dev', 'leptonica-dev'], run: ['tesseract-ocr'] },
  },
  ocrmypdf: { run: ['tesseract-ocr', 'ghostscript'] },
  'python-ldap': LDAP,
  'django-auth-ldap': LDAP,
  pyodbc: { run: ['unixodbc'], build: ['unixodbc-dev'] },
  'mssql-django': ODBC,
  aioodbc: ODBC,
  xmlsec: XMLSEC,
  python3saml: XMLSEC,
  'python3-saml': XMLSEC,
  wand: { run: ['imagemagick'] },
  gitpython: { run: ['git'] },
  pygit2: {},
  pyzbar: { run: ['libzbar0'], alpine: { run: ['zbar'] } },
  pylibdmtx: { run: ['libdmtx0b'], alpine: { run: ['libdmtx'] } },
  pypandoc: { run: ['pandoc'] },
  pyvips: { run: ['libvips42'], alpine: { run: ['vips'] } },
  'python-snappy': {
    build: ['libsnappy-dev'],
    run: ['libsnappy1v5'],
    alpine: { build: ['snappy-dev'], run: ['snappy'] },
  },
  pyicu: { build: ['libicu-dev', 'pkg-config'], alpine: { build: ['icu-dev'], run: ['icu-libs'] } },
  pycurl: {
    build: ['libcurl4-openssl-dev', 'libssl-dev'],
    run: ['libcurl4'],
    alpine: { build: ['curl-dev'], run: ['libcurl'] },
  },
  gssapi: { build: ['libkrb5-dev'], run: ['libgssapi-krb5-2'], alpine: { build: ['krb5-dev'], run: ['krb5-libs'] } },
  pykerberos: {
    build: ['libkrb5-dev'],
    run: ['libgssapi-krb5-2'],
    alpine: { build: ['krb5-dev'], run: ['krb5-libs'] },
  },
  'confluent-kafka': {},
  uwsgi: {
    run: ['libxml2', 'libpcre2-8-0'],
    alpine: { build: ['linux-headers', 'libxml2-dev'], run: ['libxml2', 'pcre2'] },
  },
  tables: { build: ['libhdf5-dev'] },
  selenium: { run: ['chromium', 'chromium-driver'], alpine: { run: ['chromium', 'chromium-chromedriver'] } },
  pyppeteer: { run: ['chromium'] },
  pymagick: { run: ['imagemagick'] },
  'django-gdal': GDAL,
});

/** A program's name where a process is started or looked for, as the first word. */
const CALL =
  /(?:subprocess\.\w+|\bPopen|\bcheck_output|\bcheck_call|shutil\.which|os\.system|os\.popen|create_subprocess_(?:exec|shell)|\brun)\(\s*(?:\[\s*)?f?["']([\w.-]+)/g;

/** Programs that the sources call, by name, with where. */
export function calledPrograms(sources: readonly Source[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, code } of sources)
    for (const [, name = ''] of code.matchAll(CALL)) if (!found.has(name)) found.set(name, path);
  return found;
}

export interface SystemNeeds extends Needs {
  readonly from: Evidence;
}

const names = (list: readonly string[]): string => [...new Set(list)].join(', ');

/** All that a project needs of the system, on Debian or on Alpine. */
export function systemNeeds(
  packages: ReadonlyMap<string, InstalledPackage>,
  sources: readonly Source[],
  django: string,
  alpine: boolean,
): SystemNeeds {
  const build = new Set<string>();
  const run = new Set<string>();
  const because: string[] = [];
  let file: string | undefined;
  const apply = (name: string, rule: Rule): void => {
    const needs = { ...rule, ...(alpine ? rule.alpine : {}) };
    if ((needs.build ?? []).length + (needs.run ?? []).length === 0) return;
    for (const item of needs.build ?? []) build.add(item);
    for (const item of needs.run ?? []) run.add(item);
    because.push(name);
  };
  for (const { name, extras, from } of packages.values()) {
    const rule = RULES[name];
    const bundled = name === 'psycopg' && extras.includes('binary');
    if (!rule || bundled || rule.unless?.some((other) => packages.has(other))) continue;
    apply(name, rule);
    file ??= from.file;
  }
  if (/django\.contrib\.gis/.test(django))
    apply('django.contrib.gis', {
      ...GDAL,
      build: [],
      run: ['gdal-bin', 'libgdal-dev'],
      alpine: { build: [], run: ['gdal', 'geos', 'proj'] },
    });
  for (const [program, path] of calledPrograms(sources)) {
    const needed = /^python3?$/.test(program) ? undefined : packageOfProgram(program, alpine);
    if (needed === undefined) continue;
    apply(`${program} in ${path}`, { run: [needed] });
    file ??= path;
  }
  return {
    build: [...build].sort(),
    run: [...run].sort(),
    from: { ...(file === undefined ? {} : { file }), why: `needed by ${names(because)}` },
  };
}

/** What Alpine's Python image lacks to compile anything. */
export const ALPINE_COMPILERS = ['build-base', 'libffi-dev', 'git'];
