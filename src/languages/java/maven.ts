import { joinPath, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import type { XmlElement } from '../xml.ts';
import { readPom, type Pom, type PomDependency, type PomPlugin } from './pom.ts';

/** A module of a Maven build: its pom and those that it inherits from, as far as they are in the project. */
export interface MavenModule {
  /** Below the scope's root. */
  readonly folder: string;
  readonly pom: Pom;
  /** The pom itself, then its parents. */
  readonly chain: readonly Pom[];
}

/** The pom at a place that a module or a relativePath names: a folder, or a file. */
function pomPath(inventory: Inventory, from: string, written: string): string | undefined {
  const path = resolveTarget(from, written);
  if (path === undefined) return undefined;
  return inventory.isFile(path) ? path : joinPath(path, 'pom.xml');
}

/** Reads a pom for the module in a folder, which may be another one than the pom's: what is there decides on profiles. */
function pomAt(inventory: Inventory, file: string, folder = parentOf(file)): Pom | undefined {
  const text = inventory.text(file);
  if (text === undefined) return undefined;
  const pom = readPom(text, file, (path) => {
    const at = joinPath(folder, path.replace(/^\.\//, ''));
    return inventory.isFile(at) || inventory.isDirectory(at) || (inventory.complete ? false : undefined);
  });
  if (pom) return pom;
  throw new Problem('broken-file', {
    detail: `${file} is not a Maven project: its XML is not well-formed, or its root is no <project>.`,
    hint: 'Run `mvn validate` to see the place.',
  });
}

const MAX_PARENTS = 20;

function chainOf(inventory: Inventory, pom: Pom): Pom[] {
  const chain = [pom];
  for (let at = pom; chain.length < MAX_PARENTS;) {
    const { parent, file } = at;
    const path = parent?.relativePath === undefined ? undefined : pomPath(inventory, file, parent.relativePath);
    const next = path === undefined ? undefined : pomAt(inventory, path, parentOf(pom.file));
    if (!next || next.artifactId !== parent?.artifactId || chain.includes(next)) return chain;
    chain.push(next);
    at = next;
  }
  return chain;
}

export function moduleAt(inventory: Inventory, folder: string): MavenModule | undefined {
  const pom = pomAt(inventory, joinPath(folder, 'pom.xml'));
  return pom && { folder, pom, chain: chainOf(inventory, pom) };
}

const MAX_MODULES = 500;

/** The modules of a build, from its root pom down; the root itself comes first. */
export function reactorOf(inventory: Inventory, root = ''): MavenModule[] {
  const found = new Map<string, MavenModule>();
  const queue = [joinPath(root, 'pom.xml')];
  for (let file = queue.shift(); file !== undefined && found.size < MAX_MODULES; file = queue.shift()) {
    if (found.has(file)) continue;
    const pom = pomAt(inventory, file);
    if (!pom) continue;
    found.set(file, { folder: parentOf(file), pom, chain: chainOf(inventory, pom) });
    queue.push(...pom.modules.map((m) => pomPath(inventory, pom.file, m)).filter((p) => p !== undefined));
  }
  return [...found.values()];
}

const lastOf = ({ chain, pom }: MavenModule): Pom => chain.at(-1) ?? pom;

/** The parent that comes from a repository, where there is one: Spring Boot’s, Micronaut’s, a company’s. */
export const remoteParent = (module: MavenModule): Pom['parent'] => lastOf(module).parent;

/** A value with where it stands. */
export interface Stated {
  readonly value: string;
  readonly from: Evidence;
}

const MAX_EXPANSIONS = 20;

function builtIn({ pom, chain }: MavenModule, name: string): string | undefined {
  const inherited = (read: (p: Pom) => string | undefined): string | undefined =>
    chain.map(read).find((value) => value !== undefined);
  const known: Record<string, () => string | undefined> = {
    artifactId: () => pom.artifactId,
    version: () => inherited((p) => p.version) ?? pom.parent?.version,
    groupId: () => inherited((p) => p.groupId) ?? pom.parent?.groupId,
    packaging: () => pom.packaging,
    'build.directory': () => 'target',
    'parent.version': () => pom.parent?.version,
    'parent.artifactId': () => pom.parent?.artifactId,
  };
  return known[name.replace(/^(project|pom)\./, '')]?.();
}

/** A property, from the nearest pom that sets it, expanded. */
export function propertyOf(module: MavenModule, name: string): Stated | undefined {
  for (const pom of module.chain) {
    const found = pom.properties[name];
    if (!found) continue;
    const value = expand(module, found.value);
    return { value, from: { file: pom.file, line: found.line, why: `${name} is ${value}` } };
  }
  return undefined;
}

/** Fills in `${…}`; what is not known stays as it is written. */
export function expand(module: MavenModule, text: string): string {
  let result = text;
  for (let i = 0; i < MAX_EXPANSIONS && result.includes('${') && result.length < 1000; i++) {
    const next = result.replaceAll(/\$\{([\w.-]{1,100})\}/g, (all, name: string) => {
      const own = module.chain.map((p) => p.properties[name]?.value).find((value) => value !== undefined);
      return own ?? builtIn(module, name) ?? all;
    });
    if (next === result) break;
    result = next;
  }
  return result;
}

/** A plugin as it is in force: `declared` is false where only settings for it were found. */
export interface Plugin {
  readonly declared: boolean;
  readonly goals: readonly string[];
  readonly version: string | undefined;
  readonly configurations: readonly XmlElement[];
  readonly from: Evidence;
}

const matches = (plugin: PomPlugin, artifactId: string): boolean => plugin.artifactId === artifactId;

export function pluginOf(module: MavenModule, artifactId: string): Plugin | undefined {
  const declared = module.chain.flatMap((p) => p.plugins.filter((x) => matches(x, artifactId)).map((x) => ({ x, p })));
  const managed = module.chain.flatMap((p) =>
    p.managedPlugins.filter((x) => matches(x, artifactId)).map((x) => ({ x, p })),
  );
  const [first] = [...declared, ...managed];
  if (!first) return undefined;
  const all = [...declared, ...managed].map(({ x }) => x);
  return {
    declared: declared.length > 0,
    goals: all.flatMap((x) => x.goals),
    version: all.map((x) => x.version).find((v) => v !== undefined),
    configurations: all.flatMap((x) => x.configurations),
    from: { file: first.p.file, line: first.x.line, why: artifactId },
  };
}

/** Every element of a name below a plugin’s settings, expanded. */
export function settingsOf(module: MavenModule, plugin: Plugin | undefined, name: string): string[] {
  const found: string[] = [];
  const walk = (element: XmlElement): void => {
    for (const child of element.children) {
      if (child.name === name && child.text !== '') found.push(expand(module, child.text));
      walk(child);
    }
  };
  for (const configuration of plugin?.configurations ?? []) walk(configuration);
  return found;
}

export interface Dependency {
  /** `group:artifact`. */
  readonly id: string;
  readonly version: string | undefined;
  readonly scope: string;
  readonly from: Evidence;
}

function managedOf(module: MavenModule, { groupId, artifactId }: PomDependency): PomDependency | undefined {
  for (const pom of module.chain) {
    const found = pom.managed.find((m) => m.groupId === groupId && m.artifactId === artifactId);
    if (found) return found;
  }
  return undefined;
}

/** What a module depends on, its parents’ included. */
export function dependenciesOf(module: MavenModule): Dependency[] {
  return module.chain.flatMap((pom) =>
    pom.dependencies.map((d) => {
      const managed = managedOf(module, d);
      const version = d.version ?? managed?.version;
      const id = `${expand(module, d.groupId)}:${expand(module, d.artifactId)}`;
      return {
        id,
        version: version === undefined ? undefined : expand(module, version),
        scope: d.scope ?? managed?.scope ?? 'compile',
        from: { file: pom.file, line: d.line, why: `depends on ${id}` },
      };
    }),
  );
}

/** The version of a bill of materials that is imported. */
export function importedBom(module: MavenModule, artifactId: string): string | undefined {
  const found = module.chain.flatMap((p) => p.managed).find((m) => m.artifactId === artifactId && m.type === 'pom');
  return found?.version === undefined ? undefined : expand(module, found.version);
}

/** The poms of a build and of all its parents, sorted: what has to be there before dependencies are resolved. */
export const pomFiles = (modules: readonly MavenModule[]): string[] =>
  [...new Set(modules.flatMap((m) => m.chain.map((p) => p.file)))].sort();

const isModuleOf = (aggregator: MavenModule, inventory: Inventory, folder: string): boolean =>
  aggregator.pom.modules.some((m) => parentOf(pomPath(inventory, aggregator.pom.file, m) ?? '/') === folder);

/** The folder of the build that a module belongs to: above it, through aggregators and parents, as far as they go. */
export function mavenRoot(tree: Inventory, app: string): string {
  let root = app;
  for (let at = app; at !== '';) {
    at = parentOf(at);
    const above = tree.isFile(joinPath(at, 'pom.xml')) ? moduleAt(tree, at) : undefined;
    if (above && isModuleOf(above, tree, root)) root = at;
  }
  const module = moduleAt(tree, app);
  const parents = module?.chain.map((p) => parentOf(p.file)) ?? [];
  return parents.reduce(
    (all, folder) => (`${all}/`.startsWith(folder === '' ? '' : `${folder}/`) ? folder : all),
    root,
  );
}
