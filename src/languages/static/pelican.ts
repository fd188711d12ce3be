import { sh } from '../../plan/shell.ts';
import { OUTPUT, pythonBuilder, WORKDIR } from './python-builder.ts';

/** Weblogs that programs in Python build: Pelican and Nikola. */

const CONTENT = /^PATH\s*=\s*['"](\w[\w./-]*)['"]/m;

/** Settings of what is published stand in a file of their own, over those of the author's. https://docs.getpelican.com/en/stable/publish.html */
export const pelican = pythonBuilder({
  id: 'pelican',
  title: 'Pelican',
  files: ['pelicanconf.py'],
  readsText: (path) => /(^|\/)pelicanconf\.py$/.test(path),
  config: (inventory) => (inventory.isFile('pelicanconf.py') ? 'pelicanconf.py' : undefined),
  listed: /^pelican\b/im,
  packages: () => ['pelican[markdown]'],
  command: (config, inventory) => {
    const settings = inventory.isFile('publishconf.py') ? 'publishconf.py' : config;
    return sh`pelican ${CONTENT.exec(inventory.text(config) ?? '')?.[1] ?? 'content'} --output ${OUTPUT} --settings ${settings}`;
  },
  output: { own: OUTPUT, usual: 'output' },
});

/** https://getnikola.com/handbook.html */
export const nikola = pythonBuilder({
  id: 'nikola',
  title: 'Nikola',
  files: ['conf.py of Nikola'],
  readsText: (path) => /(^|\/)conf\.py$/.test(path),
  config: (inventory) => (/^BLOG_TITLE\s*=/m.test(inventory.text('conf.py') ?? '') ? 'conf.py' : undefined),
  listed: /^nikola\b/im,
  packages: () => ['Nikola'],
  command: () => sh`nikola build`,
  output: { own: `${WORKDIR}/output`, usual: 'output' },
});
