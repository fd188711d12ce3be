import { childrenOf, elementAt, readXml, textAt, type XmlElement } from '../xml.ts';

/** What a pom.xml says itself, before its parents are asked. https://maven.apache.org/pom.html */
export interface Pom {
  readonly file: string;
  readonly groupId: string | undefined;
  readonly artifactId: string;
  readonly version: string | undefined;
  readonly packaging: string;
  readonly parent: PomParent | undefined;
  readonly modules: readonly string[];
  readonly properties: Readonly<Record<string, PomValue>>;
  readonly dependencies: readonly PomDependency[];
  /** Versions and so on for those that others declare. */
  readonly managed: readonly PomDependency[];
  readonly plugins: readonly PomPlugin[];
  /** Settings for plugins that are declared elsewhere, or bound to the lifecycle anyway. */
  readonly managedPlugins: readonly PomPlugin[];
  readonly finalName: string | undefined;
  readonly sourceDirectory: string | undefined;
}

interface PomParent {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string | undefined;
  /** Undefined where it is empty on purpose: the parent comes from a repository. */
  readonly relativePath: string | undefined;
  readonly line: number;
}

export interface PomValue {
  readonly value: string;
  readonly line: number;
}

export interface PomDependency {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string | undefined;
  readonly scope: string | undefined;
  readonly type: string | undefined;
  readonly line: number;
}

export interface PomPlugin {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string | undefined;
  readonly goals: readonly string[];
  /** The plugin's own configuration and that of its executions, in order. */
  readonly configurations: readonly XmlElement[];
  readonly line: number;
}

function dependencyOf(element: XmlElement): PomDependency {
  return {
    groupId: textAt(element, 'groupId') ?? '',
    artifactId: textAt(element, 'artifactId') ?? '',
    version: textAt(element, 'version'),
    scope: textAt(element, 'scope'),
    type: textAt(element, 'type'),
    line: element.line,
  };
}

function pluginOf(element: XmlElement): PomPlugin {
  const executions = childrenOf(elementAt(element, 'executions'), 'execution');
  const configurations = [element, ...executions].map((e) => elementAt(e, 'configuration'));
  return {
    groupId: textAt(element, 'groupId') ?? 'org.apache.maven.plugins',
    artifactId: textAt(element, 'artifactId') ?? '',
    version: textAt(element, 'version'),
    goals: executions.flatMap((e) => childrenOf(elementAt(e, 'goals'), 'goal').map((goal) => goal.text)),
    configurations: configurations.filter((c) => c !== undefined),
    line: element.line,
  };
}

const dependenciesOf = (element: XmlElement | undefined): PomDependency[] =>
  childrenOf(elementAt(element, 'dependencies'), 'dependency').map(dependencyOf);
const pluginsOf = (element: XmlElement | undefined): PomPlugin[] =>
  childrenOf(elementAt(element, 'plugins'), 'plugin').map(pluginOf);

function parentOfPom(element: XmlElement | undefined): PomParent | undefined {
  if (!element) return undefined;
  const path = elementAt(element, 'relativePath');
  const relativePath = path === undefined ? '../pom.xml' : path.text || undefined;
  return {
    groupId: textAt(element, 'groupId') ?? '',
    artifactId: textAt(element, 'artifactId') ?? '',
    version: textAt(element, 'version'),
    relativePath,
    line: element.line,
  };
}

/** Whether a path of the module that is built is there; undefined where that is not known. */
export type IsThere = (path: string) => boolean | undefined;

function byFile(activation: XmlElement | undefined, isThere: IsThere): boolean {
  const there = (name: string): boolean | undefined => {
    const path = textAt(activation, 'file', name)?.replace(/^\$\{(?:project\.)?basedir\}\//, '');
    return path === undefined || path.includes('${') ? undefined : isThere(path);
  };
  return there('exists') === true || there('missing') === false;
}

/**
 * Profiles that are in force without being asked for add to the rest: by a file of the module that is built, else by
 * default. https://maven.apache.org/guides/introduction/introduction-to-profiles.html
 */
function activeProfiles(project: XmlElement, isThere: IsThere): XmlElement[] {
  const profiles = childrenOf(elementAt(project, 'profiles'), 'profile');
  const found = profiles.filter((p) => byFile(elementAt(p, 'activation'), isThere));
  return found.length > 0 ? found : profiles.filter((p) => textAt(p, 'activation', 'activeByDefault') === 'true');
}

/** Reads a pom.xml; undefined where it is none. */
export function readPom(text: string, file: string, isThere: IsThere = () => undefined): Pom | undefined {
  const project = readXml(text);
  if (project?.name !== 'project') return undefined;
  const parts = [project, ...activeProfiles(project, isThere)];
  const properties = parts
    .flatMap((part) => elementAt(part, 'properties')?.children ?? [])
    .map((p): [string, PomValue] => [p.name, { value: p.text, line: p.line }]);
  return {
    file,
    groupId: textAt(project, 'groupId'),
    artifactId: textAt(project, 'artifactId') ?? '',
    version: textAt(project, 'version'),
    packaging: textAt(project, 'packaging') ?? 'jar',
    parent: parentOfPom(elementAt(project, 'parent')),
    modules: parts.flatMap((part) =>
      [
        ...childrenOf(elementAt(part, 'modules'), 'module'),
        ...childrenOf(elementAt(part, 'subprojects'), 'subproject'),
      ].map((m) => m.text),
    ),
    properties: Object.fromEntries(properties),
    dependencies: parts.flatMap((part) => dependenciesOf(part)),
    managed: parts.flatMap((part) => dependenciesOf(elementAt(part, 'dependencyManagement'))),
    plugins: parts.flatMap((part) => pluginsOf(elementAt(part, 'build'))),
    managedPlugins: parts.flatMap((part) => pluginsOf(elementAt(part, 'build', 'pluginManagement'))),
    finalName: textAt(project, 'build', 'finalName'),
    sourceDirectory: textAt(project, 'build', 'sourceDirectory'),
  };
}
