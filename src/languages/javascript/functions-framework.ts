import type { FrameworkContext, ServerOutcome } from './outcome.ts';
import { lineOfKey } from './package-json.ts';
import { hit, sourcesOf } from './program-source.ts';

/** Functions that Google's framework serves for HTTP. https://github.com/GoogleCloudPlatform/functions-framework-nodejs */

const PACKAGE = '@google-cloud/functions-framework';
/** It loads the package's main file, else one of this name. */
const FILES = ['index', 'function'];
const REGISTERED = /^[ \t]*\w+\.(?:http|cloudEvent)\s*\(\s*['"]([\w.-]+)['"]/gm;
const EXPORTED =
  /^(?:module\.)?exports\.(?!__)(\w+)\s*=|^export\s+(?:const|let|async\s+function|function)\s+(\w+)|^module\.exports\s*=\s*\{\s*(\w+)/gm;
const LISTENS = /\.listen\s*\(/g;

/** The program that serves the functions of a package; undefined where it has none, or a server of its own. */
function functionsOutcome({ project, app }: FrameworkContext): ServerOutcome | undefined {
  const stem = (file: string): string =>
    file
      .slice(app.folder === '' ? 0 : app.folder.length + 1)
      .replace(/\.[cm]?[jt]s$/, '')
      .replace(/^(src|dist|build|lib|out)\//, '');
  const main = app.json.main === undefined ? [] : [app.json.main.replace(/^\.\//, '')];
  const loaded = [...main, ...FILES];
  const sources = sourcesOf(project, loaded).filter(({ file }) =>
    loaded.some((name) => stem(file) === name.replace(/\.[cm]?[jt]s$/, '').replace(/^(dist|build|lib|out)\//, '')),
  );
  if (sources.length === 0 || hit(sources, LISTENS, '')) return undefined;
  const found =
    hit(sources, REGISTERED, 'a function that is registered') ?? hit(sources, EXPORTED, 'a function that is exported');
  const name = found?.groups.slice(1).find((group) => group !== undefined);
  return {
    kind: 'server',
    argv: ['functions-framework', ...(name === undefined || name === 'function' ? [] : [`--target=${name}`])],
    env: {},
    from: found?.from ?? { ...lineOfKey(app, PACKAGE), why: PACKAGE },
    port: 8080,
    tool: PACKAGE,
  };
}

export const FUNCTIONS_FRAMEWORK = {
  id: 'functions-framework',
  packages: [PACKAGE],
  own: /^functions-framework( |$)/,
  outcome: functionsOutcome,
} as const;
