import { joinPath, resolveTarget } from '../../inventory/inventory.ts';
import type { Advice } from '../../plan/plan.ts';
import { dependencyTablesOf, readManifestFile } from './manifest-file.ts';
import type { CargoPackage } from './package.ts';
import type { CargoProject } from './project.ts';

/** What the package takes from outside of what was sent: cargo gives up before it compiles anything. */

const isInherited = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { workspace?: unknown }).workspace === true;

function workspaceAdvice({ inventory, workFolder }: CargoProject, { folder }: CargoPackage, file: string): Advice[] {
  const manifest = readManifestFile(inventory.text(file) ?? '', file);
  if (folder !== workFolder || manifest.workspace !== undefined) return [];
  const { normal, build, dev } = dependencyTablesOf(manifest);
  const values = [normal, build, dev].flatMap((table) => Object.values(table));
  const inherits = [...Object.values(manifest.package ?? {}), ...values].some(isInherited);
  if (!inherits && manifest.package?.workspace === undefined) return [];
  return [
    {
      code: 'missing-workspace',
      detail: `${file} takes settings from its workspace, which was not sent: the build will fail.`,
      hint: 'Send the folder of the workspace, and choose this package with ?app=.',
      file,
    },
  ];
}

export function missingAdvice(project: CargoProject, own: CargoPackage): Advice[] {
  const { inventory, workFolder } = project;
  const file = joinPath(own.folder, 'Cargo.toml');
  if (!inventory.complete || !inventory.isFile(file)) return [];
  const paths = own.dependencies.flatMap(({ name, path, pathFromWorkspace }): Advice[] => {
    if (path === undefined) return [];
    const at = resolveTarget(joinPath(pathFromWorkspace ? workFolder : own.folder, 'Cargo.toml'), path);
    if (at !== undefined && inventory.isFile(joinPath(at, 'Cargo.toml'))) return [];
    return [
      {
        code: 'missing-path-dependency',
        detail: `${own.name} depends on ${name} in ${path}, which is not in the project: the build will fail.`,
        hint: 'Send the folder that holds both, and choose this package with ?app=.',
        file,
      },
    ];
  });
  return [...workspaceAdvice(project, own, file), ...paths];
}
