import { moduleOf, type Source } from './modules.ts';
import type { PythonProject } from './project.ts';
import { NOTHING_MORE, type Start } from './start.ts';

/** A worker of Celery. https://docs.celeryq.dev/en/stable/userguide/workers.html */

const CELERY = /^([A-Za-z_]\w*)[ \t]*=[ \t]*(?:\w+\.)?Celery\(/m;

export function celeryStart(
  project: PythonProject,
  sources: readonly Source[],
  has: (name: string) => boolean,
): Start | undefined {
  if (!has('celery')) return undefined;
  const source = sources.find(({ code }) => CELERY.test(code));
  const module = source && moduleOf(project.inventory, project.folder, source, project.packaged);
  if (!source || !module) return undefined;
  const variable = CELERY.exec(source.code)?.[1] ?? 'app';
  const from = { file: source.path, why: `${variable} is the Celery app` };
  return {
    ...NOTHING_MORE,
    argv: ['celery', '--app', `${module.name}:${variable}`, 'worker', '--loglevel', 'INFO'],
    from,
    framework: { id: 'celery', from },
    workload: 'worker',
    workloadFrom: from,
    folder: project.folder,
    importRoots: module.root === project.folder ? [] : [module.root],
  };
}
