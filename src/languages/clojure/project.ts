import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';

/** What project.clj, deps.edn and the source say, as far as it is written plainly. */

/** Takes comments out of Clojure; strings are left alone. */
const withoutComments = (text: string): string =>
  text.replaceAll(/"(?:[^"\\]|\\.)*"?|\\.|;[^\n]*/gs, (part) => (part.startsWith(';') ? '' : part));

export interface ClojureProject {
  readonly tool: 'lein' | 'deps';
  readonly file: string;
  readonly text: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** The namespace that starts. */
  readonly main: { readonly name: string; readonly from: Evidence } | undefined;
  /** lein-ring makes the server around a handler. */
  readonly ring: boolean;
  /** The build makes a class of the namespace, so that the archive starts by itself. */
  readonly compiled: boolean;
  /** What makes the archive: an alias and its function. */
  readonly build: { readonly alias: string; readonly task: string | undefined } | undefined;
  readonly source: readonly { readonly path: string; readonly text: string }[];
}

const NAMESPACE = /^[\w.*+!?<>=-]{1,200}$/;
const NOT_SOURCE = /(^|\/)(test|tests|dev|target|\.[^/]+)\//;

export const isClojure = (path: string): boolean => /\.(clj|cljc)$/.test(path);

/** Folders that the project's own source lies in; others are projects of their own, or tools. */
const sourceFolders = (text: string): string[] => [
  'src/',
  ...[...text.matchAll(/:(?:source-)?paths\s{1,9}\[([^\]]{0,1000})\]/g)].flatMap(({ 1: list = '' }) =>
    [...list.matchAll(/"([\w./-]{1,200})"/g)].map((m) => `${(m[1] ?? '').replace(/^\.\/|\/$/g, '')}/`),
  ),
];

function mainInSource(source: ClojureProject['source'], text: string): ClojureProject['main'] {
  const folders = sourceFolders(text);
  const own = source.filter(({ path }) => folders.some((folder) => path.startsWith(folder)));
  const found = own.filter(({ text: code }) => /\(defn\s{1,9}(?:\^\S{1,60}\s{1,9})?-main\b/.test(code));
  const rank = (path: string): number => (/(^|\/)(core|main|server|app|system)\.clj/.test(path) ? 0 : 1);
  const [best] = found.sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
  const name = best && /\(ns\s{1,9}(?:\^\S{1,60}\s{1,9})?([^\s()]{1,200})/.exec(best.text)?.[1];
  return best && name !== undefined && NAMESPACE.test(name)
    ? { name, from: { file: best.path, why: 'it has a -main function' } }
    : undefined;
}

function named(text: string, file: string, pattern: RegExp): ClojureProject['main'] {
  const name = pattern.exec(text)?.[1];
  return name !== undefined && NAMESPACE.test(name)
    ? { name, from: { file, why: `its main namespace is ${name}` } }
    : undefined;
}

function buildOf(inventory: Inventory, text: string): ClojureProject['build'] {
  const script = inventory.text('build.clj');
  const alias = /:(build)\s{1,9}\{/.exec(text)?.[1];
  if (script !== undefined && alias !== undefined) {
    const code = withoutComments(script);
    const task = ['uber', 'uberjar', 'ci'].find((name) => new RegExp(`\\(defn\\s{1,9}${name}(?![\\w-])`).test(code));
    if (task !== undefined) return { alias, task };
  }
  const uberjar = /:(uberjar|depstar|uber)\s{1,9}\{/.exec(text)?.[1];
  return uberjar === undefined ? undefined : { alias: uberjar, task: undefined };
}

export function readClojure(inventory: Inventory): ClojureProject | undefined {
  const source = inventory
    .files((path) => isClojure(path) && !NOT_SOURCE.test(path) && path.includes('/'))
    .map((path) => ({ path, text: withoutComments(inventory.text(path) ?? '') }));
  const lein = inventory.text('project.clj');
  if (lein !== undefined) {
    const text = withoutComments(lein);
    const [, name, version] = /\(defproject\s{1,9}([\w./-]{1,100})\s{1,9}"([^"\n]{0,60})"/.exec(text) ?? [];
    const ring = /\blein-ring\b/.test(text) && /:ring\s{1,9}\{/.test(text);
    const main = named(
      text,
      'project.clj',
      /:main\s{1,9}(?:\^(?:\{[^{}]{0,100}\}|\S{1,60})\s{1,9})?([^\s()[\]{}"]{1,200})/,
    );
    return {
      tool: 'lein',
      file: 'project.clj',
      text,
      name: name?.slice(name.indexOf('/') + 1),
      version,
      main: main ?? mainInSource(source, text),
      ring,
      compiled: main !== undefined && /:aot\b/.test(text),
      build: undefined,
      source,
    };
  }
  const deps = inventory.text('deps.edn');
  if (deps === undefined) return undefined;
  const text = withoutComments(deps);
  const build = buildOf(inventory, text);
  const main = named(text, 'deps.edn', /"(?:-m|--main)"\s{1,9}"([^"\n]{1,200})"/);
  return {
    tool: 'deps',
    file: 'deps.edn',
    text,
    name: undefined,
    version: undefined,
    main: main ?? mainInSource(source, text),
    ring: false,
    compiled: build !== undefined,
    build,
    source,
  };
}
