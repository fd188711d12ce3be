import { baseName, type Inventory } from '../inventory/inventory.ts';
import type { Evidence } from '../plan/plan.ts';
import { hitsOf, type Code } from './code.ts';
import type { RunFiles } from './run-files.ts';

/** Settings of which a variable picks one file of several, by the name of where the program runs. */
export interface NamedSettings {
  readonly variable: string;
  /** What the file of an image is called: `production`. */
  readonly value: string;
  readonly from: Evidence;
  /** That file binds the program to every address. */
  readonly open: boolean;
}

const VARIABLE = /"((?:APP_|RUN_|RUST_|GO_)?(?:ENV|ENVIRONMENT|MODE|PROFILE))"/g;
const PRODUCTION = /^(production|prod)\.(ya?ml|toml|json)$/;

/** Looks for the variable in a program's source, and for the file among what it reads. */
export function namedSettings(
  code: readonly Code[],
  inventory: Inventory,
  read: RunFiles['read'],
): NamedSettings | undefined {
  const [hit] = hitsOf(code, VARIABLE, 'the variable by which it picks its settings');
  const variable = hit?.groups[1];
  if (!hit || variable === undefined) return undefined;
  const file = read
    .flatMap(({ source, folder }) => (folder ? inventory.files((path) => path.startsWith(`${source}/`)) : [source]))
    .find((path) => PRODUCTION.test(baseName(path)));
  const value = file === undefined ? undefined : PRODUCTION.exec(baseName(file))?.[1];
  if (file === undefined || value === undefined) return undefined;
  return { variable, value, from: hit.from, open: /\b0\.0\.0\.0\b/.test(inventory.text(file) ?? '') };
}
