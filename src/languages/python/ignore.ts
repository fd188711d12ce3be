import type { IgnoreRule } from '../../ignore/rule.ts';
import { joinPath } from '../../inventory/inventory.ts';
import type { Scope } from '../language.ts';
import { REFLEX_CONFIG } from './reflex.ts';

/** What a build of a Python project does not need from the context. */

const IGNORED: readonly IgnoreRule[] = [
  ...['.venv', 'venv', 'env/bin', '.env.d', '__pypackages__', 'node_modules'].map((name) => ({
    pattern: `**/${name}`,
    purpose: 'dependencies' as const,
    why: 'installed in the image, for its own Python',
  })),
  ...[
    '__pycache__',
    '*.py[cod]',
    '.pytest_cache',
    '.mypy_cache',
    '.ruff_cache',
    '.tox',
    '.nox',
    '.hypothesis',
    '.ipynb_checkpoints',
    '.pytype',
  ].map((name) => ({
    pattern: `**/${name}`,
    purpose: 'cache' as const,
    why: 'made by Python and its tools, for another machine',
  })),
  ...['*.egg-info', '*.egg'].map((name) => ({
    pattern: `**/${name}`,
    purpose: 'build-output' as const,
    why: 'made when the project was built here',
  })),
  ...['.coverage', '.coverage.*', 'htmlcov', 'coverage.xml'].map((name) => ({
    pattern: `**/${name}`,
    purpose: 'test' as const,
    why: 'what a test run covered',
  })),
];

const OF_REFLEX: readonly IgnoreRule[] = ['.web', '.states'].map((name) => ({
  pattern: `**/${name}`,
  purpose: 'build-output',
  why: 'made by Reflex, here as in the image',
}));

export const ignoreRules = ({ inventory, member }: Scope): readonly IgnoreRule[] =>
  inventory.isFile(joinPath(member, REFLEX_CONFIG)) ? [...IGNORED, ...OF_REFLEX] : IGNORED;
