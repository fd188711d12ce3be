import { joinPath, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import type { FoundManager } from './manager.ts';
import type { Pipfile } from './pipfile.ts';
import type { Pyproject } from './pyproject.ts';
import { normalName, parseRequirement, type Requirement } from './requirement.ts';
import type { RequirementsFile } from './requirements-file.ts';
import { setupRequirements } from './setup-file.ts';

/** What a project asks for itself, by whichever manifest it has. */

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An entry of a dependency table of Poetry or Pipenv. */
function tableRequirement(name: string, value: unknown): Requirement {
  const table = isTable(value) ? value : Array.isArray(value) && isTable(value[0]) ? value[0] : {};
  const version = typeof value === 'string' ? value : typeof table['version'] === 'string' ? table['version'] : '';
  const extras = Array.isArray(table['extras'])
    ? table['extras'].filter((e) => typeof e === 'string').map(normalName)
    : [];
  const git = typeof table['git'] === 'string' ? `git+${table['git']}` : undefined;
  const path =
    typeof table['path'] === 'string'
      ? `file:${table['path']}`
      : typeof table['file'] === 'string'
        ? `file:${table['file']}`
        : undefined;
  const url = git ?? path;
  const markers = [
    table['markers'],
    typeof table['platform'] === 'string' ? `sys_platform == '${table['platform']}'` : undefined,
  ].find((m) => typeof m === 'string');
  return {
    name: normalName(name),
    extras,
    specifier: /^\d/.test(version) ? `==${version}` : version === '*' ? '' : version,
    ...(url === undefined ? {} : { url }),
    ...(markers === undefined ? {} : { marker: markers }),
  };
}

const tableRequirements = (table: Readonly<Record<string, unknown>> | undefined): Requirement[] =>
  Object.entries(table ?? {})
    .filter(([name, value]) => name !== 'python' && !(isTable(value) && value['optional'] === true))
    .map(([name, value]) => tableRequirement(name, value));

/** Groups of Poetry that are for production by their name; the others are for development. */
export const productionGroups = (pyproject: Pyproject | undefined): string[] =>
  Object.keys(pyproject?.tool?.poetry?.group ?? {}).filter((name) =>
    /^(prod|production|deploy|server|web)$/.test(name),
  );

const parsed = (list: readonly string[] | undefined): Requirement[] =>
  (list ?? []).map(parseRequirement).filter((r) => r !== undefined);

/** The requirements that the package manager in charge reads. */
export function directOf(
  found: FoundManager,
  pyproject: Pyproject | undefined,
  pipfile: Pipfile | undefined,
  requirements: RequirementsFile | undefined,
  inventory: Inventory,
  folder: string,
): Requirement[] {
  const project = parsed(pyproject?.project?.dependencies);
  if (found.manager === 'pipenv') return tableRequirements(pipfile?.packages);
  if (found.manager === 'poetry') {
    const groups = productionGroups(pyproject).map((name) => pyproject?.tool?.poetry?.group?.[name]?.dependencies);
    return [pyproject?.tool?.poetry?.dependencies, ...groups].flatMap(tableRequirements).concat(project);
  }
  if (found.pipSource === 'requirements') return [...(requirements?.requirements ?? [])];
  if (found.pipSource === 'setup') return [...setupRequirements(inventory, folder), ...project];
  return project;
}

/** Path dependencies of a manifest's tables (Poetry, Pipenv, `[tool.uv.sources]`), as folders from the root. */
export function pathSources(folder: string, pyproject: Pyproject | undefined, pipfile: Pipfile | undefined): string[] {
  const tables = [
    pyproject?.tool?.poetry?.dependencies,
    ...productionGroups(pyproject).map((name) => pyproject?.tool?.poetry?.group?.[name]?.dependencies),
    pyproject?.tool?.uv?.sources,
    pipfile?.packages,
  ];
  const inTables = tables.flatMap((table) =>
    Object.values(table ?? {})
      .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
      .flatMap((value) => (isTable(value) ? [value['path'], value['file']] : []))
      .filter((path) => typeof path === 'string'),
  );
  const inUrls = parsed(pyproject?.project?.dependencies).flatMap(({ url }) =>
    url?.startsWith('file:') ? [url.replace(/^file:(\/\/)?(\$\{PROJECT_ROOT\}\/?)?/, '')] : [],
  );
  const paths = [...inTables, ...inUrls]
    .map((path) => resolveTarget(joinPath(folder, 'x'), path))
    .filter((path) => path !== undefined);
  return [...new Set(paths)];
}
