import { validRange } from '@renovatebot/pep440';
import type { ImageRef, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';

/** The tools that install: in the build stage only, each in an environment of its own. */

/** The release line of uv; image tags of ghcr.io/astral-sh/uv follow its releases, which the catalogue does not have. */
const UV = '0.13';

export const uvImage = (tag: string = UV): ImageRef => ({ image: 'ghcr.io/astral-sh/uv', tag });

export const PIP_CACHE = { type: 'cache', target: '/root/.cache/pip' } as const;
export const UV_CACHE = { type: 'cache', target: '/root/.cache/uv' } as const;
export const POETRY_CACHE = { type: 'cache', target: '/root/.cache/pypoetry' } as const;
export const PDM_CACHE = { type: 'cache', target: '/root/.cache/pdm' } as const;
export const PIPENV_CACHE = { type: 'cache', target: '/root/.cache/pipenv' } as const;

/** Release lines that still run on a Python of a given age, newest first; the last has no lower bound. */
// The extra `locked` of PDM pins what it was tested with; without it, newer libraries break it.
const LINES: Readonly<Record<'poetry' | 'pdm' | 'pipenv', readonly (readonly [minor: number, requirement: string])[]>> =
  {
    poetry: [
      [10, 'poetry>=2.2,<3'],
      [9, 'poetry>=2.0,<2.3'],
      [8, 'poetry>=1.8,<2'],
      [0, 'poetry<1.6'],
    ],
    pdm: [
      [10, 'pdm[locked]>=2.25,<3'],
      [8, 'pdm[locked]>=2.15,<2.26'],
      [0, 'pdm<2.8'],
    ],
    pipenv: [
      [10, 'pipenv>=2025,<2027'],
      [9, 'pipenv>=2024,<2026'],
      [0, 'pipenv<2024'],
    ],
  };

export type Tool = keyof typeof LINES;

/** The tool in an environment of its own, so that it and the project cannot disturb each other; in the versions that the project asks for. */
export function toolSteps(
  tool: Tool,
  {
    pythonMinor,
    asked,
    plugins = [],
  }: { pythonMinor: number; asked?: string | undefined; plugins?: readonly string[] },
): Step[] {
  const [, newest = tool] = LINES[tool].find(([minor]) => pythonMinor >= minor) ?? [];
  const requirement = asked !== undefined && validRange(asked) ? `${tool}${asked.replaceAll(/\s/g, '')}` : newest;
  return [
    {
      kind: 'run',
      command: sh`python -m venv ${`/opt/${tool}`} && ${`/opt/${tool}/bin/pip`} install ${requirement} ${plugins}`,
      mounts: [PIP_CACHE],
      why: `${tool}, in an environment of its own, in this stage only`,
    },
  ];
}

export const uvStep = (tag: string | undefined): Step => ({
  kind: 'copy',
  from: uvImage(tag),
  sources: ['/uv'],
  to: '/usr/local/bin/',
  why: 'uv, one static binary, in this stage only',
});
