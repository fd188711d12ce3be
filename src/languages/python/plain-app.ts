import { baseName } from '../../inventory/inventory.ts';
import type { AppObject } from './app-object.ts';
import { moduleOf, type Source } from './modules.ts';
import type { PythonProject } from './project.ts';
import { lineAt, mainGuard } from './source-file.ts';

/**
 * An app without a framework: a function as the protocols have it, in a file that starts no server.
 * https://peps.python.org/pep-3333/ https://asgi.readthedocs.io/en/latest/specs/main.html
 */

const PLAIN = { packages: [], modules: [], classes: [], port: 8000 };
const PROTOCOLS = [
  {
    framework: { ...PLAIN, id: 'WSGI', protocol: 'wsgi' },
    pattern: /^def[ \t]+(app|application|wsgi|wsgi_app)[ \t]*\([ \t]*env(?:iron)?\b[^,()]*,[ \t]*start_response\b/m,
  },
  {
    framework: { ...PLAIN, id: 'ASGI', protocol: 'asgi' },
    pattern:
      /^async[ \t]+def[ \t]+(app|application|asgi|asgi_app)[ \t]*\([ \t]*scope\b[^,()]*,[ \t]*receive\b[^,()]*,[ \t]*send\b/m,
  },
] as const;

/** A file that has the name of the protocol makes the app for a server, whatever it makes it with. */
const NAMED = /^(app|application)[ \t]*(?::[^=\n]+)?=[ \t]*\S/m;

function plainIn(project: PythonProject, source: Source): AppObject | undefined {
  if (mainGuard(source.code) !== undefined) return undefined;
  for (const { framework, pattern } of PROTOCOLS) {
    const named = baseName(source.path) === `${framework.protocol}.py` ? NAMED.exec(source.code) : null;
    const found = pattern.exec(source.code) ?? named;
    const module = found ? moduleOf(project.inventory, project.folder, source, project.packaged) : undefined;
    if (!found || !module) continue;
    const variable = found[1] ?? '';
    return {
      framework,
      source,
      variable,
      factory: false,
      module: module.name,
      root: module.root,
      from: {
        file: source.path,
        line: lineAt(source.code, found.index),
        why: `${variable} is an app of ${framework.id}`,
      },
    };
  }
  return undefined;
}

const isAsgi = ({ path }: Source): boolean => baseName(path) === 'asgi.py';

/** The nearest to the root; of those of both protocols, the simpler one. */
export function plainApp(project: PythonProject, sources: readonly Source[]): AppObject | undefined {
  for (const source of sources.toSorted((a, b) => Number(isAsgi(a)) - Number(isAsgi(b)))) {
    const object = plainIn(project, source);
    if (object) return object;
  }
  return undefined;
}
