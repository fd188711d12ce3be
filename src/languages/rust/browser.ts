import { installPackages } from '../../plan/packages.ts';
import { joinPath } from '../../inventory/inventory.ts';
import type { BuildPlan, Evidence, Stage, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { SITE_ROOT, staticServerStage, staticSiteRuntime } from '../../plan/static-site.ts';
import type { PlanRequest } from '../language.ts';
import { OUTPUT } from '../native-runtime.ts';
import { APP_ROOT, BUILD_STAGE } from '../run-file-steps.ts';
import { CRATES, isLocked, TARGET, toolchainSteps } from './cargo-steps.ts';
import type { Program } from './programs.ts';
import type { CargoProject } from './project.ts';
import type { Toolchain } from './version.ts';
import { BROWSER_TARGET, browserTools } from './wasm-tools.ts';

/** Apps that run in a browser: Trunk makes a site of them. https://trunkrs.dev/ */

const PAGE = 'index.html';
const SETTINGS = 'Trunk.toml';
const LIBRARIES: ReadonlySet<string> = new Set([
  'yew',
  'leptos',
  'sycamore',
  'seed',
  'mogwai',
  'dominator',
  'percy-dom',
]);
export const isPage = (path: string): boolean => /(^|\/)(index\.html|Trunk\.toml)$/.test(path);

/** What tells that a package is made for a browser: its page is Trunk's, or it shows itself with a library for that. */
export function browserApp({ inventory }: CargoProject, { package: own }: Program): Evidence | undefined {
  const page = joinPath(own.folder, PAGE);
  if (!inventory.isFile(page)) return undefined;
  const settings = joinPath(own.folder, SETTINGS);
  if (inventory.isFile(settings)) return { file: settings, why: 'settings of Trunk' };
  if (/\bdata-trunk\b/.test(inventory.text(page) ?? '')) return { file: page, why: 'a page that Trunk fills' };
  const library = own.dependencies.find((d) => d.kind === 'normal' && LIBRARIES.has(d.name));
  return library && { file: page, why: `a page beside an app of ${library.name}` };
}

/** The site of an app that runs in a browser, behind the web server. */
export function planBrowserApp(
  project: CargoProject,
  { package: own }: Program,
  from: Evidence,
  { toolchain, targets }: { readonly toolchain: Toolchain; readonly targets: readonly string[] },
  { settings }: PlanRequest,
): BuildPlan {
  const site = `${OUTPUT}/site`;
  const tools = browserTools(project, 'trunk');
  const packages = installPackages('debian', settings.build?.packages ?? [], 'what the build needs of the system');
  const locked = isLocked(project) ? ['--locked'] : [];
  const stage: Stage = {
    name: BUILD_STAGE,
    base: toolchain.image,
    why: 'the Rust toolchain, and what makes a site of an app',
    steps: [
      { kind: 'workdir', path: APP_ROOT, why: 'the source' },
      ...toolchainSteps({ toolchain, targets: [...targets, BROWSER_TARGET], project }),
      ...(packages ? [packages] : []),
      ...tools.before,
      { kind: 'env', vars: { CARGO_TARGET_DIR: TARGET }, why: 'what is built is kept apart from the source' },
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      ...(own.folder === ''
        ? []
        : [{ kind: 'workdir', path: `${APP_ROOT}/${own.folder}`, why: 'where the page lies' } satisfies Step]),
      ...tools.after,
      {
        kind: 'run',
        phase: 'build',
        mounts: CRATES,
        command: sh`trunk build --release ${[...locked, '--dist', site]}`,
        why: 'the site',
        evidence: [from],
      },
    ],
  };
  const runtime = staticSiteRuntime({
    files: { kind: 'copy', from: BUILD_STAGE, sources: [`${site}/`], to: `${SITE_ROOT}/`, why: 'the site' },
    fallback: true,
    evidence: [from],
  });
  return { stages: [tools.stage, stage, staticServerStage], runtime, advice: [] };
}
