import { shellWord } from '../../plan/shell.ts';
import type { Protocol } from './frameworks.ts';

/** Programs that serve an app object: how each is called, and which of them handle SIGTERM as PID 1 by themselves. */

export interface Target {
  /** `package.module` */
  readonly module: string;
  readonly variable: string;
  readonly factory: boolean;
  readonly protocol: Exclude<Protocol, 'own'>;
}

export interface Server {
  /** Normalised name of the package, which is also what it is chosen by. */
  readonly package: string;
  readonly protocols: readonly Protocol[];
  /** `$PORT` in a word stands for the port at the time of starting. */
  argv(target: Target, options: ServerOptions): readonly string[];
}

export interface ServerOptions {
  /** The project has a configuration file for the server, which says all but the app. */
  readonly configured: boolean;
  readonly has: (name: string) => boolean;
}

/** The word that stands for the port in an argv, until it is written for a shell or for Python. */
const PORT_WORD = '$PORT';

const plain = ({ module, variable }: Target): string => `${module}:${variable}`;

function gunicornWorker(has: (name: string) => boolean): string[] {
  if (has('gevent-websocket')) return ['--worker-class', 'geventwebsocket.gunicorn.workers.GeventWebSocketWorker'];
  if (has('flask-sockets')) return ['--worker-class', 'flask_sockets.worker'];
  if (has('eventlet')) return ['--worker-class', 'eventlet'];
  if (has('gevent')) return ['--worker-class', 'gevent'];
  return ['--threads', has('flask-socketio') ? '100' : '4'];
}

const gunicorn: Server = {
  package: 'gunicorn',
  protocols: ['wsgi'],
  // It binds to 0.0.0.0:$PORT by itself. https://docs.gunicorn.org/en/stable/settings.html#bind
  argv: (target, { configured, has }) => [
    'gunicorn',
    ...(configured ? [] : ['--worker-tmp-dir', '/dev/shm', '--access-logfile', '-', ...gunicornWorker(has)]),
    target.factory ? `${plain(target)}()` : plain(target),
  ],
};

const gunicornAsgi: Server = {
  package: 'gunicorn',
  protocols: ['asgi'],
  argv: (target, { configured, has }) => [
    'gunicorn',
    '--worker-class',
    has('uvicorn-worker') ? 'uvicorn_worker.UvicornWorker' : 'uvicorn.workers.UvicornWorker',
    ...(configured ? [] : ['--worker-tmp-dir', '/dev/shm', '--access-logfile', '-']),
    target.factory ? `${plain(target)}()` : plain(target),
  ],
};

const uvicorn: Server = {
  package: 'uvicorn',
  protocols: ['asgi'],
  argv: (target) => [
    'uvicorn',
    '--host',
    '0.0.0.0',
    '--port',
    PORT_WORD,
    ...(target.factory ? ['--factory'] : []),
    plain(target),
  ],
};

const hypercorn: Server = {
  package: 'hypercorn',
  protocols: ['asgi', 'wsgi'],
  argv: (target) => [
    'hypercorn',
    '--bind',
    `0.0.0.0:${PORT_WORD}`,
    '--access-logfile',
    '-',
    target.factory ? `${plain(target)}()` : plain(target),
  ],
};

const granian: Server = {
  package: 'granian',
  protocols: ['asgi', 'wsgi'],
  argv: (target) => [
    'granian',
    '--interface',
    target.protocol,
    '--host',
    '0.0.0.0',
    '--port',
    PORT_WORD,
    ...(target.factory ? ['--factory'] : []),
    plain(target),
  ],
};

const daphne: Server = {
  package: 'daphne',
  protocols: ['asgi'],
  argv: (target) => ['daphne', '-b', '0.0.0.0', '-p', PORT_WORD, plain(target)],
};

