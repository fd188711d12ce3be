import { joinPath } from '../../inventory/inventory.ts';
import type { CopyStep, Step } from '../../plan/plan.ts';
import type { App } from './app.ts';
import { browserFolder } from './native.ts';
import { installsMore } from './own-scripts.ts';
import type { ServerOutcome } from './outcome.ts';
import { APP_ROOT, otherMembers, type Stages } from './stages.ts';
import { compilerOptions } from './typescript.ts';

/** What goes into the runtime image, in the order in which it changes: modules first, then the app. */

/** A path of the app, which may lead out of its folder, in the image. */
export const absolute = (folder: string, path: string): string => {
  const parts = joinPath(folder, path).split('/');
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '.' && part !== '') kept.push(part);
  }
  return [APP_ROOT, ...kept].join('/') + (path.endsWith('/') || kept.length === 0 ? '/' : '');
};

/** A server that brings all it needs: its output is all there is. */
function outputCopies({ project }: App, { output = [] }: ServerOutcome, from: string): CopyStep[] {
  const { folder } = project.app;
  return output.map(({ source, to }) => ({
    kind: 'copy',
    from,
    sources: [absolute(folder, source)],
    to: absolute(folder, to),
    why: 'the built server, with what it needs of its dependencies',
  }));
}

/** A folder of sources that nothing reads once they are compiled: it holds nothing but TypeScript. */
function compiledSources(app: App, outcome: ServerOutcome): string[] {
  const { project } = app;
  const { folder } = project.app;
  const program = outcome.argv.find((word) => /\.[cm]?js$|^dist\/|^build\//.test(word)) ?? '';
  const out = compilerOptions(project).outDir?.replace(/^\.\//, '').replace(/\/$/, '') ?? 'dist';
  if (out === '' || !program.replace(/^\.\//, '').startsWith(`${out}/`)) return [];
  const src = joinPath(folder, 'src');
  const files = project.inventory.files((path) => path.startsWith(`${src}/`));
  return files.length > 0 && files.every((path) => /\.tsx?$/.test(path)) ? [src] : [];
}

const EXCLUDED = ['**/.turbo', '**/.nx', '**/*.tsbuildinfo'];

/** What is installed comes from its own stage, but for what scripts of the project install below it. */
const installed = (app: App): string => (installsMore(app) ? 'node_modules' : '**/node_modules');

function appCopy(app: App, outcome: ServerOutcome, { built, modules }: Stages): CopyStep {
  const { project } = app;
  const caches = (outcome.writes ?? []).map((path) => joinPath(project.app.folder, path));
  if (built === undefined) {
    const others = otherMembers(project);
    return {
      kind: 'copy',
      sources: ['.'],
      to: `${APP_ROOT}/`,
      ...(others.length > 0 ? { exclude: others } : {}),
      why: 'the program',
    };
  }
  return {
    kind: 'copy',
    from: built,
    sources: [`${APP_ROOT}/`],
    to: `${APP_ROOT}/`,
    exclude: [
      ...(modules === undefined ? [] : [installed(app), ...EXCLUDED]),
      ...caches,
      ...compiledSources(app, outcome),
    ],
    why: 'the built app',
  };
}

/** Folders that the program keeps a cache in: they are its user's. */
const cacheFolders = ({ project }: App, { writes = [] }: ServerOutcome, uid: number): Step[] =>
  writes.map((path): Step => ({
    kind: 'file',
    path: `${absolute(project.app.folder, path)}/.keep`,
    text: '',
    chown: `${uid}:${uid}`,
    why: 'a cache that the program writes to',
  }));

function browserCopy({ project }: App, { modules }: Stages): CopyStep[] {
  const folder = browserFolder(project);
  if (folder === undefined || modules === undefined) return [];
  return [{ kind: 'copy', from: modules, sources: [`${folder}/`], to: `${folder}/`, why: 'the browser' }];
}

export function runtimeFiles(app: App, outcome: ServerOutcome, stages: Stages, uid: number): Step[] {
  if (outcome.output !== undefined && stages.built !== undefined)
    return [...outputCopies(app, outcome, stages.built), ...cacheFolders(app, outcome, uid)];
  return [
    ...(stages.modules === undefined
      ? []
      : [
          {
            kind: 'copy',
            from: stages.modules,
            sources: [`${APP_ROOT}/`],
            to: `${APP_ROOT}/`,
            why: 'what is installed; it changes less often than the app, and so its layer is kept',
          } satisfies Step,
        ]),
    ...browserCopy(app, stages),
    appCopy(app, outcome, stages),
    ...cacheFolders(app, outcome, uid),
  ];
}
