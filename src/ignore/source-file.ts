import type { Inventory } from '../inventory/inventory.ts';

/**
 * The ignore file that holds for a Dockerfile: `<its name>.dockerignore` beside it, else `.dockerignore` at the root;
 * never both. https://docs.docker.com/build/concepts/context/#filename-and-location
 */
export function ignoreFileOf(
  inventory: Inventory,
  dockerfile: string,
): { readonly path: string; readonly text: string | undefined } {
  const specific = `${dockerfile}.dockerignore`;
  const own = inventory.text(specific);
  return own === undefined
    ? { path: '.dockerignore', text: inventory.text('.dockerignore') }
    : { path: specific, text: own };
}
