import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { tableOf } from '../../plan/table.ts';

/** The script that a project is, where it is nothing else. */
export interface Script {
  readonly path: string;
  /** The interpreter with its options, as the first line has it. */
  readonly interpreter: readonly [string, ...string[]];
  /** Debian packages that bring the interpreter and the commands it calls. */
  readonly packages: readonly string[];
  readonly serves: boolean;
  readonly port: number | undefined;
  readonly from: Evidence;
}

/** Names that say "run me", best first. */
export const CONVENTIONAL = ['start.sh', 'main.sh', 'run.sh', 'entrypoint.sh', 'app.sh', 'script.sh'];

/** Interpreters by the package that brings them; those with none are part of the image. */
const INTERPRETERS = tableOf<string | undefined>({
  sh: undefined,
  dash: undefined,
  bash: undefined,
  zsh: 'zsh',
  ksh: 'ksh',
  mksh: 'mksh',
  fish: 'fish',
  tcsh: 'tcsh',
  csh: 'csh',
  perl: undefined,
  python3: 'python3',
  python: 'python3',
  ruby: 'ruby',
  awk: undefined,
});

/** Commands that the small image lacks, by the package that brings them. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  curl: ['curl', 'ca-certificates'],
  wget: ['wget', 'ca-certificates'],
  git: ['git', 'ca-certificates'],
  jq: ['jq'],
  rsync: ['rsync'],
  ssh: ['openssh-client'],
  scp: ['openssh-client'],
  psql: ['postgresql-client'],
  pg_dump: ['postgresql-client'],
  mysql: ['default-mysql-client'],
  mysqldump: ['default-mysql-client'],
  'redis-cli': ['redis-tools'],
  sqlite3: ['sqlite3'],
  openssl: ['openssl'],
  unzip: ['unzip'],
  zip: ['zip'],
  bzip2: ['bzip2'],
  xz: ['xz-utils'],
  bc: ['bc'],
  nc: ['netcat-openbsd'],
  socat: ['socat'],
  python3: ['python3'],
  node: ['nodejs'],
  ffmpeg: ['ffmpeg'],
  convert: ['imagemagick'],
  gpg: ['gnupg'],
  envsubst: ['gettext-base'],
  ping: ['iputils-ping'],
  dig: ['bind9-dnsutils'],
  ps: ['procps'],
  pgrep: ['procps'],
  pkill: ['procps'],
  file: ['file'],
  make: ['make'],
  gcc: ['gcc', 'libc6-dev'],
  xmllint: ['libxml2-utils'],
  inotifywait: ['inotify-tools'],
};

const SHEBANG = /^#!\s*(\S+)((?:\s+\S+)*)\s*$/;

/** `#!/usr/bin/env -S bash -e` and `#!/bin/zsh` alike: the program's name and its options. */
function interpreterOf(text: string): readonly [string, ...string[]] | undefined {
  const match = SHEBANG.exec(text.split('\n', 1)[0]?.trim() ?? '');
  if (!match) return undefined;
  const words = [match[1] ?? '', ...(match[2] ?? '').trim().split(/\s+/)].filter((word) => word !== '');
  const rest = words[0]?.endsWith('/env') ? words.slice(1).filter((word) => word !== '-S') : words;
  const name = rest[0]?.split('/').at(-1);
  return name === undefined || !(name in INTERPRETERS) ? undefined : [name, ...rest.slice(1)];
}

const withoutComments = (text: string): string => text.replaceAll(/(^|\s)#[^\n]*/g, '$1');

/** Commands in a script, where a command can stand: at the start of a line, after `|`, `&&`, `$(` and the like. */
function commandsIn(text: string): Set<string> {
  const places =
    /(?:^|[|;&(`]|\b(?:then|do|else|exec|if|while|until|xargs|time|command -v|which)\s)\s*(?:[A-Za-z_]\w*=\S*\s+)*([a-z][\w.-]*)/gm;
  return new Set([...withoutComments(text).matchAll(places)].map((match) => match[1] ?? ''));
}

function packagesFor(interpreter: string, text: string): string[] {
  const own = INTERPRETERS[interpreter];
  const called = [...commandsIn(text)].flatMap((name) => (Object.hasOwn(COMMANDS, name) ? (COMMANDS[name] ?? []) : []));
  return [...new Set([...(own === undefined ? [] : [own]), ...called])].sort();
}

const PORT =
  /\$\{?PORT(?::?-(\d{2,5}))?\b|\bhttp\.server\s+(\d{2,5})|\bnc\b[^\n|;]*-\w*l\w*\s+(?:-p\s*)?(\d{2,5})|\bTCP-LISTEN:(\d{2,5})/i;
const DEFAULT_PORT = 8080;

function portOf(text: string): number | undefined {
  const match = PORT.exec(withoutComments(text));
  if (!match) return undefined;
  const port = Number(match.slice(1).find((group) => group !== undefined) ?? DEFAULT_PORT);
  return port <= 65535 ? port : undefined;
}

/** The script to run: one with a telling name, else the only one at the root. */
function scriptPath(inventory: Inventory): { path: string; why: string } | undefined {
  const named = CONVENTIONAL.find((name) => inventory.isFile(name));
  if (named !== undefined) return { path: named, why: `a script that is run by its name` };
  const scripts = inventory.names('').filter((name) => name.endsWith('.sh') && inventory.isFile(name));
  const [only] = scripts;
  return only !== undefined && scripts.length === 1 ? { path: only, why: 'the only script at the root' } : undefined;
}

/** Finds the script and reads what it needs; undefined where there is none, or several and none says "run me". */
export function scriptOf(inventory: Inventory): Script | undefined {
  const found = scriptPath(inventory);
  if (!found) return undefined;
  const { path, why } = found;
  const text = inventory.text(path) ?? '';
  // A script without a first line of its own is run by the shell that it is typed into.
  const interpreter = interpreterOf(text) ?? (['bash'] as const);
  const port = portOf(text);
  return {
    path,
    interpreter,
    packages: packagesFor(interpreter[0], text),
    serves: port !== undefined,
    port,
    from: { file: path, line: 1, why },
  };
}
