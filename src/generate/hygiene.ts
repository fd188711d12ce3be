import { joinPath, type Inventory } from '../inventory/inventory.ts';
import type { Advice } from '../plan/plan.ts';

/**
 * What makes two builds of the same source differ: dependencies that are not pinned, that conflict, or whose files nobody
 * checks; and a lockfile that is missing. Languages speak of their own lockfiles; what they have said is not said again.
 */

/** So many of one kind in one file are named; the rest are counted. */
const NAMED = 10;

interface Remark {
  readonly line: number;
  readonly name: string;
  readonly detail: string;
}

function remarks(code: string, file: string, list: readonly Remark[], hint: string): Advice[] {
  const rest = list.length - NAMED;
  return [
    ...list.slice(0, NAMED).map(({ line, detail }) => ({ code, detail, hint, file, line })),
    ...(rest > 0 ? [{ code, detail: `${file}: and ${rest} more.`, hint, file, line: list[NAMED]?.line ?? 1 }] : []),
  ];
}

interface Requirement {
  readonly name: string;
  readonly line: number;
  readonly exact: string | undefined;
  readonly pinned: boolean;
  readonly hashed: boolean;
  /** What it is beside a version: a marker, by which two of one name may exclude each other. */
  readonly marker: string;
}

const REQUIREMENT = /^([A-Za-z0-9][\w.-]{0,200})\s*(?:\[[^\]]{0,200}\])?\s*(.{0,2000})$/;

/** Lines that end in a backslash go on in the next; the number is that of the first. */
function logicalLines(text: string): { readonly text: string; readonly line: number }[] {
  const joined: { text: string; line: number }[] = [];
  let open: { text: string; line: number } | undefined;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    const more = line.endsWith('\\');
    const part = more ? line.slice(0, -1) : line;
    if (open) open.text += ` ${part}`;
    else open = { text: part, line: i + 1 };
    if (more) continue;
    joined.push(open);
    open = undefined;
  }
  return open ? [...joined, open] : joined;
}

/** https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
function requirementsOf(text: string): Requirement[] {
  return logicalLines(text).flatMap(({ text: written, line }): Requirement[] => {
    const content = written.replace(/(^|\s)#.*$/, '').trim();
    if (content === '' || content.startsWith('-') || content.startsWith('.') || /^[a-z+]+:\/\//i.test(content))
      return [];
    const [, name, rest = ''] = REQUIREMENT.exec(content) ?? [];
    if (name === undefined) return [];
    const [spec = '', marker = ''] = rest.split(/;(.*)/s);
    const [, exact] = /={2,3}\s*([^\s,;*]+)/.exec(spec) ?? [];
    return [
      {
        name: name.toLowerCase().replaceAll(/[-_.]+/g, '-'),
        line,
        exact,
        pinned: exact !== undefined || spec.trim().startsWith('@'),
        hashed: rest.includes('--hash='),
        marker: marker.replace(/--hash=\S+/g, '').trim(),
      },
    ];
  });
}

function conflicts(list: readonly Requirement[]): Remark[] {
  const first = new Map<string, Requirement>();
  return list.flatMap((requirement): Remark[] => {
    const key = `${requirement.name};${requirement.marker}`;
    const earlier = first.get(key);
    if (!earlier) first.set(key, requirement);
    if (
      !earlier ||
      earlier.exact === undefined ||
      requirement.exact === undefined ||
      earlier.exact === requirement.exact
    )
      return [];
    const { name, line, exact } = requirement;
    return [
      {
        name,
        line,
        detail: `${name} is asked for as ${earlier.exact} (line ${earlier.line}) and as ${exact} (line ${line}): pip refuses both.`,
      },
    ];
  });
}

function requirementsAdvice(file: string, text: string): Advice[] {
  const list = requirementsOf(text);
  const [any] = list;
  if (!any) return [];
  const loose = list
    .filter((r) => !r.pinned)
    .map(({ name, line }) => ({ name, line, detail: `${name} is not pinned: each build may get another version.` }));
  const hashed = list.some((r) => r.hashed);
  const unhashed = list.filter((r) => !r.hashed);
  const HASHES =
    'pip-compile --generate-hashes, or uv pip compile --generate-hashes, writes versions and hashes of everything.';
  return [
    ...remarks(
      'unpinned-dependency',
      file,
      loose,
      'Pin it with ==; pip-compile or uv pip compile does so for all of them.',
    ),
    ...remarks('conflicting-dependency', file, conflicts(list), 'Keep one of the two.'),
    ...(hashed
      ? remarks(
          'unhashed-dependency',
          file,
          unhashed.map(({ name, line }) => ({
            name,
            line,
            detail: `${name} has no hash while others have one: pip refuses the whole file.`,
          })),
          HASHES,
        )
      : [
          {
            code: 'unhashed-dependency',
            detail: `None of the ${list.length} dependencies in ${file} has a hash: nobody notices a file that was exchanged.`,
            hint: HASHES,
            file,
            line: any.line,
          },
        ]),
  ];
}

type Section = Readonly<Record<string, unknown>>;

function lineOf(text: string, name: string, after: string): number {
  const from = Math.max(0, text.indexOf(`"${after}"`));
  const at = text.indexOf(`"${name}"`, from);
  return text.slice(0, Math.max(0, at)).split('\n').length;
}

const LOOSE = /^(|\*|x|latest|next|>=?.*)$/i;
const UNFIXED_SOURCE = /^(git(\+\w+)?:|https?:|github:|gitlab:|bitbucket:|[\w.-]+\/[\w.-]+(#|$))/;

/** Packages of the project itself: a member asks for another by any version, and means that one. */
function ownPackages(tree: Inventory): Set<string> {
  const names = tree
    .files(/(^|\/)package\.json$/)
    .map((path) => /"name"\s*:\s*"([^"]{1,214})"/.exec(tree.text(path) ?? '')?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

