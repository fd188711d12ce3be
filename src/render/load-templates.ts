import { readdirSync, readFileSync } from 'node:fs';
import { compileTemplates, type Templates } from './templates.ts';

const root = new URL('../../templates/', import.meta.url);

/** Reads and compiles every template below `templates/`; called once, by the composition root. */
export function loadTemplates(directory: URL = root): Templates {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hbs'));
  return compileTemplates(
    Object.fromEntries(
      names.map((name) => [name.replace(/\.hbs$/, ''), readFileSync(new URL(name, directory), 'utf8')]),
    ),
  );
}
