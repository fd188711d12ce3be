import * as z from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import type { DenoConfig } from './config.ts';

/** deno.lock: from version 4 it lists the specifiers of the configuration that it was made for. */
const lockSchema = z.looseObject({
  version: z.coerce.string(),
  workspace: z.looseObject({ dependencies: z.array(z.string()).optional() }).optional(),
});

type LockState = 'exact' | 'drifted' | 'absent' | 'unknown';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `npm:/hono@^4/jsx` and `npm:hono@4` name the same package: how versions are written is not compared. */
const packageOf = (specifier: string): string | undefined =>
  /^((?:jsr|npm):)\/?((?:@[^/@]+\/)?[^/@]+)/.exec(specifier)?.slice(1).join('');

/** Whether the lockfile was made for this configuration, as far as that can be told without the registry. */
export function lockState(inventory: Inventory, { lock, imports }: DenoConfig): LockState {
  const kept = lock === undefined ? undefined : inventory.kept(lock);
  if (lock === undefined || !inventory.isFile(lock)) return inventory.complete ? 'absent' : 'unknown';
  const data = kept && !kept.truncated ? lockSchema.safeParse(parsed(kept.text)).data : undefined;
  if (!data) return 'unknown';
  const locked = new Set((data.workspace?.dependencies ?? []).map(packageOf));
  const wanted = imports.map(packageOf).filter((name) => name !== undefined);
  return wanted.every((name) => locked.has(name)) ? 'exact' : 'drifted';
}
