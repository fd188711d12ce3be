import { tableOf } from '../../plan/table.ts';
/**
 * Debian packages for gems that are linked with C libraries, by the gems' exact names. The build image has the headers
 * of the common ones (PostgreSQL, MySQL, SQLite, ImageMagick, libffi, libxml2): https://hub.docker.com/_/buildpack-deps.
 * Packages for run time go by names that every Debian has.
 */
interface Native {
  readonly build?: readonly string[];
  readonly run?: readonly string[];
}

const NATIVE = tableOf<Native>({
  pg: { run: ['libpq5'] },
  mysql2: { run: ['libmariadb3'] },
  sqlite3: { run: ['libsqlite3-0'] },
  charlock_holmes: { build: ['libicu-dev'], run: ['icu-devtools'] },
  rmagick: { run: ['imagemagick'] },
  mini_magick: { run: ['imagemagick'] },
  'ruby-vips': { run: ['libvips'] },
  tiny_tds: { build: ['freetds-dev'], run: ['libsybdb5'] },
  rugged: { build: ['cmake', 'libssl-dev'] },
  'ruby-filemagic': { build: ['libmagic-dev'], run: ['file'] },
  'idn-ruby': { build: ['libidn-dev'], run: ['libidn12'] },
  typhoeus: { run: ['curl'] },
  curb: { run: ['curl'] },
  patron: { run: ['curl'] },
  snappy: { build: ['libsnappy-dev'], run: ['libsnappy1v5'] },
  gssapi: { run: ['libkrb5-3'] },
  poppler: { run: ['poppler-utils'] },
  'streamio-ffmpeg': { run: ['ffmpeg'] },
  grover: { run: ['chromium'] },
  ferrum: { run: ['chromium'] },
});

/** Gems with a build of their own for the image's platform bring their library along. */
const BUNDLED_WHERE_BUILT = new Set(['sqlite3', 'charlock_holmes']);

export interface NativePackages {
  readonly build: readonly string[];
  readonly run: readonly string[];
  /** The gems that they are for. */
  readonly gems: readonly string[];
}

/** `prebuilt` says whether a gem is locked as a build for Linux. */
export function nativePackages(gems: Iterable<string>, prebuilt: (name: string) => boolean): NativePackages {
  const found = [...gems].filter((name) => Object.hasOwn(NATIVE, name)).sort();
  const needed = found.filter((name) => !(BUNDLED_WHERE_BUILT.has(name) && prebuilt(name)));
  const packages = (kind: 'build' | 'run'): string[] =>
    [...new Set(needed.flatMap((name) => NATIVE[name]?.[kind] ?? []))].sort();
  return { build: packages('build'), run: packages('run'), gems: needed };
}
