import JSON5 from 'json5';
import * as z from 'zod';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';

/**
 * A package.json as far as a build needs to know it. A field of another shape than documented counts as absent, as it
 * does for the package managers. https://docs.npmjs.com/cli/v11/configuring-npm/package-json
 */

const strings = z
  .record(z.string(), z.unknown())
  .transform((all) =>
    Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
  )
  .catch({});
const text = z.string().optional().catch(undefined);
const listed = z.array(z.unknown()).transform((all) => all.filter((name) => typeof name === 'string'));
const names = listed.catch([]);
const flags = z.record(z.string(), z.looseObject({ optional: z.boolean().optional().catch(undefined) })).catch({});

/** https://docs.npmjs.com/cli/v11/configuring-npm/package-json#devengines: one tool, or several to choose from. */
const tool = z.looseObject({ name: text, version: text, onFail: text });
const tools = z
  .union([tool.transform((one) => [one]), z.array(tool)])
  .optional()
  .catch(undefined);

const schema = z.looseObject({
  name: text,
  version: text,
  type: text,
  main: text,
  module: text,
  bin: z.union([z.string(), strings]).optional().catch(undefined),
  scripts: strings,
  dependencies: strings,
  devDependencies: strings,
  optionalDependencies: strings,
  peerDependencies: strings,
  peerDependenciesMeta: flags,
  workspaces: z.union([listed, z.looseObject({ packages: names }).transform((w) => w.packages)]).catch([]),
  packageManager: text,
  engines: strings,
  volta: strings,
  devEngines: z
    .looseObject({ runtime: tools, packageManager: tools })
    .catch({ runtime: undefined, packageManager: undefined }),
  resolutions: strings,
  overrides: z.record(z.string(), z.unknown()).catch({}),
  pnpm: z.looseObject({ overrides: strings, patchedDependencies: strings }).optional().catch(undefined),
  prisma: z.looseObject({ schema: text }).optional().catch(undefined),
  trustedDependencies: names,
  gypfile: z.boolean().optional().catch(undefined),
});

export type PackageJson = z.infer<typeof schema>;

/** A package.json, where it lies, and its text for finding lines in it. */
export interface Package {
  /** Below the inventory's root; '' is the root. */
  readonly folder: string;
  readonly file: string;
  readonly text: string;
  readonly json: PackageJson;
}

/** pnpm takes package.json5 and package.yaml too, and package.json before them. https://pnpm.io/package_json */
export const PACKAGE_FILES = ['package.json', 'package.json5'] as const;

const remedy = 'Check the commas, quotes and brackets there; `npm pkg get name` reads the file as npm does.';

function lineOf(cause: unknown, source: string): number | undefined {
  if (typeof cause === 'object' && cause !== null && 'lineNumber' in cause) return Number(cause.lineNumber);
  const message = cause instanceof Error ? cause.message : '';
  const at = /at position (\d+)/.exec(message)?.[1];
  if (at !== undefined) return source.slice(0, Number(at)).split('\n').length;
  return /end of JSON input/.test(message) ? source.trimEnd().split('\n').length : undefined;
}

/** Half of a pair of surrogates, escaped: no text has one, and each reader makes something else of it. */
const HALF =
  /(?<=(?<!\\)(?:\\\\)*)(?:\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F][\da-fA-F]{2})/g;

function parse(source: string, file: string): unknown {
  const json = source.replace(/^\uFEFF/, '').replace(HALF, String.raw`\ufffd`);
  try {
    return file.endsWith('5') ? JSON5.parse(json) : JSON.parse(json);
  } catch (cause) {
    const line = lineOf(cause, json);
    throw new Problem('broken-file', {
      detail: `${file} is not valid ${file.endsWith('5') ? 'JSON5' : 'JSON'}${line === undefined ? '' : `: line ${line}`}.`,
      hint: remedy,
      members: { file, ...(line === undefined ? {} : { line }) },
      cause,
    });
  }
}

/** Detection, inference and planning of several languages read the same few packages. */
const known = new WeakMap<Inventory, Map<string, Package | undefined>>();

/** The package of a folder; undefined where it has none. Throws `broken-file` for one that cannot be read. */
export function readPackage(inventory: Inventory, folder: string): Package | undefined {
  const packages = known.get(inventory) ?? new Map<string, Package | undefined>();
  known.set(inventory, packages);
  if (!packages.has(folder)) packages.set(folder, packageOf(inventory, folder));
  return packages.get(folder);
}

function packageOf(inventory: Inventory, folder: string): Package | undefined {
  for (const name of PACKAGE_FILES) {
    const file = joinPath(folder, name);
    const source = inventory.text(file);
    if (source === undefined) continue;
    const parsed = schema.safeParse(parse(source, file));
    if (parsed.success) return { folder, file, text: source, json: parsed.data };
    throw new Problem('broken-file', {
      detail: `${file} holds no JSON object.`,
      hint: 'A package.json begins with "{" and holds at least a name. `npm init -y` makes one.',
      members: { file, line: 1 },
    });
  }
  return undefined;
}

/** The package of an empty project, for a manifest that sends no files. */
export const emptyPackage = (folder: string): Package => ({
  folder,
  file: joinPath(folder, 'package.json'),
  text: '',
  json: schema.parse({}),
});

/** The line of a package.json where a key first stands; for evidence. */
export function lineOfKey(pkg: Package, ...keys: readonly string[]): { readonly file: string; readonly line?: number } {
  let at = 0;
  for (const key of keys) {
    const found = pkg.text.indexOf(JSON.stringify(key), at);
    if (found < 0) break;
    at = found;
  }
  return at === 0 ? { file: pkg.file } : { file: pkg.file, line: pkg.text.slice(0, at).split('\n').length };
}

/** What is installed for production. */
export const runDependencies = ({ json }: Package): Readonly<Record<string, string>> => ({
  ...json.optionalDependencies,
  ...json.dependencies,
});

/** What is installed for the build. */
export const allDependencies = (pkg: Package): Readonly<Record<string, string>> => ({
  ...pkg.json.devDependencies,
  ...runDependencies(pkg),
});
