import { joinPath } from '../../inventory/inventory.ts';
import type { Package } from './package-json.ts';
import { packagesOf, type JsProject } from './project.ts';

/** Addons: code of the project's own that is compiled for Node.js. https://nodejs.org/api/addons.html */

export const hasAddon = ({ inventory }: JsProject, pkg: Package): boolean =>
  inventory.isFile(joinPath(pkg.folder, 'binding.gyp'));

/** Scripts that an install or a build of the package runs. */
const SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prebuild', 'build', 'postbuild'];

const calls = (pkg: Package, compiler: RegExp): boolean =>
  SCRIPTS.some((name) => compiler.test(pkg.json.scripts[name] ?? ''));

export const compilesAddon = (project: JsProject): boolean =>
  packagesOf(project).some(
    (pkg) => hasAddon(project, pkg) || calls(pkg, /\b(node-gyp|node-pre-gyp|cmake-js|prebuildify)\b(?!-)/),
  );

/** cmake-js calls CMake, which no image of Node.js has. https://github.com/cmake-js/cmake-js */
export const callsCmake = (project: JsProject): boolean =>
  packagesOf(project).some((pkg) => calls(pkg, /\bcmake-js\b/));
