import type { Inventory } from '../../inventory/inventory.ts';
import type { BuildPlan } from '../../plan/plan.ts';
import { SITE_ROOT, staticServerStage, staticSiteRuntime } from '../../plan/static-site.ts';
import { projectCaddyfile } from '../caddyfile.ts';
import { defineLanguage, weights, type PlanRequest, type Sign } from '../language.ts';
import { siteOf } from './site.ts';

function detect(inventory: Inventory): Sign[] {
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

function plan({ inventory }: PlanRequest): BuildPlan {
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
        ? { exclude: ['Dockerfile', '.dockerignore', 'Staticfile', 'Caddyfile', 'dockwright.*'] }
        : {}),
      why: 'the site',
      evidence: [site.from],
    },
    fallback: site.fallback,
    ...(inventory.isFile(`${site.root === '' ? '' : `${site.root}/`}404.html`) ? { notFound: '404.html' } : {}),
    ...(caddyfile === undefined ? {} : { caddyfile }),
    evidence: [site.from],
  });
  return { stages: [staticServerStage], runtime, advice };
}

export const staticSites = defineLanguage({
  id: 'static',
  title: 'Static sites',
  facts: {
    detectedBy: ['index.html', 'Staticfile', 'public/index.html', 'dist/index.html'],
    versionOrder: [],
    packageManagers: [],
    frameworks: [],
    variants: ['distroless'],
  },
  readsText: (path) => /(^|\/)(Staticfile|Caddyfile)$/.test(path),
  detect,
  infer: (scope) => {
    const site = siteOf(scope.inventory);
    return { findings: site ? [{ at: '/workload', value: 'static', from: site.from }] : [] };
  },
  plan,
  ignore: () => [],
});
