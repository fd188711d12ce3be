import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import { joinPath, parentOf } from '../../inventory/inventory.ts';
import type { CargoProject } from './project.ts';

/** Settings of cargo that lie in the project. https://doc.rust-lang.org/cargo/reference/config.html */
export const CARGO_CONFIG = ['.cargo/config.toml', '.cargo/config'] as const;

/** The target that cargo is configured to build for, which is then part of the output's path. */
export function configuredTarget({ inventory, workFolder }: CargoProject): string | undefined {
  const text =
    CARGO_CONFIG.map((file) => inventory.text(joinPath(workFolder, file))).find((t) => t !== undefined) ?? '';
  const build = /^[ \t]*\[build\]\s*$([\s\S]*?)(?=^[ \t]*\[|$(?![\s\S]))/m.exec(text)?.[1] ?? '';
  return /^[ \t]*target\s*=\s*"([a-z0-9_]+(?:-[a-z0-9_]+)+)"/m.exec(build)?.[1];
}

const table = z.record(z.string(), z.unknown()).optional();
const configSchema = z.looseObject({ build: table, target: table, env: table, unstable: table });

/** Machines and systems that no image is of. */
const ELSEWHERE = /windows|apple|darwin|wasm|android|macos/;

function decides(text: string): boolean {
  let parsed: unknown;
  try {
    parsed = parseToml(text);
  } catch {
    return true;
  }
  const { data } = configSchema.safeParse(parsed);
  if (!data) return true;
  const { build = {}, target = {}, env, unstable } = data;
  return (
    env !== undefined ||
    unstable !== undefined ||
    ['target', 'rustflags', 'rustc', 'rustc-wrapper'].some((key) => build[key] !== undefined) ||
    Object.keys(target).some((name) => !ELSEWHERE.test(name))
  );
}

/** Whether settings of cargo, of the folder that it is run in or of one above, say what it compiles for and how it links. */
export function saysHowToLink({ inventory, workFolder }: CargoProject): boolean {
  const folders = [workFolder];
  for (let at = workFolder; at !== '';) folders.push((at = parentOf(at)));
  return folders
    .flatMap((folder) => CARGO_CONFIG.map((name) => inventory.text(joinPath(folder, name)) ?? ''))
    .some(decides);
}
