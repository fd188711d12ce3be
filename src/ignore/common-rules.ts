import type { IgnorePurpose, IgnoreRule } from './rule.ts';

const rules = (purpose: IgnorePurpose, why: string, ...patterns: readonly string[]): IgnoreRule[] =>
  patterns.map((pattern) => ({ pattern, purpose, why }));

/**
 * What no image needs, whatever the language. README, LICENSE and docs are not here: package managers read the first
 * two when they build a project, and the third may be the site.
 */
export const commonRules: readonly IgnoreRule[] = [
  ...rules('version-control', 'history; it is large and changes with every commit', '.git', '.hg', '.svn'),
  ...rules(
    'version-control',
    'settings of forges and pipelines',
    '.github',
    '.gitlab',
    '.gitlab-ci.yml',
    '.circleci',
    '.travis.yml',
  ),
  ...rules('logs', 'written by programs that ran here', '**/*.log'),
  ...rules(
    'editor',
    'settings of editors and desktops',
    '**/.DS_Store',
    '**/Thumbs.db',
    '.idea',
    '.vscode',
    '**/*.swp',
    '**/*~',
  ),
  ...rules('secret', 'settings of one machine, often with passwords', '**/.env', '**/.env.*'),
  ...rules('secret', 'the example is no secret', '!**/.env.example', '!**/.env.sample', '!**/.env.template'),
  ...rules(
    'secret',
    'keys and passwords',
    '**/id_rsa',
    '**/id_ed25519',
    '**/*.key',
    '**/*.p12',
    '**/*.pfx',
    '**/.netrc',
    '**/.aws',
    '**/.ssh',
    '**/.git-credentials',
  ),
  ...rules(
    'container',
    'files about the image, not in it',
    'Dockerfile*',
    '.dockerignore',
    '*.dockerignore',
    'docker-compose*.y*ml',
    'compose*.y*ml',
    'dockwright.*',
  ),
];
