import { parentOf } from '../../inventory/inventory.ts';
import type { Advice } from '../../plan/plan.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { listenOptions } from './listen-options.ts';
import type { Source } from './modules.ts';
import { listensEverywhere, listensLocally, portOf, STANDARD_SERVER } from './ports.ts';
import type { PythonProject } from './project.ts';
import type { Runnable } from './scripts.ts';
import { importsPackage } from './source-file.ts';
import { DEFAULT_PORT, NOTHING_MORE, type Start } from './start.ts';

/** A script or a command of the project, which Python runs. */

const BOTS = [
  'python-telegram-bot',
  'aiogram',
  'pytelegrambotapi',
  'telethon',
  'pyrogram',
  'discord-py',
  'py-cord',
  'disnake',
  'nextcord',
  'slack-bolt',
  'mattermostdriver',
  'twitchio',
  'vkbottle',
  'interactions-py',
  'hikari',
];
const WORKERS = [
  'apscheduler',
  'schedule',
  'kafka-python',
  'confluent-kafka',
  'aiokafka',
  'pika',
  'aio-pika',
  'faust-streaming',
  'arq',
  'nats-py',
  'paho-mqtt',
];
const LASTS =
  /\bwhile\s+(True|1)\s*:|run_forever\(|\.run_polling\(|start_polling\(|infinity_polling\(|start_consuming\(|BlockingScheduler\(/;
const SERVES =
  /\buvicorn\.(run|Server)\(|\bweb\.run_app\(|\.listen\(\s*\w|\bserve\(|\bapp\.run\(|\.serve_forever\(|socketio\.run\(|\bWSGIServer\(|\bwaitress\b|\bmcp\.run\([^)]*(?:http|sse)/;

/** What a script or command is once it runs. */
export function scriptStart(
  project: PythonProject,
  runnable: Runnable,
  sources: readonly Source[],
  has: (name: string) => boolean,
): Start {
  const { source } = runnable;
  const near = source
    ? [source, ...sources.filter((s) => s !== source && parentOf(s.path) === parentOf(source.path))]
    : [];
  const code = source?.code ?? '';
  const framework =
    source && FRAMEWORKS.find((f) => f.packages.some(has) && f.modules.some((m) => importsPackage(source.imports, m)));
  const isBot = BOTS.some(has);
  const serves =
    (SERVES.test(code) &&
      (framework !== undefined || /uvicorn|waitress|web\.run_app|\.listen\(|0\.0\.0\.0/.test(code))) ||
    STANDARD_SERVER.test(code);
  const base = {
    ...NOTHING_MORE,
    argv: runnable.argv,
    from: runnable.from,
    folder: project.folder,
    importRoots: runnable.root === undefined ? [] : [runnable.root],
    handlesSignals:
      /signal\.(signal|SIGTERM)|add_signal_handler|web\.run_app\(|uvicorn\.(run|Server)\(|aiogram|run_polling\(/.test(
        code,
      ),
  };
  if (serves && !isBot) {
    const told = listenOptions(code);
    const port = told ? { port: told.port, from: runnable.from } : portOf(near, framework?.port ?? DEFAULT_PORT);
    const local = !told && listensLocally(code) && !listensEverywhere(code);
    return {
      ...base,
      argv: [...runnable.argv, ...(told?.words ?? [])],
      framework: framework && { id: framework.id, from: runnable.from },
      workload: 'service',
      workloadFrom: { file: source?.path ?? '', why: 'it listens on a port' },
      port: port ?? { port: framework?.port ?? DEFAULT_PORT, from: { why: 'the usual port' } },
      advice: local
        ? [
            {
              code: 'listens-on-loopback',
              detail: `${source?.path ?? 'The program'} listens on 127.0.0.1; nothing outside the container reaches that.`,
              hint: 'Listen on 0.0.0.0.',
              ...(source ? { file: source.path } : {}),
            },
          ]
        : [],
    };
  }
  const lasting = isBot || LASTS.test(code) || WORKERS.some(has);
  return {
    ...base,
    workload: lasting ? 'worker' : 'job',
    workloadFrom: {
      ...(source ? { file: source.path } : {}),
      why: lasting ? 'it runs on, and nothing in it listens' : 'nothing in it listens or waits',
    },
  };
}

/** A framework that the program imports, and that no file of the project asks for. */
export function undeclared({ inventory, packages }: PythonProject, { source }: Runnable): Advice[] {
  const found =
    source && packages.size === 0 && inventory.complete
      ? FRAMEWORKS.find((f) => f.modules.some((module) => importsPackage(source.imports, module)))
      : undefined;
  if (!source || !found) return [];
  return [
    {
      code: 'undeclared-dependency',
      detail: `${source.path} imports ${found.id}, which nothing in the project asks for: the program would end at once.`,
      hint: `Name ${found.packages[0] ?? found.id} in a requirements.txt.`,
      file: source.path,
    },
  ];
}
