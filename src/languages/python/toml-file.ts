import { parse as parseToml } from 'smol-toml';
import type * as z from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';

/**
 * A TOML file of the project, checked loosely. Undefined where there is none. Throws `broken-file` for one that is no
 * TOML, because the project's own tools would stop there too.
 */
export function readTomlFile<T>(inventory: Inventory, file: string, schema: z.ZodType<T>): T | undefined {
  const kept = inventory.kept(file);
  if (kept === undefined || kept.truncated) return undefined;
  let data: unknown;
  try {
    data = parseToml(kept.text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
  } catch (cause) {
    throw new Problem('broken-file', {
      detail: `${file} is not valid TOML: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''}`,
      hint: 'Correct it; pip, uv and the others would refuse it as well.',
      errors: [{ pointer: `/${file}`, detail: 'not valid TOML' }],
      cause,
    });
  }
  const checked = schema.safeParse(data);
  return checked.success ? checked.data : undefined;
}
