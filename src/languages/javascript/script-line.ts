import { needsShell, toArgv } from '../../plan/command.ts';
import { joinPath } from '../../inventory/inventory.ts';
import { allDependencies, type Package } from './package-json.ts';
import type { JsProject } from './project.ts';
import { tableOf } from '../../plan/table.ts';

/**
 * A start script taken apart: the program that it ends in, the environment it sets, and what it does before. Package
 * managers, `cross-env`, `dotenv` and the like are looked through, so that the program itself can be the command.
 */

export interface Line {
  readonly pkg: Package;
  /** Below the package's folder, where the script changes it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** Set where the whole can only be run by a shell: the text, as it stands. */
  readonly shell?: string;
  /** Commands that come first, each as it stands. */
  readonly before: readonly string[];
  /** The script, where it is one. */
  readonly script?: string;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`;&|<>()]*))(?:\s+|$)/;
/** Programs that only set the scene for another: their name, and the options of theirs that take a value. */
const WRAPPERS = tableOf<readonly string[]>({
  'cross-env': [],
  'cross-env-shell': [],
  env: ['-u'],
  exec: [],
  dotenv: ['-e', '-c', '-p'],
  dotenvx: ['-f', '--env-file', '-fk'],
  'env-cmd': ['-f', '-e', '-r', '--file', '--environments'],
  npx: ['-p', '--package'],
  pnpx: [],
  bunx: [],
  op: ['--env-file'],
  infisical: ['--env', '--path'],
  doppler: ['-p', '-c'],
});

interface Words {
  readonly env: Record<string, string>;
  readonly rest: string;
}

function assignments(line: string): Words {
  const env: Record<string, string> = {};
  let rest = line.trim();
  for (let found = ASSIGNMENT.exec(rest); found; found = ASSIGNMENT.exec(rest)) {
    env[found[1] ?? ''] = found[2] ?? found[3] ?? found[4] ?? '';
    rest = rest.slice(found[0].length);
  }
  return { env, rest };
}

/** Leaves out a wrapper's own options, up to the program that it starts. */
function unwrapped(words: readonly string[], options: readonly string[]): readonly string[] {
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return words.slice(i + 1);
    if (options.includes(word)) i++;
    else if (!word.startsWith('-') && !(i === 1 && (word === 'run' || word === 'exec'))) return words.slice(i);
  }
  return [];
}

const MANAGERS = new Set(['npm', 'pnpm', 'yarn', 'bun']);
/** Words after a manager's name that are commands of its own, not scripts. */
const OWN_COMMANDS =
  /^(install|i|ci|add|exec|dlx|x|prune|rebuild|set|config|workspaces|update|init|create|test|pm|build)$/;

interface Called {
  readonly pkg: Package;
  readonly script: string;
  readonly args: readonly string[];
}

function memberCalled(project: JsProject, from: Package, called: string): Package | undefined {
  const name = called.replace(/^[{]|[}]$|\.\.\.$/g, '');
  const folder = joinPath(from.folder, name.replace(/^\.?\//, '').replace(/\/$/, ''));
  return project.members.find(
    (m) => m.json.name === name || m.folder === folder || m.folder === name.replace(/^\.?\//, ''),
  );
}

const SELECTS = new Set([
  '-w',
  '--workspace',
  '--filter',
  '-F',
  '--prefix',
  '--cwd',
  '-C',
  '--dir',
  '--scope',
  '-p',
  '--project',
]);

/** `npm run start -w web`, `pnpm --filter web start`, `yarn workspace web start`, `turbo run start --filter=web`. */
function scriptCalled(project: JsProject, from: Package, words: readonly string[]): Called | undefined {
  const [program = '', ...rest] = words;
  // https://nodejs.org/api/cli.html#--run
  if (program === 'node' && rest[0] === '--run' && rest[1] !== undefined)
    return from.json.scripts[rest[1]] === undefined ? undefined : { pkg: from, script: rest[1], args: [] };
  const runner = program === 'turbo' || program === 'lerna' || program === 'nx';
  if (!MANAGERS.has(program) && !runner) return undefined;
  let pkg: Package | undefined = from;
  const plain: string[] = [];
  const cut = rest.indexOf('--');
  const own = cut < 0 ? rest : rest.slice(0, cut);
  const after = cut < 0 ? [] : rest.slice(cut + 1);
  for (let i = 0; i < own.length; i++) {
    const word = own[i] ?? '';
    const [option = '', value] = word.split('=', 2);
    if (SELECTS.has(option) && plain.length < 2) pkg = memberCalled(project, from, value ?? own[++i] ?? '');
    else if (program === 'yarn' && word === 'workspace' && plain.length === 0)
      pkg = memberCalled(project, from, own[++i] ?? '');
    else if (!word.startsWith('-') || plain.length > 1 || (plain.length === 1 && plain[0] !== 'run')) plain.push(word);
  }
  const [first = '', ...more] = plain;
  const named = first === 'run' || first === 'run-script';
  const script = named ? more[0] : first;
  const args = [...(named ? more.slice(1) : more), ...after];
  if (pkg === undefined || script === undefined || script === '') return undefined;
  if (runner && pkg === from) return undefined;
  if (!named && OWN_COMMANDS.test(script) && !(program === 'yarn' && script === 'build')) return undefined;
  return pkg.json.scripts[script] === undefined ? undefined : { pkg, script, args };
}

/** A part of a line, or the script of the same package that it does nothing but call. */
export function commandBehind(project: JsProject, pkg: Package, part: string): string {
  const called = needsShell(part) ? undefined : scriptCalled(project, pkg, toArgv(part));
  const isOwn = called !== undefined && called.args.length === 0 && called.pkg === pkg;
  return (isOwn ? pkg.json.scripts[called.script] : undefined) ?? part;
}

/** `pnpm exec next start`, `yarn next start`, `bun next start`: a program by way of the manager. */
function programCalled(pkg: Package, words: readonly string[]): readonly string[] | undefined {
  const [manager = '', second = '', ...rest] = words;
  if (!MANAGERS.has(manager)) return undefined;
  if (second === 'exec' || second === 'dlx' || second === 'x') return rest[0] === '--' ? rest.slice(1) : rest;
  if (manager === 'bun') {
    const named = second === 'run' ? rest : [second, ...rest];
    // The program of a package, which runs on what its first line names. https://bun.com/docs/cli/run#bun
    if (allDependencies(pkg)[named[0] ?? ''] !== undefined) return named;
    return second === 'run' && /\.[cm]?[jt]sx?$/.test(rest[0] ?? '') ? ['bun', ...rest] : undefined;
  }
  if (manager === 'npm' || second === '' || second.startsWith('-') || OWN_COMMANDS.test(second)) return undefined;
  return second === 'run' ? rest : [second, ...rest];
}

const DEPTH = 8;

function resolveProgram(project: JsProject, line: Line, depth: number): Line {
  const [program = ''] = line.argv;
  const options = WRAPPERS[program];
  if (options !== undefined && line.argv.length > 1) {
    const inner = unwrapped(line.argv, options);
    const env: Record<string, string> = { ...line.env };
    const rest = [...inner];
    for (
      let found = /^([A-Za-z_]\w*)=([^$`]*)$/.exec(rest[0] ?? '');
      found;
      found = /^([A-Za-z_]\w*)=([^$`]*)$/.exec(rest[0] ?? '')
    ) {
      env[found[1] ?? ''] = found[2] ?? '';
      rest.shift();
    }
    if (rest.length > 0) return resolveProgram(project, { ...line, env, argv: rest }, depth);
  }
  const called = depth < DEPTH ? scriptCalled(project, line.pkg, line.argv) : undefined;
  if (called) {
    const inner = resolveScript(project, called.pkg, called.script, depth + 1);
    if (inner)
      return {
        ...inner,
        env: { ...inner.env, ...line.env },
        argv: [...inner.argv, ...called.args],
        before: [...line.before, ...inner.before],
      };
  }
  const through = programCalled(line.pkg, line.argv);
  return through && through.length > 0 && !called
    ? resolveProgram(project, { ...line, argv: through }, depth + 1)
    : line;
}

function changedFolder(project: JsProject, line: Line, part: string): Line | undefined {
  const target = /^cd\s+["']?([\w./@-]+)["']?$/.exec(part.trim())?.[1];
  if (target === undefined) return undefined;
  const folder = joinPath(line.folder, target.replace(/^\.\//, '').replace(/\/+$/, ''));
  if (folder.split('/').includes('..')) return undefined;
  const member = project.members.find((m) => m.folder === joinPath(line.pkg.folder, folder));
  return member ? { ...line, pkg: member, folder: '' } : { ...line, folder };
}

/** Takes a line apart, as it stands in a script of `pkg`. */
export function resolveLine(project: JsProject, pkg: Package, text: string, depth = 0): Line {
  let line: Line = { pkg, folder: '', env: {}, argv: [], before: [] };
  const parts = /[;|<>]|(?<!&)&(?!&)|\n/.test(text.replaceAll(/'[^']*'|"[^"]*"/g, 'q')) ? [text] : text.split('&&');
  for (const [i, part] of parts.entries()) {
    const changed = i < parts.length - 1 ? changedFolder(project, line, part) : undefined;
    if (changed) line = changed;
    else if (i < parts.length - 1) line = { ...line, before: [...line.before, part.trim()] };
    else {
      const { env, rest } = assignments(part);
      const opaque = needsShell(withoutPort(rest));
      line = {
        ...line,
        env,
        argv: opaque ? ['/bin/sh'] : toArgv(withoutPort(rest)),
        ...(opaque ? { shell: part.trim() } : {}),
      };
    }
  }
  return line.shell === undefined ? resolveProgram(project, line, depth) : line;
}

/** `-p $PORT` says what the program does anyway, where it reads PORT by itself; and only a shell could read it. */
const withoutPort = (line: string): string =>
  /\b(next|react-router-serve|remix-serve|serve|http-server|strapi|nuxt|nuxi|vite|astro|gatsby)\b/.test(line)
    ? line.replaceAll(/\s(-p|--port|-l|--listen)[ =]"?(tcp:\/\/0\.0\.0\.0:)?\$\{?PORT(:-\d+)?\}?"?/g, '')
    : line;

/** A script of a package, with its `pre` script before it as npm runs it. */
export function resolveScript(project: JsProject, pkg: Package, script: string, depth = 0): Line | undefined {
  const text = pkg.json.scripts[script];
  if (text === undefined) return undefined;
  const pre = pkg.json.scripts[`pre${script}`];
  const line = resolveLine(project, pkg, text, depth);
  return { ...line, before: [...(pre === undefined ? [] : [pre]), ...line.before], script };
}
