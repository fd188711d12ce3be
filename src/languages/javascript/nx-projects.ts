import * as z from 'zod';
import { joinPath, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import { configFile, settingOf, type ConfigFile } from './config-files.ts';
import { emptyPackage, readPackage, type Package } from './package-json.ts';

/**
 * Projects of an Nx workspace, by the files that name their targets. Those of an integrated repository have no
 * package.json of their own: everything is installed at its root. https://nx.dev/reference/project-configuration
 */

const said = z.string().optional().catch(undefined);

const target = z.looseObject({
  executor: said,
  outputs: z.array(z.string()).optional().catch(undefined),
  defaultConfiguration: said,
  configurations: z.record(z.string(), z.unknown()).catch({}),
  options: z
    .looseObject({
      outputPath: z
        .union([z.string(), z.looseObject({ base: z.string(), browser: z.string().optional() })])
        .optional()
        .catch(undefined),
      main: said,
      outputFileName: said,
    })
    .catch({}),
});
export type NxTarget = z.infer<typeof target>;

const projectFile = z.looseObject({
  name: said,
  projectType: said,
  targets: z.record(z.string(), target.optional().catch(undefined)).catch({}),
});

const plugin = z.union([
  z.string().transform((name) => ({ name, build: 'build' })),
  z
    .looseObject({ plugin: z.string(), options: z.looseObject({ buildTargetName: said }).catch({}) })
    .transform(({ plugin: name, options }) => ({ name, build: options.buildTargetName ?? 'build' })),
]);
const nxFile = z.looseObject({
  defaultProject: said,
  plugins: z.array(plugin.catch({ name: '', build: '' })).catch([]),
});
const readNxFile = (inventory: Inventory): z.infer<typeof nxFile> | undefined =>
  nxFile.safeParse(parsed(inventory.text('nx.json'))).data;

/** Text of a file that may be broken, or not there. */
const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
};

const packageFile = z.looseObject({ nx: z.unknown() });

export interface NxProject extends Partial<z.infer<typeof projectFile>> {
  readonly config: ConfigFile | undefined;
  /** What its build target comes from: that file, or the configuration of a tool. */
  readonly builtBy: ConfigFile | undefined;
}

/** Tools whose plugin makes a build target of a project that has their configuration. https://nx.dev/concepts/inferred-tasks */
const PLUGINS: ReadonlyMap<string, string> = new Map([
  ['@nx/webpack/plugin', 'webpack.config'],
  ['@nx/rspack/plugin', 'rspack.config'],
  ['@nx/rsbuild', 'rsbuild.config'],
  ['@nx/vite/plugin', 'vite.config'],
  ['@nx/next/plugin', 'next.config'],
]);

/** Where such a tool is told to write: `path: join(__dirname, '../../dist/apps/a')`, `outDir: '../../dist/apps/a'`. */
const WRITES = /\bpath\s*:\s*(?:\w+\.)?(?:join|resolve)\(\s*__dirname\s*,\s*['"]([^'"\n]+)['"]/;

/** The target that a plugin makes; undefined where no plugin of the workspace does, or under another name. */
function inferredBuild(inventory: Inventory, folder: string): { target: NxTarget; config: ConfigFile } | undefined {
  for (const { name, build } of readNxFile(inventory)?.plugins ?? []) {
    const config = build === 'build' ? configFile(inventory, folder, PLUGINS.get(name) ?? '') : undefined;
    if (config === undefined) continue;
    const said = WRITES.exec(config.code)?.[1] ?? settingOf(config, 'outDir') ?? 'dist';
    const output = resolveTarget(joinPath(folder, 'x'), said);
    return { target: target.parse(output === undefined ? {} : { outputs: [`{workspaceRoot}/${output}`] }), config };
  }
  return undefined;
}

/** What the project.json of a folder says, or its package.json; nothing where neither does. */
export function readNxProject(inventory: Inventory, folder: string): NxProject {
  const config = configFile(inventory, folder, 'project.json') ?? configFile(inventory, folder, 'package.json');
  const text = parsed(config?.code);
  const own = config?.file.endsWith('project.json') ? text : packageFile.safeParse(text).data?.nx;
  const { targets = {}, ...rest } = projectFile.safeParse(own ?? {}).data ?? {};
  const inferred = inferredBuild(inventory, folder);
  const build = inferred ? { ...inferred.target, ...targets['build'] } : targets['build'];
  return {
    config,
    builtBy: inferred?.config ?? config,
    ...rest,
    targets: { ...targets, ...(build ? { build } : {}) },
  };
}

/** What Nx calls a project: its own file’s name for it goes before that of its package, and that before its folder’s. */
export const nxName = (inventory: Inventory, app: Package): string =>
  readNxProject(inventory, app.folder).name ?? app.json.name ?? app.folder.slice(app.folder.lastIndexOf('/') + 1);

/** A package.json that says how a project is called, and leaves the rest to the root's. */
const isNameOnly = ({ json }: Package): boolean =>
  [json.scripts, json.dependencies, json.devDependencies].every((all) => Object.keys(all).length === 0);

/** A project that is no package, as one without dependencies of its own; undefined for any other folder. */
export function nxPackage(inventory: Inventory, folder: string): Package | undefined {
  const file = joinPath(folder, 'project.json');
  if (folder === '' || !inventory.isFile('nx.json') || !inventory.isFile(file)) return undefined;
  const named = readPackage(inventory, folder);
  if (named && !isNameOnly(named)) return undefined;
  const { name } = readNxProject(inventory, folder);
  const own = emptyPackage(folder);
  const text = inventory.text(file) ?? '';
  return { ...own, file, text, json: { ...own.json, ...(name === undefined ? {} : { name }) } };
}

/** The projects of the workspace whose root is the inventory’s that need nothing of their own and that can be built as applications. */
export function nxApplications(inventory: Inventory): Package[] {
  if (!inventory.isFile('nx.json')) return [];
  return inventory.files(/^(?!(.*\/)?node_modules\/).+\/project\.json$/).flatMap((file): Package[] => {
    const folder = parentOf(file);
    const { projectType, targets } = readNxProject(inventory, folder);
    const app = nxPackage(inventory, folder);
    return app && projectType === 'application' && targets?.['build'] !== undefined ? [app] : [];
  });
}

/** The folder of the project that commands without one are for. https://nx.dev/reference/nx-json#default-project */
export function nxDefaultFolder(inventory: Inventory, named: string | undefined): string | undefined {
  const wanted = named ?? readNxFile(inventory)?.defaultProject;
  return nxApplications(inventory).find((app) => nxName(inventory, app) === wanted)?.folder;
}
