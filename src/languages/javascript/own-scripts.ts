import { sh, type Shell } from '../../plan/shell.ts';
import { hasAddon } from './addon.ts';
import { inFolder } from './commands.ts';
import type { App } from './app.ts';
import { foldersIn } from './script-folders.ts';
import { commandBehind } from './script-line.ts';
import { packagesOf, type JsProject } from './project.ts';
import type { Package } from './package-json.ts';

/**
 * Scripts of the project's own that its package manager runs when it installs. Most of them need the source, which is
 * not there yet when dependencies are installed, or a git repository, which never is.
 */

const INSTALL_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'preprepare',
  'prepare',
  'postprepare',
  'prepublish',
] as const;

/** Commands that do nothing for an image: git hooks, and checks of who installs. */
const NO_USE =
  /^(npx |pnpm |yarn |bunx |is-ci \|\|)?\s*(husky|lefthook|simple-git-hooks|only-allow|is-ci|pinst|lint-staged|ts-patch|git |echo|true|exit 0|test -d)\b/;
/** Commands that work on what was installed and on files that are copied before it. */
const ON_MODULES = /^(npx |pnpm (exec )?|yarn |bunx )?\s*(patch-package|prisma generate)\b/;

interface OwnScript {
  readonly pkg: Package;
  readonly name: string;
  readonly command: string;
}

const partsOf = (command: string): string[] => command.split(/&&|\|\||;/).map((part) => part.trim());

const all = (project: JsProject): OwnScript[] =>
  packagesOf(project).flatMap((pkg) =>
    INSTALL_SCRIPTS.flatMap((name) => {
      const command = pkg.json.scripts[name];
      return command === undefined ? [] : [{ pkg, name, command }];
    }),
  );

const early = ({ command }: OwnScript): boolean => partsOf(command).every((part) => ON_MODULES.test(part));
const useless = ({ command }: OwnScript): boolean => NO_USE.test(partsOf(command)[0] ?? '');

/**
 * An addon without a script that builds it is built all the same when its package is installed; Bun does that for
 * dependencies alone. https://docs.npmjs.com/cli/v11/using-npm/scripts#npm-install
 */
const compilesByItself = (project: JsProject, pkg: Package): boolean =>
  project.runtime === 'node' &&
  hasAddon(project, pkg) &&
  pkg.json.gypfile !== false &&
  pkg.json.scripts['install'] === undefined &&
  pkg.json.scripts['preinstall'] === undefined;

export interface OwnScripts {
  /** Run by the package manager itself, when it installs. */
  readonly kept: boolean;
  /** By folder, the scripts that are taken out before the install. */
  readonly removed: readonly { readonly folder: string; readonly names: readonly string[] }[];
  /** Those of them that are run once the source is there; no name: what npm runs where a package names none. */
  readonly later: readonly { readonly folder: string; readonly name?: string }[];
  /** True where a script applies patches to what is installed. */
  readonly patches: boolean;
}

export function ownScripts(project: JsProject): OwnScripts {
  const scripts = all(project);
  const removed = scripts.filter((script) => !early(script));
  const folders = [...new Set(removed.map(({ pkg }) => pkg.folder))];
  return {
    kept: scripts.length > removed.length,
    removed: folders.map((folder) => ({
      folder,
      names: removed.filter((s) => s.pkg.folder === folder).map((s) => s.name),
    })),
    later: [
      ...packagesOf(project)
        .filter((pkg) => compilesByItself(project, pkg))
        .map(({ folder }) => ({ folder })),
      ...removed.filter((s) => !useless(s)).map(({ pkg, name }) => ({ folder: pkg.folder, name })),
    ],
    patches: scripts.some(({ command }) => /\bpatch-package\b/.test(command)),
  };
}

/** The commands that run them, with `manager` as the program. */
export const laterCommands = (project: JsProject, manager: readonly string[]): Shell[] =>
  ownScripts(project).later.map(({ folder, name }) =>
    inFolder(folder, name === undefined ? sh`npm exec -c ${'node-gyp rebuild'}` : sh`${manager} run ${name}`),
  );

/** Installs in other folders than the workspace's: `cd client && npm install`. */
const NESTED = /\b(npm|pnpm|yarn|bun)\b[^&|;]{0,80}\b(install|ci|i)\b|\bcd [\w./-]+ && yarn( |$|&)/;

/** Whether a command installs the packages of another folder, which it names. */
export const installsElsewhere = (command: string): boolean => NESTED.test(command) && foldersIn(command).length > 0;

/** True where a script of the project, or the build within its start, installs more than what its own package names. */
export const installsMore = ({ project, builds }: Pick<App, 'project' | 'builds'>): boolean =>
  builds.some((part) => installsElsewhere(commandBehind(project, project.app, part))) ||
  ['build', 'heroku-postbuild', 'gcp-build', 'postinstall', 'install', 'prebuild', 'postbuild'].some((name) => {
    const text = project.app.json.scripts[name] ?? '';
    const called = [...text.matchAll(/\b(?:npm|pnpm|yarn|bun) run ([\w:.-]+)/g)].map(
      (m) => project.app.json.scripts[m[1] ?? ''] ?? '',
    );
    return [text, ...called].some((line) => NESTED.test(line));
  });
