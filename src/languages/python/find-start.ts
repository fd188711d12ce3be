import { appObjects } from './app-object.ts';
import { djangoOf, type DjangoProject } from './django.ts';
import { djangoStart } from './django-start.ts';
import { readSources, type Source } from './modules.ts';
import { objectStart } from './object-start.ts';
import { plainApp } from './plain-app.ts';
import type { PythonProject } from './project.ts';
import { scriptFramework } from './script-frameworks.ts';
import { scrapyStart } from './scrapy-start.ts';
import { scriptStart, undeclared } from './script-start.ts';
import { chooseCommand, consoleCommands, declaredFunctions, entryFile } from './scripts.ts';
import type { Start } from './start.ts';
import { workerStart } from './workers.ts';

/** All that start detection reads, once. */
export interface Reading {
  readonly project: PythonProject;
  readonly sources: readonly Source[];
  readonly django: DjangoProject | undefined;
  readonly start: Start | undefined;
}

/** Finds how a project starts. Undefined where nothing tells. */
export function findStart(project: PythonProject): Omit<Reading, 'project'> {
  const { inventory, folder } = project;
  const has = (name: string): boolean => project.packages.has(name);
  const sources = readSources(inventory, folder);
  const django = has('django') || !inventory.complete ? djangoOf(inventory, folder) : undefined;
  const start = (): Start | undefined => {
    const bySettings = django && djangoStart(project, django, sources, has);
    if (bySettings) return bySettings;
    const spider = scrapyStart(project, sources, has);
    if (spider) return spider;
    const objects = appObjects(inventory, folder, sources, has, project.packaged);
    const [object, ...others] = objects;
    const byScript = scriptFramework(project, sources, has);
    if (object && !(byScript && byScript.before(object))) {
      const started = objectStart(project, object, others, has);
      if (started) return started;
      const own = byScript ?? scriptFramework(project, sources, has, object);
      if (own) return own.start;
    }
    if (byScript) return byScript.start;
    const commands = consoleCommands(project, sources);
    const command = chooseCommand(project, commands);
    if (command) return scriptStart(project, command, sources, has);
    const entry = entryFile(project, sources);
    const called = chooseCommand(project, declaredFunctions(project, sources));
    if (called && (!entry || entry.source === called.source)) return scriptStart(project, called, sources, has);
    const plain = plainApp(project, sources);
    const served = plain && objectStart(project, plain, [], has);
    if (served) return { ...served, framework: undefined };
    const worker = workerStart(project, sources, has);
    if (worker && (!entry || entry.source?.path === worker.from.file)) return worker;
    if (!entry) return undefined;
    const started = scriptStart(project, entry, sources, has);
    return { ...started, advice: [...started.advice, ...undeclared(project, entry)] };
  };
  return { sources, django, start: start() };
}
