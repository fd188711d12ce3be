import type { IgnoreRule } from '../../ignore/rule.ts';
import type { Scope } from '../language.ts';
import { pythonFolder } from '../python/beside.ts';
import { ignoreRules as pythonRules } from '../python/ignore.ts';

/** What a build of a JavaScript project does not need from the context. */

const rules = (purpose: IgnoreRule['purpose'], why: string, ...patterns: readonly string[]): IgnoreRule[] =>
  patterns.map((pattern) => ({ pattern, purpose, why }));

const COMMON: readonly IgnoreRule[] = [
  ...rules(
    'dependencies',
    'installed in the image, for its own system',
    '**/node_modules',
    '.pnpm-store',
    '.yarn/install-state.gz',
    '.yarn/unplugged',
    '.yarn/build-state.yml',
  ),
  ...rules(
    'build-output',
    'built in the image',
    '**/.next',
    '**/.nuxt',
    '**/.output',
    '**/.svelte-kit',
    '**/.vercel',
    '**/.netlify',
    '**/.angular',
    '**/.astro',
    '**/.docusaurus',
    '**/.expo',
    '**/.vinxi',
    '**/.tanstack',
    '**/.wrangler',
    '**/storybook-static',
  ),
  ...rules(
    'cache',
    'caches of tools',
    '**/.turbo',
    '**/.nx',
    '**/.cache',
    '**/.parcel-cache',
    '**/.eslintcache',
    '**/*.tsbuildinfo',
    '**/.vite',
  ),
  ...rules(
    'logs',
    'written by package managers',
    '**/npm-debug.log*',
    '**/yarn-debug.log*',
    '**/yarn-error.log*',
    '**/pnpm-debug.log*',
  ),
  ...rules(
    'test',
    'what test runs leave behind',
    '**/coverage',
    '**/.nyc_output',
    '**/playwright-report',
    '**/test-results',
    '**/cypress/videos',
    '**/cypress/screenshots',
  ),
  ...rules('editor', 'checks that run before a commit', '.husky'),
];

/** With what Python leaves behind, where the project has a manifest of Python for what its program starts. */
export const ignoreRules = ({ inventory, member }: Scope): readonly IgnoreRule[] => {
  if (pythonFolder(inventory, member) === undefined) return COMMON;
  const own = new Set(COMMON.map(({ pattern }) => pattern));
  return [...COMMON, ...pythonRules({ inventory, member }).filter(({ pattern }) => !own.has(pattern))];
};
