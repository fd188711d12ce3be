import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';

/** https://github.com/cloudfoundry/staticfile-buildpack: `root` and `pushstate`; `index_fallback` is railpack's word for it. */
const staticfileSchema = z.looseObject({
  root: z.string().optional(),
  index_fallback: z.boolean().optional(),
  pushstate: z.union([z.boolean(), z.literal('enabled')]).optional(),
});

export interface Site {
  /** The folder that is served, relative to the project; '' for the project itself. */
  readonly root: string;
  readonly fallback: boolean;
  readonly from: Evidence;
}

const cleanRoot = (root: string): string =>
  root
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

function readStaticfile(inventory: Inventory): Site | undefined {
  const text = inventory.text('Staticfile');
  if (text === undefined) return undefined;
  const parsed = staticfileSchema.safeParse(parseLoosely(text) ?? {});
  if (!parsed.success) {
    throw new Problem('broken-file', {
      detail: `Staticfile: ${parsed.error.issues[0]?.message ?? 'it is not valid'}.`,
      hint: 'A Staticfile holds lines such as "root: public" and "index_fallback: true".',
    });
  }
  const { root, index_fallback, pushstate } = parsed.data;
  const fallback = index_fallback ?? (pushstate === true || pushstate === 'enabled');
  const folder = root === undefined ? (defaultRoot(inventory)?.root ?? '') : cleanRoot(root);
  if (folder.split('/').includes('..') || !inventory.isDirectory(folder)) {
    throw new Problem('broken-file', {
      detail: `Staticfile: the root "${root ?? ''}" is not a folder of the project.`,
      hint: 'Name a folder that is sent along.',
    });
  }
  return {
    root: folder,
    fallback,
    from: { file: 'Staticfile', why: root === undefined ? 'a Staticfile' : `root: ${root}` },
  };
}

function parseLoosely(text: string): unknown {
  try {
    return parseYaml(text, { logLevel: 'error' });
  } catch {
    return 'not YAML';
  }
}

/** Where a site lies by convention, most telling first. */
function defaultRoot(inventory: Inventory): Site | undefined {
  for (const root of ['public', 'dist', '_site', 'site', 'build', 'www', 'html']) {
    if (inventory.isFile(`${root}/index.html`)) {
      return { root, fallback: false, from: { file: `${root}/index.html`, why: `${root}/ holds an index.html` } };
    }
  }
  if (inventory.isFile('index.html'))
    return { root: '', fallback: false, from: { file: 'index.html', why: 'an index.html at the root' } };
  return undefined;
}

/** The site that a folder holds, if it holds one. Throws `broken-file` for a Staticfile that cannot be read. */
export const siteOf = (inventory: Inventory): Site | undefined => readStaticfile(inventory) ?? defaultRoot(inventory);
