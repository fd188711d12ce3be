import type { Inventory } from '../../inventory/inventory.ts';
import { readPackage, type Package } from './package-json.ts';

/**
 * Whether a project runs on Bun. A lockfile of Bun only says what installs it; a start script, its own API in the
 * source, or the absence of anything of Node.js beside it says what runs it.
 */

const BUN_PROGRAM =
  /(^|&&|\s)(bun|bunx --bun)\s+(--\S+\s+)*(run\s+)?(--\S+\s+)*(\.\/)?[\w./-]+\.[cm]?[jt]sx?\b|\bbun\s+(--hot|--watch|--bun)\b|^bun(x)? --bun\b/;
const NODE_PROGRAM = /(^|&&|\s)(node|tsx|ts-node|nodemon|next|nuxt|vite|astro|remix|nest|react-scripts|ng)(\s|$)/;
const BUN_API = /\bBun\.(serve|file|write|env|version|spawn|sql|password|\$)|from ['"]bun(:\w+)?['"]|\bimport ['"]bun/;

function bunPackage(inventory: Inventory): Package | undefined {
  try {
    return readPackage(inventory, '');
  } catch {
    return undefined; // said by whoever needs it
  }
}

function entryUsesBun(inventory: Inventory, pkg: Package): boolean {
  const files = [
    pkg.json.module,
    pkg.json.main,
    'index.ts',
    'src/index.ts',
    'server.ts',
    'src/server.ts',
    'index.tsx',
    'src/index.tsx',
    'index.js',
    'app.ts',
    'src/app.ts',
    'src/main.ts',
  ];
  return files.some((file) => file !== undefined && BUN_API.test(inventory.text(file.replace(/^\.\//, '')) ?? ''));
}

const FRAMEWORKS = [
  'next',
  'nuxt',
  'astro',
  '@sveltejs/kit',
  'vite',
  '@remix-run/dev',
  '@react-router/dev',
  '@nestjs/core',
  '@angular/core',
  'gatsby',
  'react-scripts',
  'expo',
  '@tanstack/react-start',
  '@solidjs/start',
];

/** True for a folder whose program is Bun's. */
export function runsOnBun(inventory: Inventory): boolean {
  const pkg = bunPackage(inventory);
  if (!pkg) return false;
  const { scripts, engines, dependencies, devDependencies, devEngines } = pkg.json;
  const start = scripts['start'] ?? scripts['start:prod'] ?? '';
  if (BUN_PROGRAM.test(start)) return true;
  if (NODE_PROGRAM.test(start)) return false;
  if (
    (devEngines.runtime ?? []).some((r) => r.name === 'bun') ||
    (engines['bun'] !== undefined && engines['node'] === undefined)
  )
    return true;
  if (entryUsesBun(inventory, pkg)) return true;
  const all = { ...dependencies, ...devDependencies };
  if (FRAMEWORKS.some((name) => all[name] !== undefined)) return false;
  // It listens by Bun's own server, unless the project brings what adapts it. https://elysiajs.com/integrations/node
  if (all['elysia'] !== undefined && all['@elysiajs/node'] === undefined) return true;
  const installs = ['bun.lock', 'bun.lockb', 'bunfig.toml', '.bun-version'].some((file) => inventory.isFile(file));
  const types = all['@types/bun'] !== undefined || all['bun-types'] !== undefined;
  if (types && BUN_PROGRAM.test(Object.values(scripts).join(' && '))) return true;
  const typescript =
    /\.tsx?$/.test(pkg.json.module ?? pkg.json.main ?? '') ||
    inventory.isFile('index.ts') ||
    inventory.isFile('src/index.ts');
  return (
    installs && (all['@types/bun'] !== undefined || all['bun-types'] !== undefined || (start === '' && typescript))
  );
}
