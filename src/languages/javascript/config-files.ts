import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';

/** Configuration files that are programs: they are read as text, never run. */

const ENDS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'];

export interface ConfigFile {
  readonly file: string;
  /** Without comments. */
  readonly code: string;
}

/** Takes comments out; what looks like one inside a URL stays. */
const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, '').replaceAll(/(^|[\s;,{}()[\]])\/\/[^\n]*/g, '$1');

/** The first of these that a folder holds: `vite.config` in any of the endings, or a file by its whole name. */
export function configFile(inventory: Inventory, folder: string, ...names: readonly string[]): ConfigFile | undefined {
  for (const name of names) {
    const places =
      /\.(jsonc?|\w?js|toml)$/.test(name) && !name.endsWith('.config') ? [name] : ENDS.map((end) => `${name}.${end}`);
    const file = places.map((place) => joinPath(folder, place)).find((path) => inventory.isFile(path));
    if (file !== undefined) return { file, code: withoutComments(inventory.text(file) ?? '') };
  }
  return undefined;
}

/** How far an object's name is looked for, and how often: whatever a file holds, that takes no time. */
const NEAR = 20_000;
const TRIES = 50;

/** The name of the object that a place in code lies in: `build` in `build: { outDir: … }`. */
function parentKey(code: string, at: number): string | undefined {
  let depth = 0;
  for (let i = at - 1; i >= Math.max(0, at - NEAR); i--) {
    const char = code.charAt(i);
    if (char === '}') depth++;
    else if (char === '{' && depth-- === 0)
      return /([\w$]+)['"]?\s*[:=]\s*$/.exec(code.slice(Math.max(0, i - 100), i))?.[1];
  }
  return undefined;
}

/** The string that a key is set to, in code such as `outDir: 'build'`; with `inside`, only in an object of that name. */
export function settingOf(config: ConfigFile | undefined, key: string, inside?: string): string | undefined {
  const code = config?.code ?? '';
  let tries = 0;
  for (let at = code.indexOf(key); at >= 0; at = code.indexOf(key, at + key.length)) {
    if (inside !== undefined && ++tries > TRIES) return undefined;
    const before = code.charAt(at - 1);
    const found = /^['"]?\s*:\s*['"`]([^'"`$\n]{1,200})['"`]/.exec(
      code.slice(at + key.length, at + key.length + 260),
    )?.[1];
    if (found !== undefined && !/[\w.-]/.test(before) && (inside === undefined || parentKey(code, at) === inside))
      return found;
  }
  return undefined;
}

/** A folder of the app as a setting names it: below the app, without `./`. Undefined where it leaves the app. */
export function cleanFolder(path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith('/')) return undefined;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/');
}

export const evidenceOf = (config: ConfigFile | undefined, why: string): Evidence =>
  config === undefined ? { why } : { file: config.file, why };

/** Files of this kind, for the text that is kept while an archive is read. */
export const isConfigFile = (path: string): boolean =>
  /(^|\/)(\.?[\w-]+\.config\.[cm]?[jt]s|\.eleventy\.js|gatsby-config\.[jt]s|vue\.config\.js|webpack\.[\w-]+\.[cm]?js|angular\.json|sanity\.json|sanity\.cli\.[jt]s|project\.json|nest-cli\.json|app\.json|tsconfig[\w.-]*\.json|adonisrc\.ts|\.adonisrc\.json|turbo\.json|nx\.json|lerna\.json|wrangler\.(jsonc?|toml)|\+config\.[cm]?[jt]s|Staticfile|Caddyfile|server\.json|ecosystem[\w.]*\.json|bunfig\.toml|\.yarnrc(\.yml)?|\.npmrc|pnpm-workspace\.yaml|package\.json5?)$/.test(
    path,
  );