function packageAdvice(file: string, text: string, own: ReadonlySet<string>): Advice[] {
  let parsed: Record<string, unknown>;
  try {
    parsed = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return [];
  }
  const section = (name: string): Section => {
    const value = parsed[name];
    return typeof value === 'object' && value !== null ? (value as Section) : {};
  };
  const sections = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
  const loose = sections.flatMap((kind) =>
    Object.entries(section(kind)).flatMap(([name, range]): Remark[] => {
      if (typeof range !== 'string' || own.has(name)) return [];
      const line = lineOf(text, name, kind);
      if (LOOSE.test(range.trim()))
        return [{ name, line, detail: `${name} is asked for as "${range}": any version fits.` }];
      if (UNFIXED_SOURCE.test(range) && !/#[0-9a-f]{7,40}$/.test(range))
        return [{ name, line, detail: `${name} comes from ${range} without a commit: what is there may change.` }];
      return [];
    }),
  );
  const twice = Object.entries(section('devDependencies')).flatMap(([name, range]): Remark[] => {
    const other = section('dependencies')[name];
    if (typeof other !== 'string' || typeof range !== 'string' || other === range) return [];
    return [
      {
        name,
        line: lineOf(text, name, 'devDependencies'),
        detail: `${name} is asked for as "${other}" and, for development, as "${range}".`,
      },
    ];
  });
  return [
    ...remarks(
      'unpinned-dependency',
      file,
      loose,
      'Name a range such as "^1.2.0", or a commit; the lockfile then fixes the version.',
    ),
    ...remarks('conflicting-dependency', file, twice, 'Keep one of the two.'),
  ];
}

/** A manifest of dependencies, the lockfiles that would do, and the command that makes one. */
const LOCKS: readonly { readonly manifest: string; readonly locks: readonly string[]; readonly command: string }[] = [
  {
    manifest: 'package.json',
    locks: ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'],
    command: 'npm install --package-lock-only',
  },
  {
    manifest: 'pyproject.toml',
    locks: ['uv.lock', 'poetry.lock', 'pdm.lock', 'pylock.toml', 'requirements.txt'],
    command: 'uv lock',
  },
  { manifest: 'Pipfile', locks: ['Pipfile.lock'], command: 'pipenv lock' },
  { manifest: 'Gemfile', locks: ['Gemfile.lock'], command: 'bundle lock' },
  { manifest: 'composer.json', locks: ['composer.lock'], command: 'composer update --no-install' },
  { manifest: 'Cargo.toml', locks: ['Cargo.lock'], command: 'cargo generate-lockfile' },
  { manifest: 'mix.exs', locks: ['mix.lock'], command: 'mix deps.get' },
];

const DEPENDS =
  /"(dependencies|devDependencies|require)"\s*:\s*\{\s*"|^[ \t]*dependencies\s*=\s*\[\s*["'\n]|^\[(tool\.poetry\.)?dependencies\]|^\[packages\]|^[ \t]*gem\s|\{:/m;

function lockAdvice(tree: Inventory, app: string): Advice[] {
  if (!tree.complete) return [];
  return LOCKS.flatMap(({ manifest, locks, command }): Advice[] => {
    const file = joinPath(app, manifest);
    const text = tree.text(file);
    if (text === undefined || !DEPENDS.test(text)) return [];
    // In a workspace the lockfile lies at the root.
    if (locks.some((lock) => tree.isFile(joinPath(app, lock)) || tree.isFile(lock))) return [];
    return [
      {
        code: 'missing-lockfile',
        detail: `${file} has no lockfile beside it: each build may get other versions.`,
        hint: `Run \`${command}\` and keep what it writes in the repository.`,
        file,
      },
    ];
  });
}

/** What to say of a project's dependencies, beside what its language has said. */
export function hygieneAdvice(tree: Inventory, app: string, said: readonly Advice[]): Advice[] {
  const lists = tree
    .names(app)
    .filter((name) => /^(requirements|constraints)([._-][\w.-]*)?\.txt$/.test(name))
    .map((name) => joinPath(app, name));
  const manifest = joinPath(app, 'package.json');
  const found = [
    ...lists.flatMap((file) => requirementsAdvice(file, tree.text(file) ?? '')),
    ...packageAdvice(manifest, tree.text(manifest) ?? '{}', ownPackages(tree)),
    ...(said.some((a) => /lockfile/.test(a.code)) ? [] : lockAdvice(tree, app)),
  ];
  return found.filter((a) => !said.some((b) => b.code === a.code && b.file === a.file && b.line === a.line));
}
