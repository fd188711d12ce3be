import { joinPath } from '../../inventory/inventory.ts';
import type { CargoProject } from './project.ts';

/** Settings of cargo that lie in the project. https://doc.rust-lang.org/cargo/reference/config.html */
export const CARGO_CONFIG = ['.cargo/config.toml', '.cargo/config'] as const;

/** The target that cargo is configured to build for, which is then part of the output's path. */
export function configuredTarget({ inventory, workFolder }: CargoProject): string | undefined {
  const text =
    CARGO_CONFIG.map((file) => inventory.text(joinPath(workFolder, file))).find((t) => t !== undefined) ?? '';
  const build = /^\s*\[build\]\s*$([\s\S]*?)(?=^\s*\[|$(?![\s\S]))/m.exec(text)?.[1] ?? '';
  return /^\s*target\s*=\s*"([a-z0-9_]+(?:-[a-z0-9_]+)+)"/m.exec(build)?.[1];
}
