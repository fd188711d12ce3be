import { SITE_ROOT, type OwnCaddyfile } from '../plan/static-site.ts';
import type { Advice } from '../plan/plan.ts';
import type { Inventory } from '../inventory/inventory.ts';

/** A Caddyfile that the project brings along, for Dockerfiles that serve files. */

export interface ProjectCaddyfile {
  readonly caddyfile?: OwnCaddyfile;
  readonly advice: readonly Advice[];
}

/** Names that Railpack gives the folder of the site in its templates. https://railpack.com/languages/staticfile */
const FOLDER = /\{\{-? *\.(?:DIST_DIR|DistDir|STATIC_FILE_ROOT|StaticFileRoot) *-?\}\}/g;
const FALLBACK = /\{\{-? *if +\.(?:INDEX_FALLBACK|IndexFallback) *-?\}\}([^{}]*)\{\{-? *end *-?\}\}/g;

/**
 * The file as it is; or, where it is a template that some builder fills in before Caddy reads it, filled in with
 * what is known here; or nothing, where more is asked than that.
 */
export function projectCaddyfile(inventory: Inventory, file: string, fallback: boolean): ProjectCaddyfile {
  const text = inventory.text(file);
  if (text === undefined) return inventory.isFile(file) ? { caddyfile: { file }, advice: [] } : { advice: [] };
  if (!/\{\{.*\}\}/.test(text)) return { caddyfile: { file }, advice: [] };
  const filled = text.replace(FOLDER, SITE_ROOT).replace(FALLBACK, (_, then: string) => (fallback ? then : ''));
  if (!/\{\{|\}\}/.test(filled)) return { caddyfile: { file, text: filled }, advice: [] };
  return {
    advice: [
      {
        code: 'caddyfile-set-aside',
        detail: `${file} has placeholders in it that Caddy itself does not know; it was set aside.`,
        hint: `Write the values; the files are in ${SITE_ROOT}.`,
        file,
      },
    ],
  };
}
