import JSON5 from 'json5';
import * as z from 'zod';
import { joinPath } from '../../inventory/inventory.ts';
import { BUILD_SCRIPTS } from './build-scripts.ts';
import { cleanFolder } from './config-files.ts';
import { allDependencies } from './package-json.ts';
import type { JsProject } from './project.ts';

/** Where the TypeScript compiler leaves what it makes, from tsconfig.json. */

const options = z.looseObject({
  outDir: z.string().optional().catch(undefined),
  rootDir: z.string().optional().catch(undefined),
  noEmit: z.boolean().optional().catch(undefined),
  sourceMap: z.boolean().optional().catch(undefined),
});
const schema = z.looseObject({
  extends: z
    .union([z.string(), z.array(z.string()).transform((all) => all[0] ?? '')])
    .optional()
    .catch(undefined),
  compilerOptions: options.catch({}),
});

type Options = z.infer<typeof options>;

const DEPTH = 4;

function read(project: JsProject, file: string, depth = 0): Options {
  const text = project.inventory.text(file);
  if (text === undefined) return {};
  const parsed = schema.safeParse(parse(text)).data;
  const base = parsed?.extends;
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  const inherited =
    base?.startsWith('./') && depth < DEPTH
      ? read(project, joinPath(folder, `${base.slice(2).replace(/\.json$/, '')}.json`), depth + 1)
      : {};
  return { ...inherited, ...parsed?.compilerOptions };
}

function parse(text: string): unknown {
  try {
    return JSON5.parse(text);
  } catch {
    return {};
  }
}

/** The options that `tsc` builds the app with: those of tsconfig.build.json, where there is one. */
export function compilerOptions(project: JsProject): Options {
  const places = ['tsconfig.build.json', 'tsconfig.json', 'tsconfig.app.json'].map((name) =>
    joinPath(project.app.folder, name),
  );
  const file = places.find((place) => project.inventory.isFile(place));
  return file === undefined ? {} : read(project, file);
}

/** True where a build compiles TypeScript, by a script or by the compiler alone. */
const compiles = (project: JsProject): boolean =>
  project.app.json.scripts['build'] !== undefined ||
  (allDependencies(project.app)['typescript'] !== undefined &&
    compilerOptions(project).noEmit !== true &&
    compilerOptions(project).outDir !== undefined);

const COMPILES_HERE = /(^|[\s;&|])tsc\b(?![^;&|]*--(noEmit|outDir|outFile|build|watch)\b|[^;&|]*\s-[bw]\b)/;

/** True where a script calls the compiler, and nothing says that it writes to another folder. */
const compilesInPlace = (project: JsProject): boolean => {
  const { scripts } = project.app.json;
  const { outDir, noEmit } = compilerOptions(project);
  return (
    outDir === undefined &&
    noEmit !== true &&
    [...BUILD_SCRIPTS, 'prepare', 'postinstall'].some((name) => COMPILES_HERE.test(scripts[name] ?? ''))
  );
};

const javascript = (file: string): string => file.replace(/\.([cm]?)tsx?$/, '.$1js');

/** The JavaScript file that a build makes of a source file; undefined where it makes none, or that cannot be told. */
export function compiledEntry(project: JsProject, source: string): string | undefined {
  const file = cleanFolder(source);
  if (file === undefined || !/\.[cm]?tsx?$/.test(file)) return undefined;
  if (compilesInPlace(project)) return javascript(file);
  if (!compiles(project)) return undefined;
  const { outDir, rootDir, noEmit } = compilerOptions(project);
  const out = cleanFolder(outDir);
  if (noEmit === true || out === undefined) return undefined;
  const root = cleanFolder(rootDir) ?? (file.startsWith('src/') && onlyBelowSrc(project) ? 'src' : '');
  const below = root !== '' && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
  return `${out}/${javascript(below)}`;
}

/** tsc takes the common folder of all sources as root: that is src/, if there are none elsewhere. */
function onlyBelowSrc({ inventory, app }: JsProject): boolean {
  const prefix = app.folder === '' ? '' : `${app.folder}/`;
  return !inventory
    .files((path) => path.startsWith(prefix) && /\.[cm]?tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .some(
      (path) =>
        !path.startsWith(`${prefix}src/`) &&
        !/\.config\.[cm]?ts$|(^|\/)(node_modules|test|tests|e2e|__tests__)\//.test(path.slice(prefix.length)),
    );
}
