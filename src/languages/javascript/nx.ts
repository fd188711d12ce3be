import * as z from 'zod';
import { joinPath } from '../../inventory/inventory.ts';
import { cleanFolder, evidenceOf } from './config-files.ts';
import type { Framework, FrameworkContext, Outcome } from './outcome.ts';

/** A project of an Nx workspace: what its build target makes, where no framework tells it better. https://nx.dev/reference/project-configuration */

const projectFile = z.looseObject({
  name: z.string().optional().catch(undefined),
  targets: z
    .looseObject({
      build: z
        .looseObject({
          executor: z.string().optional().catch(undefined),
          options: z
            .looseObject({
              outputPath: z.string().optional().catch(undefined),
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

function readProjectFile(context: FrameworkContext) {
  const config = context.config('project.json');
  try {
    return { config, ...projectFile.safeParse(JSON.parse(config?.code ?? '{}')).data };
  } catch {
    return { config };
  }
}

const SITES = /^@n(rwl|x)\/(vite|angular|webpack|react|rspack|web)/;

/** Paths of targets are from the workspace's root. */
function outcome(context: FrameworkContext): Outcome | undefined {
  const { config, targets } = readProjectFile(context);
  const build = targets?.build;
  const folder = cleanFolder(build?.options.outputPath);
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
  if (SITES.test(build.executor ?? '') && hasPage)
    return { kind: 'site', folder: `${up}${folder}`, fallback: true, from };
  const main =
    build.options.main?.slice(build.options.main.lastIndexOf('/') + 1).replace(/\.[cm]?tsx?$/, '.js') ?? 'main.js';
  return { kind: 'server', argv: ['node', `${up}${folder}/${build.options.outputFileName ?? main}`], env: {}, from };
}

export const nx: Framework = { id: 'nx', packages: ['nx'], own: /^nx (serve|start|run)/, outcome };
