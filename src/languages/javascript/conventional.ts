import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { cleanFolder } from './config-files.ts';
import type { Outcome, ServerOutcome, SiteOutcome } from './outcome.ts';
import { lineOfKey } from './package-json.ts';
import { loneProgram, type JsProject } from './project.ts';
import { compiledEntry } from './typescript.ts';

const OPENS_WINDOW = /\brequire\(\s*['"]electron['"]\s*\)|\bfrom\s+['"]electron(?:\/main)?['"]/;

/** The main file of a desktop program. */
const opensWindow = (inventory: Inventory, file: string): boolean => OPENS_WINDOW.test(inventory.text(file) ?? '');

/** Programs by convention, where no script starts one. */
function byName(project: JsProject): ServerOutcome | undefined {
  const { app, inventory } = project;
  const there = (file: string): boolean => {
    const path = joinPath(app.folder, file);
    return inventory.isFile(path) && !opensWindow(inventory, path);
  };
  const bin = typeof app.json.bin === 'string' ? app.json.bin : Object.values(app.json.bin ?? {})[0];
  const named: [string | undefined, string][] = [
    [app.json.main, 'main'],
    [app.json.module, 'module'],
    [bin, 'bin'],
  ];
  for (const [value, key] of named) {
    const file = cleanFolder(value);
    if (file === undefined) continue;
    const from = { ...lineOfKey(app, key), why: `${key}: ${file}` };
    if (there(file))
      return {
        kind: 'server',
        argv: /\.[cm]?tsx?$/.test(file) ? typescriptArgv(project, file) : [project.runtime, file],
        env: {},
        from,
      };
    if (there(`${file}.js`)) return { kind: 'server', argv: [project.runtime, `${file}.js`], env: {}, from };
    if (/^(dist|build|lib|out)\//.test(file) && app.json.scripts['build'] !== undefined)
      return { kind: 'server', argv: [project.runtime, file], env: {}, from };
  }
  const stems = [
    'server',
    'index',
    'app',
    'main',
    'bot',
    'src/server',
    'src/index',
    'src/app',
    'src/main',
    'src/bot',
    'bin/www',
    'server/index',
    'server/server',
  ];
  const javascript = stems
    .flatMap((stem) => (stem === 'bin/www' ? [stem] : [`${stem}.js`, `${stem}.mjs`, `${stem}.cjs`]))
    .find(there);
  if (javascript !== undefined)
    return {
      kind: 'server',
      argv: [project.runtime, javascript],
      env: {},
      from: { file: joinPath(app.folder, javascript), why: 'a program by its name' },
    };
  const typescript = stems.flatMap((stem) => [`${stem}.ts`, `${stem}.mts`]).find(there);
  if (typescript === undefined) return undefined;
  return {
    kind: 'server',
    argv: typescriptArgv(project, typescript),
    env: {},
    from: { file: joinPath(app.folder, typescript), why: 'a program by its name' },
  };
}

/** The file that a build makes of it, or the source itself, whose types Node.js takes out. */
const typescriptArgv = (project: JsProject, file: string): readonly string[] => [
  project.runtime,
  project.runtime === 'bun' ? file : (compiledEntry(project, file) ?? file),
];

function lone({ inventory, app, runtime }: JsProject): ServerOutcome | undefined {
  const file = app.folder === '' ? loneProgram(inventory) : undefined;
  return file === undefined
    ? undefined
    : { kind: 'server', argv: [runtime, file], env: {}, from: { file, why: 'a program by its name' } };
}

const SETTINGS =
  /^\.|\.config\.|[.-](?:conf|preset|setup|spec|test|stories)\.|rc\.|^(?:middleware\.|gulp|grunt|jake|cake|karma|wallaby)/i;

/** The only script beside package.json, in a package without scripts that would say what it is for. */
function only({ inventory, app, runtime }: JsProject): ServerOutcome | undefined {
  if (Object.keys(app.json.scripts).some((name) => name !== 'test' && name !== 'lint')) return undefined;
  const [file, another] = inventory
    .names(app.folder)
    .filter((name) => /\.[cm]?js$/.test(name) && !SETTINGS.test(name) && inventory.isFile(joinPath(app.folder, name)))
    .filter((name) => !opensWindow(inventory, joinPath(app.folder, name)));
  return file === undefined || another !== undefined
    ? undefined
    : {
        kind: 'server',
        argv: [runtime, file],
        env: {},
        from: { file: joinPath(app.folder, file), why: 'the only script at the root' },
      };
}

const SCRIPT = /<script\b[^>]*\bsrc\s*=\s*["']?(?:\.?\/)?([^"'\s>?]+)/gi;

/** Pages and nothing that runs: what looks like a program is what the page loads, in the browser. */
function pages({ inventory, app }: JsProject, program: ServerOutcome | undefined): SiteOutcome | undefined {
  const page = joinPath(app.folder, 'index.html');
  if (!inventory.isFile(page) || Object.keys(app.json.scripts).some((name) => /^(start|dev|serve)/.test(name)))
    return undefined;
  const loaded = [...(inventory.text(page) ?? '').matchAll(SCRIPT)].map(([, file]) => file);
  if (program !== undefined && !loaded.includes(program.argv.at(-1)?.replace(/^\.\//, ''))) return undefined;
  return { kind: 'site', folder: '', fallback: false, from: { file: page, why: 'a page, and no program' } };
}

/** The program that package.json or a file's name points to, or the pages beside it; undefined where there is neither. */
export function conventional(project: JsProject): Outcome | undefined {
  const program = byName(project) ?? lone(project) ?? only(project);
  return pages(project, program) ?? program;
}
