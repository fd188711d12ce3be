import json5 from 'json5';
import * as z from 'zod';
import { joinPath, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';

/** deno.json(c), as far as a build reads it. https://docs.deno.com/runtime/fundamentals/configuration/ */

const task = z.union([
  z.string().transform((command) => ({ command })),
  z.looseObject({ command: z.string().optional() }),
]);

const configSchema = z.looseObject({
  name: z.string().optional().catch(undefined),
  version: z.string().optional().catch(undefined),
  tasks: z.record(z.string(), z.unknown()).optional().catch(undefined),
  imports: z.record(z.string(), z.unknown()).optional().catch(undefined),
  workspace: z
    .union([z.array(z.string()), z.looseObject({ members: z.array(z.string()) }).transform((w) => w.members)])
    .optional()
    .catch(undefined),
  vendor: z.boolean().optional().catch(undefined),
  lock: z
    .union([z.boolean(), z.string(), z.looseObject({ path: z.string().optional(), frozen: z.boolean().optional() })])
    .optional()
    .catch(undefined),
  importMap: z.string().optional().catch(undefined),
  permissions: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

export interface DenoConfig {
  /** The file it was read from; undefined where the project has none. */
  readonly file: string | undefined;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly tasks: Readonly<Record<string, string>>;
  /** Specifiers that imports resolve to. */
  readonly imports: readonly string[];
  readonly workspace: readonly string[];
  readonly vendor: boolean;
  /** The lockfile's path; undefined where the configuration turns it off. */
  readonly lock: string | undefined;
  readonly importMap: string | undefined;
  /** Whether a permission set named `default` stands in the file, which `-P` takes. */
  readonly hasPermissions: boolean;
  readonly text: string;
}

export const CONFIG_FILES = ['deno.json', 'deno.jsonc'] as const;

const NONE: DenoConfig = {
  file: undefined,
  name: undefined,
  version: undefined,
  tasks: {},
  imports: [],
  workspace: [],
  vendor: false,
  lock: 'deno.lock',
  importMap: undefined,
  hasPermissions: false,
  text: '',
};

function parsed(text: string, file: string): unknown {
  try {
    return json5.parse(text);
  } catch (cause) {
    throw new Problem('broken-file', {
      detail: `${file} is not valid JSON${cause instanceof Error ? `: ${cause.message.replace(/^JSON5: /, '')}` : ''}.`,
      hint: '`deno fmt` and every other command of Deno refuse it as well; mend it at that place.',
      cause,
    });
  }
}

function lockOf(lock: z.infer<typeof configSchema>['lock']): string | undefined {
  if (lock === false) return undefined;
  if (typeof lock === 'string') return lock.replace(/^\.\//, '');
  return typeof lock === 'object' ? (lock.path?.replace(/^\.\//, '') ?? 'deno.lock') : 'deno.lock';
}

/** Reads the configuration of a folder. Throws `broken-file` for one that is no JSON. */
export function readConfig(inventory: Inventory, folder = ''): DenoConfig {
  const file = CONFIG_FILES.map((name) => joinPath(folder, name)).find((path) => inventory.text(path) !== undefined);
  if (file === undefined) return NONE;
  const text = inventory.text(file) ?? '';
  const { success, data } = configSchema.safeParse(parsed(text, file));
  if (!success) return { ...NONE, file, text };
  const tasks = Object.entries(data.tasks ?? {}).flatMap(([name, value]): [string, string][] => {
    const command = task.safeParse(value).data?.command;
    return command === undefined ? [] : [[name, command]];
  });
  return {
    file,
    name: data.name,
    version: data.version,
    tasks: Object.fromEntries(tasks),
    imports: Object.values(data.imports ?? {}).filter((value) => typeof value === 'string'),
    workspace: data.workspace ?? [],
    vendor: data.vendor ?? false,
    lock: lockOf(data.lock),
    importMap: data.importMap?.replace(/^\.\//, ''),
    hasPermissions: data.permissions?.['default'] !== undefined,
    text,
  };
}

/** The folders of a workspace's members; `./packages/*` stands for each folder with a configuration of its own. */
export function memberFolders(inventory: Inventory, { file, workspace }: DenoConfig): string[] {
  const folders = workspace.flatMap((written) => {
    const path = resolveTarget(file ?? 'deno.json', written);
    if (path === undefined) return [];
    if (!path.endsWith('*')) return [path];
    const parent = path.replace(/\/?\*+$/, '');
    return inventory.names(parent).map((name) => joinPath(parent, name));
  });
  return folders.filter((folder) =>
    [...CONFIG_FILES, 'package.json'].some((name) => inventory.isFile(joinPath(folder, name))),
  );
}

/** The line of a text that holds a key, from 1. */
export function lineOf(text: string, key: string): number | undefined {
  const at = text.split('\n').findIndex((line) => line.includes(`"${key}"`));
  return at < 0 ? undefined : at + 1;
}
