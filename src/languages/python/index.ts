import { joinPath, parentOf, pathBelow, type Inventory } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Finding, type Inferred, type Scope, type Sign } from '../language.ts';
import { isFound, pythonApp } from './app.ts';
import { frameworkIds } from './frameworks.ts';
import { isPythonSource } from './modules.ts';
import { ignoreRules } from './ignore.ts';
import { planPython } from './plan.ts';
import { pathSources } from './direct.ts';
import { managers } from './manager.ts';
import { readProject } from './project.ts';
import { readPipfile } from './pipfile.ts';
import { readPyproject } from './pyproject.ts';
import { readRequirements, requirementsOf } from './requirements-file.ts';
import { resolveCommand } from './resolve-command.ts';
import { findStart } from './find-start.ts';
import { startArgv } from './start.ts';
import { systemNeeds } from './system-packages.ts';
import { isVersionFile, versionOrder } from './version.ts';
import { workerIds } from './workers.ts';
import { memberFolders } from './workspace.ts';

const ENTRIES = [
  'main.py',
  'app.py',
  'server.py',
  'run.py',
  'bot.py',
  'start.py',
  'hello.py',
  'index.py',
  'wsgi.py',
  'asgi.py',
  'streamlit_app.py',
  '__main__.py',
];

function detect(inventory: Inventory): Sign[] {
  const signs: Sign[] = [];
  const names = inventory.names('');
  const add = (path: string, weight: number, reason: string): void => void signs.push({ path, weight, reason });
  const manifest = ['pyproject.toml', requirementsOf(inventory, ''), 'Pipfile', 'setup.py'].find(
    (file) => file !== undefined && inventory.isFile(file),
  );
  if (manifest !== undefined) add(manifest, weights.manifest, 'dependencies of a Python project');
  if (inventory.isFile('manage.py')) add('manage.py', weights.program, 'manage.py of Django');
  const lock = ['uv.lock', 'poetry.lock', 'pdm.lock', 'Pipfile.lock'].find((file) => inventory.isFile(file));
  if (lock !== undefined) add(lock, weights.tool, 'a lockfile of Python packages');
  const entry = ENTRIES.find((file) => inventory.isFile(file));
  const source = names.find((name) => isPythonSource(name) && inventory.isFile(name));
  if (entry !== undefined) add(entry, weights.entry, 'a Python file that is run by convention');
  else if (source !== undefined) add(source, weights.source, 'a Python file');
  return signs;
}

const commonFolder = (a: string, b: string): string => {
  const [x, y] = [a.split('/'), b.split('/')];
  const same = x.findIndex((part, i) => part !== y[i]);
  return (same < 0 ? x : x.slice(0, same)).join('/');
};

/** The workspace that lists the app, or a folder that holds what the app is installed from as well. */
function workspaceOf(tree: Inventory, app: string): string | undefined {
  for (let at = parentOf(app); ; at = parentOf(at)) {
    const member = pathBelow(at, app);
    if (memberFolders(tree, at).includes(member)) return at;
    if (at === '') break;
  }
  const requirements = requirementsOf(tree, app);
  const read = requirements === undefined ? undefined : readRequirements(tree, requirements);
  const paths = [
    ...(read?.files ?? []),
    ...(read?.localPaths ?? []),
    ...pathSources(app, readPyproject(tree, app), readPipfile(tree, app)),
  ];
  const root = paths.reduce((all, path) => commonFolder(all, path), app);
  return root === app ? undefined : root;
}

/** Members that can be started. */
const apps = (inventory: Inventory): string[] =>
  memberFolders(inventory, '').filter((member) => findStart(readProject({ inventory, member })).start !== undefined);

const MANIFESTS = ['requirements.txt', 'pyproject.toml', 'Pipfile', 'package.json'];

