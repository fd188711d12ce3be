import * as z from 'zod';
import { parse as parseYaml } from 'yaml';
import { sh } from '../../plan/shell.ts';
import { OUTPUT, pythonBuilder } from './python-builder.ts';

/** Sites that MkDocs builds of Markdown. https://www.mkdocs.org/user-guide/configuration/ */

const CONFIGS = ['mkdocs.yml', 'mkdocs.yaml'];

/** Tags such as `!ENV` and `!!python/name:…` stand in such files; their values are of no interest here. */
const configSchema = z.looseObject({
  theme: z
    .union([z.string(), z.looseObject({ name: z.string().optional() }).transform((theme) => theme.name)])
    .optional()
    .catch(undefined),
});

function themeOf(text: string): string | undefined {
  try {
    return configSchema.safeParse(parseYaml(text, { maxAliasCount: 0, logLevel: 'silent' })).data?.theme;
  } catch {
    return undefined;
  }
}

/** Themes that come in a package of their own. https://github.com/mkdocs/catalog#-theming */
const THEMES: ReadonlyMap<string, string> = new Map([
  ['material', 'mkdocs-material'],
  ['windmill', 'mkdocs-windmill'],
  ['cinder', 'mkdocs-cinder'],
  ['dracula', 'mkdocs-dracula-theme'],
  ['bootstrap', 'mkdocs-bootstrap'],
  ['terminal', 'mkdocs-terminal'],
  ['shadcn', 'mkdocs-shadcn'],
]);

export const mkdocs = pythonBuilder({
  id: 'mkdocs',
  title: 'MkDocs',
  files: ['mkdocs.yml'],
  readsText: (path) => /(^|\/)mkdocs\.ya?ml$/.test(path),
  config: (inventory) => CONFIGS.find((file) => inventory.isFile(file)),
  listed: /^mkdocs\b/im,
  packages: (text) => {
    const theme = THEMES.get(themeOf(text) ?? '');
    return ['mkdocs<2', ...(theme === undefined ? [] : [theme])];
  },
  command: (config) => sh`mkdocs build --config-file ${config} --site-dir ${OUTPUT}`,
  output: { own: OUTPUT, usual: 'site' },
});
