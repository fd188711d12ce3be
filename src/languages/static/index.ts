import type { Inventory } from '../../inventory/inventory.ts';
import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Advice, BuildPlan } from '../../plan/plan.ts';
import { SITE_COMMAND, SITE_ROOT, staticServerStage, staticSiteRuntime } from '../../plan/static-site.ts';
import { projectCaddyfile } from '../caddyfile.ts';
import { defineLanguage, weights, type PlanRequest, type Sign } from '../language.ts';
import { hugoFile, hugoFindings, hugoVersionOrder, planHugo, readsHugo } from './hugo.ts';
import { siteOf } from './site.ts';

function detect(inventory: Inventory): Sign[] {
  const hugo = hugoFile(inventory);
  if (hugo !== undefined)
    return [
      { path: hugo, weight: weights.manifest, reason: 'the configuration of Hugo' },
      { path: hugo, weight: weights.program, reason: 'folders of a site of Hugo' },
    ];
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

function plan(request: PlanRequest): BuildPlan {
  const { inventory } = request;
  const hugo = hugoFile(inventory);
  if (hugo !== undefined) return planHugo(request, hugo);
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

const HUGO_OUTPUT: readonly IgnoreRule[] = [
  { pattern: 'public', purpose: 'build-output', why: 'made in the image' },
  { pattern: '.hugo_build.lock', purpose: 'build-output', why: 'left by a build' },
];

export const staticSites = defineLanguage({
  id: 'static',
  title: 'Static sites',
  facts: {
    detectedBy: ['index.html', 'Staticfile', 'hugo.toml', 'public/index.html', 'dist/index.html'],
    versionOrder: hugoVersionOrder,
    packageManagers: [],
    frameworks: ['hugo'],
    variants: ['distroless'],
  },
  readsText: (path) => /(^|\/)(Staticfile|Caddyfile)$/.test(path) || readsHugo(path),
  detect,
  infer: (scope) => {
    const hugo = hugoFile(scope.inventory);
    if (hugo !== undefined) return { findings: hugoFindings(scope.inventory, hugo) };
    const site = siteOf(scope.inventory);
    return { findings: site ? [{ at: '/workload', value: 'static', from: site.from }] : [] };
  },
  plan,
  // Nothing but the web server is in the image: a Procfile's own server has no place there.
  resolveCommand: () => SITE_COMMAND,
  ignore: ({ inventory }) => (hugoFile(inventory) === undefined ? [] : HUGO_OUTPUT),
});
