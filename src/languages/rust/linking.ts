import { joinPath } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { PlanRequest } from '../language.ts';
import { isLocked } from './cargo-steps.ts';
import { saysHowToLink } from './cargo-config.ts';
import type { CargoPackage } from './package.ts';
import { closureOf, type CargoProject } from './project.ts';
import type { Program } from './programs.ts';
import { BUILD_TOOLS, systemPackages } from './system-packages.ts';
import { hasWholeLibc } from './version.ts';

/**
 * Whether the C library can be linked into a program: where none of its crates needs a library of the system, by a link
 * or by loading one while it runs. Only what is known is taken: a wrong guess would be a build that fails.
 * https://doc.rust-lang.org/reference/linkage.html#static-and-dynamic-c-runtimes
 */

/** Crates that bind to something, by their names: those that are not listed below are taken to need it of the system. */
const BINDS = /[-_](sys\d*|ffi)([-_]|$)|-src$/;

/** They bind to other systems, or to the kernel alone. */
const NOT_HERE = [
  'core-foundation-sys',
  'dirs-sys',
  'dirs-sys-next',
  'fsevent-sys',
  'inotify-sys',
  'jni-sys',
  'jni-sys-macros',
  'js-sys',
  'kqueue-sys',
  'linux-raw-sys',
  'netlink-sys',
  'objc-sys',
  'security-framework-sys',
  'system-configuration-sys',
  'web-sys',
  'windows-sys',
];

/** They compile the source that they bring, or link to a library whose archive is in the image with the toolchain. */
const BRING_SOURCE = [
  'aws-lc-sys',
  'bzip2-sys',
  'libbz2-rs-sys',
  'liblzma-sys',
  'libmimalloc-sys',
  'libz-rs-sys',
  'libz-sys',
  'lz4-sys',
  'lzma-sys',
  'zstd-sys',
];

const FREE = new Set([...NOT_HERE, ...BRING_SOURCE]);

/** They load libraries while they run, or link to some without a name that says so. */
const LOADERS = new Set([
  'abi_stable',
  'cpython',
  'deno_core',
  'dlib',
  'dlopen',
  'dlopen2',
  'fuser',
  'java-locator',
  'jni',
  'libloading',
  'link-cplusplus',
  'ort',
  'pyo3',
  'rustler',
  'sharedlib',
  'v8',
  'wasmer',
  'x11',
  'xcb',
  'xkbcommon',
]);

/** What these need is not in the program: they run while it is compiled, or are for other systems. */
const LEAVES = new Set([
  'bindgen',
  'built',
  'iana-time-zone-haiku',
  'prost-build',
  'rustls-platform-verifier',
  'sqlx-macros',
  'tonic-build',
  'tonic-prost-build',
  'vergen',
]);

/** The crates that are in a program, by the lock; what is built for build scripts and tests alone is left out where that is known. */
function cratesOf({ lock, local }: CargoProject, packages: readonly CargoPackage[]): Set<string> {
  const own = new Set(local.map((p) => p.name));
  const needs = new Map<string, readonly string[]>();
  for (const { name, dependencies } of lock?.crates ?? []) {
    needs.set(name, [...(needs.get(name) ?? []), ...dependencies]);
  }
  const found = new Set(packages.flatMap((p) => p.dependencies.filter((d) => d.kind === 'normal').map((d) => d.name)));
  for (const name of found) {
    if (own.has(name) || LEAVES.has(name)) continue;
    for (const next of needs.get(name) ?? []) found.add(next);
  }
  return found;
}

const hasFeature = ({ local }: CargoProject, wanted: RegExp): boolean =>
  local.some((p) => p.dependencies.some((d) => d.features.some((f) => wanted.test(f))));

function isFree(crate: string, crates: ReadonlySet<string>, project: CargoProject): boolean {
  if (LOADERS.has(crate)) return false;
  if (!BINDS.test(crate) || FREE.has(crate)) return true;
  if (crate === 'openssl-sys' || crate === 'openssl-src') {
    return crates.has('openssl-src') && hasFeature(project, /(^|[-_])vendored([-_]|$)/);
  }
  // sqlx brings the source of SQLite, whatever its features are.
  if (crate === 'libsqlite3-sys') return crates.has('sqlx-sqlite') || hasFeature(project, /^bundled/);
  return false;
}

const LINKS = /rustc-link-(lib|arg|search)|\bpkg_config::|\bvcpkg::|\bsystem_deps::|#\[link\(|\bdlopen\b/;

/** Code of the project's own that links to something, or a library of it that others load. */
function linksByItself({ inventory }: CargoProject, { folder, file }: CargoPackage): boolean {
  const kinds = file.lib?.['crate-type'] ?? file.lib?.crate_type ?? [];
  if (kinds.some((kind) => kind !== 'lib' && kind !== 'rlib')) return true;
  const prefix = folder === '' ? '' : `${folder}/`;
  return inventory
    .files((path) => path.startsWith(prefix) && path.endsWith('.rs'))
    .some((path) => LINKS.test(inventory.text(path) ?? ''));
}

/** Whether it is known which crates are built: the lock is that of the manifests, or nothing comes from outside. */
const cratesKnown = (project: CargoProject): boolean =>
  project.inventory.complete &&
  (project.lock === undefined
    ? !project.lockUnreadable && project.local.every((p) => p.dependencies.every((d) => d.path !== undefined))
    : isLocked(project));

/** By what the C library is linked into the programs; undefined where it is not. */
export function wholeLinked(
  project: CargoProject,
  programs: readonly Program[],
  version: string,
  { settings }: PlanRequest,
): Evidence | undefined {
  const { image, build, run } = settings;
  if (image?.base !== undefined || build?.command !== undefined || (run?.packages?.length ?? 0) > 0) return undefined;
  if (Object.keys(build?.args ?? {}).some((name) => /^(CARGO_|RUST|CC|CXX|C(XX)?FLAGS|LD)/.test(name)))
    return undefined;
  if (!hasWholeLibc(version) || !cratesKnown(project) || saysHowToLink(project)) return undefined;
  const needed = programs.flatMap((p) => systemPackages(project, p.package)?.build ?? []);
  if ([...needed, ...(build?.packages ?? [])].some((name) => !BUILD_TOOLS.has(name))) return undefined;
  const patched = project.local.filter((p) => project.patched.includes(p.folder));
  const packages = [...new Set([...programs.flatMap((p) => closureOf(project, p.package)), ...patched])];
  if (packages.some((p) => linksByItself(project, p))) return undefined;
  const crates = cratesOf(project, packages);
  if (![...crates].every((crate) => isFree(crate, crates, project))) return undefined;
  return {
    file: project.lock?.file ?? joinPath(project.workFolder, 'Cargo.toml'),
    why: 'no crate in the program needs a library of the system',
  };
}
