import * as z from 'zod';
import { joinPath } from '../../inventory/inventory.ts';
import { cleanFolder, configFile, evidenceOf, type ConfigFile } from './config-files.ts';
import type { Framework, FrameworkContext, Outcome } from './outcome.ts';
import type { JsProject } from './project.ts';

/** A project of an Nx workspace: what its build target makes, where no framework tells it better. https://nx.dev/reference/project-configuration */

const projectFile = z.looseObject({
  name: z.string().optional().catch(undefined),
  targets: z
    .looseObject({
      build: z
        .looseObject({
          executor: z.string().optional().catch(undefined),
          outputs: z.array(z.string()).optional().catch(undefined),
          options: z
            .looseObject({
              outputPath: z
                .union([z.string(), z.looseObject({ base: z.string(), browser: z.string().optional() })])
                .optional()
                .catch(undefined),
              main: z.string().optional().catch(undefined),
              outputFileName: z.string().optional().catch(undefined),
            })
            .catch({}),
        })
        .optional()
        .catch(undefined),
    })
    .catch({}),
});

type Target = NonNullable<z.infer<typeof projectFile>['targets']['build']>;

function readProjectFile(config: ConfigFile | undefined) {
  try {
    return { config, ...projectFile.safeParse(JSON.parse(config?.code ?? '{}')).data };
  } catch {
    return { config };
  }
}

/** What Nx calls a project: its own file’s name for it goes before that of its package. */
export const nxName = ({ inventory, app }: JsProject): string =>
  readProjectFile(configFile(inventory, app.folder, 'project.json')).name ??
  app.json.name ??
  app.folder.slice(app.folder.lastIndexOf('/') + 1);

/** An application of Angular keeps its pages in a folder of their own, unless it is told otherwise. */
function outputOf(build: Target | undefined): string | undefined {
  const said = build?.options.outputPath;
  const [first] = build?.outputs ?? [];
  if (said === undefined) return cleanFolder(/^\{workspaceRoot\}\/([\w./-]+)$/.exec(first ?? '')?.[1]);
  const isApplication = build?.executor?.endsWith(':application') === true;
  const base = typeof said === 'string' ? said : said.base;
  const below = typeof said === 'string' ? 'browser' : (said.browser ?? 'browser');
  return cleanFolder(isApplication ? `${base}/${below}` : base);
}

const SITE_TOOLS = ['rsbuild.config', 'rspack.config', 'webpack.config', 'vite.config'];
const SITES = /^@n(rwl|x)\/(vite|angular|webpack|react|rspack|web)/;

/** Paths of targets are from the workspace's root. */
function outcome(context: FrameworkContext): Outcome | undefined {
  const { config, targets } = readProjectFile(context.config('project.json'));
  const build = targets?.build;
  const folder = outputOf(build);
  if (build === undefined || folder === undefined) return undefined;
  const up =
    context.app.folder === ''
      ? ''
      : `${context.app.folder
          .split('/')
          .map(() => '..')
          .join('/')}/`;
  const from = evidenceOf(config, `the build target, by ${build.executor ?? 'its executor'}`);
  const hasPage =
    context.project.inventory.isFile(joinPath(context.app.folder, 'index.html')) ||
    context.project.inventory.isFile(joinPath(context.app.folder, 'src/index.html'));
  // A target without an executor is a plugin's, which is told by the file that configures its tool.
  const plugged = build.executor === undefined && context.config(...SITE_TOOLS) !== undefined;
  if ((SITES.test(build.executor ?? '') || plugged) && hasPage)
    return { kind: 'site', folder: `${up}${folder}`, fallback: true, from };
  const main =
    build.options.main?.slice(build.options.main.lastIndexOf('/') + 1).replace(/\.[cm]?tsx?$/, '.js') ?? 'main.js';
  return { kind: 'server', argv: ['node', `${up}${folder}/${build.options.outputFileName ?? main}`], env: {}, from };
}

export const nx: Framework = { id: 'nx', packages: ['nx'], own: /^nx (serve|start|run)/, outcome };
