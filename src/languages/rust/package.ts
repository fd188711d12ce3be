import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { dependencyTablesOf, type DependencyEntry, type ManifestFile } from './manifest-file.ts';

/** One package of a project: its targets and what it depends on, with what it inherits from its workspace filled in. */

export interface Dependency {
  /** The name of the crate, whatever it is called in the source. */
  readonly name: string;
  readonly requirement: string | undefined;
  /** As written, relative to the package or to the workspace; resolved by `project.ts`. */
  readonly path: string | undefined;
  /** The path was written in the workspace's manifest. */
  readonly pathFromWorkspace: boolean;
  readonly git: boolean;
  readonly kind: 'normal' | 'build' | 'dev';
  readonly features: readonly string[];
}

export interface Bin {
  readonly name: string;
  /** Relative to the package. */
  readonly path: string;
  readonly requiredFeatures: readonly string[];
}

export interface CargoPackage {
  /** Below the scope's root; '' is the root itself. */
  readonly folder: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly edition: string | undefined;
  readonly rustVersion: string | undefined;
  readonly defaultRun: string | undefined;
  readonly lib: string | undefined;
  readonly bins: readonly Bin[];
  readonly buildScript: string | undefined;
  /** Examples, tests and benchmarks that the manifest declares: Cargo wants their files to be there. */
  readonly declared: readonly string[];
  readonly dependencies: readonly Dependency[];
  readonly features: Readonly<Record<string, readonly string[]>>;
  /** What cargo-leptos makes: where the site goes, and what its files are called. */
  readonly leptos: { readonly site: string; readonly output: string } | undefined;
  readonly file: ManifestFile;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
const PATH = /^[\w./ -]+$/;

const safePath = (path: string | undefined): string | undefined =>
  path !== undefined && PATH.test(path) && !path.startsWith('/') && !path.split('/').includes('..')
    ? path.replace(/^\.\//, '')
    : undefined;

/** https://github.com/leptos-rs/cargo-leptos#configuration */
const leptosOf = (
  name: string,
  said: { readonly 'site-root'?: string | undefined; readonly 'output-name'?: string | undefined } | undefined,
): CargoPackage['leptos'] =>
  said && {
    site: safePath(said['site-root']) ?? 'target/site',
    output: NAME.test(said['output-name'] ?? '') ? (said['output-name'] ?? name) : name,
  };

function inferredBins(inventory: Inventory, folder: string, name: string): Bin[] {
  const at = joinPath(folder, 'src/bin');
  const others = inventory.names(at).flatMap((entry): Bin[] => {
    const path = joinPath(at, entry);
    const found = inventory.isFile(path) ? entry.endsWith('.rs') : inventory.isFile(`${path}/main.rs`);
    const bin = entry.replace(/\.rs$/, '');
    if (!found || !NAME.test(bin)) return [];
    return [
      {
        name: bin,
        path: entry.endsWith('.rs') ? `src/bin/${entry}` : `src/bin/${entry}/main.rs`,
        requiredFeatures: [],
      },
    ];
  });
  const main = inventory.isFile(joinPath(folder, 'src/main.rs'));
  return [...(main ? [{ name, path: 'src/main.rs', requiredFeatures: [] }] : []), ...others];
}

function binsOf(inventory: Inventory, folder: string, name: string, file: ManifestFile): Bin[] {
  const inferred = inferredBins(inventory, folder, name);
  const declared = (file.bin ?? []).flatMap((bin): Bin[] => {
    const called = bin.name;
    if (called === undefined || !NAME.test(called)) return [];
    const known = inferred.find((b) => b.name === called)?.path;
    const path = safePath(bin.path) ?? known ?? (called === name ? 'src/main.rs' : `src/bin/${called}.rs`);
    return [{ name: called, path, requiredFeatures: bin['required-features'] ?? [] }];
  });
  const paths = new Set(declared.map((b) => b.path));
  const names = new Set(declared.map((b) => b.name));
  const automatic =
    file.package?.autobins === false ? [] : inferred.filter((b) => !paths.has(b.path) && !names.has(b.name));
  const all = [...automatic, ...declared];
  // Only the manifest was sent: it has a program unless it says that it is a library.
  return all.length === 0 && !inventory.complete && !file.lib && inventory.files(/\.rs$/).length === 0
    ? [{ name, path: 'src/main.rs', requiredFeatures: [] }]
    : all;
}

function dependencyOf(
  key: string,
  entry: DependencyEntry,
  kind: Dependency['kind'],
  workspace: ManifestFile | undefined,
): Dependency {
  const shared =
    'workspace' in entry && entry.workspace === true ? workspace?.workspace?.dependencies?.[key] : undefined;
  const at = shared ?? entry;
  const own = 'features' in entry ? (entry.features ?? []) : [];
  return {
    name: ('package' in at ? at.package : undefined) ?? key,
    requirement: at.version,
    path: 'path' in at ? at.path : undefined,
    pathFromWorkspace: shared !== undefined,
    git: 'git' in at && at.git !== undefined,
    kind,
    features: [...('features' in at ? (at.features ?? []) : []), ...(shared ? own : [])],
  };
}

export function packageOf(
  inventory: Inventory,
  folder: string,
  file: ManifestFile,
  workspace: ManifestFile | undefined,
): CargoPackage | undefined {
  const { package: about } = file;
  if (!about || !NAME.test(about.name)) return undefined;
  const shared = workspace?.workspace?.package;
  const value = (key: 'version' | 'edition' | 'rust-version'): string | undefined => {
    const own = about[key];
    return typeof own === 'object' ? shared?.[key] : own;
  };
  const lib =
    safePath(file.lib?.path) ??
    (file.lib || inventory.isFile(joinPath(folder, 'src/lib.rs')) ? 'src/lib.rs' : undefined);
  const script =
    about.build === false ? undefined : typeof about.build === 'string' ? safePath(about.build) : 'build.rs';
  const hasScript = script !== undefined && inventory.isFile(joinPath(folder, script));
  const tables = dependencyTablesOf(file);
  const of = (table: Readonly<Record<string, DependencyEntry>>, kind: Dependency['kind']): Dependency[] =>
    Object.entries(table).map(([key, entry]) => dependencyOf(key, entry, kind, workspace));
  const declared = (['example', 'test', 'bench'] as const).flatMap((kind) =>
    (file[kind] ?? []).flatMap((t) => {
      const path =
        safePath(t.path) ??
        (t.name !== undefined && NAME.test(t.name)
          ? `${kind === 'bench' ? 'benches' : `${kind}s`}/${t.name}.rs`
          : undefined);
      return path === undefined ? [] : [path];
    }),
  );
  return {
    folder,
    name: about.name,
    version: value('version') ?? (about.version === undefined ? '0.0.0' : undefined),
    edition: value('edition'),
    rustVersion: value('rust-version'),
    defaultRun: about['default-run'],
    lib,
    bins: binsOf(inventory, folder, about.name, file),
    buildScript: hasScript ? script : undefined,
    declared,
    dependencies: [...of(tables.normal, 'normal'), ...of(tables.build, 'build'), ...of(tables.dev, 'dev')],
    features: file.features ?? {},
    leptos: leptosOf(
      about.name,
      about.metadata?.leptos ?? workspace?.workspace?.metadata?.leptos?.find((l) => l['bin-package'] === about.name),
    ),
    file,
  };
}
