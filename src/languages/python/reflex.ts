import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { ImageRef, Os, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { nodeImage, nodeVersion } from '../javascript/node-version.ts';
import type { PythonProject } from './project.ts';

/**
 * Reflex: Bun and Node.js compile the app's pages, once, when the image is built; the program gives them out beside its
 * own events, so that the image holds neither. https://reflex.dev/docs/hosting/self-hosting/
 */

export const REFLEX_CONFIG = 'rxconfig.py';
const BUN: ImageRef = { image: 'oven/bun', tag: '1' };

const stringOf = (code: string, name: string): string | undefined =>
  new RegExp(String.raw`\b${name}\s*=\s*["']([\w.]+)["']`).exec(code)?.[1];

export const isReflexConfig = (code: string, file: string): boolean =>
  file === REFLEX_CONFIG && stringOf(code, 'app_name') !== undefined;

/** The app makes itself when a server calls it. */
export function reflexArgv(code: string): readonly string[] {
  const name = stringOf(code, 'app_name') ?? '';
  const module = stringOf(code, 'app_module_import') ?? `${name}.${name}`;
  return ['granian', '--interface', 'asgi', '--factory', '--host', '0.0.0.0', '--port', '$PORT', `${module}:app`];
}

/** What `reflex run --env prod --single-port` sets for the server that it starts, once it has compiled the pages. */
export const REFLEX_ENV = {
  __REFLEX_SKIP_COMPILE: 'true',
  __REFLEX_MOUNT_FRONTEND_COMPILED_APP: 'true',
  REFLEX_STATES_WORKDIR: '/tmp/states',
  REFLEX_TELEMETRY_ENABLED: 'false',
} as const;

export const usesReflex = (inventory: Inventory, { folder, packages }: PythonProject): boolean =>
  packages.has('reflex') && isReflexConfig(inventory.text(joinPath(folder, REFLEX_CONFIG)) ?? '', REFLEX_CONFIG);

/** Throws `not-plannable` for what gives out no pages by itself, and for an image that the tools do not run in. */
function checkReflex({ packages }: PythonProject, os: Os): void {
  const version = packages.get('reflex')?.version;
  const [major = 0, minor = 0, patch = 0] = version?.split('.').map(Number) ?? [];
  if (version !== undefined && major === 0 && (minor < 8 || (minor === 8 && patch < 14)))
    throw new Problem('not-plannable', {
      detail: `Reflex ${version} gives out its pages by a server of Node.js beside that of Python, on a port of its own.`,
      hint: 'Ask for reflex>=0.8.14, whose program serves both.',
    });
  if (os === 'alpine')
    throw new Problem('not-plannable', {
      detail: 'Reflex compiles its pages by tools for Debian.',
      hint: 'Ask for variant=slim.',
    });
}

/** Steps of the build stage, after the source. */
export function reflexSteps(project: PythonProject, os: Os): Step[] {
  checkReflex(project, os);
  const env = ['env', 'REFLEX_USE_SYSTEM_BUN=true', 'REFLEX_TELEMETRY_ENABLED=false'];
  return [
    {
      kind: 'copy',
      from: nodeImage(nodeVersion(project.inventory, []).version, 'slim'),
      sources: ['/usr/local/bin/node'],
      to: '/usr/local/bin/',
      why: 'what compiles the pages, in this stage only',
    },
    {
      kind: 'copy',
      from: BUN,
      sources: ['/usr/local/bin/bun'],
      to: '/usr/local/bin/',
      why: 'what installs the packages of the pages',
    },
    {
      kind: 'run',
      phase: 'build',
      mounts: [{ type: 'cache', target: '/root/.bun/install/cache' }],
      command: all(sh`${env} reflex export --frontend-only --no-zip`, sh`rm -rf .web/node_modules`),
      why: 'the pages, which the program gives out',
    },
  ];
}
