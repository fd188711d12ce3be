import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, BuildPlan } from '../../plan/plan.ts';
import { SITE_COMMAND, SITE_ROOT, staticServerStage, staticSiteRuntime } from '../../plan/static-site.ts';
import { projectCaddyfile } from '../caddyfile.ts';
import { defineLanguage, weights, type PlanRequest, type Sign } from '../language.ts';
import type { SiteBuild, SiteBuilder } from './builder.ts';
import { hugo, hugoVersionOrder } from './hugo.ts';
import { mkdocs } from './mkdocs.ts';
import { nikola, pelican } from './pelican.ts';
import { sphinx } from './sphinx.ts';
import { siteOf } from './site.ts';

const BUILDERS: readonly SiteBuilder[] = [hugo, mkdocs, sphinx, pelican, nikola];

/** The builder of a folder's site, and its configuration; undefined where the pages are there as they are. */
function builderOf(inventory: Inventory): { builder: SiteBuilder; config: string } | undefined {
  for (const builder of BUILDERS) {
    const config = builder.config(inventory);
    if (config !== undefined) return { builder, config };
  }
  return undefined;
}

function detect(inventory: Inventory): readonly Sign[] {
  const built = builderOf(inventory);
  if (built) return built.builder.signs(inventory, built.config);
  if (inventory.isFile('Staticfile')) return [{ path: 'Staticfile', weight: weights.manifest, reason: 'a Staticfile' }];
  const site = siteOf(inventory);
  if (!site) return [];
  return [
    {
      path: site.from.file ?? '',
      weight: site.root === '' ? weights.source + 5 : weights.source,
      reason: site.from.why,
    },
  ];
}

/** https://docs.cloudfoundry.org/buildpacks/staticfile/#basic-auth */
function openAdvice(inventory: Inventory): Advice[] {
  if (!inventory.isFile('Staticfile.auth')) return [];
  return [
    {
      code: 'no-password',
      detail: 'Staticfile.auth asks for a password; the image’s web server does not, and the file is not in it.',
      hint: 'Put basic_auth with a bcrypt hash into a Caddyfile of the project: https://caddyserver.com/docs/caddyfile/directives/basic_auth',
      file: 'Staticfile.auth',
    },
  ];
}

/** What is built, behind the web server. */
function withServer(inventory: Inventory, { stages, output, evidence, advice: ofBuild }: SiteBuild): BuildPlan {
  const { caddyfile, advice } = projectCaddyfile(inventory, 'Caddyfile', false);
  return {
    stages: [...stages, staticServerStage],
    runtime: staticSiteRuntime({
      files: { kind: 'copy', from: 'build', sources: [`${output}/`], to: `${SITE_ROOT}/`, why: 'the pages' },
      fallback: false,
      notFound: '404.html',
      ...(caddyfile === undefined ? {} : { caddyfile }),
      evidence: [evidence],
    }),
    advice: [...advice, ...ofBuild],
  };
}

function plan(request: PlanRequest): BuildPlan {
  const { inventory } = request;
  const built = builderOf(inventory);
  if (built) return withServer(inventory, built.builder.build(request, built.config));
  const site = siteOf(inventory) ?? {
    root: '',
    fallback: false,
    from: { why: 'the manifest says that it is a static site' },
  };
  const { caddyfile, advice } = projectCaddyfile(inventory, 'Caddyfile', site.fallback);
  const runtime = staticSiteRuntime({
    files: {
      kind: 'copy',
      sources: [site.root === '' ? '.' : `${site.root}/`],
      to: `${SITE_ROOT}/`,
      ...(site.root === ''
        ? { exclude: ['Dockerfile', '.dockerignore', 'Staticfile*', 'Caddyfile', 'Procfile', 'dockwright.*'] }
        : {}),
      why: 'the site',
      evidence: [site.from],
    },
    fallback: site.fallback,
    ...(inventory.isFile(`${site.root === '' ? '' : `${site.root}/`}404.html`) ? { notFound: '404.html' } : {}),
    ...(caddyfile === undefined ? {} : { caddyfile }),
    evidence: [site.from],
  });
  return { stages: [staticServerStage], runtime, advice: [...advice, ...openAdvice(inventory)] };
}

export const staticSites = defineLanguage({
  id: 'static',
  title: 'Static sites',
  facts: {
    detectedBy: [
      'index.html',
      'Staticfile',
      ...BUILDERS.flatMap((b) => b.files),
      'public/index.html',
      'dist/index.html',
    ],
    versionOrder: hugoVersionOrder,
    packageManagers: [],
    frameworks: BUILDERS.map((b) => b.id),
    variants: ['distroless'],
  },
  readsText: (path) => /(^|\/)(Staticfile|Caddyfile)$/.test(path) || BUILDERS.some((b) => b.readsText(path)),
  detect,
  infer: (scope) => {
    const built = builderOf(scope.inventory);
    if (built) return { findings: built.builder.findings(scope.inventory, built.config) };
    const site = siteOf(scope.inventory);
    return { findings: site ? [{ at: '/workload', value: 'static', from: site.from }] : [] };
  },
  plan,
  // Nothing but the web server is in the image: a Procfile's own server has no place there.
  resolveCommand: () => SITE_COMMAND,
  ignore: ({ inventory }) => builderOf(inventory)?.builder.ignored ?? [],
});
