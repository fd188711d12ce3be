import { joinPath, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import { childrenOf, readXml, type XmlElement } from '../xml.ts';

/** Project files of C#, F# and Visual Basic, and the files that MSBuild reads with them. */

export const isProjectFile = (path: string): boolean => /\.(cs|fs|vb)proj$/i.test(path);
export const isSolution = (path: string): boolean => /\.slnx?$/i.test(path);

export interface Stated {
  readonly value: string;
  readonly from: Evidence;
}

export interface DotnetProject {
  readonly file: string;
  readonly folder: string;
  /** Without folder and suffix. */
  readonly name: string;
  readonly sdk: string;
  /** The project's own properties over those of Directory.Build.props, expanded. */
  readonly properties: ReadonlyMap<string, Stated>;
  /** Project files that it refers to, as paths of the tree. */
  readonly references: readonly string[];
  readonly packages: readonly string[];
  readonly frameworks: readonly string[];
  /** Files beside it that MSBuild imports. */
  readonly imports: readonly string[];
  readonly text: string;
}

/** MSBuild writes paths as Windows does. */
const slashes = (path: string): string => path.replaceAll('\\', '/');

const MSBUILD = '$(MSBuildThisFileDirectory)';

function parsed(inventory: Inventory, file: string): XmlElement | undefined {
  const text = inventory.text(file);
  if (text === undefined) return undefined;
  const root = readXml(text.replace(/^\uFEFF/, ''));
  if (root?.name === 'Project') return root;
  throw new Problem('broken-file', {
    detail: `${file} is not a project of MSBuild: its XML is not well-formed, or its root is no <Project>.`,
    hint: 'Run `dotnet build` to see the place.',
  });
}

/** The nearest file of a name at or above a folder, which is what MSBuild and NuGet look for. */
export function nearestFile(inventory: Inventory, folder: string, name: string): string | undefined {
  for (let at = folder; ; at = parentOf(at)) {
    const found = inventory.names(at).find((n) => n.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return joinPath(at, found);
    if (at === '') return undefined;
  }
}

/** Whether a condition turns on the project's name, and this one's does not fit: shared properties tell tests by it. */
function isForOthers(condition: string, project: string): boolean {
  const calls = [
    ...condition.matchAll(/\$\(MSBuildProjectName\.(EndsWith|StartsWith|Contains)\(\s*['"]([^'"]{1,100})['"]/gi),
  ];
  const tests: Readonly<Record<string, (part: string) => boolean>> = {
    endswith: (part) => project.endsWith(part),
    startswith: (part) => project.startsWith(part),
    contains: (part) => project.includes(part),
  };
  return calls.length > 0 && !calls.some(([, call = '', part = '']) => tests[call.toLowerCase()]?.(part));
}

function addProperties(root: XmlElement, file: string, project: string, into: Map<string, Stated>): void {
  for (const group of childrenOf(root, 'PropertyGroup')) {
    for (const { name, text, line, attributes } of group.children) {
      const conditions = [attributes['Condition'], group.attributes['Condition']].filter((c) => c !== undefined);
      if (conditions.some((c) => isForOthers(c, project)) || (conditions.length > 0 && into.has(name))) continue;
      into.set(name, { value: text, from: { file, line, why: `${name} is ${text}` } });
    }
  }
}

const MAX_EXPANSIONS = 10;

function expand(value: string, properties: ReadonlyMap<string, Stated>): string {
  let result = value;
  for (let i = 0; i < MAX_EXPANSIONS && result.includes('$(') && result.length < 1000; i++) {
    const next = result.replaceAll(/\$\((\w{1,100})\)/g, (all, name: string) => properties.get(name)?.value ?? all);
    if (next === result) break;
    result = next;
  }
  return result;
}

const itemsOf = (root: XmlElement, name: string): XmlElement[] =>
  childrenOf(root, 'ItemGroup').flatMap((group) => childrenOf(group, name));

const included = (items: readonly XmlElement[]): string[] =>
  items.map((item) => item.attributes['Include'] ?? '').filter((include) => include !== '');

function importsOf(inventory: Inventory, file: string, root: XmlElement, found = new Set<string>()): string[] {
  for (const { attributes } of childrenOf(root, 'Import')) {
    const written = slashes(attributes['Project'] ?? '').replace(MSBUILD, '');
    const path = written === '' || written.includes('$') ? undefined : resolveTarget(file, written);
    if (path === undefined || found.has(path) || !inventory.isFile(path) || found.size > 50) continue;
    found.add(path);
    const next = parsed(inventory, path);
    if (next) importsOf(inventory, path, next, found);
  }
  return [...found];
}

export function readProjectFile(inventory: Inventory, file: string): DotnetProject | undefined {
  const root = parsed(inventory, file);
  if (!root) return undefined;
  const folder = parentOf(file);
  const name = file.slice(folder.length && folder.length + 1).replace(/\.\w+$/, '');
  const props = nearestFile(inventory, folder, 'Directory.Build.props');
  const shared = props === undefined ? undefined : parsed(inventory, props);
  const imports = [
    ...(props !== undefined && shared ? importsOf(inventory, props, shared) : []),
    ...importsOf(inventory, file, root),
  ];
  const raw = new Map<string, Stated>();
  for (const path of imports) {
    const part = parsed(inventory, path);
    if (part) addProperties(part, path, name, raw);
  }
  if (shared && props !== undefined) addProperties(shared, props, name, raw);
  addProperties(root, file, name, raw);
  const properties = new Map(
    [...raw].map(([name, { value, from }]) => [name, { value: expand(value, raw), from }] as const),
  );
  const parts = [...(shared ? [shared] : []), root];
  const references = included(itemsOf(root, 'ProjectReference'))
    .map((path) => resolveTarget(file, slashes(path)))
    .filter((path) => path !== undefined);
  return {
    file,
    folder,
    name,
    sdk:
      root.attributes['Sdk'] ??
      childrenOf(root, 'Sdk')[0]?.attributes['Name'] ??
      childrenOf(root, 'Import')
        .map((i) => i.attributes['Sdk'])
        .find((s) => s !== undefined) ??
      '',
    properties,
    references,
    packages: parts.flatMap((part) => included(itemsOf(part, 'PackageReference'))),
    frameworks: parts.flatMap((part) => included(itemsOf(part, 'FrameworkReference'))),
    imports,
    text: inventory.text(file) ?? '',
  };
}

export const isTrue = (project: DotnetProject, name: string): boolean =>
  project.properties.get(name)?.value.toLowerCase() === 'true';