/** Folders of projects of their own, beside which a root without a program holds what all of them are tested with. */
const holdsProjects = (inventory: Inventory): boolean =>
  !inventory.names('').some((name) => /^(?:Procfile$|dockwright\.)/.test(name)) &&
  inventory.names('').some((name) => MANIFESTS.some((file) => inventory.isFile(`${name}/${file}`)));

/** A root with members, or with projects below it, that is no project, or one without a program. */
function isApp(inventory: Inventory): boolean {
  if (memberFolders(inventory, '').length === 0 && !holdsProjects(inventory)) return true;
  return findStart(readProject({ inventory, member: '' })).start !== undefined;
}

const listeningEnv = (env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => /(^|_)(HOST|SERVER_NAME|SERVER_IP)$/.test(name)));

function infer(scope: Scope): Inferred {
  const app = pythonApp(scope);
  const { project, version, django } = app;
  const { pyproject, folder } = project;
  const start = isFound(app.start, scope.command) ? app.start : undefined;
  const file = joinPath(folder, 'pyproject.toml');
  const released = pyproject?.project?.version ?? pyproject?.tool?.poetry?.version;
  const needs = systemNeeds(project.packages, app.sources, django?.text ?? '', false);
  const named = project.name !== undefined && /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(project.name);
  const framework = app.start?.framework;
  const findings: Finding[] = [
    ...(named && project.name !== undefined
      ? [{ at: '/name', value: project.name, from: { file, why: 'the name of the project' } } as const]
      : []),
    ...(released === undefined || /\p{Cc}/u.test(released)
      ? []
      : [{ at: '/version', value: released, from: { file, why: 'the version of the project' } } as const]),
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    { at: '/packageManager', value: project.manager, from: project.from },
    ...(framework ? [{ at: '/framework', value: framework.id, from: framework.from } as const] : []),
    ...(start
      ? [
          { at: '/workload', value: start.workload, from: start.workloadFrom } as const,
          { at: '/command', value: startArgv(start), from: start.from, rejected: start.rejected } as const,
          ...(start.port ? [{ at: '/port', value: start.port.port, from: start.port.from } as const] : []),
          ...(start.health ? [{ at: '/health/path', value: start.health.path, from: start.health.from } as const] : []),
          ...(Object.keys(start.env).length > 0
            ? [{ at: '/run/env', value: start.env, from: start.from } as const]
            : []),
        ]
      : []),
    ...(needs.build.length > 0 ? [{ at: '/build/packages', value: needs.build, from: needs.from } as const] : []),
    ...(needs.run.length > 0 ? [{ at: '/run/packages', value: needs.run, from: needs.from } as const] : []),
  ];
  // A command of the project's own leaves it to the framework where it listens.
  const address = start ? {} : listeningEnv(app.start?.env ?? {});
  if (app.start && Object.keys(address).length > 0)
    findings.push({ at: '/run/env', value: address, from: app.start.from });
  return { findings };
}

export const python = defineLanguage({
  id: 'python',
  title: 'Python',
  facts: {
    detectedBy: ['pyproject.toml', 'requirements.txt', 'Pipfile', 'setup.py', 'manage.py', 'main.py', 'app.py'],
    versionOrder,
    packageManagers: [...managers],
    frameworks: [...frameworkIds, ...workerIds, 'scrapy'],
    variants: ['slim', 'alpine', 'debian', 'distroless'],
    product: 'python',
  },
  readsText: (path) =>
    (isPythonSource(path) && !/(^|\/)(site-packages|\.venv|venv|node_modules|__pycache__|tests?)\//.test(path)) ||
    /(^|\/)(pyproject\.toml|setup\.cfg|Pipfile(\.lock)?|uv\.lock|poetry\.lock|pdm\.lock|requirements?[^/]*\.(txt|in|lock)|constraints?[^/]*\.txt)$|(^|\/)requirements\/[^/]+\.(txt|in)$/.test(
      path,
    ) ||
    isVersionFile(path),
  detect,
  workspaceOf,
  apps,
  isApp,
  infer,
  resolveCommand,
  plan: planPython,
  ignore: ignoreRules,
});
