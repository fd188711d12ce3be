import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { joinPath } from '../../inventory/inventory.ts';
import type { BuildPlan, CopyStep } from '../../plan/plan.ts';
import { SITE_ROOT, staticServerStage, staticSiteRuntime } from '../../plan/static-site.ts';
import type { Settings } from '../../manifest/schema.ts';
import { projectCaddyfile } from '../caddyfile.ts';
import type { App } from './app.ts';
import { cleanFolder } from './config-files.ts';
import { installAdvice } from './install-advice.ts';
import type { SiteOutcome } from './outcome.ts';
import { absolute } from './runtime-files.ts';
import { stagesOf, type StageOptions } from './stages.ts';

/** An app whose build is files: a web server gives them out, and nothing of JavaScript is left in the image. */

const staticfile = z.looseObject({
  root: z.string().optional().catch(undefined),
  index_fallback: z.boolean().optional().catch(undefined),
  pushstate: z
    .union([z.boolean(), z.literal('enabled')])
    .optional()
    .catch(undefined),
});

function readStaticfile({ project }: App): z.infer<typeof staticfile> {
  try {
    return (
      staticfile.safeParse(
        parseYaml(project.inventory.text(joinPath(project.app.folder, 'Staticfile')) ?? '', { logLevel: 'error' }),
      ).data ?? {}
    );
  } catch {
    return {};
  }
}

/** What a Staticfile says goes over what the framework lets expect. */
function withStaticfile(app: App, site: SiteOutcome): SiteOutcome {
  const { root, index_fallback, pushstate } = readStaticfile(app);
  const said = index_fallback ?? (pushstate === undefined ? undefined : pushstate !== false);
  return { ...site, folder: cleanFolder(root) ?? site.folder, fallback: said ?? site.fallback };
}

/** What a folder that is served as it stands holds beside its pages. */
const NO_PAGES = ['**/node_modules', 'Dockerfile', '.dockerignore', 'Staticfile*', 'Caddyfile', 'dockwright.*'];

export function planSite(app: App, outcome: SiteOutcome, settings: Settings, options: StageOptions): BuildPlan {
  const { project } = app;
  const site = withStaticfile(app, outcome);
  const { stages, built } = stagesOf(app, settings, { ...options, needsModules: false });
  const folder = joinPath(project.app.folder, site.folder);
  const { caddyfile, advice } = projectCaddyfile(
    project.inventory,
    joinPath(project.app.folder, 'Caddyfile'),
    site.fallback,
  );
  const why = 'the site, and nothing of what built it';
  const files: CopyStep =
    built === undefined
      ? {
          kind: 'copy',
          sources: [folder === '' ? '.' : `${folder}/`],
          to: `${SITE_ROOT}/`,
          ...(site.folder === '' ? { exclude: NO_PAGES } : {}),
          why,
        }
      : {
          kind: 'copy',
          from: built,
          sources: [absolute(project.app.folder, `${site.folder}/`)],
          to: `${SITE_ROOT}/`,
          ...(site.folder === '' ? { exclude: NO_PAGES } : {}),
          why,
        };
  return {
    stages: [...stages.filter((stage) => built !== undefined && stage.name !== 'production'), staticServerStage],
    runtime: staticSiteRuntime({
      files,
      fallback: site.fallback,
      ...(site.fallback ? {} : { notFound: '404.html' }),
      ...(caddyfile === undefined ? {} : { caddyfile }),
      evidence: [site.from],
    }),
    advice: [...installAdvice(project), ...advice],
  };
}
