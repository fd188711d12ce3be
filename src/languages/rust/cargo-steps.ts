import type { Mount, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { configuredTarget } from './cargo-config.ts';
import { lockDrift } from './lock-file.ts';
import type { CargoProject } from './project.ts';
import type { Toolchain } from './version.ts';

/** What every stage that runs cargo has. */

export const TARGET = '/target';
/** Locked: cargo guards its cache with a file that is not in these folders. https://doc.rust-lang.org/cargo/guide/cargo-home.html */
export const CRATES: readonly Mount[] = [
  { type: 'cache', target: '/usr/local/cargo/registry', sharing: 'locked' },
  { type: 'cache', target: '/usr/local/cargo/git/db', sharing: 'locked' },
];

/** `--locked` where the lock is that of the manifests; else cargo mends it, or makes one. */
export const isLocked = ({ lock, local, inventory }: CargoProject): boolean =>
  lock !== undefined && (!inventory.complete || lockDrift(lock, local) === undefined);

export function toolchainSteps({
  toolchain: { channel },
  targets,
  project,
}: {
  readonly toolchain: Toolchain;
  readonly targets: readonly string[];
  readonly project: CargoProject;
}): Step[] {
  const target = configuredTarget(project);
  const wanted = [...new Set([...targets, ...(target === undefined ? [] : [target])])];
  return [
    ...(channel === undefined
      ? []
      : [
          {
            kind: 'run',
            command: sh`rustup toolchain install ${channel} --profile minimal`,
            why: 'the toolchain that the project asks for, which no image has',
          } satisfies Step,
          { kind: 'env', vars: { RUSTUP_TOOLCHAIN: channel }, why: 'and it is the one in force' } satisfies Step,
        ]),
    ...(wanted.length > 0
      ? [
          {
            kind: 'run',
            command: sh`rustup target add ${wanted}`,
            why: 'the standard library of other targets',
          } satisfies Step,
        ]
      : []),
  ];
}
