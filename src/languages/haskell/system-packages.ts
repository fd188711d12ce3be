import type { Inventory } from '../../inventory/inventory.ts';
import { joinPackages } from '../../plan/packages.ts';

/** Packages of Hackage that are bound to a library of the system, by their exact names: what Debian calls its headers. */

const POSTGRESQL = ['libpq-dev'];
const MYSQL = ['default-libmysqlclient-dev', 'libpcre3-dev', 'libssl-dev'];
const HEADERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'postgresql-libpq': POSTGRESQL,
    'postgresql-simple': POSTGRESQL,
    'persistent-postgresql': POSTGRESQL,
    'beam-postgres': POSTGRESQL,
    hasql: POSTGRESQL,
    'hasql-pool': POSTGRESQL,
    mysql: MYSQL,
    'mysql-simple': MYSQL,
    'persistent-mysql': MYSQL,
    HsOpenSSL: ['libssl-dev'],
    'HDBC-odbc': ['unixodbc-dev'],
    odbc: ['unixodbc-dev'],
    pcre: ['libpcre3-dev'],
    'pcre-light': ['libpcre3-dev'],
    'pcre-heavy': ['libpcre3-dev'],
    'regex-pcre': ['libpcre3-dev'],
    'text-icu': ['libicu-dev'],
    curl: ['libcurl4-openssl-dev'],
    'hw-kafka-client': ['librdkafka-dev'],
    'zeromq4-haskell': ['libzmq3-dev'],
    saltine: ['libsodium-dev'],
    libsodium: ['libsodium-dev'],
    lzma: ['liblzma-dev'],
    bzlib: ['libbz2-dev'],
    snappy: ['libsnappy-dev'],
    gd: ['libgd-dev'],
    magic: ['libmagic-dev'],
    'rocksdb-haskell': ['librocksdb-dev'],
    'leveldb-haskell': ['libleveldb-dev'],
  }),
);

/** A name in a list of dependencies, of Cabal or hpack, with what may stand around it. */
const DEPENDENCY = /(?:^|,|build-depends:)[ \t]*(?:[,-][ \t]*)?([A-Za-z][\w-]*)(?=[ \t]*(?:[,<>=^&|(]|$))/gim;

/** The headers that the project's packages are compiled with. */
export function systemPackages(inventory: Inventory): string[] {
  const texts = inventory.files(/(^|\/)([\w.-]+\.cabal|package\.yaml)$/).map((file) => inventory.text(file) ?? '');
  const names = texts.flatMap((text) => [...text.matchAll(DEPENDENCY)].map((m) => m[1] ?? ''));
  return joinPackages(...names.map((name) => HEADERS.get(name)));
}
