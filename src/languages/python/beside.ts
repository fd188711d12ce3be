import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Variant } from '../../manifest/schema.ts';
import type { Advice, CopyStep, Evidence, ImageRef, Stage } from '../../plan/plan.ts';
import { environmentSteps, venvCopy } from './build.ts';
import { imagesFor, minorOf, type Images } from './images.ts';
import type { Install } from './install-steps.ts';
import { installOf } from './install.ts';
import { SYSTEM_PATH, VENV } from './layout.ts';
import { readProject, type PythonProject } from './project.ts';
import { systemNeeds } from './system-packages.ts';
import { pythonVersion } from './version.ts';

/**
 * For programs in other languages that start Python: an image that has it, in the version that the project's files
 * name, and what a manifest of Python in the project installs. The program's own runtime is copied into that image.
 */

export interface PythonBeside {
  readonly base: ImageRef;
  readonly why: string;
  readonly stages: readonly Stage[];
  readonly copies: readonly CopyStep[];
  /** Packages of the system that what is installed needs. */
  readonly packages: readonly string[];
  /** Folders that come first in PATH. */
  readonly path: readonly string[];
  readonly advice: readonly Advice[];
}

const MANIFESTS = ['requirements.txt', 'pyproject.toml', 'Pipfile'];

const hasManifest = (inventory: Inventory, folder: string): boolean =>
  MANIFESTS.some((name) => inventory.isFile(joinPath(folder, name)));

/** The folder of Python’s manifest: the app’s own, the root, or the only one right below them that has one. */
export function pythonFolder(inventory: Inventory, app: string): string | undefined {
  const here = [...new Set([app, ''])];
  const own = here.find((folder) => hasManifest(inventory, folder));
  if (own !== undefined) return own;
  const below = here
    .flatMap((folder) => inventory.names(folder).map((name) => joinPath(folder, name)))
    .filter((folder) => inventory.isDirectory(folder) && hasManifest(inventory, folder));
  return below.length === 1 ? below[0] : undefined;
}

const STAGE = 'python';

function stageOf(project: PythonProject, install: Install, { build: base, os }: Images): Stage {
  const packages = systemNeeds(project.packages, [], '', os === 'alpine').build;
  return {
    name: STAGE,
    base,
    ...(os === 'alpine' ? { os: 'alpine' as const } : {}),
    why: 'packages of Python, for what the program starts',
    steps: environmentSteps({ install, os, packages, path: `${VENV}/bin:${SYSTEM_PATH}` }),
  };
}

/** `app` is the folder of the program that starts Python; `from` where it does. */
export function pythonBeside(
  inventory: Inventory,
  app: string,
  variant: Exclude<Variant, 'distroless' | 'scratch'>,
  from: Evidence,
): PythonBeside {
  const project = readProject({ inventory, member: pythonFolder(inventory, app) ?? app });
  const { version } = pythonVersion(project);
  const images = imagesFor(variant, version.replace(/t$/, ''));
  const install = installOf(project, {
    pythonMinor: minorOf(version),
    python: '/usr/local/bin/python3',
    added: [],
    always: false,
  });
  return {
    base: images.run,
    why: `${images.why}: the program starts it (${from.why})`,
    stages: install ? [stageOf(project, install, images)] : [],
    copies: install ? [venvCopy(project, STAGE)] : [],
    packages: systemNeeds(project.packages, [], '', images.os === 'alpine').run,
    path: install ? [`${VENV}/bin`] : [],
    advice: install?.advice ?? [],
  };
}
