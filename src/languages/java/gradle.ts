import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import { joinPath, parentOf, pathBelow, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { lineOf, withoutComments } from './code.ts';
import type { Stated } from './maven.ts';

/**
 * What Gradle's build files say. They are programs, so they are read for what is written plainly in them; what they
 * compute is not known. https://docs.gradle.org/current/userguide/writing_build_scripts.html
 */

interface BuildText {
  readonly file: string;
  /** Without comments. */
  readonly text: string;
}

export interface GradlePlugin {
  readonly id: string;
  readonly version: string | undefined;
  readonly from: Evidence;
}

export interface GradleDependency {
  /** `group:artifact`. */
  readonly id: string;
  readonly version: string | undefined;
  readonly from: Evidence;
}

export interface GradleProject {
  /** Below the scope's root. */
  readonly folder: string;
  /** As on the command line: `:app`; '' for the root. */
  readonly path: string;
  readonly name: string;
  /** Its own build file, and those that it takes plugins from. */
  readonly texts: readonly BuildText[];
  readonly plugins: readonly GradlePlugin[];
  readonly dependencies: readonly GradleDependency[];
  /** Paths of projects of the same build that it depends on. */
  readonly projects: readonly string[];
}

export interface GradleBuild {
  readonly root: GradleProject;
  /** The root first. */
  readonly projects: readonly GradleProject[];
  readonly settings: BuildText | undefined;
  /** Folders of builds that are part of this one: buildSrc, includeBuild. */
  readonly included: readonly string[];
}

const fileIn = (inventory: Inventory, folder: string, ...names: readonly string[]): string | undefined =>
  names.map((name) => joinPath(folder, name)).find((path) => inventory.isFile(path));

export const buildFile = (inventory: Inventory, folder: string): string | undefined =>
  fileIn(inventory, folder, 'build.gradle.kts', 'build.gradle');
export const settingsFile = (inventory: Inventory, folder: string): string | undefined =>
  fileIn(inventory, folder, 'settings.gradle.kts', 'settings.gradle');

const textOf = (inventory: Inventory, file: string | undefined): BuildText | undefined =>
  file === undefined ? undefined : { file, text: withoutComments(inventory.text(file) ?? '') };

/** The first match of a pattern in any of the texts, with its place. */
export function statedIn(texts: readonly BuildText[], pattern: RegExp, why: string): Stated | undefined {
  for (const { file, text } of texts) {
    const found = pattern.exec(text);
    const value = found?.slice(1).find((group) => group !== undefined);
    if (found && value !== undefined)
      return { value, from: { file, line: lineOf(text, found.index), why: `${why} ${value}` } };
  }
  return undefined;
}

// --- the version catalogue ---

const versionSchema = z
  .union([
    z.string(),
    z.looseObject({ ref: z.string().optional(), strictly: z.string().optional(), require: z.string().optional() }),
  ])
  .optional();
const catalogueSchema = z.looseObject({
  versions: z.record(z.string(), versionSchema).optional(),
  libraries: z
    .record(
      z.string(),
      z.union([
        z.string(),
        z.looseObject({
          module: z.string().optional(),
          group: z.string().optional(),
          name: z.string().optional(),
          version: versionSchema,
        }),
      ]),
    )
    .optional(),
  plugins: z
    .record(z.string(), z.union([z.string(), z.looseObject({ id: z.string(), version: versionSchema })]))
    .optional(),
  bundles: z.record(z.string(), z.array(z.string())).optional(),
});

interface Catalogue {
  /** By alias, `-` and `_` as `.`: as build files write it. */
  readonly libraries: ReadonlyMap<string, readonly { id: string; version: string | undefined }[]>;
  readonly plugins: ReadonlyMap<string, { id: string; version: string | undefined }>;
}

const alias = (name: string): string => name.replaceAll(/[-_]/g, '.').toLowerCase();

function readCatalogue(text: string | undefined): Catalogue {
  const libraries = new Map<string, { id: string; version: string | undefined }[]>();
  const plugins = new Map<string, { id: string; version: string | undefined }>();
  const data = text === undefined ? undefined : catalogueSchema.safeParse(parsedToml(text)).data;
  if (!data) return { libraries, plugins };
  const versionOf = (v: z.infer<typeof versionSchema>): string | undefined => {
    if (typeof v === 'string' || v === undefined) return v;
    const named = v.ref === undefined ? undefined : data.versions?.[v.ref];
    return v.strictly ?? v.require ?? (typeof named === 'string' ? named : (named?.strictly ?? named?.require));
  };
  for (const [name, entry] of Object.entries(data.libraries ?? {})) {
    const parts = typeof entry === 'string' ? entry.split(':') : undefined;
    const id =
      typeof entry === 'string'
        ? parts?.slice(0, 2).join(':')
        : (entry.module ?? `${entry.group ?? ''}:${entry.name ?? ''}`);
    libraries.set(alias(name), [
      { id: id ?? '', version: typeof entry === 'string' ? parts?.[2] : versionOf(entry.version) },
    ]);
  }
  for (const [name, members] of Object.entries(data.bundles ?? {})) {
    libraries.set(
      `bundles.${alias(name)}`,
      members.flatMap((m) => libraries.get(alias(m)) ?? []),
    );
  }
  for (const [name, entry] of Object.entries(data.plugins ?? {})) {
    const [id = '', version] = typeof entry === 'string' ? entry.split(':') : [entry.id, versionOf(entry.version)];
    plugins.set(alias(name), { id, version });
  }
  return { libraries, plugins };
}

function parsedToml(text: string): unknown {
  try {
    return parseToml(text);
  } catch {
    return {};
  }
}

// --- build files ---

const PLUGIN_PATTERNS: readonly RegExp[] = [
  /\bid\s{0,20}\(?\s{0,20}["']([\w.-]+)["']\s{0,20}\)?(?:\s{0,20}version\s{0,20}\(?\s{0,20}["']([\w.-]+)["'])?/g,
  /\b(kotlin)\s{0,20}\(\s{0,20}["']([\w.-]+)["']\s{0,20}\)/g,
  /\bapply\s{0,20}\(?\s{0,20}plugin\s{0,20}[:=]\s{0,20}["']([\w.-]+)["']/g,
];
/** Plugins of Gradle's own, which the `plugins` block of Kotlin names without quotes. */
const BARE_PLUGIN = /^[ \t]*`?(application|java|java-library|war|groovy|scala|base)`?[ \t]*$/gm;

/** Blocks `plugins { … }`; names without quotes mean plugins only there. */
const pluginBlocks = (text: string): string =>
  [...text.matchAll(/\bplugins\s{0,20}\{([^}]{0,4000})\}/g)].map((m) => m[1] ?? '').join('\n');

function pluginsIn({ file, text }: BuildText, catalogue: Catalogue): GradlePlugin[] {
  const found: GradlePlugin[] = [];
  const add = (id: string, version: string | undefined, index: number): void => {
    const rest = text.slice(index, index + 300).split('\n')[0] ?? '';
    if (/apply\s{0,20}\(?\s{0,20}false/.test(rest)) return;
    found.push({ id, version, from: { file, line: lineOf(text, index), why: `the plugin ${id}` } });
  };
  for (const pattern of PLUGIN_PATTERNS) {
    for (const m of text.matchAll(pattern)) {
      if (m[1] === 'kotlin' && pattern === PLUGIN_PATTERNS[1])
        add(`org.jetbrains.kotlin.${m[2] ?? ''}`, undefined, m.index);
      else add(m[1] ?? '', m[2], m.index);
    }
  }
  for (const m of text.matchAll(/\balias\s{0,20}\(?\s{0,20}libs\.plugins\.([\w.]+)/g)) {
    const plugin = catalogue.plugins.get((m[1] ?? '').toLowerCase());
    if (plugin) add(plugin.id, plugin.version, m.index);
  }
  const block = pluginBlocks(text);
  for (const m of block.matchAll(BARE_PLUGIN)) add(m[1] ?? '', undefined, Math.max(0, text.indexOf(m[0].trim())));
  return found;
}

/** Configurations whose dependencies take no part at run time. */
const NOT_RUNTIME =
  /^(test|androidTest|integrationTest|annotationProcessor|kapt|ksp|developmentOnly|classpath|detekt|compileOnly)/;

function dependenciesIn({ file, text }: BuildText, catalogue: Catalogue): GradleDependency[] {
  const found: GradleDependency[] = [];
  const add = (configuration: string, id: string, version: string | undefined, index: number): void => {
    if (NOT_RUNTIME.test(configuration)) return;
    found.push({ id, version, from: { file, line: lineOf(text, index), why: `depends on ${id}` } });
  };
  const quoted =
    /\b(\w+)\s{0,20}\(?\s{0,20}(?:(?:enforcedPlatform|platform)\s{0,20}\(\s{0,20})?["']([\w.-]+):([\w.-]+)(?::([^"'\s]+))?["']/g;
  for (const m of text.matchAll(quoted)) add(m[1] ?? '', `${m[2] ?? ''}:${m[3] ?? ''}`, m[4], m.index);
  for (const m of text.matchAll(
    /\b(\w+)\s{0,20}\(?\s{0,20}(?:(?:enforcedPlatform|platform)\s{0,20}\(\s{0,20})?libs\.(?!plugins\.|versions\.)([\w.]+)/g,
  )) {
    for (const { id, version } of catalogue.libraries.get((m[2] ?? '').toLowerCase()) ?? [])
      add(m[1] ?? '', id, version, m.index);
  }
  for (const m of text.matchAll(
    /\b(\w+)\s{0,20}\(?\s{0,20}group\s{0,20}[:=]\s{0,20}["']([\w.-]+)["']\s{0,20},\s{0,20}name\s{0,20}[:=]\s{0,20}["']([\w.-]+)["'](?:\s{0,20},\s{0,20}version\s{0,20}[:=]\s{0,20}["']([\w.-]+)["'])?/g,
  )) {
    add(m[1] ?? '', `${m[2] ?? ''}:${m[3] ?? ''}`, m[4], m.index);
  }
  return found;
}

const OWN_PROJECT =
  /\b(\w+)\s{0,20}\(?\s{0,20}(?:project\s{0,20}\(\s{0,20}(?:path\s{0,20}[:=]\s{0,20})?["']:?([\w:.-]+)["']|projects\.([\w.]+))/g;

const projectsIn = ({ text }: BuildText): string[] =>
  [...text.matchAll(OWN_PROJECT)]
    .filter((m) => !NOT_RUNTIME.test(m[1] ?? ''))
    .map((m) => `:${m[2] ?? (m[3] ?? '').replaceAll('.', ':')}`);

/** Convention plugins of the project's own: `id 'my.java-app'` is a file my.java-app.gradle in an included build. */
function conventions(inventory: Inventory, plugins: readonly GradlePlugin[], included: readonly string[]): BuildText[] {
  const ids = new Set(plugins.map((p) => p.id));
  const files = inventory.files((path) => {
    const m = /^(.*)\/src\/main\/(?:groovy|kotlin)\/(.+)\.gradle(?:\.kts)?$/.exec(path);
    return m !== null && included.includes(m[1] ?? '') && ids.has((m[2] ?? '').replaceAll('/', '.'));
  });
  return files.map((file) => textOf(inventory, file)).filter((t) => t !== undefined);
}

function allTexts(
  inventory: Inventory,
  own: BuildText | undefined,
  root: BuildText | undefined,
  catalogue: Catalogue,
  included: readonly string[],
): BuildText[] {
  const texts = own ? [own] : [];
  if (root && root.file !== own?.file && /\b(subprojects|allprojects)\s{0,20}[({]/.test(root.text)) texts.push(root);
  for (let i = 0; i < texts.length && texts.length < 20; i++) {
    const text = texts[i];
    if (!text) continue;
    const more = conventions(inventory, pluginsIn(text, catalogue), included);
    texts.push(...more.filter((m) => !texts.some((t) => t.file === m.file)));
  }
  return texts;
}

/** Project paths that settings include; `:a:b` and `a:b` are the same. */
function includes({ text }: BuildText): string[] {
  const calls = [...text.matchAll(/\binclude\b\s{0,20}\(?((?:\s{0,20}["'][^"'\n]+["']\s{0,20},?)+)/g)];
  return calls.flatMap(([, list = '']) =>
    [...list.matchAll(/["']([^"'\n]+)["']/g)].map((m) => (m[1] ?? '').replace(/^:/, '')),
  );
}

/** `project(':x').projectDir = file('y')`: a project in another folder than its path says. */
function projectFolders({ text }: BuildText): Map<string, string> {
  const found = new Map<string, string>();
  for (const m of text.matchAll(
    /\bproject\s{0,20}\(\s{0,20}["']:?([^"'\n]+)["']\s{0,20}\)\s{0,20}\.projectDir\s{0,20}=\s{0,20}(?:file\s{0,20}\(|new\s+File\s{0,20}\((?:\s{0,20}(?:settingsDir|rootDir)\s{0,20},)?)\s{0,20}["']([^"'\n]+)["']/g,
  )) {
    found.set(m[1] ?? '', m[2] ?? '');
  }
  return found;
}

const clean = (path: string): string | undefined => {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/');
};

export function gradleBuild(inventory: Inventory): GradleBuild | undefined {
  const settings = textOf(inventory, settingsFile(inventory, ''));
  const rootText = textOf(inventory, buildFile(inventory, ''));
  if (!settings && !rootText) return undefined;
  const catalogue = readCatalogue(inventory.text('gradle/libs.versions.toml'));
  const builds = settings
    ? [...settings.text.matchAll(/\bincludeBuild\s{0,20}\(?\s{0,20}["']([^"'\n]+)["']/g)].map((m) => clean(m[1] ?? ''))
    : [];
  const included = [...new Set(['buildSrc', ...builds])].filter(
    (f) => f !== undefined && inventory.isDirectory(f),
  ) as string[];
  const sources = included.flatMap((folder) => [folder, ...inventory.names(folder).map((n) => joinPath(folder, n))]);
  const projectAt = (folder: string, path: string, name: string): GradleProject => {
    const texts = allTexts(inventory, textOf(inventory, buildFile(inventory, folder)), rootText, catalogue, sources);
    return {
      folder,
      path,
      name,
      texts,
      plugins: texts.flatMap((t) => pluginsIn(t, catalogue)),
      dependencies: texts.flatMap((t) => dependenciesIn(t, catalogue)),
      projects: texts.flatMap(projectsIn),
    };
  };
  const rootName =
    settings && statedIn([settings], /\brootProject\.name\s{0,20}=\s{0,20}["']([\w. -]+)["']/, 'the name');
  const root = projectAt('', '', rootName?.value ?? 'app');
  const folders = settings ? projectFolders(settings) : new Map<string, string>();
  const others = (settings ? includes(settings) : []).flatMap((path): GradleProject[] => {
    const folder = clean(folders.get(path) ?? path.replaceAll(':', '/'));
    if (folder === undefined || folder === '') return [];
    return [projectAt(folder, `:${path}`, path.slice(path.lastIndexOf(':') + 1))];
  });
  return { root, projects: [root, ...others], settings, included };
}

/** The folder of the build that a project belongs to: the nearest above with settings that include it. */
export function gradleRoot(tree: Inventory, app: string): string | undefined {
  for (let at = app; at !== '';) {
    at = parentOf(at);
    const settings = textOf(tree, settingsFile(tree, at));
    if (!settings) continue;
    const below = pathBelow(at, app);
    const folders = projectFolders(settings);
    if (includes(settings).some((path) => clean(folders.get(path) ?? path.replaceAll(':', '/')) === below)) return at;
  }
  return undefined;
}

export const isGradleFile = (path: string): boolean =>
  /(^|\/)([\w.-]+\.gradle(\.kts)?|gradle\.properties|gradle-wrapper\.properties|gradle-daemon-jvm\.properties|libs\.versions\.toml)$/.test(
    path,
  );
