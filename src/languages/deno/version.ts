import { cyclesOf, defaultCycle, lifeOf } from '../../images/catalogue.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { chooseVersion, type ChosenVersion } from '../runtime-version.ts';
import { managedVersions, versionFile } from '../version-files.ts';

const PRODUCT = 'deno';

export const VERSION_FILES = ['.deno-version', '.dvmrc'];

export const versionOrder = ['runtime in the manifest', ...VERSION_FILES, '.tool-versions', 'mise.toml'];

/** Images of Deno are tagged by full versions only: a line stands for its newest release. https://hub.docker.com/r/denoland/deno */
function fullVersion(version: string): string | undefined {
  const [major, minor, patch] = version.split('.');
  if (patch !== undefined) return version;
  const line = cyclesOf(PRODUCT).find(({ cycle }) =>
    minor === undefined ? cycle.startsWith(`${major ?? ''}.`) : cycle === version,
  );
  return line?.latest;
}

function readVersion(text: string): string | undefined {
  if (/^(latest|lts|stable)$/.test(text)) return defaultCycle(PRODUCT)?.latest;
  const version = /^v?(\d+(?:\.\d+){0,2})/.exec(text)?.[1];
  return version === undefined ? undefined : fullVersion(version);
}

/** The release to build and run with, and what named it. */
export function denoVersion(inventory: Inventory): ChosenVersion {
  const sources = [
    ...VERSION_FILES.flatMap((file) => versionFile(inventory, file)),
    ...managedVersions(inventory, 'deno'),
  ];
  const chosen = chooseVersion(PRODUCT, sources, readVersion);
  return { ...chosen, version: fullVersion(chosen.version) ?? chosen.version };
}

export const denoImage = (version: string): ImageRef => ({
  image: 'denoland/deno',
  tag: fullVersion(version) ?? version,
});

/** Lines before the last major release get no fixes; within it, the newest release is the supported one. */
export function versionAdvice(version: string): Advice[] {
  const newest = defaultCycle(PRODUCT)?.latest ?? version;
  const major = version.split('.')[0];
  if (lifeOf(PRODUCT, version).state !== 'ended' || newest.startsWith(`${major ?? ''}.`)) return [];
  return [
    {
      code: 'runtime-end-of-life',
      detail: `Deno ${version} is of a release line that gets no fixes any more.`,
      hint: `The newest release is ${newest}; see https://docs.deno.com/runtime/reference/migration_guide/.`,
    },
  ];
}
