import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { joinPath, type Inventory } from '../inventory/inventory.ts';
import { DOCKERFILE_NAMES, isGenerated } from '../dockerfile/own-file.ts';
import { installedBy } from './dockerfile-packages.ts';
import { startedAs, type Declaration, type Platform, type Process } from './platform.ts';

/** The Dockerfile that a project has: how its image starts, where nothing else in the project tells. */

/** Programs that only look after another one; the image has one of its own. */
const INIT = /^(?:\S*\/)?(?:tini|dumb-init|catatonit)$/;
const INTERPRETERS: Readonly<Record<string, string>> = {
  py: 'python',
  rb: 'ruby',
  php: 'php',
  js: 'node',
  mjs: 'node',
  cjs: 'node',
};
const INTERPRETER = /^(?:python[\d.]*|ruby|php|node|bun|deno)$/;
/** Servers of app objects, which are named as `module:object`. */
const OBJECT_SERVER = /^(?:gunicorn|uvicorn|hypercorn|daphne|granian|waitress-serve)$/;
const FILE_SERVER = /^(?:streamlit|chainlit|locust|celery|puma|rackup|functions-framework)$/;
/** What starts a program in the environment that was made for it. */
const RUNNERS = [
  ['bundle', 'exec'],
  ['poetry', 'run'],
  ['uv', 'run'],
  ['pipenv', 'run'],
];
/** Servers that are made for development, and options that make one so. */
const FOR_DEVELOPMENT = /^(?:--reload|--debug|--watch|--inspect(?:-brk)?(?:=.*)?|runserver|http\.server|nodemon)$/;

interface Said {
  readonly words: readonly string[] | undefined;
  readonly line: string;
  readonly at: number;
}

/** Exec form as its words, shell form as the line. */
function saidBy(instruction: Instruction): Said {
  const line = instruction.getArgumentsContent() ?? '';
  const at = instruction.getRange().start.line + 1;
  try {
    const words: unknown = line.startsWith('[') ? JSON.parse(line) : undefined;
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return { words, line, at };
  } catch {
    // A list that is none is a line for a shell to Docker too.
  }
  return { words: undefined, line: line.replace(/^exec\s+/, ''), at };
}

interface Image {
  readonly entrypoint: Said | undefined;
  readonly command: Said | undefined;
  /** Folders of the image that hold the project. */
  readonly roots: readonly string[];
  readonly port: { readonly value: number; readonly line: number } | undefined;
}

/** The last stage is the image. */
function imageOf(all: readonly Instruction[]): Image {
  const from = all.findLastIndex((instruction) => instruction.getKeyword() === 'FROM');
  const stage = all.slice(from + 1);
  const of = (keyword: string): Instruction[] => stage.filter((instruction) => instruction.getKeyword() === keyword);
  const last = (keyword: string): Said | undefined => {
    const found = of(keyword).at(-1);
    return found && saidBy(found);
  };
  const words = (instruction: Instruction): string[] => (instruction.getArgumentsContent() ?? '').trim().split(/\s+/);
  const copied = [...of('COPY'), ...of('ADD')].map(words).filter((copy) => /^\.\/?$/.test(copy.at(-2) ?? ''));
  const roots = [...of('WORKDIR').map(words), ...copied]
    .map((line) => (line.at(-1) ?? '').replace(/\/+$/, ''))
    .filter((path) => /^\/\w/.test(path));
  const [exposed] = of('EXPOSE');
  const value = Number(/\d+/.exec(exposed?.getArgumentsContent() ?? '')?.[0]);
  const port =
    exposed && value >= 1024 && value < 65536 ? { value, line: exposed.getRange().start.line + 1 } : undefined;
  return { entrypoint: last('ENTRYPOINT'), command: last('CMD'), roots, port };
}

/** Paths of the image as paths of the project. */
const inProject = (line: string, roots: readonly string[]): string =>
  roots.reduce((text, root) => ` ${text}`.replaceAll(` ${root}/`, ' ').slice(1), line);

const isScript = (program: string): boolean => /\.sh$|entrypoint/.test(program);

