import { tableOf } from '../plan/table.ts';

/** Programs that code calls by name, and the packages that have them. */
const PROGRAMS = tableOf<string>({
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
  git: 'git',
  pdftotext: 'poppler-utils',
  pdftoppm: 'poppler-utils',
  convert: 'imagemagick',
  magick: 'imagemagick',
  tesseract: 'tesseract-ocr',
  pandoc: 'pandoc',
  pg_dump: 'postgresql-client',
  psql: 'postgresql-client',
  mysqldump: 'default-mysql-client',
  'redis-cli': 'redis-tools',
  curl: 'curl',
  wget: 'wget',
  ssh: 'openssh-client',
  rsync: 'rsync',
  unzip: 'unzip',
  soffice: 'libreoffice-core',
  libreoffice: 'libreoffice',
  exiftool: 'libimage-exiftool-perl',
  espeak: 'espeak-ng',
  ping: 'iputils-ping',
  ghostscript: 'ghostscript',
  gs: 'ghostscript',
  dot: 'graphviz',
  python3: 'python3',
  python: 'python-is-python3',
  node: 'nodejs',
  ruby: 'ruby',
  php: 'php-cli',
  Rscript: 'r-base-core',
});

/** Alpine's names, where they differ. */
const ALPINE_PROGRAMS = tableOf<string>({
  'default-mysql-client': 'mariadb-client',
  'redis-tools': 'redis',
  'openssh-client': 'openssh-client-default',
  'libimage-exiftool-perl': 'exiftool',
  'iputils-ping': 'iputils',
  'libreoffice-core': 'libreoffice',
  'python-is-python3': 'python3',
  'php-cli': 'php',
  'r-base-core': 'R',
});

/** The system's package that a program comes with, which code calls by its name. */
export function packageOfProgram(program: string, alpine: boolean): string | undefined {
  const debian = PROGRAMS[program];
  return debian !== undefined && alpine ? (ALPINE_PROGRAMS[debian] ?? debian) : debian;
}
