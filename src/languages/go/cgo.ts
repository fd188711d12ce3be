import { parentOf } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import type { GoProject } from './project.ts';
import { importOf, type Reach } from './reach.ts';

/** Whether C code is compiled into a program, and what that needs. */
export interface Cgo {
  readonly from: Evidence;
  /** C++ as well: its run-time library has to be in the image. */
  readonly cxx: boolean;
  /** Debian packages: headers for the build, libraries for the run. */
  readonly build: readonly string[];
  readonly run: readonly string[];
  readonly advice: readonly Advice[];
}

interface CgoPackage {
  readonly packages: readonly string[];
  readonly cxx?: true;
  readonly build?: readonly string[];
  readonly run?: readonly string[];
}

/** Packages that do nothing, or do not compile, without cgo. Names of libraries are those of Debian 13. */
const KNOWN: readonly CgoPackage[] = [
  {
    packages: [
      'github.com/mattn/go-sqlite3',
      'gorm.io/driver/sqlite',
      'github.com/jinzhu/gorm/dialects/sqlite',
      'github.com/golang-migrate/migrate/v4/database/sqlite3',
      'github.com/mutecomm/go-sqlcipher',
      'github.com/asg017/sqlite-vec-go-bindings/cgo',
      'crawshaw.io/sqlite',
    ],
  },
  { packages: ['github.com/confluentinc/confluent-kafka-go', 'github.com/DataDog/zstd', 'github.com/valyala/gozstd'] },
  {
    packages: [
      'github.com/miekg/pkcs11',
      'github.com/godror/godror',
      'github.com/mattn/go-oci8',
      'github.com/chai2010/webp',
    ],
  },
  {
    packages: ['github.com/marcboeker/go-duckdb', 'github.com/duckdb/duckdb-go', 'github.com/tursodatabase/go-libsql'],
    cxx: true,
  },
  {
    packages: ['github.com/h2non/bimg', 'github.com/davidbyttow/govips'],
    cxx: true,
    build: ['libvips-dev'],
    run: ['libvips42t64'],
  },
  {
    packages: ['gopkg.in/gographics/imagick.v3'],
    build: ['libmagickwand-dev'],
    run: ['libmagickwand-7.q16-10'],
  },
  {
    packages: ['github.com/otiai10/gosseract'],
    cxx: true,
    build: ['libtesseract-dev', 'libleptonica-dev'],
    run: ['libtesseract5', 'tesseract-ocr-eng'],
  },
  {
    packages: ['github.com/google/gopacket/pcap', 'github.com/gopacket/gopacket/pcap'],
    build: ['libpcap-dev'],
    run: ['libpcap0.8t64'],
  },
  { packages: ['github.com/pebbe/zmq4'], cxx: true, build: ['libzmq3-dev'], run: ['libzmq5'] },
  { packages: ['github.com/alexbrainman/odbc'], build: ['unixodbc-dev'], run: ['unixodbc'] },
  { packages: ['github.com/google/gousb'], build: ['libusb-1.0-0-dev'], run: ['libusb-1.0-0'] },
  { packages: ['github.com/kolesa-team/go-webp'], build: ['libwebp-dev'], run: ['libwebp7'] },
  { packages: ['github.com/coreos/go-systemd/v22/sdjournal'], build: ['libsystemd-dev'], run: ['libsystemd0'] },
];

const CXX_FILE = /\.(cc|cpp|cxx|hpp|hxx)$/;

/** A package whose files choose between C and Go by the tag `cgo`: it does without. */
const hasAlternative = (project: GoProject, folder: string): boolean =>
  (project.packages.get(folder) ?? []).some((f) => f.takesPart.withoutCgo && !f.takesPart.withCgo);

/** Libraries that the project's own C code is linked with. */
const linkedWith = (preamble: string): string[] => [
  ...new Set(
    preamble.split('\n').flatMap((line) => {
      const wanted = /^\s*(?:\/\/)?\s*#cgo[^:\n]*?\b(pkg-config|LDFLAGS):(.*)$/.exec(line);
      const words = (wanted?.[2] ?? '').split(/\s+/).filter((word) => /^[\w.+-]+$/.test(word));
      return wanted?.[1] === 'pkg-config' ? words : words.filter((w) => w.startsWith('-l')).map((w) => w.slice(2));
    }),
  ),
];

/** In every C library. */
const IN_LIBC = new Set(['m', 'dl', 'pthread', 'rt', 'c', 'resolv', 'util', 'stdc++', 'gcc', 'gcc_s']);

function ownC(project: GoProject, reach: Reach): Cgo | undefined {
  const files = reach.files.filter((f) => f.cgo !== undefined && !hasAlternative(project, parentOf(f.path)));
  const [first] = files;
  if (!first) return undefined;
  const folders = files.map((f) => parentOf(f.path));
  const libraries = [...new Set(files.flatMap((f) => linkedWith(f.cgo ?? '')))].filter((l) => !IN_LIBC.has(l));
  return {
    from: { file: first.path, why: 'imports "C"' },
    cxx: folders.some((folder) => project.inventory.names(folder).some((name) => CXX_FILE.test(name))),
    build: [],
    run: [],
    advice:
      libraries.length === 0
        ? []
        : [
            {
              code: 'c-library',
              detail: `The project’s C code is linked with ${libraries.join(', ')}, which no image has by itself.`,
              hint: 'Name the Debian packages in the manifest: the headers under build.packages, the libraries under run.packages.',
              file: first.path,
            },
          ],
  };
}

/** Finds the C code of a program: its own, and that of packages known for it. Undefined for pure Go. */
export function cgoOf(project: GoProject, reach: Reach): Cgo | undefined {
  const own = ownC(project, reach);
  const theirs = KNOWN.flatMap(({ packages, cxx = false, build = [], run = [] }): Cgo[] => {
    const found = importOf(reach, packages);
    if (!found) return [];
    const from = { file: found.file, why: `imports ${found.path}, which is made with C code` };
    return [{ from, cxx, build, run, advice: [] }];
  });
  const all = [...(own ? [own] : []), ...theirs];
  const [first] = all;
  if (!first) return undefined;
  return {
    ...first,
    cxx: all.some((one) => one.cxx),
    build: all.flatMap((one) => one.build),
    run: all.flatMap((one) => one.run),
  };
}