/** The program with its arguments; a script in front of it is left out, and so is an init. */
function startedBy({ entrypoint, command, roots }: Image): { line: Process['line']; at: number } | undefined {
  const first = entrypoint?.words ?? [];
  const script = isScript(entrypoint?.words?.[0] ?? entrypoint?.line ?? '');
  const shell =
    !script && entrypoint && !entrypoint.words
      ? entrypoint
      : !entrypoint?.words?.length && !command?.words
        ? command
        : undefined;
  if (shell) return { line: inProject(shell.line, roots), at: shell.at };
  const all = [...(script ? [] : first), ...(command?.words ?? [])].map((word) => inProject(word, roots));
  const at = command?.at ?? entrypoint?.at;
  if (at === undefined) return undefined;
  const init = INIT.test(all[0] ?? '');
  const bare = init ? all.slice(Math.max(all.indexOf('--') + 1, 1)) : all;
  const interpreter = INTERPRETERS[/^[^-/][^\s]*\.(\w+)$/.exec(bare[0] ?? '')?.[1] ?? ''];
  return bare.length === 0 ? undefined : { line: [...(interpreter === undefined ? [] : [interpreter]), ...bare], at };
}

function read(text: string, file: string): Declaration | undefined {
  if (isGenerated(text)) return undefined;
  const instructions = DockerfileParser.parse(text).getInstructions();
  const image = imageOf(instructions);
  const started = startedBy(image);
  const { port } = image;
  const installed = installedBy(instructions);
  const name = port || (started && OBJECT_SERVER.test(programOf(started.line)[0] ?? '')) ? 'web' : 'worker';
  return {
    processes: startedAs(name, started?.line, {
      file,
      ...(started ? { line: started.at } : {}),
      why: 'how the project’s own Dockerfile starts it',
    }),
    ...(port ? { port: { value: port.value, from: { file, line: port.line, why: 'EXPOSE' } } } : {}),
    ...(installed
      ? {
          packages: [
            {
              at: '/run/packages' as const,
              names: installed.names,
              from: { file, line: installed.line, why: 'programs that the project’s own Dockerfile installs' },
            },
          ],
        }
      : {}),
  };
}

/** The program and its arguments, without what runs it in its environment. */
function programOf(line: Process['line']): readonly string[] {
  const words = typeof line === 'string' ? line.trim().split(/\s+/) : line;
  const runner = RUNNERS.find((one) => one.every((word, i) => words[i] === word));
  const rest = words.slice(runner?.length ?? 0);
  return /^python[\d.]*$/.test(rest[0] ?? '') && rest[1] === '-m' && OBJECT_SERVER.test(rest[2] ?? '')
    ? rest.slice(2)
    : rest;
}

const isModule = (tree: Inventory, app: string, name: string): boolean => {
  const path = joinPath(app, name.replaceAll('.', '/'));
  return [`${path}.py`, `${path}/__init__.py`, `${path}/__main__.py`].some((file) => tree.isFile(file));
};

/** Whether it starts something that is in the project as it is, and is not made for development. */
function runs(tree: Inventory, app: string, { line }: Process): boolean {
  const [program = '', ...args] = programOf(line);
  if (
    args.some((word) => FOR_DEVELOPMENT.test(word)) ||
    (typeof line === 'string' && /[|;&]{1,2}/.test(line.replaceAll(/\d>&\d/g, '')))
  )
    return false;
  if (OBJECT_SERVER.test(program)) {
    const object = args.find((word) => /^[\w.]+:[\w.]+/.test(word))?.split(':')[0];
    return object !== undefined && isModule(tree, app, object);
  }
  if (FILE_SERVER.test(program)) return true;
  if (program.endsWith('.py')) return tree.isFile(joinPath(app, program));
  if (!INTERPRETER.test(program)) return false;
  const at = args.findIndex((word) => !word.startsWith('-') && word !== 'run');
  const file = args[at] ?? '';
  return args[at - 1] === '-m' ? isModule(tree, app, file) : tree.isFile(joinPath(app, file.replace(/^\.\//, '')));
}

/** https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact */
export const ownDockerfile: Platform = { files: DOCKERFILE_NAMES, standIn: true, read, runs };
