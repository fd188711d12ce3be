import type { IgnoreRule } from '../../ignore/rule.ts';

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

export const ignoreRules = (): readonly IgnoreRule[] => IGNORED;
