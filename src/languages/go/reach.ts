import { joinPath } from '../../inventory/inventory.ts';
import { localModules, type GoModule, type GoProject } from './project.ts';
import type { SourceFile } from './source-file.ts';

/** What one program is made of: the project's own files that are compiled into it, and what they import. */
export interface Reach {
  readonly files: readonly SourceFile[];
  /** Packages from outside the project, standard library included, by path, with the file that imports them. */
  readonly imports: ReadonlyMap<string, string>;
  /** Packages of the project's own modules that are not there: generated code, most likely. */
  readonly missing: ReadonlyMap<string, string>;
}

function resolveImport(modules: readonly GoModule[], path: string): string | undefined {
  const owners = modules.filter((m) => path === m.path || path.startsWith(`${m.path}/`));
  const [owner] = owners.sort((a, b) => b.path.length - a.path.length);
  return owner && joinPath(owner.folder, path.slice(owner.path.length + 1));
}

/** Follows the imports of a program from its folder on, as the compiler would. */
export function reachOf(project: GoProject, module: GoModule, folder: string, cgo: boolean): Reach {
  const modules = localModules(project, module);
  const files: SourceFile[] = [];
  const imports = new Map<string, string>();
  const missing = new Map<string, string>();
  const queue = [folder];
  const seen = new Set(queue);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const own = (project.packages.get(next) ?? []).filter((f) => (cgo ? f.takesPart.withCgo : f.takesPart.withoutCgo));
    files.push(...own);
    for (const file of own) {
      for (const path of file.imports) {
        const local = resolveImport(modules, path);
        if (local === undefined) {
          if (!imports.has(path)) imports.set(path, file.path);
        } else if (!project.packages.has(local)) {
          if (!missing.has(path)) missing.set(path, file.path);
        } else if (!seen.has(local)) {
          seen.add(local);
          queue.push(local);
        }
      }
    }
  }
  return { files, imports, missing };
}

/** Where no source is at hand (only go.mod was sent), what it requires by itself stands in for the imports. */
export function reachByRequirements({ file }: GoModule): Reach {
  const direct = (file?.requires ?? []).filter((r) => !r.indirect).map((r) => [r.path, 'go.mod'] as const);
  return { files: [], imports: new Map(direct), missing: new Map() };
}

/** The first import that is one of these packages or below one of them, with the file that has it. */
export function importOf(
  { imports }: Reach,
  packages: readonly string[],
): { readonly path: string; readonly file: string } | undefined {
  for (const [path, file] of imports) {
    if (packages.some((p) => path === p || path.startsWith(`${p}/`))) return { path, file };
  }
  return undefined;
}
