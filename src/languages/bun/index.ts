import type { Inventory } from '../../inventory/inventory.ts';
import { defineLanguage, weights, type Sign } from '../language.ts';
import { FRAMEWORKS } from '../javascript/app.ts';
import { appFolders, isOnlyWorkspace, ofWorkspace } from '../javascript/apps.ts';
import { readsText } from '../javascript/files.ts';
import { ignoreRules } from '../javascript/ignore.ts';
import { inferApp, resolvedCommand } from '../javascript/infer.ts';
import { isLockfile } from '../javascript/lockfile.ts';
import { runsOnBun } from '../javascript/uses-bun.ts';
import { planBun } from './plan.ts';
import { bunVersion, bunVersionOrder } from './version.ts';

function detect(inventory: Inventory): Sign[] {
  if (!runsOnBun(inventory)) return [];
  const names = inventory.names('');
  const lock = names.find((name) => isLockfile(name));
  const settings = names.find((name) => name === 'bunfig.toml' || name === '.bun-version');
  return [
    { path: 'package.json', weight: weights.manifest, reason: 'a package whose program runs on Bun' },
    ...(lock === undefined ? [] : [{ path: lock, weight: weights.tool, reason: 'a lockfile of JavaScript packages' }]),
    ...(settings === undefined ? [] : [{ path: settings, weight: weights.tool, reason: 'settings of Bun' }]),
  ];
}

export const bun = defineLanguage({
  id: 'bun',
  title: 'Bun',
  facts: {
    detectedBy: ['package.json with a start script of bun', 'bunfig.toml', '.bun-version'],
    versionOrder: bunVersionOrder,
    packageManagers: ['bun', 'pnpm', 'yarn', 'npm'],
    frameworks: FRAMEWORKS.map((framework) => framework.id),
    variants: ['slim', 'alpine', 'debian', 'distroless'],
    product: 'bun',
  },
  readsText,
  detect,
  workspaceOf: ofWorkspace,
  apps: appFolders,
  isApp: (inventory) => !isOnlyWorkspace(inventory),
  infer: (scope) => inferApp(scope, 'bun', bunVersion),
  resolveCommand: (scope, argv) => resolvedCommand(scope, argv, 'bun'),
  plan: planBun,
  ignore: ignoreRules,
});
