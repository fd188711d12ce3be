import type { Evidence, Os, RunStep } from './plan.ts';
import { sh } from './shell.ts';

/** Joins lists of system packages: each once, sorted, as hadolint and diffs like them. */
export const joinPackages = (...lists: readonly (readonly string[] | undefined)[]): string[] =>
  [...new Set(lists.flatMap((list) => list ?? []))].sort();

/**
 * Installs system packages in one layer that keeps no index. Undefined for none, and where the image has no
 * package manager. https://docs.docker.com/build/building/best-practices/#apt-get
 */
export function installPackages(
  os: Os,
  packages: readonly string[],
  why: string,
  evidence?: readonly Evidence[],
): RunStep | undefined {
  if (packages.length === 0 || os === 'distroless' || os === 'scratch') return undefined;
  const command =
    os === 'alpine'
      ? sh`apk add --no-cache ${packages}`
      : {
          lines: [
            'apt-get update',
            ...sh`DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages}`.lines,
            'rm -rf /var/lib/apt/lists/*',
          ],
        };
  return { kind: 'run', phase: 'packages', command, why, ...(evidence ? { evidence } : {}) };
}
