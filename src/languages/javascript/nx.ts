import { joinPath } from '../../inventory/inventory.ts';
import { cleanFolder, evidenceOf } from './config-files.ts';
import { readNxProject, type NxTarget } from './nx-projects.ts';
import type { Framework, FrameworkContext, Outcome } from './outcome.ts';

/** A project of an Nx workspace: what its build target makes, where no framework tells it better. https://nx.dev/reference/project-configuration */

/** An application of Angular keeps its pages in a folder of their own, unless it is told otherwise. */
function outputOf(build: NxTarget | undefined): string | undefined {
  const said = build?.options.outputPath;
  const [first] = build?.outputs ?? [];
  if (said === undefined) return cleanFolder(/^\{workspaceRoot\}\/([\w./-]+)$/.exec(first ?? '')?.[1]);
  const isApplication = build?.executor?.endsWith(':application') === true;
  const base = typeof said === 'string' ? said : said.base;
  const below = typeof said === 'string' ? 'browser' : (said.browser ?? 'browser');
  return cleanFolder(isApplication ? `${base}/${below}` : base);
}

/** https://nx.dev/nx-api/next/executors/build: what is started lies in the folder of outputs, with a package.json of its own. */
const NEXT = /^@n(rwl|x)\/next:build$/;
const SITE_TOOLS = ['rsbuild.config', 'rspack.config', 'webpack.config', 'vite.config'];
const OF_PAGES = /^@n(rwl|x)\/vite:|^qwik-nx:/;
const SITES = /^@n(rwl|x)\/(vite|angular|webpack|react|rspack|web)|^@angular(-devkit)?\/build/;

/** Paths of targets are from the workspace's root. */
function outcome(context: FrameworkContext): Outcome | undefined {
  const { builtBy, targets } = readNxProject(context.project.inventory, context.app.folder);
  const build = targets?.['build'];
  const folder = outputOf(build);
  if (build === undefined || folder === undefined) return undefined;
  const up =
    context.app.folder === ''
      ? ''
      : `${context.app.folder
          .split('/')
          .map(() => '..')
          .join('/')}/`;
  const from = evidenceOf(builtBy, `the build target, by ${build.executor ?? 'its executor'}`);
  if (build.executor === undefined && context.config('next.config') !== undefined)
    return { kind: 'server', argv: ['next', 'start'], env: {}, port: 3000, from };
  if (NEXT.test(build.executor ?? ''))
    return { kind: 'server', argv: ['next', 'start', `${up}${folder}`], env: {}, port: 3000, from };
  const hasPage =
    context.project.inventory.isFile(joinPath(context.app.folder, 'index.html')) ||
    context.project.inventory.isFile(joinPath(context.app.folder, 'src/index.html'));
  // A target without an executor is a plugin's, which is told by the file that configures its tool.
  const plugged = build.executor === undefined && context.config(...SITE_TOOLS) !== undefined;
  if ((SITES.test(build.executor ?? '') || plugged) && hasPage)
    return { kind: 'site', folder: `${up}${folder}`, fallback: true, from };
  // What Vite builds without a page is for the adapter of a framework.
  if (OF_PAGES.test(build.executor ?? '') && build.options.main === undefined) return undefined;
  const main =
    build.options.main?.slice(build.options.main.lastIndexOf('/') + 1).replace(/\.[cm]?tsx?$/, '.js') ?? 'main.js';
  return { kind: 'server', argv: ['node', `${up}${folder}/${build.options.outputFileName ?? main}`], env: {}, from };
}

export const nx: Framework = { id: 'nx', packages: ['nx'], own: /^nx (serve|start|run)/, outcome };
