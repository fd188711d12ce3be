import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import { sh } from '../../plan/shell.ts';
import { OUTPUT, pythonBuilder } from './python-builder.ts';

/** Sites that Sphinx builds. https://www.sphinx-doc.org/en/master/usage/configuration.html */

const FOLDERS = ['', 'source', 'docs', 'docs/source', 'doc', 'doc/source'];
const SETTING = /^(?:extensions|html_theme|master_doc|root_doc|exclude_patterns)\s*(?::[^=\n]*)?=/m;

function configOf(inventory: Inventory): string | undefined {
  const folder = FOLDERS.find(
    (at) =>
      ['rst', 'md'].some((end) => inventory.isFile(joinPath(at, `index.${end}`))) &&
      SETTING.test(inventory.text(joinPath(at, 'conf.py')) ?? ''),
  );
  return folder === undefined ? undefined : joinPath(folder, 'conf.py');
}

/** Themes and extensions by the names that they have in a configuration; no other name is looked for in a package index. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['furo', 'furo'],
  ['myst_parser', 'myst-parser'],
  ['nbsphinx', 'nbsphinx'],
  ['pydata_sphinx_theme', 'pydata-sphinx-theme'],
  ['shibuya', 'shibuya'],
  ['sphinx_book_theme', 'sphinx-book-theme'],
  ['sphinx_copybutton', 'sphinx-copybutton'],
  ['sphinx_design', 'sphinx-design'],
  ['sphinx_rtd_theme', 'sphinx-rtd-theme'],
  ['sphinx_tabs.tabs', 'sphinx-tabs'],
  ['sphinxcontrib.mermaid', 'sphinxcontrib-mermaid'],
]);

export const sphinx = pythonBuilder({
  id: 'sphinx',
  title: 'Sphinx',
  files: ['conf.py beside index.rst'],
  readsText: (path) =>
    FOLDERS.some((at) => path === joinPath(at, 'conf.py') || path.endsWith(`/${joinPath(at, 'conf.py')}`)),
  config: configOf,
  listed: /^(?:sphinx|furo|myst-parser)\b/im,
  packages: (text) => [
    'sphinx',
    ...[...PACKAGES]
      .filter(([name]) => new RegExp(`['"]${name.replace('.', String.raw`\.`)}['"]`).test(text))
      .map(([, name]) => name),
  ],
  command: (config) => sh`sphinx-build -b html ${parentOf(config) === '' ? '.' : parentOf(config)} ${OUTPUT}`,
  output: { own: OUTPUT, usual: '_build' },
});