const waitress: Server = {
  package: 'waitress',
  protocols: ['wsgi'],
  argv: (target) => [
    'waitress-serve',
    '--host',
    '0.0.0.0',
    '--port',
    PORT_WORD,
    ...(target.factory ? ['--call'] : []),
    plain(target),
  ],
};

const uwsgi: Server = {
  package: 'uwsgi',
  protocols: ['wsgi'],
  argv: (target) => [
    'uwsgi',
    '--http-socket',
    `0.0.0.0:${PORT_WORD}`,
    '--master',
    '--die-on-term',
    '--module',
    target.factory ? `${plain(target)}()` : plain(target),
  ],
};

/** In the order in which one is taken, where a project has several. */
const SERVERS: readonly Server[] = [gunicorn, uvicorn, hypercorn, granian, daphne, waitress, uwsgi];

/** What is brought along where a project has no server of its own; versions are those that PyPI had when this was written. */
export const ADDED = {
  wsgi: { server: gunicorn, requirement: 'gunicorn>=23,<28' },
  asgi: { server: uvicorn, requirement: 'uvicorn>=0.30,<1' },
} as const;

/** The project's own server for a protocol; Gunicorn speaks ASGI through Uvicorn, so alone it does not. */
export function serverFor(
  protocol: Exclude<Protocol, 'own'>,
  has: (name: string) => boolean,
  prefer?: string,
): Server | undefined {
  const fitting = SERVERS.filter(
    (s) => s.protocols.includes(protocol) && (has(s.package) || (s === uwsgi && has('pyuwsgi'))),
  );
  const own = fitting.find((s) => s.package === prefer) ?? fitting[0];
  if (own) return own;
  return protocol === 'asgi' && has('gunicorn') && has('uvicorn-worker') ? gunicornAsgi : undefined;
}

/** Programs that end in order on SIGTERM although they are PID 1. */
const HANDLE_SIGTERM = new Set([
  'gunicorn',
  'uvicorn',
  'hypercorn',
  'daphne',
  'granian',
  'celery',
  'rq',
  'streamlit',
  'sanic',
  'fastapi',
  'uwsgi',
  'litestar',
  'dramatiq',
  'huey_consumer',
]);

/** The program that a command runs, behind a shell's `exec` or a Python's `-m`. */
function programOf(argv: readonly string[]): string {
  const [first = '', second = '', third = ''] = argv;
  const name = first.replace(/^.*\//, '');
  if (/^(ba|da)?sh$/.test(name) && second === '-c')
    return (
      /^(?:.*&&)?\s*exec\s+(?:env\s+(?:\w+=\S*\s+)*)?([\w./-]+)(?:\s+-m\s+([\w.]+))?/
        .exec(third)
        ?.slice(1)
        .findLast(Boolean)
        ?.replace(/^.*\//, '') ?? name
    );
  if (/^python[\d.]*$/.test(name) && second === '-m') return third;
  return name;
}

export const handlesSigterm = (argv: readonly string[]): boolean => HANDLE_SIGTERM.has(programOf(argv));

const needsExpansion = (argv: readonly string[]): boolean => argv.some((word) => word.includes(PORT_WORD));

/** Writes an argv in which `$PORT` stands for the shell that an image has. The program takes the shell's place. */
export function withPort(argv: readonly string[]): readonly string[] {
  if (!needsExpansion(argv)) return argv;
  const words = argv.map((word) => (word.includes(PORT_WORD) ? `"${word}"` : shellWord(word)));
  return ['/bin/sh', '-c', `exec ${words.join(' ')}`];
}

const EXPAND = 'import os,sys;a=[w.replace("$PORT",os.environ["PORT"]) for w in sys.argv[1:]];os.execvp(a[0],a)';

/** The same where there is no shell: Python fills in the port and gives its place to the program. */
export const withPortByPython = (argv: readonly string[]): readonly string[] =>
  needsExpansion(argv) ? ['python', '-c', EXPAND, ...argv] : argv;
