import { z } from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Mount, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';

/** Libraries by vcpkg, for projects that ask it for what Debian does not have. https://learn.microsoft.com/vcpkg/concepts/manifest-mode */

const MANIFEST = 'vcpkg.json';
const SETTINGS = 'vcpkg-configuration.json';
const ROOT = '/opt/vcpkg';
const INSTALLED = '/vcpkg_installed';

/** What vcpkg needs to fetch and build libraries. https://learn.microsoft.com/vcpkg/concepts/supported-hosts */
export const VCPKG_TOOLS = ['curl', 'make', 'perl', 'tar', 'unzip', 'zip'];

const manifestSchema = z.looseObject({
  dependencies: z
    .array(
      z.union([
        z.string(),
        z.looseObject({ name: z.string(), host: z.boolean().optional(), platform: z.string().optional() }),
      ]),
    )
    .optional()
    .catch(undefined),
  'builtin-baseline': z.string().optional().catch(undefined),
});

function manifestOf(inventory: Inventory): z.infer<typeof manifestSchema> | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(inventory.text(MANIFEST) ?? '')).data;
  } catch {
    return undefined;
  }
}

/** Ports that give Windows what the C library of Linux has. */
const IN_C_LIBRARY = new Set(['dirent', 'dlfcn-win32', 'getopt', 'getopt-win32', 'libiconv', 'pthread', 'pthreads']);

/** Systems that a dependency can be for, other than Linux. https://learn.microsoft.com/vcpkg/reference/vcpkg-json#platform-expression */
const isForOthers = (platform: string): boolean =>
  /^\(?(windows|uwp|mingw|osx|ios|android|emscripten|xbox|!linux)\b/.test(platform.trim()) &&
  !/(?<!!)\blinux\b/.test(platform);

/** What it asks for on Linux, but for vcpkg's own helpers, which are no libraries. */
export const vcpkgDependencies = (inventory: Inventory): string[] =>
  (manifestOf(inventory)?.dependencies ?? [])
    .filter((d) => typeof d === 'string' || (d.host !== true && !isForOthers(d.platform ?? '')))
    .map((d) => (typeof d === 'string' ? d : d.name))
    .filter((name) => /^[a-z0-9-]+$/.test(name) && !name.startsWith('vcpkg-') && !IN_C_LIBRARY.has(name));

const CACHES: readonly Mount[] = [
  { type: 'cache', target: '/root/.cache/vcpkg', sharing: 'locked' },
  { type: 'cache', target: `${ROOT}/downloads`, sharing: 'locked' },
];

/** vcpkg itself, in the toolchain: no change of the project fetches it again. A baseline is a commit: it needs the history. */
export function vcpkgItself(inventory: Inventory): Step[] {
  const pinned = manifestOf(inventory)?.['builtin-baseline'] !== undefined || inventory.isFile(SETTINGS);
  const depth = pinned ? sh`` : sh` --depth 1`;
  return [
    {
      kind: 'env',
      vars: { VCPKG_ROOT: ROOT, VCPKG_FORCE_SYSTEM_BINARIES: '1', VCPKG_DISABLE_METRICS: '1' },
      why: 'where vcpkg lies, and that it takes CMake and Ninja from Debian: there are none of its own for every machine',
    },
    {
      kind: 'run',
      command: all(
        sh`git clone${depth} https://github.com/microsoft/vcpkg ${ROOT}`,
        sh`${`${ROOT}/bootstrap-vcpkg.sh`} -disableMetrics`,
      ),
      why: 'vcpkg.json asks for libraries that Debian does not have',
      evidence: [{ file: MANIFEST, why: 'the libraries' }],
    },
  ];
}

/** The libraries, before the source: an edit of it builds none of them again. */
export function vcpkgInstall(inventory: Inventory): Step[] {
  const files = [MANIFEST, ...[SETTINGS].filter((file) => inventory.isFile(file))];
  return [
    { kind: 'copy', sources: files, to: './', why: 'the libraries that it asks for, before its source' },
    {
      kind: 'run',
      phase: 'install',
      mounts: CACHES,
      command: sh`${`${ROOT}/vcpkg`} install --x-install-root=${INSTALLED} --clean-buildtrees-after-build --clean-packages-after-build`,
      why: 'compiles the libraries; what was compiled is kept by the builder from one build to the next',
    },
  ];
}

/** For CMake: where the libraries are, and that they are there already. */
export const vcpkgFlags = (): Shell =>
  sh` -DCMAKE_TOOLCHAIN_FILE=${`${ROOT}/scripts/buildsystems/vcpkg.cmake`} -DVCPKG_INSTALLED_DIR=${INSTALLED} -DVCPKG_MANIFEST_INSTALL=OFF`;
