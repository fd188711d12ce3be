import { pathBelow } from '../../inventory/inventory.ts';
import { moduleOf, type Source } from './modules.ts';
import type { PythonProject } from './project.ts';
import { NOTHING_MORE, type Start } from './start.ts';

/** Workers of queues, whose own program is pointed at what a module makes. */

interface Worker {
  readonly id: string;
  readonly packages: readonly string[];
  /** Where a module makes what the program is pointed at, by its name. */
  readonly made: RegExp;
  /** `file` is relative to the folder of the app. */
  readonly argv: (module: string, name: string, file: string) => readonly string[];
}

const WORKERS: readonly Worker[] = [
  {
    id: 'celery',
    packages: ['celery'],
    made: /^([A-Za-z_]\w*)[ \t]*=[ \t]*(?:\w+\.)?Celery\(/m,
    argv: (module, name) => ['celery', '--app', `${module}:${name}`, 'worker', '--loglevel', 'INFO'],
  },
  {
    id: 'arq',
    packages: ['arq'],
    made: /^class[ \t]+(WorkerSettings)\b/m,
    argv: (module, name) => ['arq', `${module}.${name}`],
  },
  {
    id: 'dramatiq',
    packages: ['dramatiq'],
    made: /^@(?:dramatiq\.)?(actor)\b/m,
    argv: (module) => ['dramatiq', module],
  },
  {
    id: 'huey',
    packages: ['huey'],
    made: /^([A-Za-z_]\w*)[ \t]*=[ \t]*(?:\w+\.)?\w*Huey\(/m,
    argv: (module, name) => ['huey_consumer', `${module}.${name}`],
  },
  {
    id: 'taskiq',
    packages: ['taskiq'],
    made: /^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=[ \t]*(?:\w+\.)?\w*Broker\(/m,
    argv: (module, name) => ['taskiq', 'worker', `${module}:${name}`],
  },
  {
    id: 'faststream',
    packages: ['faststream'],
    made: /^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=[ \t]*(?:\w+\.)?FastStream\(/m,
    argv: (module, name) => ['faststream', 'run', `${module}:${name}`],
  },
  {
    // https://docs.livekit.io/agents/server/startup-modes/
    id: 'livekit-agents',
    packages: ['livekit-agents'],
    made: /\bcli\.run_app\([ \t]*([A-Za-z_]\w*)/,
    argv: (_, __, file) => ['python', file, 'start'],
  },
];

export const workerIds: readonly string[] = WORKERS.map(({ id }) => id);

export function workerStart(
  project: PythonProject,
  sources: readonly Source[],
  has: (name: string) => boolean,
): Start | undefined {
  for (const { id, packages, made, argv } of WORKERS) {
    if (!packages.some(has)) continue;
    const source = sources.find(({ code }) => made.test(code));
    const module = source && moduleOf(project.inventory, project.folder, source, project.packaged);
    if (!source || !module) continue;
    const name = made.exec(source.code)?.[1] ?? 'app';
    const from = { file: source.path, why: `${name} is what ${id} runs` };
    return {
      ...NOTHING_MORE,
      argv: argv(module.name, name, pathBelow(project.folder, source.path)),
      from,
      framework: { id, from },
      workload: 'worker',
      workloadFrom: from,
      folder: project.folder,
      importRoots: module.root === project.folder ? [] : [module.root],
    };
  }
  return undefined;
}
