import * as z from 'zod';
import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import { configFile, type ConfigFile } from './config-files.ts';
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

const nxFile = z.looseObject({ defaultProject: said });

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
};

export interface NxProject extends Partial<z.infer<typeof projectFile>> {
  readonly config: ConfigFile | undefined;
}

/** What the project.json of a folder says; nothing where it has none. */
export function readNxProject(inventory: Inventory, folder: string): NxProject {
  const config = configFile(inventory, folder, 'project.json');
  return { config, ...projectFile.safeParse(parsed(config?.code)).data };
}

/** What Nx calls a project: its own file’s name for it goes before that of its package, and that before its folder’s. */
export const nxName = (inventory: Inventory, app: Package): string =>
  readNxProject(inventory, app.folder).name ?? app.json.name ?? app.folder.slice(app.folder.lastIndexOf('/') + 1);

/** A project that is no package, as one without dependencies of its own; undefined for any other folder. */
export function nxPackage(inventory: Inventory, folder: string): Package | undefined {
  const file = joinPath(folder, 'project.json');
  if (folder === '' || !inventory.isFile('nx.json') || !inventory.isFile(file)) return undefined;
  if (readPackage(inventory, folder) !== undefined) return undefined;
  const { name } = readNxProject(inventory, folder);
  const own = emptyPackage(folder);
  const text = inventory.text(file) ?? '';
  return { ...own, file, text, json: { ...own.json, ...(name === undefined ? {} : { name }) } };
}

/** The projects of the workspace whose root is the inventory’s that are no packages and that can be built as applications. */
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
  const wanted = named ?? nxFile.safeParse(parsed(inventory.text('nx.json'))).data?.defaultProject;
  return nxApplications(inventory).find((app) => nxName(inventory, app) === wanted)?.folder;
}
